"""Every registered publisher, on every place it is declared for, keeps every promise."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from acopio.registry import names
from tests.publishers.conformance import CHECKS, Bench, Place
from tests.publishers.places import CkanPlace, FolderPlace, PortalPlace

PLACES = {"folder": ["folder", "folder-memory"], "ckan": ["ckan"], "portal": ["portal"]}


def test_every_registered_publisher_has_a_place() -> None:
    assert set(names("publishers")) == set(PLACES)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "folder":
        yield FolderPlace.at(str(tmp_path / "datos"), tmp_path)
    elif request.param == "folder-memory":
        yield FolderPlace.at(f"memory://{uuid4().hex}", tmp_path)
    elif request.param == "portal":
        yield PortalPlace.at(tmp_path)
    else:
        url, token = (request.getfixturevalue(name) for name in ("ckan_url", "ckan_token"))
        ckan = CkanPlace.at(url, token, tmp_path)
        yield ckan
        ckan.clear()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize(
    "place", [name for several in PLACES.values() for name in several], indirect=True
)
def test_keeps_its_promise(place: Place, check: Callable[[Bench], None]) -> None:
    check(Bench(place))
