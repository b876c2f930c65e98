"""Answers: their bodies, within bounds, and what their statuses mean."""

import json
from collections.abc import Callable, Iterator
from email.utils import mktime_tz, parsedate_tz
from time import time
from typing import Any

import requests
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError
from urllib3.response import HTTPResponse

from acopio.errors import BadAnswer, Blocked, NotFound, SourceError, TooLarge, Unreachable
from acopio.http.addresses import parse, shown
from acopio.http.faults import Cut

_CHUNK = 64 * 1024
_STATUSES: dict[int, tuple[type[SourceError], str]] = {
    401: (Blocked, "http-forbidden"),
    403: (Blocked, "http-forbidden"),
    404: (NotFound, "http-not-found"),
    410: (NotFound, "http-gone"),
    502: (Unreachable, "http-out-of-service"),
    503: (Unreachable, "http-out-of-service"),
    504: (Unreachable, "http-out-of-service"),
}

Consume = Callable[[requests.Response], None]


def check_status(response: requests.Response) -> None:
    """Raise what a status other than 2xx means."""
    if 200 <= response.status_code < 300:
        return
    kind, key = _STATUSES.get(response.status_code, (BadAnswer, "http-bad-status"))
    url = response.url
    raise kind(key, status=response.status_code, url=shown(url), host=parse(url).name)


def retry_after(response: requests.Response) -> float | None:
    """Return the seconds a host asks to be left alone, or None if it does not, or mumbles.

    RFC 9110, section 10.2.3: seconds or a date; a date gone by is 0.
    """
    value = response.headers.get("Retry-After", "").strip()[:64]
    if value.isascii() and value.isdigit():
        return float(value)
    date = parsedate_tz(value)
    try:
        return max(0.0, mktime_tz(date) - time()) if date else None
    except (ValueError, OverflowError):
        return None


def announced(response: requests.Response) -> int | None:
    """Return the Content-Length, or None where there is none that can be believed."""
    value = response.headers.get("Content-Length", "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def is_encoded(response: requests.Response) -> bool:
    """Tell whether the body comes compressed, so that its length and ranges are not the file's."""
    return response.headers.get("Content-Encoding", "identity").strip().lower() not in (
        "",
        "identity",
    )


def pieces(response: requests.Response) -> Iterator[bytes]:
    """Yield the body, decoded, in pieces of at most 64 KiB.

    Raises Cut when it ends too early, requests.Timeout, and BadAnswer for what cannot be decoded.
    """
    encodings = response.headers.get("Content-Encoding", "").lower().split(",")
    unknown = {e.strip() for e in encodings} - {"", "identity", *HTTPResponse.CONTENT_DECODERS}
    if unknown:
        raise BadAnswer("http-undecodable", url=shown(response.url), encoding=min(unknown)[:40])
    try:
        # ``read`` and ``stream`` would drop what came just before a cut, and it can be kept.
        while piece := response.raw.read1(_CHUNK, decode_content=True):
            yield piece
    except ReadTimeoutError as error:
        raise requests.ReadTimeout(error, request=response.request) from None
    except DecodeError:
        encoding = ", ".join(encodings)[:40]
        raise BadAnswer("http-undecodable", url=shown(response.url), encoding=encoding) from None
    except HTTPError as error:
        raise Cut(error, request=response.request) from None


def check_size(response: requests.Response, size: int | None, limit: int) -> None:
    """Raise TooLarge if ``size`` is known and above ``limit``, both in bytes."""
    if size is not None and size > limit:
        raise TooLarge("http-too-large", url=shown(response.url), limit=limit, size=size)


def whole(limit: int) -> Consume:
    """Return what reads a body into memory, so that ``response.content`` has it.

    The reader raises TooLarge above ``limit`` bytes, as announced or as they unfold.
    """

    def consume(response: requests.Response) -> None:
        if response.request.method != "HEAD":
            check_size(response, announced(response), limit)
        body = bytearray()
        for piece in pieces(response):
            body += piece
            check_size(response, len(body), limit)
        keep(response, bytes(body))

    return consume


def keep(response: requests.Response, body: bytes) -> None:
    """Make ``body`` the response's content, as requests does when it reads one itself."""
    response._content = body
    response._content_consumed = True  # type: ignore[attr-defined]


def as_json(response: requests.Response) -> Any:
    """Return the JSON in a response. Raises BadAnswer, saying what came instead.

    ``NaN`` and infinities, which are no JSON but which Python servers write, become None.
    """
    try:
        return json.loads(_text(response), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        raise BadAnswer(_instead_of_json(response), url=shown(response.url)) from None


def _text(response: requests.Response) -> str:
    """Decode as RFC 8259 says, UTF-8; some portals keep to an older charset and declare it."""
    try:
        return response.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = response.encoding or "ascii"
    try:
        return response.content.decode(declared)
    except LookupError as error:
        raise ValueError(declared) from error


def _instead_of_json(response: requests.Response) -> str:
    start = response.content.lstrip()[:512].lower()
    if not start:
        return "http-nothing-instead-of-json"
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return "http-page-instead-of-json"
    return "http-not-json"
