"""Decide how a text file is laid out as a table: delimiter, quoting, where the header stands.

A vote over a sample that respects quotes. It is decided once, here, and frictionless is told:
its own guess comes from a hundred lines, and depends on them.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acopio.model import UNPINNED, Reading
from acopio.validators.conventions import UNKNOWN, Conventions, conventions
from acopio.validators.delimiter import DELIMITERS, ROWS, delimiter_of, parsed
from acopio.validators.encoding import FOREIGN
from acopio.validators.headers import (
    BLANK,
    header_confidence,
    header_index,
    holds_anything,
    is_merged,
    shape,
)

if TYPE_CHECKING:
    from _csv import Reader

SAMPLE = 256 << 10
_INDENT = 1000
_NO_LABEL = BLANK + "".join(DELIMITERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A table's layout. ``header_row`` counts rows from 1; ``titles`` are the rows above it.

    ``regular`` is the share, 0 to 1, of sampled rows as wide as most; ``width`` that width.
    ``complete`` when the sample held the whole file. ``merged`` when the labels stand in two rows.
    Confidences are 0 to 1: the delimiter's falls where another cuts rows as evenly, the header's
    where its cells are no labels.
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
    merged: bool = False
    delimiter_confidence: float = 1.0
    header_confidence: float = 1.0
    conventions: Conventions = UNKNOWN

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

    def reader(self, lines: Iterable[str]) -> "Reader":
        """Return Python's csv reader over ``lines``, the rows above the header among them."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            skipinitialspace=self.skip_space,
        )


def lay_out(path: Path, encoding: str, pinned: Reading = UNPINNED) -> Layout | None:
    """Return the layout of the text file at ``path``; None if it holds nothing but delimiters.

    A first line of delimiters that goes on beyond what is read is a header all the same: one of
    more columns than any table may have, as is said when they are counted.

    Read off 256 KiB, from the first line that is not blank on. What is pinned is not guessed; a
    header row beyond what was read is. Raises OSError.
    """
    blank, sample, complete = _sample(path, encoding)
    lines = list(io.StringIO(sample, newline=""))
    if not complete and len(lines) == 1 and not sample.strip(_NO_LABEL):
        return _blank_labels(blank, sample)
    quote = _quote(sample)
    pin = pinned.delimiter
    delimiter, certain = (pin, 1.0) if pin else delimiter_of(lines, quote)
    skip_space = _spaces(sample, delimiter, quote)
    rows = parsed(lines, delimiter, quote, skip_space=skip_space)
    if not any(map(holds_anything, rows)):
        return None
    said = pinned.header_row - blank - 1
    header = said if 0 <= said < len(rows) else header_index(rows)
    below = rows[header + 1 :]
    width, regular = shape(below or rows[header:])
    return Layout(
        delimiter=delimiter,
        quote=quote,
        skip_space=skip_space,
        header_row=blank + header + 1,
        labels=tuple(rows[header]),
        titles=tuple(" ".join(filter(None, row)) for row in rows[:header]),
        width=width,
        regular=regular,
        complete=complete and len(rows) < ROWS,
        merged=is_merged(rows, header),
        delimiter_confidence=certain,
        header_confidence=header_confidence(rows, header),
        conventions=conventions(below),
    )


def _blank_labels(blank: int, line: str) -> Layout:
    """Return the layout of a header without a label, of which ``line`` is the beginning."""
    delimiter = max(DELIMITERS, key=line.count)
    labels = ("",) * (line.count(delimiter) + 1)
    return Layout(
        delimiter=delimiter,
        quote='"',
        skip_space=False,
        header_row=blank + 1,
        labels=labels,
        titles=(),
        width=len(labels),
        regular=0.0,
        complete=False,
        header_confidence=0.0,
    )


def _sample(path: Path, encoding: str) -> tuple[int, str, bool]:
    """Return the number of blank lines skipped, what follows, and whether that is all of it.

    What follows is cut where a line ends.
    """
    with path.open("r", encoding=encoding, errors=FOREIGN, newline="") as file:
        blank, text = _without_blank(file.read(SAMPLE))
        while not text.strip(BLANK) and (more := file.read(SAMPLE)):
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
    lead = len(text) - len(text.lstrip(BLANK))
    # A CR at the very end may be half of a CRLF.
    end = max(text.rfind("\n", 0, lead), text.rfind("\r", 0, min(lead, len(text) - 1))) + 1
    lone = text.count("\r", 0, end) - text.count("\r\n", 0, end)
    return text.count("\n", 0, end) + lone, text[end:]


def _quote(sample: str) -> str:
    """Return the quote character: an apostrophe only where it wraps cells and nothing else does."""
    if '"' in sample:
        return '"'
    wrapped = len(re.findall(r"(?m)(?:^|[,;|\t])'[^'\n]*'(?=[,;|\t]|\r?$)", sample))
    return "'" if wrapped > sample.count("\n") and wrapped * 2 == sample.count("'") else '"'


def _spaces(sample: str, delimiter: str, quote: str) -> bool:
    """Tell whether quotes stand after a space, so that the space must be skipped to see them."""
    return f"{delimiter} {quote}" in sample and f"{delimiter}{quote}" not in sample
