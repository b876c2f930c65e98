"""Infer a Table Schema as frictionless does, at a small part of what it costs frictionless.

``Detector.detect_schema`` makes a new reader for each cell and each type it tries. Here a type's
reader is made once in a process, and is not asked about a cell that lacks a character no cell of
its type can do without. The rules are frictionless's, and so is the result: types are tried in its
order, row by row, until one has nine tenths of the cells that are not empty.
"""

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from acopio.validators.encoding import FOREIGN

if TYPE_CHECKING:
    from frictionless import Field

Takes = Callable[[str | None], bool]
Candidate: TypeAlias = tuple[str, Takes]

# frictionless's sample of a file, in rows, its header's among them.
_SAMPLE = 100
# The share of a column's cells that must be of a type, of those that are not empty.
_CONFIDENCE = 0.9
# Without this character a cell is not of the type.
_NEEDED = {
    "yearmonth": "-",
    "geopoint": ",",
    "duration": "P",
    "geojson": "{",
    "object": "{",
    "array": "[",
    "datetime": ":",
    "time": ":",
    "date": "-",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """A table's labels, and the first of its rows: those of its first hundred below the header."""

    labels: Sequence[str]
    rows: Sequence[Sequence[str]]


def beginning(
    path: Path, encoding: str, dialect: Mapping[str, Any], newline: str | None = ""
) -> Beginning:
    """Return how the table at ``path`` begins, read as frictionless reads it.

    ``dialect`` is a descriptor with one header row that leaves nothing to be guessed, ``newline``
    is ``open``'s. Raises OSError, UnicodeError, and csv.Error for a cell beyond the csv module's
    limit.
    """
    (header_row,) = dialect["headerRows"]
    control = dialect["csv"]
    # As in DecidedParser: a UTF-8 file with foreign lines is read as the cleaner reads it.
    errors = FOREIGN if encoding in ("utf-8", "utf-8-sig") else "strict"
    with path.open("r", encoding=encoding, errors=errors, newline=newline) as file:
        reader = csv.reader(
            file,
            delimiter=control["delimiter"],
            quotechar=control["quoteChar"],
            doublequote=control["doubleQuote"],
            skipinitialspace=control["skipInitialSpace"],
        )
        sample = list(islice(reader, _SAMPLE))
    labels = [cell.strip() for row in sample[header_row - 1 : header_row] for cell in row]
    return Beginning(labels=labels, rows=sample[header_row:])


def inferred(table: Beginning) -> dict[str, Any]:
    """Return the descriptor of the Table Schema that frictionless infers from a table's beginning.

    Each field has a name and a type; columns without a label, or with one that is there already,
    are named as frictionless names them.
    """
    names = _names(table)
    types = _types(table.rows, len(names)) if table.rows else ["any"] * len(names)
    return {
        "fields": [{"name": name, "type": kind} for name, kind in zip(names, types, strict=True)]
    }


def _names(table: Beginning) -> list[str]:
    from frictionless.table.label_matching import deduplicate_names

    first = table.rows[0] if table.rows else ()
    labels = table.labels or [""] * len(first)
    return deduplicate_names([label or f"field{n}" for n, label in enumerate(labels, 1)])


def _types(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    # A value is looked at once a type, however many columns and rows it is in.
    candidates = [(name, cache(takes)) for name, takes in _candidates()]
    return [
        _type([row[place] if place < len(row) else None for row in rows], candidates)
        for place in range(width)
    ]


def _type(cells: Sequence[str | None], candidates: Sequence[Candidate]) -> str:
    """Return a column's type: the first that has enough cells, and of several the first tried.

    A cell that a short row lacks is None, which every type takes.
    """
    enough = _enough(cells)
    found, soonest = "any", len(cells)
    for name, takes in candidates:
        row = _reached(cells, takes, enough, soonest)
        if row < soonest:
            found, soonest = name, row
    return found


def _enough(cells: Sequence[str | None]) -> list[float]:
    """Return which score is enough, row by row: rows to come count for filled until they come."""
    filled = len(cells)
    enough = []
    for cell in cells:
        filled -= cell == ""
        enough.append(filled * _CONFIDENCE if filled else math.inf)
    return enough


def _reached(
    cells: Sequence[str | None], takes: Takes, enough: Sequence[float], before: int
) -> int:
    """Return the place of the row where a type has enough cells, or ``before`` if none before it.

    A cell of the type counts for it, any other against it; one tenth against it and it is out.
    """
    score, lowest = 0, len(cells) * (_CONFIDENCE - 1)
    for place in range(before):
        cell = cells[place]
        if cell != "":
            score += 1 if takes(cell) else -1
            if score < lowest:
                break
        if score >= enough[place]:
            return place
    return before


@cache
def _candidates() -> tuple[Candidate, ...]:
    """Return the types frictionless tries, in its order, each with whether it takes a cell."""
    from frictionless import Field, system

    fields = (
        Field.from_descriptor({**candidate, "name": "shared"})
        for candidate in system.detect_field_candidates()
    )
    return tuple((one.type, _taker(one)) for one in fields)


def _taker(one: "Field") -> Takes:
    reader = one.create_cell_reader()
    needed = _NEEDED.get(one.type, "")

    def takes(cell: str | None) -> bool:
        if cell is not None and needed not in cell:
            return False
        return not reader(cell)[1]

    return takes
