"""Sort plain numbers into classes within which all have one shape, without looking at each.

What a number's text looks like depends on how long it is, how it begins, where its point stands
and, for eight digits, whether they could be a day: that is its class.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from acopio.validators.tabular.texts import Texts, bytes_of

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Ints = np.ndarray[Any, Any]

# The longest number that is classed, in characters: a double holds it to the last digit.
_LONGEST = 15
# The least number of each length.
_LEAST = [0, *(10**length for length in range(_LONGEST))]
# Lengths of DNI, days and numbered years (8), mobile phones (9), RUC (11).
_TELLING = (8, 9, 11)
# The class of amounts: whatever stands before two decimals, it is a number and nothing else.
_AMOUNT = 1
# Classes of other numbers with a point stand above those of whole numbers.
_POINTED = 40_000
_DOT = ord(".")
_NUMBER = re.compile(r"-?[0-9]*\.?[0-9]*")
# Where more than one cell in so many is something else, it is no column of numbers.
_MOSTLY = 16
# Cells looked at to see whether a column may be one of numbers.
_LOOKED_AT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The plain numbers of a column.

    ``rows`` are their places in the column, ``classes`` their classes, ``values`` what they are
    worth; all of one length. ``others`` are the places of cells that are neither numbers nor empty.
    """

    texts: "pa.StringArray"
    rows: "Ints"
    classes: "Ints"
    values: "Ints"
    others: "Ints"


def numbers_of(texts: Texts) -> Numbers | None:
    """Return the numbers of a column; None if they are not nearly all there is in it."""
    import numpy as np
    import pyarrow as pa

    # Most columns of text show at their start what they are.
    if not any(map(_is_number, texts.column[:_LOOKED_AT].to_pylist())):
        return None
    text, begins = bytes_of(texts.column)
    lengths = np.diff(begins)
    odd = _odd(text, begins, lengths)
    if odd is None:
        return None
    rows = np.flatnonzero((lengths > 0) & ~odd)
    if not len(rows):
        return None
    mine = texts if len(rows) == len(odd) else Texts(texts.column.take(pa.array(rows)))
    try:
        classes, values = _classed(mine)
    except pa.ArrowInvalid:
        return None
    return Numbers(
        texts=mine.column, rows=rows, classes=classes, values=values, others=np.flatnonzero(odd)
    )


def _is_number(text: str) -> bool:
    return bool(text and _NUMBER.fullmatch(text))


def _odd(text: "Ints", begins: "Ints", lengths: "Ints") -> "Ints | None":
    """Return which cells hold anything but digits, points and signs, or no digit, or very many.

    None if that may be more than a few.
    """
    import numpy as np

    odd: Ints = lengths > _LONGEST
    single = np.flatnonzero(lengths == 1)
    odd[single] = text[begins[single]] < ord("0")
    used = text[begins[0] : begins[-1]]
    if len(used) and (used.max() > ord("9") or used.min() < ord("-") or (used == ord("/")).any()):
        strange = np.flatnonzero((used > ord("9")) | (used < ord("-")) | (used == ord("/")))
        if len(strange) * _MOSTLY > len(used):
            return None
        odd[np.searchsorted(begins, strange + begins[0], side="right") - 1] = True
    return odd if odd.sum() * _MOSTLY <= len(odd) else None


def _classed(texts: Texts) -> "tuple[Ints, Ints]":
    """Return the classes and values of numbers. Raises ArrowInvalid if there is anything else."""
    import numpy as np
    import pyarrow as pa

    text, begins = bytes_of(texts.column)
    starts, ends = begins[:-1], begins[1:]
    lengths = np.diff(begins).astype(np.int64)
    signed = text[starts] == ord("-")
    if not (text[begins[0] : begins[-1]] == _DOT).any():
        values = texts.cast(pa.int64()).to_numpy(zero_copy_only=False)
        return _whole(values, lengths, signed), values
    values = texts.cast(pa.float64()).to_numpy(zero_copy_only=False)
    classes = np.full(len(values), _AMOUNT, dtype=np.int64)
    rest = np.flatnonzero((lengths < len(".00")) | (text[np.maximum(ends - 3, 0)] != _DOT))
    if len(rest):
        some = texts.column.take(pa.array(rest))
        begins = text[starts + signed][rest].astype(np.int64) - _DOT + 16 * signed[rest]
        classes[rest] = _mixed(some, values[rest], lengths[rest], signed[rest], begins)
    return classes, values


def _mixed(
    texts: "pa.StringArray", values: "Ints", lengths: "Ints", signed: "Ints", begins: "Ints"
) -> "Ints":
    """Return the classes of numbers with a point or without."""
    import numpy as np
    import pyarrow.compute as pc

    points = pc.find_substring(texts, ".").to_numpy(zero_copy_only=False).astype(np.int64)
    # Of a number with a point the whole part stands here, and is not looked at.
    whole = _whole(values.astype(np.int64), lengths, signed)
    classes: Ints = np.where(points < 0, whole, _pointed(values, lengths, points, begins))
    return classes


def _whole(values: "Ints", lengths: "Ints", signed: "Ints") -> "Ints":
    """Return the classes of whole numbers: length, whether a zero leads, and of some lengths more.

    Where a number of its length may be somebody's or a day, the first three digits count too. A
    sign makes it a number and nothing else, whatever its digits.
    """
    import numpy as np

    leading = values < np.array(_LEAST)[lengths]
    classes: Ints = lengths * 2000 + leading
    for length in _TELLING:
        rows = np.flatnonzero(lengths == length)
        if len(rows):
            mine = values[rows]
            begins = np.abs(mine) // 10 ** (length - 3)
            month, day = mine // 100 % 100, mine % 100
            is_day = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
            classes[rows] = length * 2000 + begins * 2 + is_day
    classes[signed] = 0
    return classes


def _pointed(values: "Ints", lengths: "Ints", points: "Ints", begins: "Ints") -> "Ints":
    """Return the classes of numbers with a point: beginning, both lengths, ``.0`` at the end."""
    import numpy as np

    ends = values == np.floor(values)
    classes: Ints = _POINTED + ((begins * 20 + points) * 20 + lengths - points - 1) * 2 + ends
    return classes
