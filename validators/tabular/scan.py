"""Read a table once: count what its cells look like and, where fields are known, prove them."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acopio.validators.columns import (
    LONGEST_CELL,
    WIDEST,
    Column,
    Counts,
    Survey,
    field_limit,
    is_ruc,
)
from acopio.validators.dialect import Layout as Described
from acopio.validators.tabular.blocks import SIZE, Marks, Unproved
from acopio.validators.tabular.counting import VALUES, Counting, Tally
from acopio.validators.tabular.fast import Expected, Proof, Proved, Proving
from acopio.validators.tabular.reading import Layout, over_blocks
from acopio.validators.tabular.splitting import Cells, Split

if TYPE_CHECKING:
    import numpy as np

# Rows whose hashes are kept to see whether any repeats.
_HASHED = 16_000_000


def layout_of(
    path: Path, encoding: str, described: Described, width: int, block_size: int = SIZE
) -> Layout:
    """Return how a table is cut into cells. Raises Unproved for what is read otherwise."""
    if described.skip_space:
        raise Unproved("skip-initial-space")
    return Layout(
        path=path,
        encoding=encoding,
        marks=Marks(delimiter=described.delimiter.encode(), quote=described.quote.encode()),
        header_rows=described.header_row,
        width=width,
        block_size=block_size,
    )


def survey_blocks(
    layout: Layout, labels: Sequence[str], expected: Expected | None = None
) -> tuple[Survey, Proof | None]:
    """Return the counts of a table and, by what is ``expected`` of it, what is not proved.

    Raises Unproved where it must be read by Python's csv.
    """
    if max(layout.width, len(labels)) > WIDEST:
        raise Unproved("columns")
    scanning = _Scanning(layout.width, expected)
    counted = _Counted(layout, labels)
    with field_limit(), ExitStack() as stack:
        proof = stack.enter_context(Proof(expected)) if expected is not None else None
        stats: dict[str, Any] = {} if proof is None else proof.stats
        for found in over_blocks(layout, scanning.scan, stats.update):
            if proof is not None and found.proved is not None:
                proof.add(found.proved, layout.header_rows)
            counted.add(found)
        if proof is not None:
            proof.compare_keys()
    return counted.survey(), proof


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What was found in one block: its ``tallies`` by column, with the places of its regular rows.

    ``hashes`` are those of its rows as they are written, None where lines are not rows.
    """

    parts: Split
    tallies: Sequence[Tally]
    proved: Proved | None
    hashes: "np.ndarray[Any, Any] | None"


class _Scanning:
    """Looks at one block; called in threads."""

    def __init__(self, width: int, expected: Expected | None) -> None:
        self._counting = [Counting(is_ruc) for _ in range(width)]
        self._proving = Proving(expected) if expected is not None else None

    def scan(self, parts: Split) -> _Found:
        """Return what is found in a block."""
        columns = zip(self._counting, parts.columns, strict=True)
        return _Found(
            parts=parts,
            tallies=[counting.count(column) for counting, column in columns],
            proved=self._proving.prove(parts) if self._proving else None,
            hashes=_hashes(parts),
        )


def _hashes(parts: Split) -> "np.ndarray[Any, Any] | None":
    import numpy as np

    lines = parts.block.splitlines()
    if len(lines) != parts.rows:
        return None
    return np.fromiter(map(hash, lines), np.int64, len(lines))


@dataclass(slots=True)
class _Seen:
    """Different texts with their counts and first rows; None once they were too many."""

    texts: dict[str, tuple[int, int]] | None = field(default_factory=dict)

    def add(self, found: Mapping[str, tuple[int, int]] | None, numbers: "_Numbers") -> None:
        """Add what was found in the next block."""
        if found is None:
            self.texts = None
            return
        for text, (count, index) in found.items():
            known = text in (self.texts or ())
            self.add_one(text, count, None if known else numbers.of(index))

    def add_one(self, text: str, count: int, row: int | None) -> None:
        """Add cells that hold ``text``; ``row`` is the first one's, None if it was seen before."""
        if self.texts is None:
            return
        times, first = self.texts.get(text, (0, row or 0))
        self.texts[text] = (times + count, min(first, row or first))
        if len(self.texts) > VALUES:
            self.texts = None


@dataclass(slots=True)
class _Sum:
    """What was counted of one column so far, rows by their numbers in the file."""

    tally: Tally = field(default_factory=Tally)
    values: _Seen = field(default_factory=_Seen)
    words: _Seen = field(default_factory=_Seen)

    def add(self, found: Tally, numbers: "_Numbers") -> None:
        """Add what was found in the next block."""
        self.tally.counts.update(found.counts)
        self.tally.variety.update(found.variety)
        self.tally.valid_rucs += found.valid_rucs
        for shape, (index, text) in found.first.items():
            if shape not in self.tally.first:
                self.tally.first[shape] = (numbers.of(index), text)
        self.values.add(found.values, numbers)
        self.words.add(found.words, numbers)

    def add_ragged(self, cell: str, row: int) -> None:
        """Add a cell of an irregular row."""
        self.values.add_one(cell, 1, row)
        if not any(map(str.isdigit, cell)):
            self.words.add_one(cell, 1, row)

    def column(self, number: int, label: str, ragged: Counts | None) -> Column:
        counts, variety, first = self.tally.counts, self.tally.variety, self.tally.first
        rucs = self.tally.valid_rucs
        if ragged is not None:
            counts, variety = counts + ragged.counts, variety + ragged.variety
            rucs += ragged.valid_rucs
            both = [*ragged.first.items(), *first.items()]
            first = dict(sorted(both, key=lambda one: one[1][0], reverse=True))
        return Column(
            number=number,
            label=label.strip(),
            filled=counts.total(),
            counts=dict(counts),
            first=first,
            variety=dict(variety),
            valid_rucs=rucs,
            values=self.values.texts,
            words=self.words.texts,
        )


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The numbers of a block's regular rows; ``first`` is that of its first row."""

    parts: Split
    first: int

    def of(self, index: int) -> int:
        return self.first + self.parts.places([index])[0]


class _Counted:
    """What was counted of a whole table so far."""

    def __init__(self, layout: Layout, labels: Sequence[str]) -> None:
        self._layout = layout
        self._labels = labels
        self._sums = [_Sum() for _ in range(layout.width)]
        self._ragged: list[Counts] = []
        self._rows = 0
        self._widest = len(labels)
        self._hashes: list[np.ndarray[Any, Any]] | None = []

    def add(self, found: _Found) -> None:
        """Add the next block."""
        first = self._layout.header_rows + 1 + self._rows
        if any(tally.longest > LONGEST_CELL for tally in found.tallies):
            raise Unproved("cell")
        numbers = _Numbers(found.parts, first)
        for one, tally in zip(self._sums, found.tallies, strict=True):
            one.add(tally, numbers)
        for place, cells in found.parts.ragged:
            self._add_ragged(first + place, cells)
        if len(found.parts.ragged) < found.parts.rows:
            self._widest = max(self._widest, self._layout.width)
        self._rows += found.parts.rows
        self._add_hashes(found.hashes)

    def _add_ragged(self, number: int, cells: Cells) -> None:
        self._widest = max(self._widest, len(cells))
        if self._widest > WIDEST:
            raise Unproved("columns")
        while len(self._ragged) < len(cells):
            self._ragged.append(Counts())
        for counts, cell in zip(self._ragged, cells, strict=False):
            counts.add(number, (cell,))
        for one, cell in zip(self._sums, cells, strict=False):
            one.add_ragged(cell, number)

    def _add_hashes(self, found: "np.ndarray[Any, Any] | None") -> None:
        if found is None or self._rows > _HASHED:
            self._hashes = None
        elif self._hashes is not None:
            self._hashes.append(found)

    def survey(self) -> Survey:
        """Return what was counted."""
        width = max(len(self._sums), len(self._ragged)) if self._rows else 0
        return Survey(
            columns=tuple(self._column(place) for place in range(width)),
            rows=self._rows,
            width=len(self._labels),
            widest=self._widest,
            singular=self._singular(),
        )

    def _column(self, place: int) -> Column:
        one = (
            self._sums[place]
            if place < len(self._sums)
            else _Sum(values=_Seen(texts=None), words=_Seen(texts=None))
        )
        ragged = self._ragged[place] if place < len(self._ragged) else None
        label = self._labels[place] if place < len(self._labels) else ""
        return one.column(place + 1, label, ragged)

    def _singular(self) -> bool:
        import numpy as np

        if not self._hashes:
            return False
        return len(np.unique(np.concatenate(self._hashes))) == self._rows
