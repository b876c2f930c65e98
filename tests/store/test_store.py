"""The store opens, migrates itself once, and says what is wrong with a database."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from acopio.errors import ConfigError
from acopio.store import HEAD, Store, open_store
from acopio.store.catalog import metadata


def test_a_new_database_is_brought_up_to_date(store: Store) -> None:
    assert store.version() == HEAD


def test_the_migrations_make_the_tables_the_code_knows(store: Store) -> None:
    with store.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    assert found == []


def test_opening_again_changes_nothing(url: str) -> None:
    open_store(url).close()
    again = open_store(url)
    assert again.version() == HEAD
    again.close()


def test_processes_that_open_an_empty_database_at_once_all_succeed(url: str) -> None:
    code = (
        "import sys; from acopio.store import open_store; print(open_store(sys.argv[1]).version())"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, url], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [process.communicate()[0].strip() for process in started] == [HEAD] * 2


def test_a_database_of_a_newer_acopio_is_refused(url: str) -> None:
    store = open_store(url)
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(ConfigError, match="database-too-new"):
        open_store(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://someone:hidden@127.0.0.1:1/none",
        "postgresql+psycopg://127.0.0.1:1/none?user=someone&password=hidden",
        "postgresql+psycopg://127.0.0.1:1/none?user=someone&p%61ssword=hidden&sslmode=disable",
    ],
)
def test_a_password_is_never_in_the_error(url: str) -> None:
    with pytest.raises(ConfigError) as raised:
        open_store(url)
    assert "hidden" not in str(raised.value)
    assert "someone" in str(raised.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "acopio.db").write_text("not a database, though long enough to be read as one")
    with pytest.raises(ConfigError, match="database-unusable"):
        open_store(f"sqlite:///{tmp_path}/acopio.db")


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    insert = text("INSERT INTO harvest_payload (hash, body) VALUES ('h', 'b')")

    def fail_after_writing() -> None:
        with store.write() as connection:
            connection.execute(insert)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM harvest_payload")).scalar() == 0
