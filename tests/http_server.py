"""A real HTTP server on loopback that answers as a test tells it to, however badly.

    with serving(lambda ask: ask.reply(b"hello")) as server:
        requests.get(server.url + "/any")

A handler gets an ``Exchange``: what was asked, and the socket to answer on. ``server.asked`` lists
what came, in order.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Exchange:
    """One request to be answered; ``number`` counts the server's requests from 1."""

    def __init__(self, asked: Asked, number: int, handler: BaseHTTPRequestHandler) -> None:
        self.asked = asked
        self.number = number
        self.path = asked.path
        self.headers = asked.headers
        self._handler = handler

    def reply(
        self, body: bytes = b"", status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer properly, with a Content-Length unless ``headers`` has one."""
        said = {"Content-Length": str(len(body)), **(headers or {})}
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{k}: {v}" for k, v in said.items()), "", ""]
        self.send("\r\n".join(lines).encode("latin-1") + body)

    def send(self, data: bytes) -> None:
        """Put these bytes on the wire, whatever they are."""
        with suppress(OSError):
            self._handler.wfile.write(data)
            self._handler.wfile.flush()

    def hang_up(self) -> None:
        """Close the connection."""
        self._handler.close_connection = True
        with suppress(OSError):
            self._handler.connection.shutdown(socket.SHUT_RDWR)


Handler = Callable[[Exchange], None]


class Server:
    """Where it listens and what it was asked."""

    def __init__(self, scheme: str, port: int) -> None:
        self.port = port
        self.host = f"127.0.0.1:{port}"
        self.url = f"{scheme}://{self.host}"
        self.asked: list[Asked] = []
        self.ended = threading.Event()
        self._lock = threading.Lock()

    def note(self, asked: Asked) -> int:
        """Keep a request; return its number."""
        with self._lock:
            self.asked.append(asked)
            return len(self.asked)

    def paths(self) -> list[str]:
        """Return what was asked for, in order."""
        return [asked.path for asked in self.asked]


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that give up are what these tests are about."""


@contextmanager
def serving(handler: Handler, certificate: Path | None = None) -> Iterator[Server]:
    """Serve while the block runs; with TLS if given a PEM file of key and certificate."""

    class _Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", "0")))
            asked = Asked(self.command, self.path, headers, body)
            handler(Exchange(asked, server.note(asked), self))

        do_GET = do_POST = do_HEAD = _answer  # noqa: N815

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with _Quiet(("127.0.0.1", 0), _Handler) as listener:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            listener.socket = context.wrap_socket(listener.socket, server_side=True)
        server = Server("https" if certificate else "http", listener.server_address[1])
        thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            listener.shutdown()
            thread.join()
