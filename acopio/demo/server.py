"""A small loopback server for sample portals: the demo's, and the tests'.

``with serve(portal) as url: ...`` answers until the block ends. A portal is an object with a
``path`` (where it is mounted, empty for the root) and an ``answer``; it sees a ``Request`` and
returns an ``Answer``. Nothing but 127.0.0.1 is ever listened on.
"""

import hashlib
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, Protocol
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked: ``path`` below the portal's own, ``base`` the portal's full address."""

    method: str
    path: str
    base: str
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent back; Content-Length is added."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class Portal(Protocol):
    """Something to serve."""

    @property
    def path(self) -> str:
        """Where it is mounted, as ``/norte``; empty for the root."""
        ...

    def answer(self, request: Request) -> Answer:
        """Answer a GET or HEAD request."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A file to download: its bytes, media type and when it was last changed."""

    content: bytes
    media_type: str = "text/csv"
    modified: datetime = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


def send_file(request: Request, body: Body) -> Answer:
    """Answer with a file as RFC 9110 says: validators, conditional requests, one byte range."""
    etag = f'"{hashlib.sha256(body.content).hexdigest()[:16]}"'
    headers = {
        "Content-Type": body.media_type,
        "ETag": etag,
        "Last-Modified": format_datetime(body.modified, usegmt=True),
        "Accept-Ranges": "bytes",
    }
    if _unchanged(request, etag, body.modified):
        return Answer(status=304, headers=headers)
    asked = request.headers.get("range")
    if not asked or request.headers.get("if-range", etag) not in {etag, headers["Last-Modified"]}:
        return Answer(body=body.content, headers=headers)
    return _part(body.content, asked, headers)


def _unchanged(request: Request, etag: str, modified: datetime) -> bool:
    wanted = request.headers.get("if-none-match")
    if wanted is not None:
        return etag in wanted or wanted.strip() == "*"
    since = request.headers.get("if-modified-since")
    try:
        return since is not None and parsedate_to_datetime(since) >= modified
    except (ValueError, TypeError):
        return False


def _part(content: bytes, asked: str, headers: dict[str, str]) -> Answer:
    first, dash, last = asked.removeprefix("bytes=").partition("-")
    if not dash or not first.isdigit() or (last and not last.isdigit()):
        return Answer(body=content, headers=headers)
    start, end = int(first), min(int(last) if last else len(content), len(content) - 1)
    if start > end:
        return Answer(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    ranged = {**headers, "Content-Range": f"bytes {start}-{end}/{len(content)}"}
    return Answer(status=206, body=content[start : end + 1], headers=ranged)


def not_found() -> Answer:
    """Answer as web servers do where there is nothing: an HTML page."""
    page = b"<!DOCTYPE html><html><body><h1>404: no encontrado</h1></body></html>"
    return Answer(status=404, body=page, headers={"Content-Type": "text/html; charset=utf-8"})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    portals: ClassVar[tuple[Portal, ...]] = ()
    port: ClassVar[int] = 0

    def do_GET(self) -> None:
        self._send(self._answer())

    def do_HEAD(self) -> None:
        answer = self._answer()
        length = {"Content-Length": str(len(answer.body))}
        self._send(replace(answer, body=b"", headers={**answer.headers, **length}))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the demo has its own words."""

    def _answer(self) -> Answer:
        parts = urlsplit(self.path)
        here = unquote(parts.path)
        host = f"http://127.0.0.1:{self.port}"
        for portal in sorted(self.portals, key=lambda each: -len(each.path)):
            if here == portal.path or here.startswith(portal.path + "/"):
                query = parse_qs(parts.query, keep_blank_values=True)
                return portal.answer(
                    Request(
                        method=self.command,
                        path=here[len(portal.path) :] or "/",
                        base=host + portal.path,
                        query={name: given[-1] for name, given in query.items()},
                        headers={name.lower(): value for name, value in self.headers.items()},
                    )
                )
        return not_found()

    def _send(self, answer: Answer) -> None:
        headers = {"Content-Length": str(len(answer.body)), **answer.headers}
        try:
            self.send_response(answer.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)
        except ConnectionError:
            self.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # an idle keep-alive connection would hold the end back

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that hung up; anything else is a fault to be seen."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def serve(*portals: Portal, port: int = 0) -> Iterator[str]:
    """Serve the portals on 127.0.0.1 and yield the server's address, without a final slash.

    ``port`` 0 takes a free one. Raises OSError when the port is taken.
    """

    class Handler(_Handler):
        pass

    Handler.portals = portals
    with _Server(("127.0.0.1", port), Handler) as server:
        Handler.port = server.server_port
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
