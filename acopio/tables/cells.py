"""Turn a typed cell into text: one form, whatever the file it came from."""

import json
from datetime import datetime, time, timedelta
from typing import Any

# What most cells are.
_PLAIN = frozenset({str, int, float})
# Above it a spreadsheet's number is no longer exact, and is written with an exponent.
_EXACT = 10**16


def text_of(cell: Any) -> str:
    """Return a cell as text: numbers plain, dates by ISO 8601, what is nested as JSON.

    A moment at midnight is a date: a spreadsheet knows no other way to write one.
    """
    if cell is None:
        return ""
    if type(cell) in _PLAIN:
        return str(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (list, dict)):
        return json.dumps(cell, ensure_ascii=False, default=text_of)
    if isinstance(cell, timedelta):
        return f"PT{cell.total_seconds():g}S"
    if is_midnight(cell):
        return str(cell.date())
    isoformat = getattr(cell, "isoformat", None)
    return str(isoformat()) if isoformat else str(cell)


def is_midnight(cell: Any) -> bool:
    """Tell whether a cell is a moment without a zone that says no more than its date does."""
    return isinstance(cell, datetime) and cell.tzinfo is None and cell.time() == time()


def plain_number(value: float) -> int | float:
    """Return a number as a whole one where it is, for spreadsheets keep floating point only."""
    return int(value) if value.is_integer() and abs(value) < _EXACT else value
