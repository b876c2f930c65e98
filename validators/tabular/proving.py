"""Prove that cells are what their field asks for; what is not proved is read by frictionless.

Two ways. Where texts repeat, each different one is given to frictionless's own reader once, and
the answer holds for all its rows: exact, for every type, format and constraint. Where they seldom
repeat (amounts, moments), PyArrow casts the column under rules stricter than frictionless's;
what it refuses, and values at the very edge of a bound, go one by one to that same reader.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from acopio.validators.tabular.blocks import Unproved
from acopio.validators.tabular.judge import LET_OUT

if TYPE_CHECKING:
    import pyarrow as pa

# What is wrong with a cell, as frictionless's error types; nothing if all is well.
Problems = tuple[str, ...]

# Answers remembered per field: codes and names repeat from block to block.
_REMEMBERED = 200_000
_SMALL = 64
# Patterns that RE2 reads at least as strictly as Python reads them. Negated classes, borders,
# groups with options and references are left to Python.
_SAFE_PATTERN = re.compile(
    r"(?:[A-Za-z0-9 _,/:;@#%&=<>~\"'!-]|\\[ds./+*?()\[\]{}|$^-]"
    r"|\[(?:[A-Za-z0-9 _.,/:]|[A-Za-z0-9]-[A-Za-z0-9]|\\d)+\]"
    r"|\.|\((?!\?)|\)|[|?*+]|\{\d+(?:,\d*)?\})*"
)
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


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
        self._known: dict[str, Problems] = {}
        self._cast = _cast_of(field)
        self._free = (
            field.type in ("string", "any")
            and field.format == "default"
            and not (set(field.constraints) - {"required", "unique"})
        )
        self._required = bool(field.constraints.get("required"))

    def prove(self, column: "pa.Array") -> Found:
        """Return what is wrong in a column of texts, dictionary or plain."""
        import pyarrow as pa

        if isinstance(column, pa.DictionaryArray):
            return self._by_text(column)
        return self._by_cast(column)

    def problems(self, text: str) -> Problems:
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
        if self._free:
            doubtful: Iterable[int] = (
                pc.indices_nonzero(missing).to_pylist() if self._required and found.missing else ()
            )
        elif self._cast is None:
            return self._by_text(column.dictionary_encode())
        else:
            doubtful = _doubtful(column, found.missing, self._cast)
        for row in doubtful:
            problems = self.problems(column[row].as_py())
            if problems:
                found.bad[row] = problems
        return found


def _missing_values(field: Any) -> frozenset[str]:
    values = field.missing_values
    if not field.has_defined("missing_values") and field.schema:
        values = field.schema.missing_values
    return frozenset(map(str, values))


# Returns what is proved of a column: a mask, or raises ArrowInvalid if some cell cannot be cast.
Cast = Callable[["pa.StringArray"], "pa.BooleanArray"]


def _doubtful(column: "pa.StringArray", missing: "pa.Array | None", cast: Cast) -> Iterable[int]:
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


def _cast_of(field: Any) -> Cast | None:
    """Return a stricter cast for ``field``, or None where there is none."""
    kind, limits = field.type, dict(field.constraints)
    limits.pop("required", None)
    limits.pop("unique", None)
    bounds = {name: limits.pop(name) for name in _BOUNDS if name in limits}
    if kind == "string" and field.format == "default" and "enum" not in limits:
        return _text_cast(limits)
    if limits:
        return None
    defined = set(field.list_defined())
    if defined & {"group_char", "decimal_char", "bare_number", "float_number"}:
        return None
    if kind == "integer":
        return _integer_cast(_limits(field, bounds))
    if kind == "number":
        return _number_cast(_limits(field, bounds))
    if field.format != "default" or bounds:
        return None
    return {"date": _date_cast, "datetime": _moment_cast}.get(kind)


def _limits(field: Any, bounds: dict[str, Any]) -> dict[str, Any]:
    read = field.create_value_reader()
    return {name: read(value) for name, value in bounds.items()}


def _integer_cast(bounds: dict[str, Any]) -> Cast:
    def cast(column: "pa.StringArray") -> "pa.BooleanArray":
        import pyarrow as pa
        import pyarrow.compute as pc

        values = pc.cast(column, pa.int64())
        return _within(values, bounds, _not_hexadecimal(column, values), edge=True)

    return cast


def _not_hexadecimal(column: "pa.StringArray", values: "pa.Array") -> "pa.BooleanArray":
    """Return which texts are not of the form ``0x1F``, which PyArrow takes for a number.

    Only those begin with a zero, and a column of numbers has few that are not zero itself.
    """
    import pyarrow.compute as pc

    return pc.invert(pc.and_(pc.starts_with(column, "0"), pc.not_equal(values, 0)))


def _number_cast(bounds: dict[str, Any]) -> Cast:
    def cast(column: "pa.StringArray") -> "pa.BooleanArray":
        import pyarrow as pa
        import pyarrow.compute as pc

        values = pc.cast(column, pa.float64())
        # NaN breaks every bound; what is rounded to the bound itself may be on either side of it.
        proved = pc.is_finite(values) if bounds else pc.is_valid(values)
        return _within(values, bounds, proved, edge=False)

    return cast


def _within(
    values: "pa.Array", bounds: dict[str, Any], proved: "pa.BooleanArray", *, edge: bool
) -> "pa.BooleanArray":
    """Return which of ``values`` are proved and inside ``bounds``; at the edge only if exact."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name, bound in bounds.items():
        limit = _scalar(bound, values.type)
        if limit is None:
            return pa.array([False] * len(values))
        inner = edge and not name.startswith("exclusive")
        above = pc.greater_equal if inner else pc.greater
        below = pc.less_equal if inner else pc.less
        compare = above if name.lower().endswith("minimum") else below
        proved = pc.and_(proved, compare(values, limit))
    return proved


def _scalar(bound: Any, kind: "pa.DataType") -> "pa.Scalar | None":
    import pyarrow as pa

    try:
        return pa.scalar(float(bound) if kind == pa.float64() else int(bound), kind)
    except (pa.ArrowInvalid, OverflowError, ValueError, TypeError):
        return None


def _text_cast(limits: dict[str, Any]) -> Cast | None:
    pattern = limits.get("pattern")
    if pattern is not None and not _SAFE_PATTERN.fullmatch(pattern):
        return None

    def cast(column: "pa.StringArray") -> "pa.BooleanArray":
        import pyarrow.compute as pc

        proved = pc.is_valid(column)
        if "minLength" in limits or "maxLength" in limits:
            proved = _of_length(column, limits.get("minLength", 0), limits.get("maxLength"))
        if pattern is not None:
            proved = pc.and_(proved, pc.match_substring_regex(column, f"^(?:{pattern})$"))
        return proved

    return cast


def _of_length(column: "pa.StringArray", least: int, most: int | None) -> "pa.BooleanArray":
    import pyarrow.compute as pc

    # A character is a byte or more: bytes within the limit need not be counted again.
    length = pc.binary_length(column)
    if least or most is None or pc.max(length).as_py() > most:
        length = pc.utf8_length(column)
    proved = pc.greater_equal(length, least)
    return proved if most is None else pc.and_(proved, pc.less_equal(length, most))


def _date_cast(column: "pa.StringArray") -> "pa.BooleanArray":
    import pyarrow as pa
    import pyarrow.compute as pc

    values = pc.cast(column, pa.date32())
    return pc.and_(
        pc.equal(pc.binary_length(column), 10),
        pc.greater_equal(values, pa.scalar(_FIRST_DAY, pa.date32())),
    )


def _moment_cast(column: "pa.StringArray") -> "pa.BooleanArray":
    import pyarrow as pa
    import pyarrow.compute as pc

    values = pc.cast(column, pa.timestamp("s"))
    # With this length there are seconds, and a colon before them, as frictionless wants.
    return pc.and_(
        pc.equal(pc.binary_length(column), 19),
        pc.greater_equal(values, pa.scalar(_FIRST_DAY * 86_400, pa.timestamp("s"))),
    )


# Days from 1970-01-01 to 0001-01-01, the first that Python has.
_FIRST_DAY = -719162


def provers(fields: Sequence[Any]) -> list[Prover]:
    """Return a prover for each field."""
    return [Prover(field) for field in fields]
