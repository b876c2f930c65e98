"""DuckDB without files, network or settings: it sees what it is given."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from acopio.validators.records import Ask, Connection

T = TypeVar("T")

_MEMORY = "192MB"
_BATCH = 2000


@cache
def connection() -> Connection:
    """Return the process's own; each question takes a cursor of it."""
    import duckdb

    options: dict[str, Any] = {"memory_limit": _MEMORY, "threads": "1", "temp_directory": ""}
    opened = duckdb.connect(":memory:", config=options)
    opened.execute("SET enable_external_access = false")
    opened.execute("SET lock_configuration = true")
    return opened


def over_texts(rows: Iterable[list[str]], above: int, columns: Sequence[int], ask: Ask[T]) -> T:
    """Answer a question about ``records(row, c1, c5, ...)`` as ``over_cells`` does, once.

    ``rows`` are all of a sheet's, as text; of them ``above`` stand over the data.
    """
    import pyarrow as pa

    kept = sorted(set(columns))
    schema = pa.schema(
        [pa.field("row", pa.int64()), *(pa.field(f"c{number}", pa.string()) for number in kept)]
    )
    given = islice(rows, above, None)
    batches = (pa.record_batch(each, schema=schema) for each in _batches(given, above + 1, kept))
    with connection().cursor() as cursor:
        cursor.register("records", pa.RecordBatchReader.from_batches(schema, batches))
        return ask(cursor)[1]


def _batches(
    rows: Iterator[list[str]], first: int, kept: Sequence[int]
) -> Iterator[list[Sequence[Any]]]:
    number = first
    while batch := list(islice(rows, _BATCH)):
        cells = [[row[at - 1] if at <= len(row) else None for row in batch] for at in kept]
        yield [range(number, number + len(batch)), *cells]
        number += len(batch)
