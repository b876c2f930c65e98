"""What CKAN says when a search cannot be done. All are 409 with the parameter's name as key."""

from collections.abc import Mapping
from typing import Any

from acopio.portal.problems import ValidationError

# A value is quoted back, but not a book.
_QUOTED = 200


def refused(parameter: str, *said: str) -> ValidationError:
    """Return the refusal of one parameter."""
    return ValidationError({parameter: list(said)})


def invalid(parameter: str, value: Any) -> ValidationError:
    """Return the refusal of a value that names nothing here."""
    return refused(parameter, f'invalid value "{quoted(value)}"')


def impossible(reason: str) -> ValidationError:
    """Return the refusal of a query that makes no sense for this table."""
    said: Mapping[str, Any] = {"query": ["Invalid query"], "info": {"orig": [reason]}}
    return ValidationError(said)


def quoted(value: Any) -> str:
    """Return ``value`` as text that can be sent, cut where it is long."""
    text = str(value).encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
