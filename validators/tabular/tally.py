"""What the cells of a column look like, added up over blocks and processes."""

import re
from collections import Counter
from dataclasses import dataclass, field

from acopio.validators.shapes import Shape

# What a text without one is kept apart for: it is a word.
DIGIT = re.compile("[0-9]")
# Different texts kept of a column.
VALUES = 5000
# Different texts, each with how often it stands and where first; None once they were too many.
Seen = dict[str, tuple[int, int]] | None


@dataclass(slots=True)
class Tally:
    """What the cells of a column look like. Places are those its rows were counted at.

    ``values`` has, of a column whose texts repeat, each with its count and first place; of moments,
    where ``are_days``, their days. ``words`` has those without a digit alone.
    """

    counts: Counter[Shape] = field(default_factory=Counter)
    variety: Counter[Shape] = field(default_factory=Counter)
    first: dict[Shape, tuple[int, str]] = field(default_factory=dict)
    valid_rucs: int = 0
    values: Seen = field(default_factory=dict)
    words: Seen = field(default_factory=dict)
    are_days: bool = False

    def add_shape(self, shape: Shape, count: int, place: int, text: str) -> None:
        """Add cells of one shape, the first of which stands at ``place``."""
        self.counts[shape] += count
        if shape not in self.first or place < self.first[shape][0]:
            self.first[shape] = place, text

    def add(self, other: "Tally") -> None:
        """Add what was counted of other rows."""
        self.counts.update(other.counts)
        self.variety.update(other.variety)
        self.valid_rucs += other.valid_rucs
        for shape, (place, text) in other.first.items():
            self.add_shape(shape, 0, place, text)
        self.values = merged(self.values, other.values)
        self.words = merged(self.words, other.words)
        self.are_days = self.are_days or other.are_days


def has_digit(text: str) -> bool:
    """Tell whether an ASCII digit stands in ``text``."""
    return DIGIT.search(text) is not None


def merged(one: Seen, other: Seen) -> Seen:
    """Return the texts of both; None if they are too many together."""
    if one is None or other is None:
        return None
    for text, (count, place) in other.items():
        times, first = one.get(text, (0, place))
        one[text] = times + count, min(first, place)
    return one if len(one) <= VALUES else None
