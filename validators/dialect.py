"""Decide how a text file is laid out as a table: delimiter, quoting, where the header stands.

A vote over a sample that respects quotes. It is decided once, here, and frictionless is told:
its own guess comes from a hundred lines, and depends on them.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from acopio.validators.encoding import FOREIGN

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 256 << 10
_ROWS = 500
_BLANK = "\x00 \t\r\n\v\f\x1a\ufeff"
_INDENT = 1000
_LONE_CR = re.compile(r"\r(?!\n)")
# Rows above the header: more of them than this and the file is a report, not a table.
_TITLES = 30

Rows = list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A table's layout. ``header_row`` counts rows from 1; ``titles`` are the rows above it.

    ``regular`` is the share, 0 to 1, of sampled rows as wide as most; ``width`` that width.
    ``complete`` when the sample held the whole file.
    """

    delimiter: str
    quote: str
    skip_space: bool
    header_row: int
    labels: tuple[str, ...]
    titles: tuple[str, ...]
    width: int
    regular: float
    complete: bool

    def descriptor(self) -> dict[str, Any]:
        """Return the frictionless dialect, nothing left to be guessed."""
        return {
            "headerRows": [self.header_row],
            "csv": {
                "delimiter": self.delimiter,
                "lineTerminator": "\r\n",
                "quoteChar": self.quote,
                "doubleQuote": True,
                "skipInitialSpace": self.skip_space,
            },
        }


def lay_out(path: Path, encoding: str) -> Layout | None:
    """Return the layout of the text file at ``path``; None if it is blank to its end.

    Read off 256 KiB, from the first line that is not blank on.
    """
    blank, sample, complete = _sample(path, encoding)
    quote = _quote(sample)
    lines = list(io.StringIO(sample, newline=""))
    tables = {mark: _parse(lines, mark, quote) for mark in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda mark: _score(tables[mark]))
    skip_space = _spaces(sample, delimiter, quote)
    rows = _parse(lines, delimiter, quote, skip_space=skip_space)
    if not any(_filled(row) for row in rows):
        return None
    header = header_index(rows)
    width, regular = _shape(rows[header:] or rows)
    return Layout(
        delimiter=delimiter,
        quote=quote,
        skip_space=skip_space,
        header_row=blank + header + 1,
        labels=tuple(rows[header]),
        titles=tuple(" ".join(filter(None, row)) for row in rows[:header]),
        width=width,
        regular=regular,
        complete=complete and len(rows) < _ROWS,
    )


def _sample(path: Path, encoding: str) -> tuple[int, str, bool]:
    """Return the number of blank lines skipped, what follows, and whether that is all of it.

    What follows is cut where a line ends.
    """
    with path.open("r", encoding=encoding, errors=FOREIGN, newline="") as file:
        blank, text = _without_blank(file.read(SAMPLE))
        while not text.strip(_BLANK) and (more := file.read(SAMPLE)):
            # A blank line without end is dropped as it comes.
            lines, text = _without_blank(text[-_INDENT:] + more)
            blank += lines
        text += file.read(SAMPLE - len(text)) if len(text) < SAMPLE else ""
        complete = not file.read(1)
    if complete:
        return blank, text, True
    cut = max(text.rfind("\n"), text.rfind("\r", 0, len(text) - 1)) + 1
    return blank, text[: cut or len(text)], False


def _without_blank(text: str) -> tuple[int, str]:
    """Return how many blank lines ``text`` begins with, and the rest of it."""
    lead = len(text) - len(text.lstrip(_BLANK))
    # A CR at the very end may be half of a CRLF.
    end = max(text.rfind("\n", 0, lead), text.rfind("\r", 0, min(lead, len(text) - 1))) + 1
    return text.count("\n", 0, end) + len(_LONE_CR.findall(text[:end])), text[end:]


def _quote(sample: str) -> str:
    """Return the quote character: an apostrophe only where it wraps cells and nothing else does."""
    if '"' in sample:
        return '"'
    wrapped = len(re.findall(r"(?m)(?:^|[,;|\t])'[^'\n]*'(?=[,;|\t]|\r?$)", sample))
    return "'" if wrapped > sample.count("\n") and wrapped * 2 == sample.count("'") else '"'


def _spaces(sample: str, delimiter: str, quote: str) -> bool:
    """Tell whether quotes stand after a space, so that the space must be skipped to see them."""
    return f"{delimiter} {quote}" in sample and f"{delimiter}{quote}" not in sample


def _parse(lines: Sequence[str], delimiter: str, quote: str, *, skip_space: bool = False) -> Rows:
    rows: Rows = []
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, skipinitialspace=skip_space)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) == _ROWS:
                break
    except csv.Error:
        # A field beyond the limit: what was read before it still votes.
        return rows
    return rows


def _shape(rows: Rows) -> tuple[int, float]:
    """Return the most common width of non-blank rows and the share of rows that have it."""
    widths = Counter(len(row) for row in rows if _filled(row))
    if not widths:
        return 0, 0.0
    width, votes = max(widths.items(), key=lambda item: (item[1], item[0]))
    return width, votes / widths.total()


def _score(rows: Rows) -> tuple[float, int, int]:
    """Rank a delimiter: rows of one width above one, then most of them in a row, then width.

    Titles break a delimiter's run at the top only; commas in titles and amounts do so anywhere.
    """
    width, regular = _shape(rows)
    if width < 2:
        return (0.0, 0, width)
    runs = groupby(len(row) == width for row in rows if _filled(row))
    longest = max(len(list(run)) for same, run in runs if same)
    return (regular, longest, width)


def header_index(rows: Rows) -> int:
    """Return the index of the header in rows that are not all blank: the first that is no title.

    A title fills a cell or two of a wide table; a row as wide as the table that fills more than
    one cell is a header with blank labels. Where the row found instead looks like data, the
    first non-blank row is the header after all.
    """
    filled = [_filled(row) for row in rows]
    first = next(index for index, count in enumerate(filled) if count)
    usual = sorted(count for count in filled if count)[sum(map(bool, filled)) // 2]
    most = max(1, usual // 4)
    width, _ = _shape(rows)
    for index in range(first, min(len(rows), first + _TITLES)):
        whole = filled[index] > 1 and len(rows[index]) >= width
        if filled[index] > most or whole or (usual == 1 and filled[index]):
            return first if index > first and _like_data(rows[index]) else index
        if usual == 2 and len(rows[index]) > 1:
            # In a table of two columns a header with a blank label looks like a title.
            return first
    return first


def _filled(row: list[str]) -> int:
    """Return how many cells of a row hold something."""
    return sum(1 for cell in row if cell.strip(_BLANK))


def _like_data(row: list[str]) -> bool:
    cells = [cell for cell in row if cell.strip()]
    numbers = sum(1 for cell in cells if re.fullmatch(r"\s*[-+]?[\d.,/:-]*\d\s*", cell))
    return numbers * 2 > len(cells)
