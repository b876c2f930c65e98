"""Read Parquet by PyArrow, a few thousand rows at a time."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from acopio.tables.sheet import INFLATED, Row, Sheet, Unreadable

_BATCH = 4096


def parquet_table(path: Path) -> Iterator[Sheet]:
    """Yield the one table of a Parquet file. Raises Unreadable."""
    yield Sheet(name="", rows=partial(_rows, path))


def _rows(path: Path) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            _check(file.metadata)
            yield list(file.schema_arrow.names)
            for batch in file.iter_batches(batch_size=_BATCH, use_threads=False):
                columns = [_values(column) for column in batch.columns]
                yield from map(list, zip(*columns, strict=True))
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise Unreadable("damaged", str(error)[:200]) from None


def _check(metadata: Any) -> None:
    """Refuse a group of rows too large to be held: it is the least that can be read."""
    for number in range(metadata.num_row_groups):
        if metadata.row_group(number).total_byte_size > INFLATED:
            raise Unreadable("inflated", INFLATED)


def _values(column: Any) -> list[Any]:
    """Return a column's cells; nanoseconds beyond microseconds are cut, bytes become text."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    elif pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
    values: list[Any] = column.to_pylist()
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return [None if value is None else value.decode("utf-8", "replace") for value in values]
    return values
