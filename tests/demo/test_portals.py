"""The sample portals answer as real ones do, and hold what the demonstration promises."""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import requests

from acopio.demo import ministry, municipality
from acopio.demo.portals import CkanPortal
from acopio.demo.server import Body, serve

PACKAGES = [
    {"id": f"{n:03}", "name": f"p-{n}", "organization": {"name": "a" if n % 2 else "b"}}
    for n in range(25)
]
FILE = Body(content=b"0123456789", media_type="text/csv")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    portal = CkanPortal(packages=PACKAGES, files={"/files/a.csv": FILE}, path="/norte", most=10)
    with serve(portal) as url:
        yield url + portal.path


def get(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=5)


def search(site: str, query: str = "") -> list[str]:
    answer = get(f"{site}/api/3/action/package_search?{query}").json()
    assert answer["success"] is True
    return [each["id"] for each in answer["result"]["results"]]


def test_search_pages_sorts_filters_and_caps(site: str) -> None:
    assert search(site, "sort=id%20asc&rows=3") == ["000", "001", "002"]
    assert search(site, "sort=id%20desc&rows=2&start=1") == ["023", "022"]
    assert len(search(site, "rows=1000")) == 10
    assert search(site, "sort=id%20asc&rows=2&fq=" + quote('(organization:"a")')) == ["001", "003"]
    assert search(site, "start=25") == []


def test_errors_have_ckans_shapes(site: str) -> None:
    wrong = get(f"{site}/api/3/action/package_search?rows=many")
    unknown = get(f"{site}/api/3/action/site_read")

    assert (wrong.status_code, wrong.json()["error"]["__type"]) == (409, "Validation Error")
    assert (unknown.status_code, type(unknown.json())) == (400, str)
    assert get(f"{site}/nada").status_code == 404
    assert get(site.removesuffix("/norte")).status_code == 404


def test_files_can_be_resumed_and_asked_for_conditionally(site: str) -> None:
    url = f"{site}/files/a.csv"
    whole = get(url)
    etag, changed = whole.headers["ETag"], whole.headers["Last-Modified"]
    part = get(url, Range="bytes=4-", **{"If-Range": etag})

    assert whole.content == b"0123456789"
    assert get(url, **{"If-None-Match": etag}).status_code == 304
    assert get(url, **{"If-Modified-Since": changed}).status_code == 304
    assert (part.status_code, part.content) == (206, b"456789")
    assert part.headers["Content-Range"] == "bytes 4-9/10"
    assert get(url, Range="bytes=4-5").content == b"45"
    assert get(url, Range="bytes=10-").status_code == 416
    assert get(url, Range="bytes=4-", **{"If-Range": '"other"'}).status_code == 200
    assert requests.head(url, timeout=5).headers["Content-Length"] == "10"


def test_the_ministry_hides_drafts_and_private_datasets() -> None:
    with serve(ministry.portal()) as url:
        found = get(f"{url}/api/3/action/package_search?rows=100").json()["result"]["results"]
        hidden = get(f"{url}/api/3/action/package_show?id=interno")
        statuses = {
            resource["url"].rpartition("/")[2]: get(resource["url"]).status_code
            for package in found
            for resource in package["resources"]
        }

    assert len(found) == 8
    assert (hidden.status_code, hidden.json()["error"]["__type"]) == (403, "Authorization Error")
    assert [name for name, status in statuses.items() if status != 200] == ["no-existe.csv"]


def test_the_municipality_lists_its_datasets_and_serves_their_files() -> None:
    with serve(municipality.portal()) as url:
        found = json.loads(get(f"{url}/data.json").content)["dataset"]
        statuses = {
            each["title"]: get(each["distribution"][0]["downloadURL"]).status_code for each in found
        }
        page = get(found[0]["landingPage"])

    assert len(found) == 8
    assert [title for title, status in statuses.items() if status != 200] == ["Parques y jardines"]
    assert page.status_code == 200


def test_contents_are_the_same_every_time() -> None:
    assert ministry.portal().files == ministry.portal().files
    assert municipality.portal().files == municipality.portal().files
    assert ministry.portal().packages == ministry.portal().packages
