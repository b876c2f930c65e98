"""Texts compared as a person would: without accents and capitals."""

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement


def folded(text: str) -> str:
    """Return a text to sort by: no capitals, no accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))


def like(column: ColumnElement[Any], part: str) -> ColumnElement[bool]:
    """Return the condition that a column has a text in it, ``%`` and ``_`` meaning themselves."""
    return column.icontains(part, autoescape=True)
