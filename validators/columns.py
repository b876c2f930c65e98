"""Read a whole table once and count, column by column, what its cells look like.

Text, privacy and schema decisions all rest on these counts, so a file is read once for the three.
A sample would not do: the one value that keeps its leading zero may stand at row 900,000.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from pathlib import Path

from acopio.validators.dialect import Layout
from acopio.validators.encoding import FOREIGN
from acopio.validators.shapes import RUCS, Shape, shape_of

# Each error of frictionless repeats its whole row, so what a report costs grows with the square.
WIDEST = 2048
LONGEST_CELL = 4 << 20
_BATCH = 2000
_TAIL = 1000
# Text held at once while a batch of rows is counted.
_BATCH_BYTES = 32 << 20
# A table of so few rows and characters is kept until all is counted.
_FEW_ROWS, _FEW_CHARACTERS = 2000, 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What the cells of one column look like, over the whole file.

    ``filled`` counts cells that are not blank; ``counts`` sorts them by shape; ``first`` has the
    row (from 1, the header included) and text of each shape's first cell; ``variety`` how many
    different values of each shape were seen, summed over batches of two thousand rows.
    ``valid_rucs`` counts RUCs whose check digit is right. ``values`` has, of a column with few
    different texts, each as it is written with its count and its first row (of moments, where
    ``are_days``, the days alone); None where unknown. ``words`` has, likewise, those in which no
    digit stands.
    """

    number: int
    label: str
    filled: int
    counts: Mapping[Shape, int]
    first: Mapping[Shape, tuple[int, str]]
    variety: Mapping[Shape, int]
    valid_rucs: int
    values: Mapping[str, tuple[int, int]] | None = None
    are_days: bool = False
    words: Mapping[str, tuple[int, int]] | None = None

    def count(self, *shapes: Shape) -> int:
        """Return how many cells have one of ``shapes``."""
        return sum(self.counts.get(shape, 0) for shape in shapes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A whole table, counted. ``rows`` are data rows, ``widest`` the cells of the widest row.

    ``width`` is the header's number of cells.
    ``last_cell`` is the end of the very last cell.
    ``limit`` names the limit at which reading stopped (``columns``, ``cell``), or is empty.
    ``singular`` when no two rows are written alike; False where that is not known.
    """

    columns: tuple[Column, ...]
    rows: int
    width: int
    widest: int
    last_cell: str = ""
    limit: str = ""
    singular: bool = False


def survey_rows(layout: Layout, rows: Iterable[list[str]]) -> Survey:
    """Return the counts of a table whose cells were read as text: ``rows`` below its header."""
    tally = Rows(layout)
    number, limit = layout.header_row + 1, "columns" if tally.widest > WIDEST else ""
    for batch in () if limit else _weighed(rows):
        if any(len(cell) > LONGEST_CELL for row in batch for cell in row):
            limit = "cell"
            break
        tally.add(number, batch)
        number += len(batch)
        if tally.widest > WIDEST:
            limit = "columns"
            break
    return tally.survey(limit)


def _weighed(rows: Iterable[list[str]]) -> Iterator[list[list[str]]]:
    """Yield rows in batches that fit into memory."""
    batch: list[list[str]] = []
    weight = 0
    for row in rows:
        batch.append(row)
        weight += sum(map(len, row))
        if len(batch) >= _BATCH or weight >= _BATCH_BYTES:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def survey_text(path: Path, encoding: str, layout: Layout) -> Survey:
    """Return the counts of a text read as rows by Python's csv, which reads whatever there is."""
    tally = Rows(layout)
    limit = "columns" if tally.widest > WIDEST else ""
    try:
        for start, rows in () if limit else _batches(path, encoding, layout):
            tally.add(start, rows)
            if tally.widest > WIDEST:
                limit = "columns"
                break
    except csv.Error:
        limit = "cell"
    return tally.survey(limit)


def _batches(path: Path, encoding: str, layout: Layout) -> Iterator[tuple[int, list[list[str]]]]:
    """Yield rows below the header, in batches, with the number of each batch's first row."""
    with path.open("r", encoding=encoding, errors=FOREIGN, newline="") as file, field_limit():
        reader = layout.reader(file)
        number = sum(1 for _ in islice(reader, layout.header_row)) + 1
        size = 100
        while rows := list(islice(reader, size)):
            yield number, rows
            number += len(rows)
            weight = max(1, sum(map(len, rows[0])), sum(map(len, rows[-1])))
            size = max(1, min(_BATCH, _BATCH_BYTES // weight))


@contextmanager
def field_limit() -> Iterator[None]:
    """Bound the csv module's cells while in use: an unclosed quote must not eat the memory.

    The csv module has one limit per process; the one found is put back.
    """
    found = csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(found)


class Rows:
    """The counts of rows given as lists of texts, one set per column."""

    def __init__(self, layout: Layout) -> None:
        self.labels = layout.labels
        self.widest = len(layout.labels)
        self.rows = 0
        self.last: list[str] = []
        self.columns: list[Counts] = []
        self.start = 0
        self.few: list[list[str]] | None = []

    def add(self, start: int, rows: list[list[str]]) -> None:
        """Count rows, the first of which has the number ``start``."""
        self._keep(start, rows)
        self.rows += len(rows)
        self.last = rows[-1]
        widest = max(map(len, rows))
        self.widest = max(self.widest, widest)
        if self.widest > WIDEST:
            return
        while len(self.columns) < widest:
            self.columns.append(Counts())
        regular = all(len(row) == widest for row in rows)
        columns = zip(*rows, strict=True) if regular else zip_longest(*rows, fillvalue="")
        for counts, cells in zip(self.columns, columns, strict=False):
            counts.add(start, cells)

    def _keep(self, start: int, rows: list[list[str]]) -> None:
        if self.few is None:
            return
        self.start = self.start or start
        self.few += rows
        characters = sum(len(cell) for row in self.few for cell in row)
        if len(self.few) > _FEW_ROWS or characters > _FEW_CHARACTERS:
            self.few = None

    def survey(self, limit: str) -> Survey:
        """Return what was counted; ``limit`` is the one at which reading stopped, if any."""
        few = [] if limit or self.few is None else self.few
        values = [
            texts_seen(cells, range(self.start, self.start + len(cells)))
            for cells in zip_longest(*few, fillvalue="")
        ]
        return Survey(
            columns=tuple(
                replace(
                    counts.column(
                        number, self.labels[number - 1] if number <= len(self.labels) else ""
                    ),
                    values=values[number - 1] if values else None,
                )
                for number, counts in enumerate(self.columns, 1)
            ),
            singular=bool(few) and len(set(map(tuple, few))) == len(few),
            rows=self.rows,
            width=len(self.labels),
            widest=self.widest,
            last_cell=self.last[-1][-_TAIL:] if self.last else "",
            limit=limit,
        )


def texts_seen(cells: Sequence[str], numbers: Sequence[int]) -> dict[str, tuple[int, int]]:
    """Return how often each text stands in ``cells``, and its first row; ``numbers`` are theirs."""
    # Of those alike the last one given stays.
    first = dict(zip(reversed(cells), reversed(numbers), strict=True))
    return {cell: (count, first[cell]) for cell, count in Counter(cells).items()}


class Counts:
    """One column's counts. Values repeat, so each different one is looked at once a batch."""

    def __init__(self) -> None:
        self.counts: Counter[Shape] = Counter()
        self.variety: Counter[Shape] = Counter()
        self.first: dict[Shape, tuple[int, str]] = {}
        self.valid_rucs = 0

    def add(self, start: int, cells: Sequence[str]) -> None:
        """Count the cells of the rows from ``start`` on."""
        times = Counter(cells)
        values = [value for value in times if value and not value.isspace()]
        shapes = [shape_of(value.strip()) for value in values]
        variety = Counter(shapes)
        self.variety.update(variety)
        for value, shape in zip(values, shapes, strict=True):
            self.counts[shape] += times[value]
        for shape in variety.keys() - self.first.keys():
            value = values[shapes.index(shape)]
            self.first[shape] = (start + cells.index(value), value.strip())
        if not RUCS.isdisjoint(variety):
            rucs = (v for v, s in zip(values, shapes, strict=True) if s in RUCS)
            self.valid_rucs += sum(times[value] for value in rucs if is_ruc(value.strip()))

    def column(self, number: int, label: str) -> Column:
        """Return the counts as those of the column with this number, from 1, and label."""
        return Column(
            number=number,
            label=label.strip(),
            filled=self.counts.total(),
            counts=dict(self.counts),
            first=self.first,
            variety=dict(self.variety),
            valid_rucs=self.valid_rucs,
        )


def is_ruc(text: str) -> bool:
    """Tell whether a RUC's check digit is right."""
    from stdnum.pe import ruc

    return bool(ruc.is_valid(text))
