"""Serving the portal from a thread: for the command, the demo and tests alike."""

import asyncio
import errno
import ipaddress
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from acopio.errors import ConfigError
from acopio.portal.site import Site

if TYPE_CHECKING:
    from uvicorn import Server

# How long requests in flight may take to end once the server is told to.
GRACE_SECONDS = 10
_BACKLOG = 2048
_TICK_SECONDS = 0.005


@contextmanager
def serving(site: Site, host: str, port: int) -> Iterator[str]:
    """Serve the portal while the block runs; give its address (``http://host:port``).

    Port 0 takes a free one. Raises ConfigError where it cannot listen.
    """
    with listening(host, port) as door, answering(site, door) as address:
        yield address


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Give a socket that takes connections; they wait until somebody answers.

    First of all, a command can so tell of a taken port before any work. Raises ConfigError.
    """
    try:
        door = _bound(host, port)
    except UnicodeError as error:  # what no name of a host can be
        reason = type(error).__name__
        raise ConfigError("portal-host-unusable", host=host, port=port, reason=reason) from error
    except OSError as error:
        raise _refused(host, port, error) from error
    with door:
        yield door


def _bound(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    # "localhost" is two addresses, and the older one is what people type.
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    door = socket.create_server(address, family=family, backlog=_BACKLOG)
    # Connections inherit it. asyncio would set it itself, but not on sockets made this way; without
    # it head and body of a small answer lie 40 ms apart.
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return door


def _refused(host: str, port: int, error: OSError) -> ConfigError:
    reason = error.strerror or str(error)
    keys = {
        errno.EADDRINUSE: "portal-port-taken",
        errno.EACCES: "portal-port-forbidden",
    }
    key = keys.get(error.errno or 0, "portal-host-unusable")
    return ConfigError(key, host=host, port=port, reason=reason)


@contextmanager
def answering(site: Site, door: socket.socket) -> Iterator[str]:
    """Answer on a listening socket while the block runs; give the address.

    At the end requests in flight are finished, those that take longer than ``GRACE_SECONDS`` cut.
    """
    import uvicorn

    from acopio.portal.web.app import create_app

    config = uvicorn.Config(
        create_app(site),
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    server = uvicorn.Server(config)
    address = _address(door)
    thread = Thread(target=asyncio.run, args=[_run(server, door)], name="portal", daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise ConfigError("portal-not-started", url=address)
            time.sleep(_TICK_SECONDS)
        yield address
    finally:
        server.should_exit = True
        thread.join()


async def _run(server: "Server", door: socket.socket) -> None:
    await server.serve(sockets=[door])
    for connection in server.server_state.connections:
        # Cut off, but full of what its client did not read in time.
        connection.transport.abort()
    await asyncio.sleep(0)


def _is_news(record: logging.LogRecord) -> bool:
    """Leave out the traceback of each request cut at the end: that they were cut is said before."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def _address(door: socket.socket) -> str:
    """Return the address to type: of a socket that listens everywhere, this machine's own."""
    name = door.getsockname()
    number = ipaddress.ip_address(name[0])
    if number.is_unspecified:
        number = ipaddress.ip_address("127.0.0.1" if number.version == 4 else "::1")
    host = f"[{number}]" if number.version == 6 else str(number)
    return f"http://{host}:{name[1]}"
