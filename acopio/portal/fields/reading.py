"""Read what a call gives against a table of checks, collecting what is wrong by field."""

from collections.abc import Mapping
from typing import Any

from acopio.portal.fields.checks import Check, Invalid
from acopio.portal.problems import IntegrityError

Errors = dict[str, Any]


def read(given: Mapping[str, Any], checks: Mapping[str, Check], errors: Errors) -> dict[str, Any]:
    """Return the fields of ``checks`` as they are to be stored; None for what was not given."""
    found: dict[str, Any] = {}
    for field, check in checks.items():
        value = given.get(field)
        try:
            found[field] = None if value is None else check(value)
        except Invalid as error:
            errors.setdefault(field, []).append(str(error))
    return found


def dicts(given: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    """Return a list of objects. Raises IntegrityError for anything else."""
    value = given.get(field)
    if value is None or value == "":
        return []
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise IntegrityError(
            f"Only lists of dicts can be placed against subschema ({field!r},), not {type(value)}"
        )
    return value
