"""What stays of bytes and versions that readers saw, and what was never theirs to see."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from sqlalchemy import select, update

from acopio.portal.actions import ACTIONS
from acopio.portal.caller import PIPELINE
from acopio.portal.site import Call
from acopio.store import catalog
from tests.portal.serving import OWNER, SECONDS, Portal, served
from tests.portal.test_actions import _parquet


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with served(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


def made(portal: Portal, name: str, **fields: Any) -> Any:
    asked = {"name": name, "owner_org": OWNER, **fields}
    return portal.result("package_create", asked, "editor")


def send(portal: Portal, body: Any, action: str = "resource_create", **asked: str) -> Any:
    """Send a file as the editor; return its resource."""
    answer = requests.post(
        f"{portal.url}/api/3/action/{action}",
        data={"name": "r", **asked},
        files={"upload": (asked.pop("file", "r.csv"), body)},
        headers={"Authorization": portal.tokens["editor"]},
        timeout=SECONDS,
    )
    assert answer.status_code == 200, answer.text[:500]
    return answer.json()["result"]


def status(portal: Portal, path: str, who: str = "") -> int:
    headers = {"Authorization": portal.tokens[who]} if who else {}
    address = path if path.startswith("http") else portal.url + path
    return requests.get(address, headers=headers, timeout=SECONDS).status_code


def cited(body: bytes) -> str:
    return f"/file/sha256/{hashlib.sha256(body).hexdigest()}"


def versions(portal: Portal, package: str) -> list[tuple[int, datetime, str]]:
    table = catalog.version
    query = select(table).where(table.c.package == package).order_by(table.c.number)
    with portal.site.store.read() as connection:
        return [(row.number, row.made, row.body) for row in connection.execute(query)]


# --- withdrawn ----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["package_delete", "package_patch", "package_update"])
def test_bytes_of_a_deleted_dataset_do_not_come_back_with_it(portal: Portal, how: str) -> None:
    name = f"vuelve-{how.replace('_', '-')}"
    package = made(portal, name)
    old, new = f"{name},antes\n".encode(), f"{name},ahora\n".encode()
    resource = send(portal, old, package_id=name)
    send(portal, new, "resource_patch", id=resource["id"])
    asked = portal.result("package_show", {"id": name}) if how == "package_update" else {}
    portal.result(how, {**asked, "id": package["id"], "state": "deleted"}, "editor")
    for body in (old, new):
        assert status(portal, cited(body)) == 410
    hidden = portal.result("package_show", {"id": package["id"]}, "editor")
    assert [one["url_type"] for one in hidden["resources"]] == [None]
    portal.result("package_patch", {"id": package["id"], "state": "active"}, "editor")
    assert status(portal, f"/dataset/{name}") == 200
    for path in (resource["url"], cited(old), cited(new)):
        assert status(portal, path) in (404, 410)
    send(portal, new, "resource_patch", id=resource["id"])
    assert [status(portal, path) for path in (resource["url"], cited(new))] == [200, 200]
    assert status(portal, cited(old)) == 410


def test_deleting_again_writes_nothing(portal: Portal) -> None:
    package = made(portal, "dos-veces")
    portal.result("package_delete", {"id": package["id"]}, "editor")
    table = catalog.package
    query = select(table.c.sequence, table.c.modified).where(table.c.id == package["id"])
    with portal.site.store.read() as connection:
        before = connection.execute(query).one()
    portal.result("package_delete", {"id": package["id"]}, "editor")
    portal.result("package_patch", {"id": package["id"], "state": "deleted"}, "editor")
    with portal.site.store.read() as connection:
        assert connection.execute(query).one() == before


def test_nobody_has_the_rows_of_a_deleted_dataset(portal: Portal) -> None:
    made(portal, "filas")
    twin = send(portal, _parquet(), package_id="filas", file="r.parquet")["id"]
    asked = {"resource_id": twin}
    assert portal.result("datastore_search", asked)["total"] == 2
    # As one deleted by an earlier version of this program, with its bytes still known.
    with portal.site.store.write() as connection:
        table = catalog.package
        this = update(table).where(table.c.name == "filas")
        connection.execute(this.values(state="deleted"))
    for who in ("", "officer", "editor", "sysadmin"):
        assert portal.call("datastore_search", asked, who).status_code == 404
        assert portal.call("datastore_info", {"id": twin}, who).status_code == 404
        assert status(portal, f"/datastore/dump/{twin}", who) == 404


# --- never shown --------------------------------------------------------------------------------


@pytest.mark.parametrize("hidden", [{"private": True}, {"state": "draft"}])
@pytest.mark.parametrize("how", ["link", "link-one", "replace"])
def test_bytes_nobody_was_shown_are_never_cited(
    portal: Portal, hidden: dict[str, Any], how: str
) -> None:
    name = f"oculto-{how}-{next(iter(hidden))}"
    package = made(portal, name, **hidden)
    first, shown = f"{name},secreto\n".encode(), f"{name},hecho\n".encode()
    resource = send(portal, first, package_id=name)
    links = [{"id": resource["id"], "url": "http://a.example/a.csv"}]
    if how == "link":
        portal.result("package_patch", {"id": package["id"], "resources": links}, "editor")
    elif how == "link-one":
        portal.result("resource_update", links[0], "editor")
    else:
        send(portal, shown, "resource_patch", id=resource["id"])
    public = {"id": package["id"], "private": False, "state": "active"}
    portal.result("package_patch", public, "editor")
    assert status(portal, f"/dataset/{name}") == 200
    assert status(portal, cited(first)) == 404
    assert status(portal, cited(shown)) == (200 if how == "replace" else 404)


def test_bytes_readers_saw_stay_cited_when_a_link_takes_their_place(portal: Portal) -> None:
    made(portal, "enlazado")
    resource = send(portal, b"enlazado\n", package_id="enlazado")
    links = [{"id": resource["id"], "url": "http://a.example/a.csv"}]
    portal.result("package_patch", {"id": "enlazado", "resources": links}, "editor")
    assert status(portal, cited(b"enlazado\n")) == 200


# --- versions -----------------------------------------------------------------------------------


def test_what_an_editor_showed_is_never_rewritten(portal: Portal) -> None:
    package = made(portal, "a-mano", notes="0")
    first = versions(portal, package["id"])
    for note in ("1", "2"):
        portal.result("package_patch", {"id": "a-mano", "notes": note}, "editor")
    pipeline = Call(site=portal.site, caller=PIPELINE, base="")
    ACTIONS["package_patch"].function(pipeline, {"id": "a-mano", "notes": "3"})
    found = versions(portal, package["id"])
    assert [number for number, _, _ in found] == [1, 2, 3, 4]
    assert found[:1] == first


def test_one_publication_is_one_version_for_ten_seconds_from_its_first_call(
    portal: Portal,
) -> None:
    pipeline = Call(site=portal.site, caller=PIPELINE, base="")
    asked = {"name": "de-corrida", "owner_org": OWNER}
    number = ACTIONS["package_create"].function(pipeline, asked)["id"]
    (first,) = versions(portal, number)

    def patch(note: str) -> None:
        ACTIONS["package_patch"].function(pipeline, {"id": number, "notes": note})

    patch("junto")
    (joined,) = versions(portal, number)
    assert joined[1] == first[1]
    assert joined[2] != first[2]
    earlier = first[1] - timedelta(seconds=11)
    with portal.site.store.write() as connection:
        table = catalog.version
        connection.execute(update(table).where(table.c.package == number).values(made=earlier))
    patch("aparte")
    assert [one[0] for one in versions(portal, number)] == [1, 2]


# --- files that never came ----------------------------------------------------------------------


def test_a_resource_without_a_file_is_a_link(portal: Portal) -> None:
    claimed = {"url": "c.csv", "url_type": "upload"}
    package = made(portal, "sin-archivo", resources=[claimed])
    (resource,) = package["resources"]
    assert (resource["url"], resource["url_type"]) == ("c.csv", None)
    again = {"id": resource["id"], "package_id": package["id"], **claimed}
    for action, asked in (
        ("package_patch", {"id": package["id"], "resources": [again]}),
        ("package_update", {"id": package["id"], "owner_org": OWNER, "resources": [again]}),
        ("resource_update", again),
        ("resource_patch", again),
    ):
        portal.result(action, asked, "editor")
        shown = portal.result("resource_show", {"id": resource["id"]})
        assert (shown["url"], shown["url_type"]) == ("c.csv", None), action
    here = f"{portal.url}/dataset/sin-archivo/resource/{resource['id']}/download/c.csv"
    portal.result("resource_patch", {"id": resource["id"], **claimed, "url": here}, "editor")
    assert status(portal, here) == 404
    added = portal.result("resource_create", {"package_id": package["id"], **claimed}, "editor")
    assert (added["url"], added["url_type"]) == ("c.csv", None)


def test_a_file_that_came_stays_one_whoever_sends_its_dataset_back(portal: Portal) -> None:
    made(portal, "con-archivo")
    resource = send(portal, b"con\n", package_id="con-archivo")
    shown = portal.result("package_show", {"id": "con-archivo"})
    portal.result("package_update", {**shown, "notes": "x"}, "editor")
    portal.result("resource_patch", {"id": resource["id"], "description": "d"}, "editor")
    now = portal.result("resource_show", {"id": resource["id"]})
    assert (now["url"], now["url_type"]) == (resource["url"], "upload")
    assert status(portal, resource["url"]) == 200
