"""The Parquet twin: spilled as it is cast, typed when the last row is known.

Types are chosen so that nothing is lost:

* ``integer`` and ``year``: int64; beyond it decimal128(38, 0); beyond that text.
* ``number``: decimal128, because money in binary floating point loses cents as soon as it is
  summed. Precision is 18 or 38, not the least that fits, so that the next cut of the same table
  has the same type. Where a value is NaN or infinite, or too long: double if every value survives
  it to the last digit, else text.
* ``datetime``: microseconds, in UTC where all have a zone, without zone where none has; a mixture
  stays text.
* ``date``, ``boolean``: as they are. All else is text.

The same input gives the same bytes: Parquet files hold no time of writing.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acopio.publishers.cleaning.columns import Column, Facts

if TYPE_CHECKING:
    import pyarrow as pa

# Rows of a row group; with the spilled batches this bounds memory.
GROUP_ROWS = 131_072
# Bytes of a page, and of a column's dictionary: small, so that a few rows are read without the
# rest. A first page of a million rows came in a third of the time, and the file is smaller.
PAGES = {"data_page_size": 131_072, "dictionary_pagesize_limit": 131_072}
DECIMAL_DIGITS = (18, 38)


class Spill:
    """Cast values on disk, in batches, until the types are known."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        import pyarrow as pa

        self._path = path
        self._columns = columns
        now = {"date": pa.date32(), "boolean": pa.bool_()}
        self._schema = pa.schema([(c.name, now.get(c.kind, pa.string())) for c in columns])
        self._sink = pa.OSFile(str(path), "wb")
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        self._writer = pa.ipc.new_stream(self._sink, self._schema, options=options)

    def add(self, values: Sequence[list[Any]]) -> None:
        """Append a batch: a list of values for each column, all of one length."""
        import pyarrow as pa

        arrays = [
            pa.array(each, field.type) for each, field in zip(values, self._schema, strict=True)
        ]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))

    def close(self) -> None:
        """End the spilled stream."""
        self._writer.close()
        self._sink.close()

    def write_parquet(self, path: Path, provenance: Mapping[str, str]) -> None:
        """Write what was spilled to ``path``, typed, with ``provenance`` in the file's metadata."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pa.schema(
            [(column.name, arrow_type(column.kind, column.facts)) for column in self._columns],
            metadata=dict(provenance),
        )
        with (
            pa.memory_map(str(self._path)) as source,
            pa.ipc.open_stream(source) as reader,
            pq.ParquetWriter(path, schema, compression="zstd", **PAGES) as writer,
        ):
            for table in _groups(reader):
                arrays = [table.column(i).cast(schema.field(i).type) for i in range(len(schema))]
                writer.write_table(pa.table(arrays, schema=schema), row_group_size=GROUP_ROWS)


def _groups(reader: Any) -> Iterator["pa.Table"]:
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    for batch in reader:
        held.append(batch)
        if sum(each.num_rows for each in held) >= GROUP_ROWS:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def arrow_type(kind: str, facts: Facts) -> "pa.DataType":
    """Return the narrowest of the types above that holds every value of a column."""
    import pyarrow as pa

    if kind == "integer":
        return pa.int64() if facts.whole <= 19 else _decimal(facts.whole - 1, 0) or pa.string()
    if kind == "number":
        return _number(facts)
    if kind == "datetime":
        if facts.aware and facts.naive:
            return pa.string()
        return pa.timestamp("us", "UTC" if facts.aware else None)
    return {"date": pa.date32(), "boolean": pa.bool_()}.get(kind, pa.string())


def _number(facts: Facts) -> "pa.DataType":
    import pyarrow as pa

    exact = _decimal(facts.whole, facts.scale)
    if exact is not None and not facts.special:
        return exact
    return pa.float64() if facts.double else pa.string()


def _decimal(whole: int, scale: int) -> "pa.DataType | None":
    import pyarrow as pa

    digits = max(whole, 0) + scale
    precision = next((each for each in DECIMAL_DIGITS if digits <= each), None)
    return pa.decimal128(precision, scale) if precision else None
