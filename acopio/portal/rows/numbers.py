"""Comparing a column of exact numbers with any number, without a cast of the column.

What is given is turned into the nearest number the column can hold, so that no digit is lost and
Parquet's minima and maxima still say which parts of the file need not be read.
"""

import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from acopio.portal.rows.refusals import impossible, quoted
from acopio.portal.rows.tables import Column

_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,1000}\s*")
_NUMBER = re.compile(
    r"\s*[+-]?([0-9]{1,1000}(\.[0-9]{0,1000})?|\.[0-9]{1,1000})(e[+-]?[0-9]{1,6})?\s*"
)
_SPECIAL = re.compile(r"\s*(nan|[+-]?inf(inity)?)\s*")
# Beyond these powers of ten a number is larger, or nearer to zero, than any a column holds.
_POWERS = 60
_NATIVE = {"int": "integer", "int4": "integer", "int8": "bigint"}

Exact = Fraction | float


def number(column: Column, value: Any) -> Exact:
    """Return ``value``, a number or a number as text, exactly; float where it is not finite.

    Raises ValidationError where it is neither.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise impossible(f"operator does not exist: {_native(column)} and {quoted(value)}")
    if not isinstance(value, str):
        return _exact(str(value))
    whole = column.scale == 0 and column.type in _NATIVE
    if (_INTEGER if whole else _NUMBER).fullmatch(value.lower()):
        return _exact(value)
    if not whole and _SPECIAL.fullmatch(value.lower()):
        return float(value)
    raise impossible(f'invalid input syntax for type {_native(column)}: "{quoted(value)}"')


def _native(column: Column) -> str:
    return _NATIVE.get(column.type, column.type)


def _exact(text: str) -> Exact:
    found = Decimal(text)
    if not found.is_finite():
        return float(found)
    sign = (found > 0) - (found < 0)
    if sign and found.adjusted() < -_POWERS:
        return Fraction(sign, 10**_POWERS)
    return (
        Fraction(found)
        if not sign or found.adjusted() <= _POWERS
        else math.copysign(math.inf, sign)
    )


def same(column: Column, value: Exact) -> int | None:
    """Return what equals ``value``, times ten to the scale; None where nothing can."""
    if isinstance(value, float):
        return None
    scaled = value * 10**column.scale
    fits = scaled.denominator == 1 and column.bottom <= scaled <= column.top
    return int(scaled) if fits else None


def bound(column: Column, op: str, value: Exact) -> int:
    """Return the bound, itself included, that ``op`` sets, times ten to the scale.

    It may lie one beyond what the column holds: then nothing, or everything, is within it.
    """
    low, high = column.bottom - 1, column.top + 1
    if isinstance(value, float):
        # As PostgreSQL: NaN is above all numbers.
        return low if value == -math.inf else high
    scaled = value * 10**column.scale
    nearest: dict[str, int] = {"gt": math.floor(scaled) + 1, "gte": math.ceil(scaled)}
    nearest |= {"lt": math.ceil(scaled) - 1, "lte": math.floor(scaled)}
    return min(max(nearest[op], low), high)


def as_value(column: Column, scaled: int) -> int | Decimal:
    """Return a number of the column's, from what it is times ten to the scale."""
    if column.type != "numeric":
        return scaled
    return Decimal((int(scaled < 0), tuple(map(int, str(abs(scaled)))), -column.scale))
