"""Count what the cells of a column look like, a block at a time.

Where texts repeat, each different one is looked at once. Numbers that seldom repeat are sorted
into classes (how long, how they begin, where the point stands) within which all have one shape;
one of each class is looked at.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from acopio.validators.shapes import RUCS, Shape, shape_of
from acopio.validators.tabular.classes import numbers_of

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Ints = np.ndarray[Any, Any]

# What a column's different values are counted over: a person's number does not repeat within a
# few rows, though it may from month to month.
RUN = 2000
# Different texts kept of a column.
VALUES = 5000
# Shapes remembered per column.
_REMEMBERED = 200_000
# What identifies somebody: of these shapes alone different values are counted.
SINGULAR = frozenset(
    {Shape.EIGHT, Shape.EIGHT_FROM_ZERO, Shape.YEAR_NUMBER, Shape.IDENTITY, Shape.MOBILE}
)
_DIGIT = re.compile("[0-9]")
# A text's mark: its shape's place here, this one if it is blank, and so much more with a digit.
_SHAPES = tuple(Shape)
_KINDS = {shape: kind for kind, shape in enumerate(_SHAPES)}
_BLANK = 100
_WITH_DIGIT = 1000
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}")


@dataclass(slots=True)
class Tally:
    """What the cells of a column in one block look like; ``first`` by index of regular rows.

    ``values`` has, of a column whose texts repeat, each with its count and first index; of moments,
    their days. ``words`` has those without a digit alone.
    """

    counts: Counter[Shape] = field(default_factory=Counter)
    variety: Counter[Shape] = field(default_factory=Counter)
    first: dict[Shape, tuple[int, str]] = field(default_factory=dict)
    valid_rucs: int = 0
    longest: int = 0
    values: Mapping[str, tuple[int, int]] | None = None
    words: Mapping[str, tuple[int, int]] | None = None


class Counting:
    """Counts one column, block by block; remembers shapes it has seen. Safe to use from threads."""

    def __init__(self, is_ruc: Callable[[str], bool]) -> None:
        self._is_ruc = is_ruc
        self._known: dict[str, int] = {}
        self._classes: dict[int, Shape] = {}
        self._has_many = False

    def count(self, column: "pa.Array") -> Tally:
        """Return what the cells look like; blank ones count for nothing."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not len(column):
            return Tally(values={}, words={})
        if isinstance(column, pa.DictionaryArray):
            return self._by_text(column)
        tally = self._by_class(column) or self._moments(column)
        if tally is None:
            return self._by_text(column.dictionary_encode())
        tally.longest = pc.max(pc.binary_length(column)).as_py() or 0
        # Numbers, days and nothing else.
        tally.words = {}
        if tally.values is None and not self._has_many:
            tally.values = self._values(column.dictionary_encode())
        return tally

    def _values(self, column: "pa.DictionaryArray") -> Mapping[str, tuple[int, int]] | None:
        """Return the different texts, while they are few; seen once, many are many."""
        import numpy as np

        values = _values(column)
        self._has_many = self._has_many or len(values.texts) > VALUES
        return None if self._has_many else values.of(np.arange(len(values.texts)))

    def _marks(self, texts: Sequence[str]) -> "Ints":
        """Return a number for each text: its shape's, and whether a digit stands in it."""
        import numpy as np

        known = self._known
        if len(known) + len(texts) > _REMEMBERED:
            known = self._known = {}
        for text in texts:
            if text not in known:
                known[text] = _mark(text)
        return np.fromiter(map(known.__getitem__, texts), np.int64, len(texts))

    def _by_text(self, column: "pa.DictionaryArray") -> Tally:
        import numpy as np
        import pyarrow.compute as pc

        values = _values(column)
        codes, texts, times, first = values.codes, values.texts, values.times, values.first
        marks = self._marks(texts)
        self._has_many = self._has_many or len(texts) > VALUES
        tally = Tally(
            longest=pc.max(pc.binary_length(column.dictionary)).as_py() or 0,
            values=None if self._has_many else values.of(np.arange(len(texts))),
            words=values.of(np.flatnonzero(marks < _WITH_DIGIT)),
        )
        kinds = marks % _WITH_DIGIT
        for kind in np.unique(kinds[kinds < _BLANK]).tolist():
            those, shape = np.flatnonzero(kinds == kind), _SHAPES[kind]
            tally.counts[shape] = int(times[those].sum())
            tally.first[shape] = (int(first[those[0]]), texts[those[0]].strip())
            if shape in SINGULAR:
                mine = _chosen(codes, those.tolist(), len(texts))
                tally.variety[shape] = _different(codes[mine], mine)
            if shape in RUCS:
                tally.valid_rucs += sum(
                    int(times[code]) for code in those.tolist() if self._is_ruc(texts[code].strip())
                )
        return tally

    def _moments(self, column: "pa.StringArray") -> Tally | None:
        """Return the tally of a column of moments, all written alike; they are text."""
        import pyarrow as pa
        import pyarrow.compute as pc

        text = column[0].as_py()
        if not _MOMENT.fullmatch(text):
            return None
        try:
            pc.cast(column, pa.timestamp("s"))
        except pa.ArrowInvalid:
            return None
        alike = pc.all(pc.equal(pc.binary_length(column), len(text))).as_py()
        if shape_of(text) is not Shape.TEXT or not alike:
            return None
        days = pc.utf8_slice_codeunits(column, 0, 10).dictionary_encode()
        return Tally(
            counts=Counter({Shape.TEXT: len(column)}),
            first={Shape.TEXT: (0, text)},
            values=self._values(days),
        )

    def _by_class(self, column: "pa.StringArray") -> Tally | None:
        """Return the tally of a column of plain numbers; None if there is anything else in it."""
        import numpy as np

        numbers = numbers_of(column)
        if numbers is None:
            return None
        tally = Tally()
        times = np.bincount(numbers.classes)
        first = np.zeros(len(times), dtype=np.int64)
        # From the last to the first: the first of each class stands in the end.
        first[numbers.classes[::-1]] = np.arange(len(numbers.classes) - 1, -1, -1)
        of_shape: dict[Shape, list[int]] = {}
        for number in np.flatnonzero(times).tolist():
            shape = self._classes.get(number)
            if shape is None:
                text = numbers.texts[int(first[number])].as_py()
                shape = self._classes[number] = shape_of(text)
            of_shape.setdefault(shape, []).append(number)
        for shape, those in of_shape.items():
            mine = _chosen(numbers.classes, those, len(times))
            rows = numbers.rows[mine]
            tally.counts[shape] = len(mine)
            tally.first[shape] = (int(rows[0]), numbers.texts[int(mine[0])].as_py())
            if shape in SINGULAR:
                tally.variety[shape] = _different(numbers.values[mine], rows)
            if shape in RUCS:
                texts = (numbers.texts[one].as_py() for one in mine.tolist())
                tally.valid_rucs += sum(map(self._is_ruc, texts))
        return tally


def _mark(text: str) -> int:
    bare = text.strip()
    kind = _KINDS[shape_of(bare)] if bare else _BLANK
    return kind + (_WITH_DIGIT if _DIGIT.search(text) else 0)


@dataclass(frozen=True, slots=True)
class _Values:
    """A column's different texts, how often each stands and where first; ``codes`` by row."""

    codes: "Ints"
    texts: Sequence[str]
    times: "Ints"
    first: "Ints"

    def of(self, those: "Ints") -> dict[str, tuple[int, int]] | None:
        """Return some of them; None if they are too many to be kept."""
        if len(those) > VALUES:
            return None
        times, first = self.times[those].tolist(), self.first[those].tolist()
        texts = [self.texts[one] for one in those.tolist()]
        return dict(zip(texts, zip(times, first, strict=True), strict=True))


def _values(column: "pa.DictionaryArray") -> _Values:
    import numpy as np

    codes = column.indices.to_numpy(zero_copy_only=False)
    texts = column.dictionary.to_pylist()
    # Codes are given in the order of the rows: each comes first where the highest so far rises.
    first = np.searchsorted(np.maximum.accumulate(codes), np.arange(len(texts)))
    return _Values(codes, texts, np.bincount(codes, minlength=len(texts)), first)


def _chosen(keys: "Ints", those: Sequence[int], size: int) -> "Ints":
    """Return the places whose key is one of ``those``, all of them below ``size``."""
    import numpy as np

    wanted = np.zeros(size, dtype=bool)
    wanted[those] = True
    return np.flatnonzero(wanted[keys])


def _different(values: "Ints", rows: "Ints") -> int:
    """Return how many different ``values``, those of ``rows``, there are, by runs of rows."""
    import numpy as np

    if not len(rows):
        return 0
    ends = np.searchsorted(rows, np.arange(RUN, int(rows[-1]) + RUN + 1, RUN))
    found, start = 0, 0
    for end in ends.tolist():
        if end > start:
            found += len(np.unique(values[start:end]))
        start = end
    return found
