"""DuckDB, locked down: it reads one Parquet file, writes nothing, and stops when time is up.

Each file has a database of its own, in memory, which may open that file and no other: no network,
no extension, no temporary file, no setting can be changed. Those used last are kept, as making
one takes longer than most searches.
"""

import logging
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from acopio.portal.rows.refusals import refused
from acopio.portal.rows.tables import Table, unreadable

if TYPE_CHECKING:
    import duckdb

_LOG = logging.getLogger(__name__)
_KEPT = 8
_BATCH = 256
# An interruption that comes before the query has begun is lost: it is said again.
_AGAIN_SECONDS = 0.05

Row = tuple[Any, ...]


class Engine:
    """At most ``at_once`` searches, each within ``memory`` and ``seconds``."""

    def __init__(self, *, memory: str, threads: int, seconds: float, at_once: int) -> None:
        self._options = {"memory_limit": memory, "threads": str(threads)}
        self._seconds = seconds
        self._places = BoundedSemaphore(at_once)
        self._lock = Lock()
        self._kept: OrderedDict[Any, duckdb.DuckDBPyConnection] = OrderedDict()

    @contextmanager
    def session(self, table: Table) -> Iterator["Session"]:
        """Yield what runs statements over ``table``.

        Raises ValidationError when time or memory is used up, when too many search at once, or
        when the file is not what its footer said.
        """
        import duckdb

        if not self._places.acquire(timeout=self._seconds):
            raise refused("query", "Too many searches at once, try again")
        try:
            with self._cursor(table) as cursor, _deadline(cursor, self._seconds):
                yield Session(cursor)
        except duckdb.InterruptException as error:
            raise refused("query", "Search took too long") from error
        except duckdb.OutOfMemoryException as error:
            raise refused("query", "Search needs too much memory, ask for fewer fields") from error
        except (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException):
            raise  # our own mistake
        except duckdb.Error as error:
            # The file is damaged, or the database is: neither is used again.
            self._forget(table)
            _LOG.warning("cannot read the rows of %s: %s", table.path, error)
            raise unreadable() from error
        finally:
            self._places.release()

    @contextmanager
    def _cursor(self, table: Table) -> Iterator["duckdb.DuckDBPyConnection"]:
        key = (table.path, table.stamp)
        with self._lock:
            kept = self._kept.get(key)
        connection = kept or _locked_down(table, self._options)
        with self._lock:
            self._kept[key] = connection
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                # Not closed: another thread may still use it. It ends with its last cursor.
                self._kept.popitem(last=False)
        cursor = connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def _forget(self, table: Table) -> None:
        with self._lock:
            self._kept.pop((table.path, table.stamp), None)


class Session:
    """Runs statements one after another, all before one deadline."""

    def __init__(self, cursor: "duckdb.DuckDBPyConnection") -> None:
        self._cursor = cursor

    def rows(self, sql: str, values: Mapping[str, Any], *, size: int) -> tuple[list[Row], bool]:
        """Return the rows, and whether they are all: reading ends once their text is ``size``."""
        self._cursor.execute(sql, dict(values))
        found: list[Row] = []
        read = 0
        while batch := self._cursor.fetchmany(_BATCH):
            found += batch
            read += sum(len(cell) for row in batch for cell in row if isinstance(cell, str))
            if read > size:
                return found, False
        return found, True

    def number(self, sql: str, values: Mapping[str, Any]) -> int:
        """Return the one number a statement gives."""
        return int(self._cursor.execute(sql, dict(values)).fetchall()[0][0])


def _locked_down(table: Table, options: Mapping[str, str]) -> "duckdb.DuckDBPyConnection":
    import duckdb

    closed = {
        "temp_directory": "",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        # It fails on filters by the number of a row, and finds rows as queries.py does anyhow.
        "disabled_optimizers": "late_materialization",
    }
    connection = duckdb.connect(":memory:", config={**options, **closed})
    path = str(table.path).replace("'", "''")
    # In this order: once nothing outside may be read, what may be cannot be changed.
    for setting in (
        "enable_external_file_cache = false",
        f"allowed_paths = ['{path}']",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")
    return connection


@contextmanager
def _deadline(cursor: "duckdb.DuckDBPyConnection", seconds: float) -> Iterator[None]:
    done = Event()

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            cursor.interrupt()
            wait = _AGAIN_SECONDS

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
