"""A store on each database it must work on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from acopio.store import Store, open_store
from acopio.store.catalog import sequence
from acopio.store.schema import metadata
from tests.services import postgres_schema


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/acopio.db"
    else:
        with postgres_schema() as address:
            yield address


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a schema that tests share, one after another."""
    with postgres_schema() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database whose tables, once opened, are empty."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/acopio.db"
    address: str = request.getfixturevalue("postgresql")
    return address


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    yield opened
    with opened.write() as connection:
        for table in reversed(metadata.sorted_tables):
            if table is not sequence:  # its one row came with the table
                connection.execute(table.delete())
    opened.close()
