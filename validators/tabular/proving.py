"""Prove that cells are what their field asks for; what is not proved is read by frictionless.

PyArrow casts a column's texts under rules stricter than frictionless's; what it refuses, and values
at the very edge of a bound, go one by one to frictionless's own reader, as does all of a type for
which there is no cast. Where texts were looked up, each different one is proved once, and the
answer holds for all its rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from acopio.validators.tabular.blocks import Unproved
from acopio.validators.tabular.casts import Cast, cast_of
from acopio.validators.tabular.judge import LET_OUT
from acopio.validators.tabular.texts import Texts, Vocabulary

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Ints = np.ndarray[Any, Any]

# What is wrong with a cell, as frictionless's error types; nothing if all is well.
Problems = tuple[str, ...]

# Answers remembered per field: codes and names repeat from block to block.
_REMEMBERED = 200_000
_SMALL = 64


@dataclass(slots=True)
class Found:
    """What was found in one column of a block, by the index of its regular rows.

    ``bad`` are the cells with problems, ``missing`` those that hold a missing value; None when no
    cell does.
    """

    bad: dict[int, Problems] = field(default_factory=dict)
    missing: "pa.Array | None" = None


@dataclass(slots=True)
class _Judged:
    """What was found in the first ``count`` texts of a vocabulary, by their numbers."""

    vocabulary: Vocabulary
    count: int = 0
    missing: list[int] = field(default_factory=list)
    faulty: dict[int, Problems] = field(default_factory=dict)


class Prover:
    """Proves one field's cells, block by block."""

    def __init__(self, field: Any) -> None:
        self.name: str = field.name
        self._read = field.create_cell_reader()
        self._missing = _missing_values(field)
        self._known: dict[str | None, Problems] = {}
        self._cast = cast_of(field)
        self._free = (
            field.type in ("string", "any")
            and field.format == "default"
            and not (set(field.constraints) - {"required", "unique"})
        )
        self._required = bool(field.constraints.get("required"))
        self._vocabulary = Vocabulary()
        self._judged = _Judged(self._vocabulary)

    def prove(self, texts: Texts) -> Found:
        """Return what is wrong in a column."""
        if not len(texts):
            return Found()
        if texts.vocabulary is None and self._cast is None and not self._free:
            self._look_up(texts)
        if texts.vocabulary is not None and texts.numbers is not None:
            return self._by_number(texts.numbers, texts.vocabulary)
        return self._by_cast(texts)

    def _look_up(self, texts: Texts) -> None:
        if texts.look_up(self._vocabulary, _REMEMBERED) is None:
            self._vocabulary = Vocabulary()
            texts.look_up(self._vocabulary, len(texts))

    def is_missing(self, text: str | None) -> bool:
        """Tell whether a cell holds no value; None is one that its row lacks."""
        return text is None or text in self._missing

    def problems(self, text: str | None) -> Problems:
        """Return what frictionless finds in one cell."""
        known = self._known.get(text)
        if known is None:
            try:
                _, notes = self._read(text)
            except LET_OUT:
                raise Unproved("reader") from None
            known = tuple(
                "type-error" if name == "type" else "constraint-error" for name in notes or ()
            )
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[text] = known
        return known

    def _by_number(self, numbers: "Ints", vocabulary: Vocabulary) -> Found:
        import numpy as np
        import pyarrow as pa

        judged = self._judged
        if judged.vocabulary is not vocabulary:
            judged = self._judged = _Judged(vocabulary)
        self._judge(judged)
        found = Found()
        if judged.missing:
            found.missing = pa.array(np.isin(numbers, judged.missing))
        if judged.faulty:
            rows = np.flatnonzero(np.isin(numbers, list(judged.faulty)))
            found.bad = {row: judged.faulty[int(numbers[row])] for row in rows.tolist()}
        return found

    def _judge(self, judged: _Judged) -> None:
        """Judge the texts of a vocabulary that are new."""
        import pyarrow as pa

        new = judged.vocabulary.texts[judged.count :]
        if new:
            found = self._by_cast(Texts(pa.array(new, pa.string())))
            for index, problems in found.bad.items():
                judged.faulty[judged.count + index] = problems
            if found.missing is not None:
                missing = pa.compute.indices_nonzero(found.missing).to_pylist()
                judged.missing += (judged.count + index for index in missing)
            judged.count += len(new)

    def _gone(self, column: "pa.StringArray") -> "pa.BooleanArray":
        import pyarrow as pa
        import pyarrow.compute as pc

        if self._missing == {""}:
            return pc.equal(pc.binary_length(column), 0)
        return pc.is_in(column, value_set=pa.array(sorted(self._missing), pa.string()))

    def _by_cast(self, texts: Texts) -> Found:
        import pyarrow.compute as pc

        found, column = Found(), texts.column
        missing = self._gone(column)
        if pc.any(missing).as_py():
            found.missing = missing
        doubtful: set[int] = set()
        if self._required and found.missing is not None:
            # A missing value may be of the type, and is not there all the same.
            doubtful.update(pc.indices_nonzero(missing).to_pylist())
        if not self._free:
            doubtful.update(self._unproved(texts, found.missing))
        for row in sorted(doubtful):
            problems = self.problems(column[row].as_py())
            if problems:
                found.bad[row] = problems
        return found

    def _unproved(self, texts: Texts, missing: "pa.BooleanArray | None") -> Iterable[int]:
        """Return the rows that are not proved and not ``missing``."""
        import pyarrow.compute as pc

        if missing is None:
            return _doubtful(texts, self._cast) if self._cast else range(len(texts))
        rows = pc.indices_nonzero(pc.invert(missing))
        if self._cast is None:
            found: list[int] = rows.to_pylist()
            return found
        filled = rows.to_numpy()
        return (int(filled[one]) for one in _doubtful(Texts(texts.column.take(rows)), self._cast))


def _missing_values(field: Any) -> frozenset[str]:
    values = field.missing_values
    if not field.has_defined("missing_values") and field.schema:
        values = field.schema.missing_values
    return frozenset(map(str, values))


def _doubtful(texts: Texts, cast: Cast) -> Iterable[int]:
    """Yield the rows that are not proved, in their order; halving finds the few among many."""
    import pyarrow as pa
    import pyarrow.compute as pc

    pending = [(0, len(texts))] if len(texts) else []
    while pending:
        start, size = pending.pop()
        part = texts if size == len(texts) else texts.slice(start, size)
        try:
            proved = cast(part)
        except pa.ArrowInvalid:
            if size <= _SMALL:
                yield from range(start, start + size)
                continue
            half = size // 2
            pending += [(start + half, size - half), (start, half)]
            continue
        if not pc.all(proved).as_py():
            for row in pc.indices_nonzero(pc.invert(proved)).to_pylist():
                yield start + row
