"""Prove that cells are what their field asks for; what is not proved is read by frictionless.

Two ways. Where texts repeat, each different one is given to frictionless's own reader once, and
the answer holds for all its rows: exact, for every type, format and constraint. Where they seldom
repeat (amounts, moments), PyArrow casts the column under rules stricter than frictionless's;
what it refuses, and values at the very edge of a bound, go one by one to that same reader.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from acopio.validators.tabular.blocks import Unproved
from acopio.validators.tabular.casts import Cast, cast_of
from acopio.validators.tabular.judge import LET_OUT

if TYPE_CHECKING:
    import pyarrow as pa

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


class Prover:
    """Proves one field's cells, block by block. Safe to use from several threads."""

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

    def prove(self, column: "pa.Array") -> Found:
        """Return what is wrong in a column of texts, dictionary or plain."""
        import pyarrow as pa

        if not len(column):
            return Found()
        if isinstance(column, pa.DictionaryArray):
            return self._by_text(column)
        return self._by_cast(column)

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

    def _by_text(self, column: "pa.DictionaryArray") -> Found:
        import pyarrow as pa
        import pyarrow.compute as pc

        texts = column.dictionary.to_pylist()
        found = Found()
        gone = [code for code, text in enumerate(texts) if text in self._missing]
        if gone:
            found.missing = pc.is_in(column.indices, value_set=pa.array(gone, pa.int32()))
        known, faulty = self._known, {}
        for code, text in enumerate(texts):
            problems = known.get(text)
            if problems is None:
                problems = self.problems(text)
            if problems:
                faulty[code] = problems
        if faulty:
            which = pc.is_in(column.indices, value_set=pa.array(list(faulty), pa.int32()))
            rows = pc.indices_nonzero(which)
            codes = column.indices.take(rows)
            for row, code in zip(rows.to_pylist(), codes.to_pylist(), strict=True):
                found.bad[row] = faulty[code]
        return found

    def _gone(self, column: "pa.StringArray") -> "pa.BooleanArray":
        import pyarrow as pa
        import pyarrow.compute as pc

        if self._missing == {""}:
            return pc.equal(pc.binary_length(column), 0)
        return pc.is_in(column, value_set=pa.array(sorted(self._missing), pa.string()))

    def _by_cast(self, column: "pa.StringArray") -> Found:
        import pyarrow.compute as pc

        found = Found()
        missing = self._gone(column)
        if pc.any(missing).as_py():
            found.missing = missing
        if not self._free and self._cast is None:
            return self._by_text(column.dictionary_encode())
        doubtful: set[int] = set()
        if self._required and found.missing is not None:
            # A missing value may be of the type, and is not there all the same.
            doubtful.update(pc.indices_nonzero(missing).to_pylist())
        if self._cast is not None and not self._free:
            doubtful.update(_doubtful(column, self._cast))
        for row in sorted(doubtful):
            problems = self.problems(column[row].as_py())
            if problems:
                found.bad[row] = problems
        return found


def _missing_values(field: Any) -> frozenset[str]:
    values = field.missing_values
    if not field.has_defined("missing_values") and field.schema:
        values = field.schema.missing_values
    return frozenset(map(str, values))


def _doubtful(column: "pa.StringArray", cast: Cast) -> Iterable[int]:
    """Yield the rows that are not proved, in their order; halving finds the few among many."""
    import pyarrow as pa
    import pyarrow.compute as pc

    pending = [(0, len(column))]
    while pending:
        start, size = pending.pop()
        part = column.slice(start, size)
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
