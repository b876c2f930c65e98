"""Read a table once: count what its cells look like and, where fields are known, prove them."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from acopio.validators.columns import (
    LONGEST_CELL,
    WIDEST,
    Column,
    Counts,
    Survey,
    field_limit,
    is_ruc,
    texts_seen,
)
from acopio.validators.dialect import Layout as Described
from acopio.validators.tabular.blocks import SIZE, Marks, Unproved
from acopio.validators.tabular.counting import RUN, Counting
from acopio.validators.tabular.fast import Expected, Proof, Proved, Proving
from acopio.validators.tabular.reading import Layout, Pass
from acopio.validators.tabular.row_keys import KeptKeys, ragged_keys, row_keys
from acopio.validators.tabular.splitting import Cells, Split
from acopio.validators.tabular.tally import Seen, Tally, has_digit, merged
from acopio.validators.tabular.texts import Texts

# A place in a table is its block's number, and in so many bits its row's index there.
_ROW_BITS = 32


def layout_of(
    path: Path,
    encoding: str,
    described: Described,
    width: int,
    block_size: int = SIZE,
    hashed: bool = False,
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
        hashed=hashed,
    )


def survey_blocks(
    layout: Layout, labels: Sequence[str], expected: Expected | None = None
) -> tuple[Survey, Proof | None]:
    """Return the counts of a table and, by what is ``expected`` of it, what is not proved.

    Raises Unproved where it must be read by Python's csv.
    """
    if max(layout.width, len(labels)) > WIDEST:
        raise Unproved("columns")
    counted = _Counted(layout, labels)
    with field_limit(), ExitStack() as stack:
        keys = stack.enter_context(KeptKeys())
        scanning = _Scanning(layout.width, expected, keys)
        blocks: Pass[_Found, Sequence[Tally]] = Pass(layout, scanning)
        proof = stack.enter_context(Proof(expected)) if expected is not None else None
        for found in blocks:
            if proof is not None and found.proved is not None:
                proof.add(found.proved, layout.header_rows)
            counted.add(found)
        if proof is not None:
            proof.stats = blocks.stats
            proof.compare_keys()
        return counted.survey(blocks.totals, keys), proof


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What one block is to the table: how many rows, which of them irregular, what is proved."""

    rows: int
    ragged: Sequence[tuple[int, Cells]]
    proved: Proved | None


class _Scanning:
    """Looks at blocks, one after another, and gathers what their cells look like."""

    def __init__(self, width: int, expected: Expected | None, keys: KeptKeys) -> None:
        self._counting = [Counting(is_ruc) for _ in range(width)]
        self._proving = Proving(expected) if expected is not None else None
        self._keys = keys

    def block(self, parts: Split, number: int) -> _Found:
        """Return what is found in a block. Raises Unproved for a cell beyond any limit."""
        columns = [Texts(column) for column in parts.columns]
        for texts, counting in zip(columns, self._counting, strict=True):
            if texts.longest() > LONGEST_CELL:
                raise Unproved("cell")
            counting.count(texts, number << _ROW_BITS)
        self._keys.add(row_keys(columns))
        self._keys.add(ragged_keys([cells for _, cells in parts.ragged]))
        return _Found(
            rows=parts.rows,
            ragged=parts.ragged,
            proved=self._proving.prove(parts, columns) if self._proving else None,
        )

    def total(self) -> Sequence[Tally]:
        """Return what was counted of each column.

        Places are a block's number and, in ``_ROW_BITS``, the index of a regular row in it.
        """
        self._keys.flush()
        return [counting.total() for counting in self._counting]


class _Counted:
    """What was counted of a whole table so far."""

    def __init__(self, layout: Layout, labels: Sequence[str]) -> None:
        self._layout = layout
        self._labels = labels
        self._ragged: list[Tally] = []
        self._blocks: list[_Block] = []
        self._rows = 0
        self._widest = len(labels)

    def add(self, found: _Found) -> None:
        """Add the next block."""
        first = self._layout.header_rows + 1 + self._rows
        for batch in batched(found.ragged, RUN):
            self._add_ragged(first, batch)
        if len(found.ragged) < found.rows:
            self._widest = max(self._widest, self._layout.width)
        self._rows += found.rows
        before = tuple(place - irregular for irregular, (place, _) in enumerate(found.ragged))
        self._blocks.append(_Block(first, before))

    def _add_ragged(self, first: int, batch: Sequence[tuple[int, Cells]]) -> None:
        """Add irregular rows by their places; those of one batch vary among themselves."""
        self._widest = max(self._widest, *(len(cells) for _, cells in batch))
        if self._widest > WIDEST:
            raise Unproved("columns")
        numbers = [first + place for place, _ in batch]
        columns = zip_longest(*(cells for _, cells in batch), fillvalue="")
        for place, cells in enumerate(columns):
            if place == len(self._ragged):
                self._ragged.append(Tally())
            _add_cells(self._ragged[place], cells, numbers)

    def survey(self, totals: Sequence[Sequence[Tally]], keys: KeptKeys) -> Survey:
        """Return what was counted: ``totals`` are what each process did."""
        width = max(self._layout.width, len(self._ragged)) if self._rows else 0
        return Survey(
            columns=tuple(self._column(place, totals) for place in range(width)),
            rows=self._rows,
            width=len(self._labels),
            widest=self._widest,
            singular=keys.all_differ(self._rows),
        )

    def _column(self, place: int, totals: Sequence[Sequence[Tally]]) -> Column:
        tally = self._tally(place, totals)
        return Column(
            number=place + 1,
            label=self._labels[place].strip() if place < len(self._labels) else "",
            filled=tally.counts.total(),
            counts=dict(tally.counts),
            first=tally.first,
            variety=dict(tally.variety),
            valid_rucs=tally.valid_rucs,
            values=tally.values,
            are_days=tally.are_days,
            words=tally.words,
        )

    def _tally(self, place: int, totals: Sequence[Sequence[Tally]]) -> Tally:
        """Return all that was counted of a column, places being rows' numbers in the file."""
        tally = Tally()
        if place >= self._layout.width:
            tally.values = tally.words = None
        else:
            for total in totals:
                tally.add(total[place])
            self._number(tally)
        if place < len(self._ragged):
            tally.add(self._ragged[place])
        return tally

    def _number(self, tally: Tally) -> None:
        """Put rows' numbers in the file instead of their places in blocks."""
        tally.first = {
            shape: (self._row(place), text) for shape, (place, text) in tally.first.items()
        }
        tally.values, tally.words = self._numbered(tally.values), self._numbered(tally.words)

    def _numbered(self, seen: Seen) -> Seen:
        if seen is None:
            return None
        return {text: (count, self._row(place)) for text, (count, place) in seen.items()}

    def _row(self, place: int) -> int:
        block = self._blocks[place >> _ROW_BITS]
        index = place & ((1 << _ROW_BITS) - 1)
        index += bisect_right(block.before, index)
        return block.first + index


def batched(rows: Sequence[tuple[int, Cells]], size: int) -> Iterator[Sequence[tuple[int, Cells]]]:
    """Yield some rows at a time."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


@dataclass(frozen=True, slots=True)
class _Block:
    """The number of a block's first row, and how many regular rows are ``before`` each other."""

    first: int
    before: tuple[int, ...]


def _add_cells(tally: Tally, cells: Sequence[str], numbers: Sequence[int]) -> None:
    """Add a column of irregular rows, whose numbers in the file are given."""
    counts = Counts()
    counts.add(0, cells)
    tally.counts.update(counts.counts)
    tally.variety.update(counts.variety)
    tally.valid_rucs += counts.valid_rucs
    for shape, (index, text) in counts.first.items():
        tally.add_shape(shape, 0, numbers[index], text)
    seen = texts_seen(cells, numbers)
    tally.values = merged(tally.values, seen)
    words = {cell: one for cell, one in seen.items() if not has_digit(cell)}
    tally.words = merged(tally.words, words)
