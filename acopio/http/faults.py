"""What went wrong below, in the words of ``acopio.errors``."""

import socket
import ssl
from collections.abc import Iterator

import requests
from requests_hardened.ip_filter import InvalidIPAddress
from urllib3.exceptions import NewConnectionError

from acopio.errors import BadAnswer, BadTLS, Blocked, SourceError, Truncated, Unreachable
from acopio.http.addresses import shown


class Cut(requests.ConnectionError):
    """The body ended before it was whole."""


# The first that fits an error, or what it wraps, names it.
_NAMES: tuple[tuple[type[Exception], type[SourceError], str], ...] = (
    (InvalidIPAddress, Blocked, "http-private-address"),
    (requests.exceptions.InvalidURL, Blocked, "http-bad-address"),
    (Cut, Truncated, "http-cut"),
    (requests.exceptions.SSLError, BadTLS, "http-bad-tls"),
    (requests.Timeout, Unreachable, "http-timeout"),
    (socket.gaierror, Unreachable, "http-unknown-host"),
    (NewConnectionError, Unreachable, "http-no-connection"),
    (requests.ConnectionError, Unreachable, "http-connection-lost"),
)


def named(error: Exception, host: str, url: str, *, spent: bool) -> SourceError:
    """Return what ``error``, raised while asking ``url``, means. ``spent``: its time was over."""
    params = {"host": host, "url": shown(url)}
    if spent:
        return Unreachable("http-too-slow", **params)
    causes = list(_causes(error))
    for kind, meaning, key in _NAMES:
        if any(isinstance(cause, kind) for cause in causes):
            return meaning(key, reason=_reason(causes), **params)
    return BadAnswer("http-broken-answer", **params)


def repeatable(error: requests.ConnectionError, *, safe: bool) -> bool:
    """Tell whether asking again may help, and does no harm.

    What timed out has waited enough; a name or a certificate does not mend in seconds. A request
    that is not ``safe`` may be repeated only if not a byte of it can have left.
    """
    if isinstance(error, requests.Timeout | requests.exceptions.SSLError):
        return False
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return False
    return safe or any(isinstance(cause, NewConnectionError) for cause in causes)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield ``error`` and what it wraps; urllib3 and requests each have ways of their own."""
    inner: BaseException | None = error
    for _ in range(8):
        if inner is None:
            return
        yield inner
        wrapped = (getattr(inner, "reason", None), *inner.args[:1], inner.__cause__)
        inner = next((one for one in wrapped if isinstance(one, BaseException)), None)


def _reason(causes: list[BaseException]) -> str:
    """Return what OpenSSL says, which is what a webmaster needs; else nothing."""
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        if isinstance(cause, ssl.SSLError):
            return cause.reason or ""
    return ""
