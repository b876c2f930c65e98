"""Read a table once, prove what can be proved, and keep the rows that frictionless must see.

Blocks are split and proved in threads, for PyArrow works outside Python's lock; memory holds a few
blocks, whatever the file's size. What is kept of the rows with problems is the first thousand, for
frictionless stops there; what is counted, per rule and field, covers the whole file.
"""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from acopio.validators.tabular.blocks import SIZE, Body, Marks, Unproved, blocks
from acopio.validators.tabular.judge import LET_OUT
from acopio.validators.tabular.proving import Found, Prover
from acopio.validators.tabular.splitting import Cells, Split, split

# frictionless's own limit of errors; a row with problems brings at least one.
LIMIT = 1000
_THREADS = 2
# Blocks on their way at once.
_AHEAD = 3
# More different texts than this share of the rows: a column is better cast than looked up.
_SELDOM_REPEATED = 0.1

Rule = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to prove: the file, how it is read, and the fields its columns are read by.

    ``encoding`` is Python's name; ``header_rows`` stand above the data, titles included. ``fields``
    are frictionless's, one for each label, as its header pairs them. ``translate`` where each line
    end is read as a line feed, inside cells too.
    """

    path: Path
    encoding: str
    marks: Marks
    header_rows: int
    fields: Sequence[Any]
    translate: bool = False
    block_size: int = SIZE


@dataclass(slots=True)
class Proof:
    """What was found in a whole table.

    ``rows`` are data rows; ``faulty`` the first of those that are not proved, with their numbers
    (the header's rows count); ``counts`` the errors frictionless would report, per type and field,
    had it no limit; ``stats`` its ``stats`` of the bytes.
    """

    rows: int = 0
    faulty: list[tuple[int, Cells]] = field(default_factory=list)
    counts: Counter[Rule] = field(default_factory=Counter)
    stats: Mapping[str, Any] = field(default_factory=dict)


def prove(task: Task) -> Proof:
    """Return what is not proved in a table. Raises Unproved where nothing can be."""
    if not task.fields:
        raise Unproved("no-columns")
    table = _Table(task)
    proof = Proof()
    with task.path.open("rb") as file, ThreadPoolExecutor(_THREADS) as pool:
        body = Body(file)
        given = blocks(body, task.encoding, task.marks, task.header_rows, task.block_size)
        if task.translate:
            given = map(_translated, given)
        for found in _in_order(pool, table, given):
            _add(proof, found, task)
    proof.stats = body.stats()
    return proof


def _translated(block: bytes) -> bytes:
    return block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _in_order(
    pool: ThreadPoolExecutor, table: "_Table", given: Iterator[bytes]
) -> Iterator["_Proved"]:
    """Yield what was found in each block; the first goes alone: it settles how columns are read."""
    first = next(given, None)
    if first is None:
        return
    yield table.prove(first)
    waiting: deque[Future[_Proved]] = deque()
    for block in given:
        waiting.append(pool.submit(table.prove, block))
        if len(waiting) >= _AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proved:
    """What was found in one block; places count its rows from 0."""

    rows: int
    faulty: tuple[tuple[int, Cells], ...]
    counts: Mapping[Rule, int]


class _Table:
    """The columns of a table, proved block by block."""

    def __init__(self, task: Task) -> None:
        from frictionless.table.row import create_cell_handlers

        self._marks = task.marks
        self._provers = [Prover(field) for field in task.fields]
        self._handlers = create_cell_handlers(list(task.fields))
        self._plain: list[bool] | None = None

    def prove(self, block: bytes) -> _Proved:
        plain = self._plain or [False] * len(self._provers)
        parts = split(block, self._marks, plain)
        if self._plain is None:
            self._plain = [_seldom_repeated(column) for column in parts.columns]
        found = [
            prover.prove(column)
            for prover, column in zip(self._provers, parts.columns, strict=True)
        ]
        bare = parts.bare()
        blank = _blank(found) | bare
        counts: Counter[Rule] = Counter()
        for prover, one in zip(self._provers, found, strict=True):
            for row, problems in one.bad.items():
                if row not in blank:
                    counts.update((problem, prover.name) for problem in problems)
        if blank:
            counts["blank-row", ""] = len(blank)
        for _, cells in parts.ragged:
            counts.update(self._errors(cells))
        return _Proved(
            rows=parts.rows, faulty=tuple(_faulty(parts, found, blank, bare)), counts=counts
        )

    def _errors(self, cells: Cells) -> list[Rule]:
        from frictionless.table.row import Row

        try:
            errors = Row(list(cells), handlers=self._handlers, row_number=0).errors
        except LET_OUT:
            raise Unproved("reader") from None
        return [(error.type, getattr(error, "field_name", "")) for error in errors]


def _seldom_repeated(column: Any) -> bool:
    return len(column.dictionary) > max(256, len(column) * _SELDOM_REPEATED)


def _blank(found: Sequence[Found]) -> frozenset[int]:
    """Return the regular rows whose cells are all missing values."""
    import pyarrow.compute as pc

    every = None
    for one in found:
        if one.missing is None:
            return frozenset()
        every = one.missing if every is None else pc.and_(every, one.missing)
    return frozenset(pc.indices_nonzero(every).to_pylist()) if every is not None else frozenset()


def _faulty(
    parts: Split, found: Sequence[Found], blank: frozenset[int], bare: frozenset[int]
) -> Iterator[tuple[int, Cells]]:
    """Yield the first rows with problems by their places, in order, with their cells."""
    rows = sorted(blank.union(*(one.bad for one in found)))[:LIMIT]
    places = parts.places(rows)
    regular = [
        (place, [] if row in bare else parts.cells(row))
        for row, place in zip(rows, places, strict=True)
    ]
    yield from sorted([*regular, *parts.ragged[:LIMIT]], key=lambda one: one[0])[:LIMIT]


def _add(proof: Proof, found: _Proved, task: Task) -> None:
    first = task.header_rows + proof.rows + 1
    wanted = found.faulty[: max(0, LIMIT - len(proof.faulty))]
    proof.faulty += [(first + place, cells) for place, cells in wanted]
    proof.rows += found.rows
    proof.counts.update(found.counts)
