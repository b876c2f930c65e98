"""Survey every sheet of a file: where its header stands, and what its cells look like."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain, islice, zip_longest
from pathlib import Path

from acopio.tables.cells import is_midnight
from acopio.tables.reading import sheets
from acopio.tables.sheet import Row, Sheet, Unreadable
from acopio.validators.columns import LONGEST_CELL, WIDEST, Survey, survey_rows
from acopio.validators.dialect import Layout
from acopio.validators.headers import header_index
from acopio.validators.preflight import Profile
from acopio.validators.sheets.kept import MOST, Kept, texts_kept
from acopio.validators.sheets.texts import texts_of

# Rows in which the header is looked for.
_SAMPLE = 500
_HEAD = 64 << 10
_BATCH = 1000
_SPREADSHEETS = frozenset({"xlsx", "xls", "ods"})
_BINARY = _SPREADSHEETS | {"parquet"}
_JSON_LINES = frozenset({"jsonl", "ndjson", "jsonlines", "json lines", "application/x-ndjson"})
_FEATURES = re.compile(rb'"type"\s*:\s*"FeatureCollection"')
_LIMITS = {"columns": WIDEST, "cell": LONGEST_CELL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """How many cells of a column are of which type; blank ones are of none.

    ``dates`` are moments at midnight: spreadsheets write dates so.
    """

    texts: int = 0
    dates: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """One sheet that is not blank. ``typing`` goes with the survey's columns, by position."""

    name: str
    hidden: bool
    layout: Layout
    survey: Survey
    typing: tuple[Typing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The sheets of a file that are not blank.

    ``limit`` names what was met where it could not be read to its end, and ``value`` says more.
    """

    format: str
    sheets: tuple[Surveyed, ...]
    limit: str = ""
    value: int | str = ""

    @property
    def main(self) -> Surveyed | None:
        """The sheet that is judged: the first with a table, else the first with anything.

        A cover sheet is one column of words; a hidden sheet is not what is published.
        """
        shown = [sheet for sheet in self.sheets if not sheet.hidden]
        filled = [sheet for sheet in shown if sheet.survey.rows]
        tables = [sheet for sheet in filled if sheet.layout.width > 1]
        return next(iter((*tables, *filled, *shown)), None)


def book_of(path: Path, found: Profile) -> Book | None:
    """Return what the file at ``path`` holds; None for what is read elsewhere, or not at all."""
    real = _format(path, found)
    if not real:
        return None
    stat = path.stat()
    return _book(path, real, stat.st_size, stat.st_mtime_ns)


def _format(path: Path, found: Profile) -> str:
    kind = found.kind
    if kind.format in _BINARY:
        return "" if kind.encrypted else kind.format
    if kind.format != "json":
        return ""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if _FEATURES.search(head):
        return "geojson"
    return "jsonl" if found.declared in _JSON_LINES or _is_lines(head) else ""


def _is_lines(head: bytes) -> bool:
    """Tell whether a JSON text is an object a line, by its first two lines."""
    first, _, rest = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")
    objects = [line.strip() for line in (first, rest.lstrip().partition(b"\n")[0])]
    return all(line.startswith(b'{"') and line.endswith(b"}") for line in objects)


@lru_cache(maxsize=4)
def _book(path: Path, real: str, _size: int, _changed: int) -> Book:
    found: list[Surveyed] = []
    room = MOST
    try:
        for sheet in sheets(path, real):
            surveyed = _surveyed(sheet, real, room)
            if surveyed is not None:
                room -= texts_kept(surveyed.survey)
                found.append(surveyed)
                limit = surveyed.survey.limit
                if limit:
                    return Book(format=real, sheets=tuple(found), limit=limit, value=_LIMITS[limit])
    except Unreadable as problem:
        return Book(format=real, sheets=tuple(found), limit=problem.limit, value=problem.value)
    return Book(format=real, sheets=tuple(found))


def _surveyed(sheet: Sheet, real: str, room: int) -> Surveyed | None:
    rows = sheet.rows()
    blank, first = _first_filled(rows)
    if first is None:
        return None
    sample = [first, *islice(rows, _SAMPLE)]
    layout = _layout(blank, [texts_of(row) for row in sample], titled=real in _SPREADSHEETS)
    types, kept = _Types(), Kept(layout.header_row + 1, room)
    below = chain(sample[layout.header_row - blank :], rows)
    survey = survey_rows(layout, kept.watched(map(texts_of, types.watched(below))))
    return Surveyed(
        name=sheet.name,
        hidden=sheet.hidden,
        layout=layout,
        survey=kept.added_to(survey),
        typing=types.typing(),
    )


def _first_filled(rows: Iterator[Row]) -> tuple[int, Row | None]:
    """Return how many blank rows come first, and the row after them, if there is one."""
    for blank, row in enumerate(rows):
        if any(cell is not None for cell in row):
            return blank, row
    return 0, None


def _layout(blank: int, rows: list[list[str]], *, titled: bool) -> Layout:
    """Return a sheet's layout; what is not a spreadsheet has its header first."""
    # All rows of a sheet are padded to one width, which would hide how short a title is.
    index = header_index([_trimmed(row) for row in rows]) if titled else 0
    return Layout(
        delimiter="",
        quote="",
        skip_space=False,
        header_row=blank + index + 1,
        labels=tuple(rows[index]),
        titles=tuple(" ".join(filter(None, row)) for row in rows[:index]),
        width=sum(1 for label in rows[index] if label.strip()),
        regular=1.0,
        complete=len(rows) <= _SAMPLE,
    )


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1].strip():
        row = row[:-1]
    return row


class _Types:
    """Counts the cells' types while rows pass by, a counter a column."""

    def __init__(self) -> None:
        self._types: list[Counter[type]] = []
        self._dates: Counter[int] = Counter()

    def watched(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Yield the same rows."""
        while batch := list(islice(rows, _BATCH)):
            for number, cells in enumerate(zip_longest(*batch)):
                if number == len(self._types):
                    self._types.append(Counter())
                self._types[number].update(map(type, cells))
                if datetime in self._types[number]:
                    self._dates[number] += sum(map(is_midnight, cells))
            yield from batch

    def typing(self) -> tuple[Typing, ...]:
        """Return what was counted."""
        return tuple(
            Typing(
                texts=types[str],
                dates=self._dates[number],
                others=types.total() - types[type(None)] - types[str] - self._dates[number],
            )
            for number, types in enumerate(self._types)
        )
