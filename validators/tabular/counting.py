"""Count what the cells of a column look like, a block at a time.

Where texts repeat, each different one is looked at once. Numbers that seldom repeat are sorted
into classes (how long, how they begin, where the point stands) within which all have one shape;
one of each class is looked at.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from acopio.validators.shapes import RUCS, Shape, shape_of
from acopio.validators.tabular.classes import Numbers, numbers_of
from acopio.validators.tabular.tally import DIGIT, VALUES, Seen, Tally, has_digit, merged
from acopio.validators.tabular.texts import Texts, Vocabulary, first_of_each

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Ints = np.ndarray[Any, Any]

# What a column's different values are counted over: a person's number does not repeat within a
# few rows, though it may from month to month.
RUN = 2000
# Different texts remembered of a column at once.
_REMEMBERED = 50_000
# What identifies somebody: of these shapes alone different values are counted.
SINGULAR = frozenset(
    {Shape.EIGHT, Shape.EIGHT_FROM_ZERO, Shape.YEAR_NUMBER, Shape.IDENTITY, Shape.MOBILE}
)
# A text's mark: its shape's place here, this one if it is blank, and so much more with a digit.
_SHAPES = tuple(Shape)
_KINDS = {shape: kind for kind, shape in enumerate(_SHAPES)}
_SINGULAR_KINDS = sorted(_KINDS[shape] for shape in SINGULAR)
_BLANK = 100
_WITH_DIGIT = 1000
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}")


class Counting:
    """Counts one column, block by block."""

    def __init__(self, is_ruc: Callable[[str], bool]) -> None:
        self._is_ruc = is_ruc
        self._tally = Tally()
        self._classes: dict[int, Shape] = {}
        self._are_few = True
        self._begin()

    def _begin(self) -> None:
        import numpy as np

        self._vocabulary = Vocabulary()
        self._times = self._first = self._marks = np.zeros(0, dtype=np.int64)

    def count(self, texts: Texts, place: int) -> None:
        """Count a column's cells, the first of them at ``place``; blank ones count for nothing."""
        if not len(texts):
            return
        if self._are_few:
            if self._by_text(texts, place, VALUES):
                return
            self._are_few = False
            self._keep()
            self._tally.values = _days(self._tally.values)
            self._tally.are_days = bool(self._tally.values)
        if self._moments(texts, place) or self._by_class(texts, place):
            return
        if not self._by_text(texts, place, _REMEMBERED):
            self._keep()
            self._by_text(texts, place, len(texts))

    def total(self) -> Tally:
        """Return what was counted."""
        self._keep()
        return self._tally

    def _by_text(self, texts: Texts, place: int, most: int) -> bool:
        """Count by looking at each different text; tell whether they are not too many for that."""
        import numpy as np

        learnt = texts.look_up(self._vocabulary, most)
        if learnt is None:
            return False
        numbers, fresh = learnt
        known = self._vocabulary.texts
        if len(fresh):
            self._marks = np.concatenate([self._marks, _marks(self._vocabulary, len(self._marks))])
            self._first = np.concatenate([self._first, fresh + place])
            self._times = np.concatenate([self._times, np.zeros(len(fresh), dtype=np.int64)])
        self._times += np.bincount(numbers, minlength=len(known))
        kinds = self._marks % _WITH_DIGIT
        for kind in _SINGULAR_KINDS:
            mine = kinds == kind
            if mine.any():
                rows = np.flatnonzero(mine[numbers])
                self._tally.variety[_SHAPES[kind]] += _different(numbers[rows], rows)
        return True

    def _keep(self) -> None:
        """Add the texts that are known to the tally, and forget them."""
        import numpy as np

        kinds = self._marks % _WITH_DIGIT
        texts = self._vocabulary.texts
        for kind in np.unique(kinds[kinds < _BLANK]).tolist():
            those, shape = np.flatnonzero(kinds == kind), _SHAPES[kind]
            first = those[np.argmin(self._first[those])]
            count, text = int(self._times[those].sum()), texts[first].strip()
            self._tally.add_shape(shape, count, int(self._first[first]), text)
            if shape in RUCS:
                self._tally.valid_rucs += sum(
                    int(self._times[one])
                    for one in those.tolist()
                    if self._is_ruc(texts[one].strip())
                )
        wordy = np.flatnonzero(self._marks < _WITH_DIGIT)
        self._tally.words = merged(self._tally.words, self._seen(wordy))
        self._tally.values = merged(self._tally.values, self._seen(np.arange(len(texts))))
        self._begin()

    def _seen(self, those: "Ints") -> Seen:
        if len(those) > VALUES:
            return None
        texts = [self._vocabulary.texts[one] for one in those.tolist()]
        both = zip(self._times[those].tolist(), self._first[those].tolist(), strict=True)
        return dict(zip(texts, both, strict=True))

    def _moments(self, texts: Texts, place: int) -> bool:
        """Count a column of moments, all written alike; they are text. Tell whether it is one."""
        import pyarrow as pa
        import pyarrow.compute as pc

        text = texts.column[0].as_py()
        if not _MOMENT.fullmatch(text) or shape_of(text) is not Shape.TEXT:
            return False
        if not pc.all(pc.equal(pc.binary_length(texts.column), len(text))).as_py():
            return False
        try:
            days = pc.cast(texts.cast(pa.timestamp("s")), pa.date32()).dictionary_encode()
        except pa.ArrowInvalid:
            return False
        self._tally.add_shape(Shape.TEXT, len(texts), place, text)
        self._tally.are_days = True
        self._tally.values = merged(self._tally.values, _seen_days(days, place))
        return True

    def _by_class(self, texts: Texts, place: int) -> bool:
        """Count a column of plain numbers, and what else stands in it; tell whether it is one."""
        import pyarrow as pa

        numbers = numbers_of(texts)
        if numbers is None:
            return False
        self._tally.values = None
        self._add_numbers(numbers, place)
        others = texts.column.take(pa.array(numbers.others)).to_pylist()
        seen: set[tuple[int, str]] = set()
        for text, row in zip(others, numbers.others.tolist(), strict=True):
            self._add_one(text, place + row)
            if (row // RUN, text) not in seen:
                seen.add((row // RUN, text))
                self._vary(text)
        return True

    def _add_numbers(self, numbers: Numbers, place: int) -> None:
        import numpy as np

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
            start = int(first[those].min())
            text, row = numbers.texts[start].as_py(), int(numbers.rows[start])
            self._tally.add_shape(shape, int(times[those].sum()), place + row, text)
            if shape in SINGULAR or shape in RUCS:
                self._look_closer(shape, numbers, _chosen(numbers.classes, those, len(times)))

    def _look_closer(self, shape: Shape, numbers: Numbers, mine: "Ints") -> None:
        """Count what is asked of those numbers alone that may be somebody's."""
        if shape in SINGULAR:
            self._tally.variety[shape] += _different(numbers.values[mine], numbers.rows[mine])
        else:
            texts = (numbers.texts[one].as_py() for one in mine.tolist())
            self._tally.valid_rucs += sum(map(self._is_ruc, texts))

    def _vary(self, text: str) -> None:
        """Count a text that was not seen before in its run."""
        bare = text.strip()
        shape = shape_of(bare) if bare else None
        if shape in SINGULAR:
            self._tally.variety[shape] += 1

    def _add_one(self, text: str, place: int) -> None:
        """Count a cell that is no number among numbers."""
        bare = text.strip()
        if bare:
            shape = shape_of(bare)
            self._tally.add_shape(shape, 1, place, bare)
            if shape in RUCS:
                self._tally.valid_rucs += self._is_ruc(bare)
        if not has_digit(text):
            self._tally.words = merged(self._tally.words, {text: (1, place)})


def _marks(vocabulary: Vocabulary, start: int) -> "Ints":
    """Return the marks of a vocabulary's texts from the ``start``-th on."""
    import numpy as np
    import pyarrow.compute as pc

    kinds = np.fromiter(map(_kind, vocabulary.texts[start:]), np.int64)
    digits = pc.match_substring_regex(vocabulary.column(start), DIGIT.pattern)
    marks: Ints = kinds + _WITH_DIGIT * digits.to_numpy(zero_copy_only=False)
    return marks


def _kind(text: str) -> int:
    bare = text.strip()
    return _KINDS[shape_of(bare)] if bare else _BLANK


def _days(values: Seen) -> Seen:
    """Return the days of moments; None if there is anything else."""
    if values is None or not all(map(_MOMENT.fullmatch, values)):
        return None
    days: Seen = {}
    for text, seen in values.items():
        days = merged(days, {text[:10]: seen})
    return days


def _seen_days(days: "pa.DictionaryArray", place: int) -> Seen:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    codes = days.indices.to_numpy(zero_copy_only=False)
    first = first_of_each(codes, len(days.dictionary))
    times = np.bincount(codes, minlength=len(first)).tolist()
    both = zip(times, (first + place).tolist(), strict=True)
    return dict(zip(pc.cast(days.dictionary, pa.string()).to_pylist(), both, strict=True))


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
