"""Turn the cells of a sheet into the texts that are counted and checked."""

from decimal import Decimal
from typing import Any

from acopio.tables.cells import plain_number, text_of
from acopio.tables.sheet import Row

# A longer number is no code, and may take any memory to write out.
_LONGEST = 10**16


def texts_of(row: Row) -> list[str]:
    """Return a row's cells as texts, a blank one as an empty text."""
    return [cell_text(cell) for cell in row]


def cell_text(cell: Any) -> str:
    """Return a cell as text; a whole number without a point, however its column stores numbers.

    So a code is the same in a Parquet column of doubles, in a spreadsheet and in a text.
    """
    text = cell if type(cell) is str else text_of(_plain(cell))
    return text if text.isascii() else _encodable(text)


def _plain(cell: Any) -> Any:
    if type(cell) is float:
        return plain_number(cell)
    if type(cell) is Decimal and cell.is_finite() and abs(cell) < _LONGEST and cell == int(cell):
        return int(cell)
    return cell


def _encodable(text: str) -> str:
    """Return ``text`` without halves of characters, which JSON may spell and UTF-8 has not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
