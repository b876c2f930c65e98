"""The sample DKAN 7 answers as a running one was seen to, faults included."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from acopio.demo import dkan7
from acopio.demo.dkan7 import Dkan7Portal
from acopio.demo.server import serve
from tests.harvester.kinds import node


@pytest.fixture
def url() -> Iterator[str]:
    packages = [node(n) for n in range(47)]
    private = frozenset(["reservado"])
    with serve(Dkan7Portal(packages=packages, per_page=20, private=private)) as served:
        yield served


def ask(address: str, *, follow: bool = True, **params: Any) -> requests.Response:
    return requests.get(address, params=params, allow_redirects=follow, timeout=5)


@pytest.mark.parametrize("path", [dkan7.LISTING, dkan7.NAMES, dkan7.CATALOGUE])
def test_a_list_redirects_to_itself_with_page_0_in_html(url: str, path: str) -> None:
    answer = ask(url + path, follow=False, limit=3)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{url}{path}?limit=3&page=0"
    assert answer.headers["Content-Type"].startswith("text/html")
    assert ask(url + path, limit=3).status_code == 200


def test_lists_are_wrapped_twice_and_end_in_an_empty_one(url: str) -> None:
    (some,) = ask(url + dkan7.LISTING, limit=2, offset=45).json()["result"]

    assert [each["name"] for each in some] == ["conjunto-45", "conjunto-46"]
    assert ask(url + dkan7.LISTING, limit=2, offset=47).json()["result"] == [[]]


def test_the_list_of_names_heeds_no_limit(url: str) -> None:
    assert len(ask(url + dkan7.NAMES, limit=2, offset=3).json()["result"]) == 47


def test_one_dataset_is_a_list_of_one_with_the_portals_addresses(url: str) -> None:
    for wanted in ("conjunto-3", node(3)["id"]):
        (found,) = ask(url + dkan7.SHOW, id=wanted).json()["result"]
        assert found["url"] == f"{url}/dataset/conjunto-3"


def test_an_error_says_success(url: str) -> None:
    answer = ask(url + dkan7.SHOW, id="otro")

    assert answer.status_code == 404
    assert answer.json()["success"] is True
    assert answer.json()["result"][0]["__type"] == "Query Error"


@pytest.mark.parametrize("action", ["package_search", "status_show", "organization_list"])
def test_what_it_does_not_know_is_404_in_html(url: str, action: str) -> None:
    answer = ask(f"{url}/api/3/action/{action}")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_the_catalogue_shows_its_first_page_alone_and_says_nothing_of_it(url: str) -> None:
    catalogue = ask(url + dkan7.CATALOGUE).json()

    assert len(catalogue["dataset"]) == 20
    assert set(catalogue) == {"conformsTo", "dataset"}


def test_a_page_past_the_last_is_the_last(url: str) -> None:
    answer = ask(url + dkan7.CATALOGUE, page=9, identifier="x")

    assert answer.url == f"{url}{dkan7.CATALOGUE}?page=2"
    assert len(answer.json()["dataset"]) == 7


def test_without_pages_every_page_is_the_whole_catalogue() -> None:
    with serve(Dkan7Portal(packages=[node(n) for n in range(3)])) as url:
        pages = [ask(url + dkan7.CATALOGUE, page=page).json() for page in (0, 5)]

    assert pages[0] == pages[1]
    assert len(pages[0]["dataset"]) == 3


def test_a_pager_that_repeats_gives_all_for_every_page() -> None:
    with serve(Dkan7Portal(packages=[node(n) for n in range(5)], repeats=True)) as url:
        (some,) = ask(url + dkan7.LISTING, limit=2, offset=4, page=0).json()["result"]

    assert len(some) == 5


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("conjunto-1", "/dataset/conjunto-1"),
        ("reservado", "/user/login?destination=dataset/reservado"),
        ("borrado", "/search/type/dataset"),
    ],
)
def test_a_page_is_shown_or_leads_elsewhere(url: str, name: str, end: str) -> None:
    answer = ask(f"{url}/dataset/{name}")

    assert answer.status_code == 200
    assert answer.url == url + end
