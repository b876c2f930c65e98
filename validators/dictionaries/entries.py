"""Find the entries of a data dictionary among the rows of its sheets.

A dictionary is a table whose header names a column of names and one of descriptions or types. It
may stand below titles, more than once in a sheet, and once in each sheet.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from acopio.model import DictionaryEntry
from acopio.validators.dictionaries.words import head_of
from acopio.validators.hiding import hidden_title

Row = Sequence[str]

# Rows of a sheet, columns of a row, letters of a cell and entries that are looked at.
ROWS, COLUMNS, LETTERS, ENTRIES = 20_000, 64, 2000, 5000
_VALUES = 200
_BETWEEN_VALUES = re.compile(r"[\n;|]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """At which place of a row each thing stands; -1 where it is not told."""

    name: int
    description: int = -1
    type: int = -1
    values: int = -1
    section: int = -1


def entries(sheets: Iterable[tuple[str, Iterable[Row]]]) -> tuple[DictionaryEntry, ...]:
    """Return the entries of named sheets, without persons; none where there is no dictionary."""
    found = (entry for name, rows in sheets for entry in _entries(name, rows))
    return tuple(map(_hidden, islice(found, ENTRIES)))


def heads(row: Row) -> Heads | None:
    """Return what stands where, if ``row`` is a dictionary's header."""
    places: dict[str, tuple[int, int]] = {}
    for place, cell in enumerate(row[:COLUMNS]):
        if found := head_of(cell):
            head, rank = found
            places[head] = min(places.get(head, (rank, place)), (rank, place))
    if "name" not in places or not {"description", "type"} & places.keys():
        return None
    return Heads(**{head: place for head, (_, place) in places.items()})


def _entries(sheet: str, rows: Iterable[Row]) -> Iterator[DictionaryEntry]:
    """Yield the entries of one sheet; values that go on in the rows below are put to theirs."""
    last: DictionaryEntry | None = None
    for entry in _written(sheet, rows):
        if last is not None and (not entry.name or _same(entry, last)):
            last = replace(last, values=(*last.values, *entry.values)[:_VALUES])
        elif entry.name and (entry.description or entry.type):
            yield from [last] if last else []
            last = entry
    yield from [last] if last else []


def _written(sheet: str, rows: Iterable[Row]) -> Iterator[DictionaryEntry]:
    """Yield what each row below a header says, of however little."""
    at: Heads | None = None
    section = sheet
    for row in islice(rows, ROWS):
        if header := heads(row):
            at = header
        elif at is not None:
            # A merged cell is written in its first row only.
            section = _cell(row, at.section) or section
            yield DictionaryEntry(
                name=_cell(row, at.name),
                description=_cell(row, at.description),
                type=_cell(row, at.type),
                values=_values(row, at),
                section=section,
            )


def _same(one: DictionaryEntry, other: DictionaryEntry) -> bool:
    return (one.name, one.section) == (other.name, other.section)


def _values(row: Row, at: Heads) -> tuple[str, ...]:
    parts = _BETWEEN_VALUES.split(_cell(row, at.values))
    return tuple(part.strip() for part in parts if part.strip())[:_VALUES]


def _cell(row: Row, place: int) -> str:
    return row[place][:LETTERS].strip() if 0 <= place < len(row) else ""


def _hidden(entry: DictionaryEntry) -> DictionaryEntry:
    """Return an entry without the persons that somebody wrote into it, as examples for one."""
    texts: Mapping[str, str] = {
        name: hidden_title(getattr(entry, name)) for name in ("name", "description", "type")
    }
    return replace(entry, **texts, values=tuple(map(hidden_title, entry.values)))
