"""Turn what a portal wrote into typed, bounded values; what cannot be turned is None or empty.

Nothing here raises for bad input: portals write dates as words, sizes as prose and lists as text.
"""

import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

TITLE = 1_000
LINE = 2_000
ADDRESS = 8_000
PROSE = 100_000
VALUE = 20_000
WORD = 200
WORDS = 500

# Unprintable, unstorable (lone surrogates, NUL) or able to show text in another order than it has.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_SPACES = re.compile(r"\s+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_NO_MAIL = "noemailprovided@"
_EMAIL = re.compile(r"[^@\s<>\"',;:]{1,64}@[^@\s<>\"',;:]{1,190}\Z")


def clean(value: str, limit: int) -> str:
    """Return ``value`` without unfit characters, trimmed, at most ``limit`` characters long."""
    if len(value) <= limit and value.isprintable():
        return value.strip()
    cut = value[: limit * 2].strip()
    if not cut.isprintable():
        cut = _UNFIT.sub("", cut).replace("\r\n", "\n").replace("\r", "\n").strip()
    return cut if len(cut) <= limit else cut[: limit - 1].rstrip() + "…"


def text(value: object, limit: int = LINE) -> str:
    """Return a string or number as text; anything else, and a truth value, as ``""``."""
    if isinstance(value, str):
        return clean(value, limit) if value else ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return _number(value)


def _number(value: int | float) -> str:
    try:
        return str(value)[:WORD]
    except ValueError:  # an integer of more than 4,300 digits
        return ""


def line(value: object, limit: int = LINE) -> str:
    """Return ``text`` on one line, its runs of white space made one space."""
    found = text(value, limit)
    return found if found.isprintable() and "  " not in found else _SPACES.sub(" ", found)


def raw(value: object, limit: int = VALUE) -> str:
    """Return any JSON value as text: strings as they are, the rest as JSON; ``""`` for nothing."""
    if isinstance(value, str):
        return clean(value, limit)
    if value is None or value in ([], {}):
        return ""
    return clean(dump(value), limit)


def dump(value: object) -> str:
    """Return ``value`` as JSON, whatever it holds; ``""`` when it is too deep to be written."""
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return ""


def mapping(value: object) -> dict[str, Any]:
    """Return ``value`` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """Return a list as it is, one object or text as a list of it, anything else as an empty one."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict | str) and value else []


def words(values: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct non-empty ``values`` in their order, at most 500."""
    return tuple(dict.fromkeys(value for value in values if value))[:WORDS]


def when(value: object, zone: tzinfo = UTC) -> datetime | date | None:
    """Return an ISO 8601 day as a date and a moment in UTC; None for anything else.

    A moment without an offset is taken to be in ``zone``.
    """
    if not isinstance(value, str) or not 10 <= len(value) <= 40:
        return None
    written = value.strip()
    try:
        if _DATE.match(written):
            return date.fromisoformat(written)
        return _moment(written, zone) if _MOMENT.match(written) else None
    except (ValueError, OverflowError):
        return None


def _moment(written: str, zone: tzinfo) -> datetime:
    moment = datetime.fromisoformat(written)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def zone(name: str) -> tzinfo:
    """Return the time zone of a name as ``America/Lima``; UTC where nobody knows it."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return UTC


def size(value: object) -> int | None:
    """Return a number of bytes given as a number or as digits; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**15:
        return value
    return None


def email(value: object) -> str:
    """Return an e-mail address without ``mailto:``; ``""`` when it does not look like one."""
    found = line(value, 300)
    found = found[7:] if found[:7].lower() == "mailto:" else found
    return found if _EMAIL.match(found) else ""


def person(name: str, mail: str) -> tuple[str, str]:
    """Return a contact's name and address, without those DKAN invents where none was given."""
    if not mail.lower().startswith(_NO_MAIL):
        return name, mail
    return "" if name == "Anonymous" else name, ""


def address(value: object, base: str) -> str:
    """Return a URL, a relative one resolved against the portal's address ``base``."""
    found = text(value, ADDRESS)
    if not found or found.startswith(("http://", "https://")):
        return found
    try:
        return urljoin(base.rstrip("/") + "/", found)
    except ValueError:
        return found


def web_page(value: object) -> str:
    """Return an address a reader may be sent to: http or https; else ``""``."""
    found = text(value, ADDRESS)
    try:
        parts = urlsplit(found)
    except ValueError:
        return ""
    return found if parts.scheme in {"http", "https"} and parts.netloc else ""
