"""Give the records of a sheet, whose cells have types, as texts: what ``reading`` is to a text.

A cell is written as its column's field reads it, so that the clean CSV's schema is the judged one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice, repeat
from typing import Any, cast

from acopio.publishers.cleaning.columns import Column, plain_form
from acopio.publishers.cleaning.reading import Record
from acopio.tables.cells import text_of
from acopio.tables.sheet import Sheet

_MOMENTS = frozenset({"date", "datetime", "time", "yearmonth", "duration"})


def sheet_of(dialect: Mapping[str, Any]) -> str:
    """Return the name of the sheet a dialect chooses; empty where a file has but one table."""
    controls = (dialect.get(name, {}) for name in ("excel", "ods"))
    return next((str(one["sheet"]) for one in controls if "sheet" in one), "")


class TypedOriginal:
    """The records of one sheet, numbered from 1, the header included.

    ``labels`` are the column names, ``above`` the numbers of the rows over the header.
    """

    has_header = True
    header_rows = 1

    def __init__(self, sheet: Sheet, dialect: Mapping[str, Any]) -> None:
        from frictionless import Dialect

        described = cast("Any", Dialect.from_descriptor(dict(dialect)))  # half untyped
        self.comments: list[int] = []
        self._rows = enumerate(sheet.rows(), 1)
        header = described.header_rows[-1]
        head = list(islice(self._rows, header))
        self.labels: list[str] = described.read_labels([cells for _, cells in head])
        self.above = [number for number, _ in head if number != header]

    def records(self, columns: Sequence[Column]) -> Iterator[Record]:
        """Yield the data records as text, each cell as its column has it."""
        writers = [_writer(column) for column in columns]
        for number, cells in self._rows:
            pairs = zip(chain(writers, repeat(text_of)), cells, strict=False)
            yield number, [cell if isinstance(cell, str) else write(cell) for write, cell in pairs]


def _writer(column: Column) -> Callable[[Any], str]:
    """Return what turns a column's cell into text: its field, where that has a form of its own."""
    field = column.field
    if column.kind not in _MOMENTS and plain_form(field) is None:
        return text_of

    def write(cell: Any) -> str:
        value, problems = field.read_cell(cell)
        if problems or value is None:
            return text_of(cell)
        text, problems = field.write_cell(value)
        return text_of(cell) if problems or text is None else str(text)

    return write
