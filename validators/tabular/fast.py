"""Prove what can be proved of a table, and keep the rows that frictionless must see.

What is kept of the rows with problems is the first thousand, for frictionless stops there; what is
counted, per rule and field, covers the whole file.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from acopio.validators.tabular.keys import KeyReader, Keys, KeyStore, Rule
from acopio.validators.tabular.proving import Found, Prover
from acopio.validators.tabular.reading import Layout, Pass
from acopio.validators.tabular.splitting import Cells, Split
from acopio.validators.tabular.texts import Texts

if TYPE_CHECKING:
    import pyarrow as pa

# frictionless's own limit of errors; a row with problems brings at least one.
LIMIT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a table is proved by: frictionless's fields, one for each label, and its keys."""

    fields: Sequence[Any]
    keys: Keys


class Proof:
    """What was found in a table, block after block.

    ``rows`` are data rows; ``faulty`` the first of those that are not proved, with their numbers
    (the header's rows count); ``linked`` the numbers of rows that repeat each other's keys;
    ``counts`` the errors frictionless would report, per type and field, had it no limit; ``stats``
    its ``stats`` of the bytes.
    """

    def __init__(self, expected: Expected) -> None:
        self.rows = 0
        self.faulty: list[tuple[int, Cells]] = []
        self.linked: frozenset[int] = frozenset()
        self.counts: Counter[Rule] = Counter()
        self.stats: dict[str, Any] = {}
        keys = expected.keys
        self._keys = KeyStore(expected.fields, keys) if keys.columns else None

    def add(self, found: "Proved", header_rows: int) -> None:
        """Add what was found in the next block."""
        first = header_rows + self.rows + 1
        wanted = found.faulty[: max(0, LIMIT - len(self.faulty))]
        self.faulty += [(first + place, cells) for place, cells in wanted]
        self.rows += found.rows
        self.counts.update(found.counts)
        if self._keys is not None and found.keys is not None:
            self._keys.add(found.keys, first)

    def __enter__(self) -> Self:
        """Give itself, to be added to."""
        return self

    def __exit__(self, *_: object) -> None:
        """Forget the keys; what was found stays."""
        if self._keys is not None:
            self._keys.close()

    def compare_keys(self) -> None:
        """Find what repeats; all blocks were added."""
        if self._keys is not None:
            repeated = self._keys.repeated()
            self.linked = frozenset(repeated.rows)
            self.counts.update(repeated.counts)


def prove(layout: Layout, expected: Expected) -> Proof:
    """Return what is not proved in a table. Raises Unproved where nothing can be."""
    blocks: Pass[Proved, None] = Pass(layout, _ProvingAlone(expected))
    with Proof(expected) as proof:
        for found in blocks:
            proof.add(found, layout.header_rows)
        proof.stats = blocks.stats
        proof.compare_keys()
    return proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """What was found in one block; places count its rows from 0."""

    rows: int
    faulty: tuple[tuple[int, Cells], ...]
    counts: Mapping[Rule, int]
    keys: "pa.Table | None" = None


class _ProvingAlone:
    """Proves the blocks of a table, and does nothing else with them."""

    def __init__(self, expected: Expected) -> None:
        self._proving = Proving(expected)

    def block(self, parts: Split, number: int) -> Proved:
        """Return what is not proved in a block."""
        return self._proving.prove(parts, [Texts(column) for column in parts.columns])

    def total(self) -> None:
        """Nothing was gathered."""


class Proving:
    """The columns of a table, proved block by block."""

    def __init__(self, expected: Expected) -> None:
        self._provers = [Prover(field) for field in expected.fields]
        keys = expected.keys
        self._keys = KeyReader(expected.fields, keys) if keys.columns else None

    def prove(self, parts: Split, columns: Sequence[Texts]) -> Proved:
        """Return what is not proved in a block, whose ``columns`` may have been looked up."""
        found = [prover.prove(texts) for prover, texts in zip(self._provers, columns, strict=True)]
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
        return Proved(
            rows=parts.rows,
            faulty=tuple(_faulty(parts, found, blank, bare)),
            counts=counts,
            keys=self._keys.read(parts, bare) if self._keys else None,
        )

    def _errors(self, cells: Cells) -> list[Rule]:
        """Return the errors of an irregular row, as frictionless tells them."""
        given: list[str | None] = [*cells[: len(self._provers)]]
        given += [None] * (len(self._provers) - len(given))
        if all(map(Prover.is_missing, self._provers, given)):
            return [("blank-row", "")]
        found = [
            (problem, prover.name)
            for prover, cell in zip(self._provers, given, strict=True)
            for problem in prover.problems(cell)
        ]
        found += [("extra-cell", "")] * (len(cells) - len(self._provers))
        return found + [("missing-cell", prover.name) for prover in self._provers[len(cells) :]]


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
