"""Sort plain numbers into classes within which all have one shape, without looking at each.

What a number's text looks like depends on how long it is, how it begins, where its point stands
and, for eight digits, whether they could be a day: that is its class.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
# Classes of numbers with a point stand above those of whole numbers.
_POINTED = 40_000
_DOT = ord(".")
_NUMBER = re.compile(r"-?[0-9]*\.?[0-9]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The cells of a column that are not empty, all of them plain numbers.

    ``rows`` are their places in the column, ``classes`` their classes, ``values`` what they are
    worth; all of one length.
    """

    texts: "pa.StringArray"
    rows: "Ints"
    classes: "Ints"
    values: "Ints"


def numbers_of(column: "pa.StringArray") -> Numbers | None:
    """Return the numbers of a column; None if there is anything else in it, or a very long one."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    lengths = pc.binary_length(column).to_numpy(zero_copy_only=False).astype(np.int64)
    rows = np.flatnonzero(lengths > 0)
    if not len(rows) or lengths.max() > _LONGEST:
        return None
    texts = column if len(rows) == len(column) else column.take(pa.array(rows))
    # A cast that fails is dear: most columns of text show in their first cell what they are.
    if not _NUMBER.fullmatch(texts[0].as_py()) or not _is_plain(texts):
        return None
    try:
        values = pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    return Numbers(
        texts=texts, rows=rows, classes=_classes(texts, lengths[rows], values), values=values
    )


def _text(texts: "pa.StringArray") -> "tuple[Ints, Ints]":
    """Return the bytes of some texts, and where each begins and the last ends."""
    import numpy as np

    _, offsets, data = texts.buffers()
    begins = np.frombuffer(offsets, dtype=np.int32)[texts.offset :][: len(texts) + 1]
    return np.frombuffer(data, dtype=np.uint8), begins


def _is_plain(texts: "pa.StringArray") -> bool:
    """Tell whether there are but digits, points and signs."""
    text, begins = _text(texts)
    used = text[begins[0] : begins[-1]]
    return bool(used.max() <= ord("9") and used.min() >= ord("-") and (used != ord("/")).all())


def _classes(texts: "pa.StringArray", lengths: "Ints", values: "Ints") -> "Ints":
    import numpy as np
    import pyarrow.compute as pc

    text, begins = _text(texts)
    signed = text[begins[:-1]] == ord("-")
    points = pc.find_substring(texts, ".").to_numpy(zero_copy_only=False).astype(np.int64)
    is_whole = points < 0
    if is_whole.all():
        return _whole(values.astype(np.int64), lengths, signed)
    starts = text[begins[:-1] + signed].astype(np.int64) - _DOT + 16 * signed
    pointed = _pointed(values, lengths, points, starts)
    if not is_whole.any():
        return pointed
    # Of a number with a point the whole part stands here, and is not looked at.
    classes: Ints = np.where(is_whole, _whole(values.astype(np.int64), lengths, signed), pointed)
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
