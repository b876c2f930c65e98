"""Find the quote that opens and never closes: all that follows it became one cell."""

import csv
from pathlib import Path

from acopio.validators.columns import Survey, field_limit
from acopio.validators.dialect import Layout
from acopio.validators.encoding import FOREIGN

# Enough for the thousand characters a survey keeps of the last cell, each written twice.
_TAIL = 8 << 10
_KEPT = 1000
# Bytes of the mark by which these encodings are read.
_MARKS = {"utf-16": 2, "utf-32": 4}


def row_of_unclosed_quote(path: Path, encoding: str, layout: Layout, table: Survey) -> int | None:
    """Return the row, from 1, in which a quote opens that does not close; None if all do.

    The file is read again only where a cell grew beyond its limit. Raises OSError.
    """
    if table.limit == "cell":
        return _row_of_endless_cell(path, encoding, layout)
    if table.limit or not _ends_within_quotes(path, encoding, layout, table.last_cell):
        return None
    return layout.header_row + table.rows


def _ends_within_quotes(path: Path, encoding: str, layout: Layout, cell: str) -> bool:
    """Tell whether the file ends with its last cell, opened by a quote, and no quote behind it."""
    written = cell.replace(layout.quote, layout.quote * 2)
    tail = _tail(path, encoding)
    if not cell or not tail.endswith(written):
        return False
    if len(cell) < _KEPT:
        return tail.removesuffix(written).endswith(layout.quote)
    # The opening was not kept; only a quoted cell holds line ends.
    return not {"\n", "\r"}.isdisjoint(cell)


def _tail(path: Path, encoding: str) -> str:
    with path.open("rb") as body:
        # Which byte comes first is said at the start alone.
        mark = body.read(_MARKS.get(encoding, 0))
        size = body.seek(0, 2)
        body.seek(max(len(mark), size - _TAIL))
        return (mark + body.read()).decode(encoding, FOREIGN)


def _row_of_endless_cell(path: Path, encoding: str, layout: Layout) -> int | None:
    row = lines = 0
    with path.open("r", encoding=encoding, errors=FOREIGN, newline="") as file, field_limit():
        reader = layout.reader(file)
        try:
            for _ in reader:
                row += 1
                lines = reader.line_num
        except csv.Error:
            # A cell that goes on over lines is a quoted one; else it is merely long.
            return row + 1 if reader.line_num > lines + 1 else None
    return None
