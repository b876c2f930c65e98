"""Read the parameters of a call: ids, numbers and truth, in JSON or as text of an address."""

from typing import Any

from acopio.portal.fields.checks import Invalid, integer
from acopio.portal.problems import ValidationError
from acopio.portal.site import Asked

# Beyond it no database counts, and nobody pages.
MOST_OFFSET = 2**31 - 1
_FALSE = frozenset({"", "0", "f", "false", "n", "no", "none", "off", "null"})


def wanted(asked: Asked, *fields: str) -> str:
    """Return the first of ``fields`` that is given. Raises ValidationError, keyed by the last."""
    for field in fields:
        value = asked.get(field)
        if value is not None and value not in ("", [], {}):
            return text(asked, field)
    raise ValidationError({fields[-1]: ["Missing value"]})


def all_wanted(asked: Asked, *fields: str) -> list[str]:
    """Return several parameters. Raises ValidationError with every one that is missing."""
    missing = {field: ["Missing value"] for field in fields if asked.get(field) in (None, "")}
    if missing:
        raise ValidationError(missing)
    return [text(asked, field) for field in fields]


def text(asked: Asked, field: str, default: str = "") -> str:
    """Return a parameter as text. Raises ValidationError for a list or an object."""
    value = asked.get(field)
    if value is None:
        return default
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return str(value)
    raise ValidationError({field: ["Must be a Unicode string value"]})


def texts(asked: Asked, field: str) -> list[str]:
    """Return a list of texts; a single text has them with commas between."""
    value = asked.get(field)
    if isinstance(value, list):
        return [one for one in value if isinstance(one, str)]
    return [one.strip() for one in text(asked, field).split(",") if one.strip()]


def natural(asked: Asked, field: str, default: int | None = None) -> int | None:
    """Return a whole number from 0. Raises ValidationError with CKAN's words."""
    value = asked.get(field)
    if value is None or value == "":
        return default
    try:
        number = integer(value)
    except Invalid as error:
        raise ValidationError({field: [str(error)]}) from None
    if number is None:
        return default
    if number < 0:
        raise ValidationError({field: ["Must be a natural number"]})
    return min(number, MOST_OFFSET)


def truth(asked: Asked, field: str, *, default: bool) -> bool:
    """Return whether a parameter says yes; ``default`` if it is not given."""
    value: Any = asked.get(field)
    if value is None:
        return default
    return str(value).strip().lower() not in _FALSE
