"""Give DuckDB the rows of a table in text: read by itself where that is the same, else by csv.

DuckDB alone is many times sooner, but has its own mind about ragged rows, quotes inside cells and
blank lines, and knows no Windows-1252. So it reads only plain UTF-8, strictly, and must arrive at
as many rows as the survey; otherwise the csv module reads, as it did for the survey.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from acopio.validators.columns import Survey, field_limit
from acopio.validators.dialect import Layout
from acopio.validators.encoding import FOREIGN, Encoding
from acopio.validators.preflight import Profile

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")
Connection: TypeAlias = "duckdb.DuckDBPyConnection"
Provide = Callable[[Connection], None]
# What a question returns: how many rows were read, and the answer.
Ask = Callable[[Connection], tuple[int, T]]

# Characters of a cell that are looked at.
LONGEST = 100
# What DuckDB's trim takes away: Unicode's spaces, and no other white space.
SPACES = (
    " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000"
)
_MEMORY = "192MB"
_SPILLED = "16GB"
_BATCH = 4000
# Up to so many rows the csv module is done before DuckDB has opened anything.
_FEW = 20_000
# DuckDB takes these in a path for a pattern.
_PATTERN = frozenset("*?[{")
# In no text: DuckDB then takes each line for one cell.
_NO_DELIMITER = "\x01\x02\x03"


def over_cells(
    path: Path, profile: Profile, table: Survey, columns: Sequence[int], ask: Ask[T]
) -> T | None:
    """Answer a question about ``records(row, c1, c5, ...)``, the cells of ``columns`` (from 1).

    ``row`` counts from 1, the header included; a cell that a row lacks is empty or NULL. ``ask``
    may be called twice. None when the file is no table in text.
    """
    layout, encoding = profile.layout, profile.encoding
    if layout is None or encoding is None:
        return None
    kept = cells_kept(columns)
    slow = partial(_by_csv, path, encoding, layout, kept)
    fits = table.rows > _FEW and table.widest == table.width
    if not fits or not _plain(path, encoding, layout):
        return answered(path, [slow], table, ask)
    fast = partial(_provide, _cells(path, layout, [name for name, _ in kept]))
    return answered(path, [fast, slow], table, ask)


def over_rows(path: Path, profile: Profile, table: Survey, ask: Ask[T]) -> T | None:
    """Answer a question about ``records(row, hash, blank)``, and who asks may ask it again.

    The hash is of the row's text as it is written, or of its cells: equal rows have the same.
    Ask for ``blank`` only of few rows: it is dear.
    """
    layout, encoding = profile.layout, profile.encoding
    if layout is None or encoding is None:
        return None
    slow = partial(_hashes_by_csv, path, encoding, layout)
    if table.rows <= _FEW or not _plain(path, encoding, layout):
        return answered(path, [slow], table, ask)
    return answered(path, [partial(_provide, _lines(path, layout)), slow], table, ask)


def answered(path: Path, ways: Sequence[Provide], table: Survey, ask: Ask[T]) -> T | None:
    """Return the answer of the first of ``ways`` to give as many rows as ``table`` counted.

    Each shows ``records`` to a connection, which reads no file but that at ``path``.
    """
    import duckdb

    found: T | None = None
    for way in ways:
        few = table.rows <= _FEW
        with shared() if few else _connection(path) as connection, field_limit():
            try:
                way(connection)
                rows, found = ask(connection)
            except duckdb.InvalidInputException:
                continue
            if rows == table.rows:
                return found
    return found


@contextmanager
def shared() -> Iterator[Connection]:
    """Give a connection without files, network or settings: it sees what it is given.

    It is the process's own, of which each question takes a cursor: opening one costs more than few
    rows do.
    """
    with _memory().cursor() as connection:
        yield connection


@cache
def _memory() -> Connection:
    import duckdb

    options: dict[str, Any] = {"memory_limit": _MEMORY, "threads": "1", "temp_directory": ""}
    connection = duckdb.connect(":memory:", config=options)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


@contextmanager
def _connection(path: Path) -> Iterator[Connection]:
    """Give a connection that reads one file and writes nothing but its own spilled pages."""
    import duckdb

    with TemporaryDirectory(prefix="acopio-") as folder:
        options: dict[str, Any] = {
            "memory_limit": _MEMORY,
            "threads": "2",
            "temp_directory": folder,
            "max_temp_directory_size": _SPILLED,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        with duckdb.connect(":memory:", config=options) as connection:
            for setting in (
                f"allowed_paths = [{_quoted(str(path))}]",
                "enable_external_access = false",
                "lock_configuration = true",
            ):
                connection.execute(f"SET {setting}")
            yield connection


def _plain(path: Path, encoding: Encoding, layout: Layout) -> bool:
    """Tell whether DuckDB's reading can be the survey's."""
    exact = encoding.is_utf8 and encoding.exact and not encoding.nul_bytes
    return exact and not layout.skip_space and _PATTERN.isdisjoint(str(path))


def _provide(select: str, connection: Connection) -> None:
    connection.execute(f"CREATE TEMP VIEW records AS {select}")


def _cells(path: Path, layout: Layout, kept: Sequence[str]) -> str:
    names = [f"c{number}" for number in range(1, len(layout.labels) + 1)]
    source = _csv(path, layout, names, layout.delimiter, layout.quote)
    shown = "".join(f", {name}" for name in kept)
    return f"SELECT row_number() OVER () + {layout.header_row} AS row{shown} FROM {source}"  # noqa: S608


def _lines(path: Path, layout: Layout) -> str:
    """Return the rows as whole lines: as many as rows only where no cell has a line break."""
    source = _csv(path, layout, ["line"], _NO_DELIMITER, "")
    marks = _quoted(_marks(layout))
    return (
        f"SELECT row_number() OVER () + {layout.header_row} AS row, hash(line) AS hash, "  # noqa: S608
        f"trim(line, {marks}) = '' AS blank FROM {source}"
    )


def _marks(layout: Layout) -> str:
    """Return what a blank row may consist of."""
    return f"{layout.delimiter}{layout.quote} \t\r\n"


def _csv(path: Path, layout: Layout, names: Sequence[str], delimiter: str, quote: str) -> str:
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    return (
        f"read_csv({_quoted(str(path))}, auto_detect=false, header=false, compression='none', "
        f"skip={layout.header_row}, delim={_quoted(delimiter)}, quote={_quoted(quote)}, "
        f"escape={_quoted(quote)}, columns={{{columns}}})"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# --- read by the csv module ---------------------------------------------------------------------


def _by_csv(
    path: Path,
    encoding: Encoding,
    layout: Layout,
    kept: Sequence[tuple[str, int]],
    connection: Connection,
) -> None:
    register_cells(connection, kept, _batches(path, encoding, layout))


def register_cells(
    connection: Connection,
    kept: Sequence[tuple[str, int]],
    batches: Iterable[tuple[int, list[list[str]]]],
) -> None:
    """Show DuckDB ``records(row, ...)``: the ``kept`` cells of rows, and the rows' numbers.

    ``kept`` are names and places, from 0; a cell that a row lacks is NULL.
    """
    import pyarrow as pa

    def batch(start: int, rows: list[list[str]]) -> list[Any]:
        cells = [[row[i] if i < len(row) else None for row in rows] for _, i in kept]
        return [range(start, start + len(rows)), *cells]

    names = [pa.field(name, pa.string()) for name, _ in kept]
    register(connection, names, (batch(*read) for read in batches))


def cells_kept(columns: Iterable[int]) -> list[tuple[str, int]]:
    """Return the names and places of ``columns``, which count from 1: ``c5`` stands at 4."""
    return [(f"c{number}", number - 1) for number in sorted(set(columns))]


def _hashes_by_csv(path: Path, encoding: Encoding, layout: Layout, connection: Connection) -> None:
    register_rows(connection, _batches(path, encoding, layout), _marks(layout))


def register_rows(
    connection: Connection,
    batches: Iterable[tuple[int, list[list[str]]]],
    marks: str | None = None,
) -> None:
    """Give DuckDB ``records(row, hash, blank)``: rows by their hashes.

    A row of ``marks`` alone, white space where none are given, is blank.
    """
    import pyarrow as pa

    def batch(start: int, rows: list[list[str]]) -> list[Any]:
        hashes = [hash(tuple(row)) for row in rows]
        blank = [not "".join(row).strip(marks) for row in rows]
        return [range(start, start + len(rows)), hashes, blank]

    names = [pa.field("hash", pa.int64()), pa.field("blank", pa.bool_())]
    register(connection, names, (batch(*read) for read in batches), "once")
    connection.execute("CREATE TEMP TABLE records AS FROM once")
    connection.unregister("once")


def register(
    connection: Connection, fields: list[Any], batches: Iterator[list[Any]], name: str = "records"
) -> None:
    """Show DuckDB a view of rows as they come, batch by batch: their numbers, then ``fields``."""
    import pyarrow as pa

    schema = pa.schema([pa.field("row", pa.int64()), *fields])
    arrow = (
        pa.record_batch(
            [pa.array(cells, field.type) for cells, field in zip(batch, schema, strict=True)],
            schema=schema,
        )
        for batch in batches
    )
    connection.register(name, pa.RecordBatchReader.from_batches(schema, arrow))


def _batches(
    path: Path, encoding: Encoding, layout: Layout
) -> Iterator[tuple[int, list[list[str]]]]:
    """Yield rows below the header with the number of each batch's first row."""
    with path.open("r", encoding=encoding.name, errors=FOREIGN, newline="") as file:
        yield from below(layout.reader(file), layout.header_row)


def below(rows: Iterator[list[str]], above: int) -> Iterator[tuple[int, list[list[str]]]]:
    """Yield what follows the first ``above`` rows, in batches with their first one's number."""
    number = sum(1 for _ in islice(rows, above)) + 1
    while batch := list(islice(rows, _BATCH)):
        yield number, batch
        number += len(batch)
