"""The sample table, written once, and what searches it."""

from pathlib import Path

import pytest

from acopio.portal.rows import Rows
from tests.portal.rows.sample import write_sample


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("muestra"))


@pytest.fixture(scope="session")
def rows() -> Rows:
    return Rows(memory="256MB", seconds=30)
