"""What a reader gives: sheets, their rows, and why a file cannot be read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

# None for a blank cell; else str, bool, int, float, Decimal, date, datetime, time, timedelta, or
# what JSON and Parquet nest: lists and dicts.
Row = list[Any]

# What a file may hold, whatever its own size: bytes once inflated, cells of one sheet's rectangle
# (blank ones included, for they take memory too), sheets.
INFLATED = 1 << 30
CELLS = 32 << 20
SHEETS = 100


class Unreadable(Exception):  # noqa: N818
    """A file that is not read, or not to its end.

    ``limit`` names the limit that was met (``inflated``, ``cells``, ``sheets``, ``line``) and
    ``value`` is that limit; or ``limit`` is ``damaged`` and ``value`` the library's own word.
    """

    def __init__(self, limit: str, value: int | str) -> None:
        super().__init__(limit, value)
        self.limit = limit
        self.value = value


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table of a file. ``name`` is a spreadsheet's own word for it, else empty.

    ``rows`` starts anew at each call and yields every row from the first one of the sheet on, blank
    ones too, each from its first column on. It raises Unreadable. A sheet is of use until the next
    one is asked for.
    """

    name: str
    rows: Callable[[], Iterator[Row]]
    hidden: bool = False
