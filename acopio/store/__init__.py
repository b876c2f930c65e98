"""The store: one database, SQLite by default, PostgreSQL in production.

``open_store`` gives a ``Store``; the modules beside this one hold the queries, by subject:
``sources`` (and targets), ``jobs``, ``records`` (a job's listing, plan and outcomes),
``datasets``, ``resources``, ``publications``, ``reports``, ``leases``. Each function opens its own
short transaction, or takes a ``Connection`` where several must be one.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from threading import RLock
from typing import TYPE_CHECKING

from acopio.errors import ConfigError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

# The newest migration; compared before Alembic is imported, which takes a fifth of a second.
HEAD = "0003"

BUSY_SECONDS = 60


class Store:
    """An open database, migrated. Safe to share between threads."""

    def __init__(self, engine: "Engine") -> None:
        self.engine = engine
        # SQLite lets one write at a time. Who waits for it polls, and sleeps the longer the longer
        # it waited; who waits for this lock wakes at once.
        one_writer = engine.dialect.name == "sqlite"
        self._turn: AbstractContextManager[object] = RLock() if one_writer else nullcontext()
        self._reader = engine.execution_options(acopio_reads=True)

    @contextmanager
    def write(self) -> "Iterator[Connection]":
        """Open a transaction that may write; committed when the block ends, else undone."""
        with self._turn, self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> "Iterator[Connection]":
        """Open a transaction that only reads: one consistent view, and no writer waits for it."""
        with self._reader.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def version(self) -> str | None:
        """Return the number of the newest migration applied, None for an empty database."""
        from sqlalchemy import inspect, text

        with self.read() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
            return str(row[0]) if row else None


def open_store(url: str) -> Store:
    """Open the database at a SQLAlchemy URL, bringing its tables up to date.

    Raises ConfigError when it cannot be opened, or was written by a newer acopio.
    """
    from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

    try:
        store = Store(_engine(url))
        with ExitStack() as undo:
            undo.callback(store.close)
            version = store.version()
            if version != HEAD:
                from acopio.store.migrate import migrate

                migrate(store, url, version)
            undo.pop_all()
    except (ArgumentError, NoSuchModuleError, DBAPIError, ImportError, OSError) as error:
        raise ConfigError(
            "database-unusable", url=_without_password(url), detail=_first_line(error)
        ) from error
    return store


def _engine(url: str) -> "Engine":
    from sqlalchemy import create_engine, event, make_url

    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_size=12, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        from pathlib import Path

        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, pool_size=12, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: object, _record: object) -> None:
    """Let us say BEGIN ourselves, and readers go on while one writes (WAL)."""
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: "Connection") -> None:
    """Take the write lock at once: a reader that turns writer midway would fail, not wait."""
    reads = connection.get_execution_options().get("acopio_reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _without_password(url: str) -> str:
    """Return the URL without its password: drivers take one from the query as well."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    from acopio.http.addresses import without_secrets

    try:
        address, mark, query = make_url(url).render_as_string(hide_password=True).partition("?")
    except ArgumentError:
        return "ACOPIO_DATABASE_URL"
    return address + mark + without_secrets(query)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
