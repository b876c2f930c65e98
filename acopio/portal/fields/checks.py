"""Checks of single values. Each returns the value to store, or raises Invalid with CKAN's words."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

Check = Callable[[Any], Any]

NAME_LENGTHS = (2, 100)
TAG_LENGTH = (2, 100)
VERSION_LENGTH = ID_LENGTH = 100
# What is wrong is quoted back, but not a book.
QUOTED = 200
# Longer than any text a portal has use for; CKAN leaves this to its database.
TEXT_LENGTH = 1_000_000

_NAME = re.compile(r"[a-z0-9_\-]*")
_TAG = re.compile(r"[\w \-.]*")
_EMAIL = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
# What neither PostgreSQL nor XML can hold.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Invalid(Exception):  # noqa: N818 (a value, not an error of ours)
    """A value cannot be stored; the message says why."""


def text(value: Any) -> str:
    """Return a value as text; as CKAN does, JSON of what is none. Nothing of it is binary."""
    said = value if isinstance(value, str) else _json(value)
    said = _UNSTORABLE.sub("", said)
    if len(said) > TEXT_LENGTH:
        raise Invalid(f"Must be no more than {TEXT_LENGTH} characters long")
    return said


def anything(value: Any) -> Any:
    """Return a value as it is: a field CKAN does not know, which it keeps as JSON."""
    if isinstance(value, str):
        return text(value)
    return json.loads(text(value))


def _json(value: Any) -> str:
    try:
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    except (TypeError, ValueError):
        raise Invalid("Must be a Unicode string value") from None


def moment(value: Any) -> str | None:
    """Return a date, or a date and time, as CKAN writes it; None for nothing."""
    said = text(value).strip()
    if not said:
        return None
    try:
        found = datetime.fromisoformat(said)
        if found.tzinfo is not None:
            found = found.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise Invalid("Date format incorrect") from None
    return found.isoformat()


def stripped(value: Any) -> str:
    """Return a value as text without white space around it."""
    return text(value).strip()


def name(value: Any) -> str:
    """Return the name of a dataset or an organization, as it stands in an address."""
    if not isinstance(value, str):
        raise Invalid("Names must be strings")
    if value in ("new", "edit", "search"):
        raise Invalid("That name cannot be used")
    least, most = NAME_LENGTHS
    if len(value) < least:
        raise Invalid(f"Must be at least {least} characters long")
    if len(value) > most:
        raise Invalid(f"Name must be a maximum of {most} characters long")
    if not _NAME.fullmatch(value):
        raise Invalid(
            "Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"
        )
    return value


def tag(value: Any) -> str:
    """Return the name of a tag."""
    said = "" if value is None else stripped(value)
    least, most = TAG_LENGTH
    if not said:
        raise Invalid("Missing value")
    if len(said) < least:
        raise Invalid(f'Tag "{said}" length is less than minimum {least}')
    if len(said) > most:
        raise Invalid(f'Tag "{said[:QUOTED]}" length is more than maximum {most}')
    if not _TAG.fullmatch(said):
        raise Invalid(
            f'Tag "{said}" can only contain alphanumeric characters, spaces (" "), '
            'hyphens ("-"), underscores ("_") or dots (".")'
        )
    return said


def email(value: Any) -> str:
    """Return an e-mail address."""
    said = stripped(value)
    if said and not _EMAIL.fullmatch(said):
        raise Invalid(f"Email {said} is not a valid format")
    return said


def integer(value: Any) -> int | None:
    """Return a whole number, None for nothing."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        number = int(value[:40]) if isinstance(value, str) else int(value)
    except (TypeError, ValueError, OverflowError):
        raise Invalid("Invalid integer") from None
    if abs(number) >= 2**63 or (isinstance(value, float) and number != value):
        raise Invalid("Invalid integer")
    return number


def boolean(value: Any) -> bool:
    """Return truth, as CKAN reads it in many words."""
    if isinstance(value, bool | int):
        return bool(value)
    return str(value).lower() in ("true", "yes", "t", "y", "1")


def version(value: Any) -> str:
    """Return a version, a short text."""
    said = text(value)
    if len(said) > VERSION_LENGTH:
        raise Invalid(f"Version must be a maximum of {VERSION_LENGTH} characters long")
    return said


def identifier(value: Any) -> str:
    """Return an id that a client chose: a UUID, or what old portals used in their place."""
    said = text(value)
    if not 7 <= len(said) <= ID_LENGTH or not re.fullmatch(r"[A-Za-z0-9_\-]+", said):
        raise Invalid("Invalid id provided")
    return said
