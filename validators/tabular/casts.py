"""Casts that prove a column's texts under rules stricter than frictionless's, all at once.

What a cast refuses may still be right by frictionless: it only was not proved.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from acopio.validators.tabular.texts import Texts

if TYPE_CHECKING:
    import pyarrow as pa

# Patterns that RE2 reads at least as strictly as Python reads them. Negated classes, borders,
# groups with options and references are left to Python.
_SAFE_PATTERN = re.compile(
    r"(?:[A-Za-z0-9 _,/:;@#%&=<>~\"'!-]|\\[ds./+*?()\[\]{}|$^-]"
    r"|\[(?:[A-Za-z0-9 _.,/:]|[A-Za-z0-9]-[A-Za-z0-9]|\\d)+\]"
    r"|\.|\((?!\?)|\)|[|?*+]|\{\d+(?:,\d*)?\})*"
)
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
# Beyond what any column of a block has: PyArrow compares with whole numbers of 64 bits alone.
_LONGEST = 1 << 40
# Days from 1970-01-01 to 0001-01-01, the first that Python has.
_FIRST_DAY = -719162

# Returns what is proved of a column: a mask, or raises ArrowInvalid if some cell cannot be cast.
Cast = Callable[[Texts], "pa.BooleanArray"]


def cast_of(field: Any) -> Cast | None:
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
    def cast(texts: Texts) -> "pa.BooleanArray":
        import pyarrow as pa

        values = texts.cast(pa.int64())
        return _within(values, bounds, _not_hexadecimal(texts.column, values), edge=True)

    return cast


def _not_hexadecimal(column: "pa.StringArray", values: "pa.Array") -> "pa.BooleanArray":
    """Return which texts are not of the form ``0x1F``, which PyArrow takes for a number.

    Only those begin with a zero, and a column of numbers has few that are not zero itself.
    """
    import pyarrow.compute as pc

    return pc.invert(pc.and_(pc.starts_with(column, "0"), pc.not_equal(values, 0)))


def _number_cast(bounds: dict[str, Any]) -> Cast:
    def cast(texts: Texts) -> "pa.BooleanArray":
        import pyarrow as pa
        import pyarrow.compute as pc

        values = texts.cast(pa.float64())
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

    least, most = (min(limits.get(name, 0), _LONGEST) for name in ("minLength", "maxLength"))

    def cast(texts: Texts) -> "pa.BooleanArray":
        import pyarrow.compute as pc

        column = texts.column
        proved = pc.is_valid(column)
        if "minLength" in limits or "maxLength" in limits:
            proved = _of_length(column, least, most if "maxLength" in limits else None)
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


def _date_cast(texts: Texts) -> "pa.BooleanArray":
    import pyarrow as pa
    import pyarrow.compute as pc

    values = texts.cast(pa.date32())
    return pc.and_(
        pc.equal(pc.binary_length(texts.column), 10),
        pc.greater_equal(values, pa.scalar(_FIRST_DAY, pa.date32())),
    )


def _moment_cast(texts: Texts) -> "pa.BooleanArray":
    import pyarrow as pa
    import pyarrow.compute as pc

    values = texts.cast(pa.timestamp("s"))
    # With this length there are seconds, and a colon before them, as frictionless wants.
    return pc.and_(
        pc.equal(pc.binary_length(texts.column), 19),
        pc.greater_equal(values, pa.scalar(_FIRST_DAY * 86_400, pa.timestamp("s"))),
    )
