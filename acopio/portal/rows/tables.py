"""What a Parquet file holds, as the row API names it: from its footer alone, no row is read.

Columns are asked for by position (``c0``, ``c1``, ...): no name of a publisher's enters SQL.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from acopio.portal.problems import ValidationError

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["row", "exact", "float", "date", "moment", "zoned", "bool", "text", "other"]

# Where the number of a row comes from: DuckDB counts from 0 in the order of the file.
ROW = "file_row_number"
_KEPT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: ``name`` as answered, ``source`` as in the file, ``type`` in CKAN's words.

    ``exact`` columns hold the numbers from ``-top - 1`` (integers) or ``-top`` (decimals) to
    ``top``, each divided by ten to the power ``scale``.
    """

    name: str
    source: str
    type: str
    kind: Kind
    ref: str
    scale: int = 0
    bottom: int = 0
    top: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A Parquet file: ``columns`` by name, ``_id`` first; its number of rows and of bytes."""

    path: Path
    stamp: tuple[int, int]
    columns: dict[str, Column]
    rows: int

    @property
    def bytes(self) -> int:
        """Return the size of the file."""
        return self.stamp[1]

    @property
    def own(self) -> list[Column]:
        """Return the columns of the file, without ``_id``."""
        return [column for column in self.columns.values() if column.kind != "row"]


class Tables:
    """The footers read last. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[Path, Table] = OrderedDict()

    def open(self, path: Path) -> Table:
        """Return what ``path`` holds. Raises ValidationError when it cannot be read."""
        try:
            found = path.stat()
        except OSError as error:
            raise unreadable() from error
        stamp = (found.st_mtime_ns, found.st_size)
        with self._lock:
            known = self._known.get(path)
            if known is not None and known.stamp == stamp:
                self._known.move_to_end(path)
                return known
        table = _read(path, stamp)
        with self._lock:
            self._known[path] = table
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return table


def unreadable() -> ValidationError:
    """Return the refusal for a file that is gone, or is no Parquet file."""
    said = "The rows of this resource cannot be read at the moment"
    return ValidationError({"resource_id": [said]})


def _read(path: Path, stamp: tuple[int, int]) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except (OSError, pa.ArrowException) as error:
        raise unreadable() from error
    columns = {column.name: column for column in _columns(schema)}
    return Table(path=path, stamp=stamp, columns=columns, rows=rows)


def _columns(schema: "pa.Schema") -> Iterator[Column]:
    row = Column(name="_id", source="", type="int", kind="row", ref=ROW, top=2**63 - 2)
    yield row
    taken = {row.name}
    for number, field in enumerate(schema):
        name = _free(field.name, taken)
        taken.add(name)
        yield Column(name=name, source=field.name, ref=f"c{number}", **_typed(field.type))


def _free(name: str, taken: set[str]) -> str:
    """Return ``name``, or with ``_2`` and so on: an object's keys must differ."""
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def _typed(type_: "pa.DataType") -> dict[str, Any]:
    import pyarrow.types as of

    if of.is_integer(type_):
        return _integer(type_)
    if of.is_decimal(type_) and type_.precision <= 38:
        top = 10**type_.precision - 1
        return {
            "type": "numeric",
            "kind": "exact",
            "scale": type_.scale,
            "bottom": -top,
            "top": top,
        }
    if of.is_timestamp(type_):
        zoned = type_.tz is not None
        return {"type": "timestamptz", "kind": "zoned"} if zoned else _plain("timestamp", "moment")
    for is_it, name, kind in (
        (of.is_boolean, "bool", "bool"),
        (of.is_float32, "float4", "float"),
        (of.is_float64, "float8", "float"),
        (of.is_date, "date", "date"),
        (of.is_string, "text", "text"),
        (of.is_large_string, "text", "text"),
    ):
        if is_it(type_):
            return _plain(name, kind)
    return _plain("text", "other")


def _plain(name: str, kind: str) -> dict[str, Any]:
    return {"type": name, "kind": kind}


def _integer(type_: "pa.DataType") -> dict[str, Any]:
    import pyarrow.types as of

    signed = of.is_signed_integer(type_)
    bits = type_.bit_width - signed
    top = 2**bits - 1
    bottom = -top - 1 if signed else 0
    name = "int4" if bits < 32 else "int8" if bits < 64 else "numeric"
    return {"type": name, "kind": "exact", "bottom": bottom, "top": top}
