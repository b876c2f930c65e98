"""Clients for servers on loopback, in a hurry."""

from typing import Any

from acopio.http import Client, Limits
from tests.http_server import Server


def client_for(*servers: Server, cooldown: float = 900, **limits: Any) -> Client:
    """Return a client that may ask these servers, and waits next to nothing between attempts."""
    hurry = {"backoff": 0.001, "read": 2.0, "connect": 2.0} | limits
    return Client(
        allowed_private_hosts=frozenset(server.host for server in servers),
        limits=Limits(cooldown=cooldown, **hurry),
    )
