"""Desks: one for each test, and one harvested once that tests only read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.desk import FATES, Desk, opened


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with opened(tmp_path) as desk:
        yield desk


@pytest.fixture(scope="session")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with one run behind it; nothing may be changed on it."""
    with opened(tmp_path_factory.mktemp("desk")) as desk:
        desk.portal.list(*FATES)
        desk.run(code=1)
        yield desk
