"""Requests as they are answered: counted for ``/metrics``, and logged where that is asked for.

The log says what was asked and how it went, never by whom; a query may hold what somebody looked
for, so it stays out as well.
"""

import logging
import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

# Seconds: a page is to take 0.05, a download may take minutes.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})

Count = Callable[[str, str, int, float], None]


def counting(registry: CollectorRegistry) -> Count:
    """Return what notes one request: method, route, status and seconds."""
    requests = Counter(
        "acopio_http_requests",
        "Requests answered.",
        ["method", "route", "status"],
        registry=registry,
    )
    seconds = Histogram(
        "acopio_http_request_seconds",
        "Seconds until a request was answered whole.",
        ["route"],
        buckets=_BUCKETS,
        registry=registry,
    )

    def count(method: str, route: str, status: int, took: float) -> None:
        requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        seconds.labels(route).observe(took)

    return count


class Measured:
    """ASGI middleware that notes each request once it is over, however it ended."""

    def __init__(self, app: ASGIApp, count: Count) -> None:
        self._app = app
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            took = time.perf_counter() - began
            self._count(scope["method"], route_of(scope), status, took)
            log.info("%s %s %d %.3f s", scope["method"], scope["path"], status, took)


def route_of(scope: Scope) -> str:
    """Return the route's pattern, of which there are few; never the address asked for."""
    route = scope.get("route")
    return str(getattr(route, "path", "")) or "none"
