"""Correct the schema frictionless infers where it would damage Peruvian data.

It reads ``010101`` as 10101, ``1.234,56`` as a place and ``1,234.50`` as text. Codes stay
text; a column of decimal commas, or of commas between thousands, is a number written with them.
"""

from collections.abc import Mapping
from typing import Any

from acopio.model import UNPINNED, Reading
from acopio.validators.columns import Column, Survey
from acopio.validators.lexicon import fold, name_words
from acopio.validators.persons import PersonalKind, personal_columns
from acopio.validators.shapes import Shape

_IDENTIFIERS = frozenset({"ubigeo", "dni", "ruc", "codigo", "cod", "nrodni", "nroruc"})
_NUMBERED = frozenset({PersonalKind.DNI, PersonalKind.RUC})
_NUMERIC = frozenset({"integer", "number", "year", "yearmonth", "boolean", "any"})
_DIGITS = (
    Shape.RUC_PERSON,
    Shape.RUC_OTHER,
    Shape.DATE,
    Shape.EIGHT,
    Shape.EIGHT_FROM_ZERO,
    Shape.SEVEN,
    Shape.SIX,
    Shape.NINE,
    Shape.MOBILE,
    Shape.YEAR_NUMBER,
    Shape.FROM_ZERO,
    Shape.INTEGER,
)
COMMAS = (Shape.COMMA, Shape.GROUPED_COMMA)
_DOTTED = (Shape.DOTTED, Shape.MILLIONS)
_NO_COMMAS = (Shape.THOUSANDS, Shape.MILLIONS_COMMA, Shape.POINT, Shape.SCIENTIFIC)
_GROUPED = (Shape.THOUSANDS, Shape.MILLIONS_COMMA)
_LEADING_ZERO = (Shape.EIGHT_FROM_ZERO, Shape.FROM_ZERO)


def corrected(
    inferred: Mapping[str, Any], table: Survey, said: Reading = UNPINNED
) -> dict[str, Any]:
    """Return ``inferred`` with identifier columns as text and columns with commas as numbers.

    Fields and columns go together by position. ``said`` is what an officer pinned: its decimal
    mark settles what ``5,234`` is where the column itself does not.
    """
    fields = list(inferred.get("fields", []))
    persons = {one.number for one in personal_columns(table) if one.kind in _NUMBERED}
    for index, (field, column) in enumerate(zip(fields, table.columns, strict=False)):
        code = column.number in persons or is_identifier(column)
        if code and field.get("type") in _NUMERIC:
            fields[index] = {"name": field["name"], "type": "string"}
        elif is_decimal_comma(column, said.decimal):
            fields[index] = {"name": field["name"], "type": "number", **_marks(column)}
        elif has_grouped_thousands(column, said.decimal):
            fields[index] = {"name": field["name"], "type": "number", "groupChar": ","}
    return {**inferred, "fields": fields}


def is_identifier(column: Column) -> bool:
    """Tell whether a column holds codes: by its name, or by leading zeros among whole numbers."""
    if not column.filled:
        return False
    if name_words(column.label) & _IDENTIFIERS or "ubigeo" in fold(column.label):
        return True
    digits = column.count(*_DIGITS)
    return bool(column.count(*_LEADING_ZERO)) and digits * 10 >= column.filled * 9


def zero_led(table: Survey) -> tuple[str, ...]:
    """Return the labels of the columns whose codes have leading zeros: they can be nothing else."""
    return tuple(
        column.label
        for column in table.columns
        if column.count(*_LEADING_ZERO) and is_identifier(column)
    )


def is_decimal_comma(column: Column, decimal: str = "") -> bool:
    """Tell whether a column's numbers have a decimal comma, beyond doubt.

    ``5,234`` alone may be thousands, as in many Peruvian tables; one ``12,5`` settles it, and one
    ``1,234.50`` or ``0.5`` settles the contrary; so does ``decimal``, the mark an officer pinned.
    """
    proof = (*COMMAS, Shape.EITHER) if decimal == "," else COMMAS
    if not column.count(*proof) or column.count(*_NO_COMMAS):
        return False
    numbers = column.count(*COMMAS, Shape.EITHER, *_DOTTED, *_DIGITS)
    return numbers * 10 >= column.filled * 9


def has_grouped_thousands(column: Column, decimal: str = "") -> bool:
    """Tell whether a column's numbers have a comma between thousands, beyond doubt.

    ``1,234.50`` and ``1,234,567`` settle it, and so does ``decimal``, the mark an officer pinned.
    """
    proof = (*_GROUPED, Shape.EITHER) if decimal == "." else _GROUPED
    if not column.count(*proof) or column.count(*COMMAS):
        return False
    numbers = column.count(*_NO_COMMAS, Shape.EITHER, Shape.DOTTED, *_DIGITS)
    return numbers * 10 >= column.filled * 9


def _marks(column: Column) -> dict[str, str]:
    grouped = column.count(Shape.GROUPED_COMMA, *_DOTTED)
    return {"decimalChar": ",", "groupChar": "."} if grouped else {"decimalChar": ","}
