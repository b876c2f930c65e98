"""Words that are numbers or dates, as columns of numbers and dates hold them."""

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from acopio.portal.rows.cells import utc, value
from acopio.portal.rows.numbers import as_value, same
from acopio.portal.rows.tables import Column

# Dates and amounts are one word, with what stands between their digits.
FIGURE = re.compile(r"[0-9]+([.,:/-][0-9]+)*")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_DATED = ("date", "moment", "zoned")


def written(column: Column, word: str) -> Iterator[tuple[str, Any]]:
    """Yield what to compare with what, in SQL and as a value, for ``word`` to be in a cell."""
    if column.kind in _DATED:
        yield from _dated(column, word)
    elif not _NUMBER.fullmatch(word):
        return
    elif column.kind == "float":
        yield column.ref, float(word)
    elif column.kind in {"exact", "row"}:
        scaled = same(column, Fraction(word))
        if scaled is not None:
            yield value(column), as_value(column, scaled)


def _dated(column: Column, word: str) -> Iterator[tuple[str, Any]]:
    """Compare days, or years: a year is in every date of it."""
    at = utc(column.ref) if column.kind == "zoned" else column.ref
    if word.isdigit():
        if len(word) == 4:
            yield f"year({at})", int(word)
        return
    try:
        yield f"CAST({at} AS DATE)", date.fromisoformat(word)
    except ValueError:
        return
