"""The table of a file that is judged, a text or a workbook's main sheet: what is known of it.

What its survey knows is not read again; for the rest its rows are asked, whatever they are in.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from acopio.validators import records
from acopio.validators.columns import Survey
from acopio.validators.preflight import Profile
from acopio.validators.records import Ask
from acopio.validators.sheets import rows
from acopio.validators.sheets.book import book_of
from acopio.validators.surveys import survey

T = TypeVar("T")


def main_table(path: Path, profile: Profile) -> Survey | None:
    """Return the counts of the table at ``path``; None without one, or if it was not read whole."""
    if profile.layout is not None:
        table = survey(path, profile)
        return table if table is not None and not table.limit else None
    book = book_of(path, profile)
    return book.main.survey if book and book.main and not book.limit else None


def over_cells(
    path: Path, profile: Profile, table: Survey, columns: Sequence[int], ask: Ask[T]
) -> T | None:
    """Answer as ``records.over_cells``, whatever the table is in. Raises Unreadable."""
    if profile.layout is not None:
        return records.over_cells(path, profile, table, columns, ask)
    book = book_of(path, profile)
    if book is None or book.main is None:
        return None
    return rows.over_cells(path, book.format, book.main, columns, ask)


def over_rows(path: Path, profile: Profile, table: Survey, ask: Ask[T]) -> T | None:
    """Answer as ``records.over_rows``, whatever the table is in. Raises Unreadable.

    None for features on a map: they differ by their geometry, which is no cell.
    """
    if profile.layout is not None:
        return records.over_rows(path, profile, table, ask)
    book = book_of(path, profile)
    if book is None or book.main is None or book.format == "geojson":
        return None
    return rows.over_rows(path, book.format, book.main, ask)
