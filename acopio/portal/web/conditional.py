"""What of an answer is asked for: conditions, ranges, codings (RFC 9110, sections 12 to 14)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

# A header's names in any case, as starlette gives them.
Headers = Mapping[str, str]

_TAG = re.compile(r'(W/)?("[^"\x00-\x20\x7f]*")')
# Nineteen digits hold any size; what has more is no range of ours.
_RANGE = re.compile(r"bytes=\s*([0-9]{0,19})-([0-9]{0,19})\s*", re.IGNORECASE)
_CODING = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What tells one version of a resource from another: its strong ETag, quoted, and its date."""

    etag: str
    modified: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A range of bytes that can be had; ``end`` is the first byte after it."""

    start: int
    end: int


class NotSatisfiable(Exception):  # noqa: N818 (a request's fault, told as 416)
    """A range is asked for that lies outside."""


def short_answer(headers: Headers, mark: Mark) -> int | None:
    """Return 304 or 412 where the request's conditions say so, None where it is to be answered.

    Conditions count in the order of RFC 9110, 13.2.2.
    """
    if "if-match" in headers:
        if not _has(headers["if-match"], mark, strong=True):
            return 412
    elif (date := _date(headers, "if-unmodified-since")) and _second(mark) > date:
        return 412
    if "if-none-match" in headers:
        return 304 if _has(headers["if-none-match"], mark, strong=False) else None
    date = _date(headers, "if-modified-since")
    return 304 if date and _second(mark) <= date else None


def names(given: str, etag: str) -> bool:
    """Tell whether an If-None-Match names this ETag, weak or strong (RFC 9110, 8.8.3.2)."""
    return any(tag == etag.removeprefix("W/") for _, tag in _TAG.findall(given))


def part(headers: Headers, size: int, mark: Mark) -> Part | None:
    """Return the range asked for, None where the whole is to be sent. Raises NotSatisfiable.

    A range that cannot be read, and several at once, are answered with the whole, as they may be.
    """
    asked = _RANGE.fullmatch(headers.get("range", ""))
    if asked is None or not any(asked.groups()) or not _range_holds(headers, mark):
        return None
    first, last = asked.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= end:
        raise NotSatisfiable
    return Part(start, end)


def accepts_gzip(headers: Headers) -> bool:
    """Tell whether an answer may be coded with gzip."""
    weights = {}
    for one in headers.get("accept-encoding", "").lower().split(","):
        if found := _CODING.fullmatch(one):
            weights[found[1]] = float(found[2] or 1)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def _range_holds(headers: Headers, mark: Mark) -> bool:
    """Tell whether the part asked for is of this version: else the whole is sent (If-Range)."""
    given = headers.get("if-range")
    if given is None:
        return True
    return given.strip() == mark.etag or _date(headers, "if-range") == _second(mark)


def _has(given: str, mark: Mark, *, strong: bool) -> bool:
    if given.strip() == "*":
        return True
    tags = _TAG.findall(given)
    return any(tag == mark.etag and not (strong and weak) for weak, tag in tags)


def _second(mark: Mark) -> datetime:
    return mark.modified.replace(microsecond=0)


def _date(headers: Headers, name: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(headers.get(name, ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else None
