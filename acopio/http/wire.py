"""Connections whose every read and write draws on the current budget.

requests and urllib3 know only timeouts a byte; this is where the total deadline and the cancel
event reach the socket: in the headers, between chunks, in TLS and in uploads alike.
"""

import http.client
import io
import socket
from collections.abc import Mapping
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from acopio.http.addresses import is_public
from acopio.http.budget import Budget, current

_BLOCK = 64 * 1024


class _Reader(io.RawIOBase):
    """Reads a socket within a budget. ``held`` keeps the socket open while this is."""

    def __init__(self, connection: socket.socket, held: io.BufferedReader, budget: Budget) -> None:
        self._connection = connection
        self._held = held
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._budget.receive(self._connection, memoryview(buffer))

    def close(self) -> None:
        self._held.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        if budget := current():
            budget.sent += 1
            self.fp = io.BufferedReader(_Reader(sock, self.fp, budget))


def _pieces(data: Any) -> Any:
    """Cut bytes so that a slow link is judged by block; other bodies come in blocks already."""
    if not isinstance(data, bytes | bytearray):
        return [data]
    return [data[start : start + _BLOCK] for start in range(0, len(data), _BLOCK)]


class _Connection(HTTPConnection):
    response_class = _Response

    def send(self, data: Any) -> None:
        for piece in _pieces(data):
            if budget := current():
                budget.check()
            super().send(piece)


class _SecureConnection(HTTPSConnection):
    response_class = _Response

    def send(self, data: Any) -> None:
        for piece in _pieces(data):
            if budget := current():
                budget.check()
            super().send(piece)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Guarded(IPFilterAdapter):  # type: ignore[misc]
    """Connects to the very address that was judged, so that a second look-up cannot differ."""

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        found = super().build_connection_pool_key_attributes(request, verify, cert)
        host, settings = cast("tuple[dict[str, Any], dict[str, Any]]", found)
        if not is_public(str(host["host"])):
            raise InvalidIPAddress(host["host"])
        return host, settings


def adapters() -> Mapping[tuple[str, bool], HTTPAdapter]:
    """Return the adapter for each (scheme, allowed by name)."""
    made: dict[tuple[str, bool], HTTPAdapter] = {
        ("http", False): _Guarded(is_https_proto=False),
        ("https", False): _Guarded(is_https_proto=True),
        ("http", True): HTTPAdapter(),
        ("https", True): HTTPAdapter(),
    }
    for adapter in made.values():
        adapter.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return made
