"""Vote for the character between a text's columns."""

import csv
import re
from collections.abc import Sequence
from itertools import groupby

from acopio.validators.headers import header_confidence, header_index, holds_anything, shape

DELIMITERS = (",", ";", "\t", "|")
ROWS = 500
# A comma within a number that stands alone between two marks of another kind: a decimal one.
_NUMBER = r" ?[-+]?[0-9.]{0,20},[0-9]{1,20} ?%? ?"
_DECIMAL = re.compile(rf"(?m)(?:[;\t|]{_NUMBER}(?=[;\t|\r\n]|\Z)|^{_NUMBER}(?=[;\t|]))")
# What is left of a delimiter's vote where its header has no label at all.
_UNLABELLED = 0.25

Rows = list[list[str]]
Score = tuple[float, int, int]


def delimiter_of(lines: Sequence[str], quote: str) -> tuple[str, float]:
    """Return the delimiter that cuts ``lines`` best, and how far it leads the next, 0 to 1."""
    cuts = {mark: parsed(lines, mark, quote) for mark in DELIMITERS}
    weights = {mark: _labelled(rows, mark) for mark, rows in cuts.items()}
    weights[","] *= 1 - _decimals(lines)
    scores = {mark: _score(rows, weights[mark]) for mark, rows in cuts.items()}
    best = max(DELIMITERS, key=lambda mark: scores[mark])
    if not scores[best][0]:
        # One column: no delimiter cuts anything evenly.
        return best, 1.0
    next_best = max(scores[mark][0] for mark in DELIMITERS if mark != best)
    _, regular = shape(cuts[best])
    return best, round(regular * (1 - min(1.0, next_best / scores[best][0]) / 2), 2)


def parsed(lines: Sequence[str], delimiter: str, quote: str, *, skip_space: bool = False) -> Rows:
    """Return at most five hundred rows of ``lines``, those before the first that is too long."""
    rows: Rows = []
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, skipinitialspace=skip_space)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) == ROWS:
                break
    except csv.Error:
        # A field beyond the limit: what was read before it still votes.
        return rows
    return rows


def _score(rows: Rows, weight: float) -> Score:
    """Rank a delimiter: rows of one width above one, then most of them in a row, then width.

    Titles break a delimiter's run at the top only; commas in titles and amounts do so anywhere.
    A row of another width that is cut at all speaks half as loud.
    """
    width, regular = shape(rows)
    if width < 2:
        return (0.0, 0, width)
    filled = [row for row in rows if holds_anything(row)]
    longest = max(len(list(run)) for same, run in groupby(len(r) == width for r in filled) if same)
    ragged = sum(1 for row in filled if len(row) not in (1, width)) / len(filled)
    return ((regular + ragged / 2) * weight, longest, width)


def _labelled(rows: Rows, mark: str) -> float:
    """Return how far the header cut by ``mark`` is made of labels, none with another mark in it.

    A comma that a space follows is prose.
    """
    if not any(map(holds_anything, rows)):
        return _UNLABELLED
    header = header_index(rows)
    others = "".join(other for other in DELIMITERS if other != mark)
    broken = sum(1 for cell in rows[header] if re.search(f"[{others}](?! )", cell))
    labels = header_confidence(rows, header) - broken / max(1, len(rows[header]))
    return _UNLABELLED + (1 - _UNLABELLED) * max(0.0, labels)


def _decimals(lines: Sequence[str]) -> float:
    """Return the share of commas that are the decimal mark of a number between other marks."""
    text = "".join(lines[:ROWS])
    commas = text.count(",")
    if not commas or not any(mark in text for mark in DELIMITERS[1:]):
        return 0.0
    return min(1.0, len(_DECIMAL.findall(text)) / commas)
