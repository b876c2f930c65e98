"""Which addresses may be asked: http and https, public, or allowed by name.

Source addresses are user input, and so is every redirect they answer with. What the name resolves
to is judged, never how it is written: ``127.1``, ``0x7f000001`` and ``localhost.`` are one place.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_plus, urlsplit

from acopio.errors import Blocked

_PORTS = {"http": 80, "https": 443}

# Beside what ``is_global`` knows: forms that carry an IPv4 address inside, and ranges that lead
# into networks of the provider (RFC 4291, 6052, 3056, 4380, 7526, 3879; IANA's registries).
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(net)
    for net in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2001:20::/28",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
)
# The end of a key, whatever number or word was put behind it.
_SECRET = re.compile(
    r"(?is)(key|token|secret|pass(word|wd|phrase)?|pwd|clave|contrase(ñ|n)a|credentials?|"
    r"sig(nature)?|auth(orization)?)([0-9_.\[\]-].*)?$"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a URL leads. ``host`` is lower case, without a trailing dot or brackets."""

    scheme: str
    host: str
    port: int

    @property
    def name(self) -> str:
        """The host as people and politeness name it: with its port unless it is the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def parse(url: str) -> Address:
    """Return where ``url`` leads. Raises Blocked for what is no plain http or https address."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Blocked("http-bad-address", url=shown(url)) from None
    if parts.scheme not in _PORTS:
        raise Blocked("http-bad-scheme", url=shown(url), scheme=parts.scheme)
    if "@" in parts.netloc:
        raise Blocked("http-credentials-in-address", url=shown(url), host=host)
    if not host.strip(".") or any(c <= " " or c in "\\%\x7f" for c in parts.netloc):
        raise Blocked("http-bad-address", url=shown(url))
    return Address(parts.scheme, host.removesuffix("."), port or _PORTS[parts.scheme])


class Allowed:
    """Hosts that may be asked although private: ``host`` (any port) or ``host:port``."""

    def __init__(self, names: Iterable[str]) -> None:
        self._places = {_place(name) for name in names}

    def __contains__(self, address: Address) -> bool:
        host = _plain(address.host)
        return not self._places.isdisjoint({(host, None), (host, address.port)})


def _place(name: str) -> tuple[str, int | None]:
    """Split ``host``, ``host:port``, ``::1``, ``[::1]`` or ``[::1]:port``."""
    bare_ipv6 = name.count(":") > 1 and not name.startswith("[")
    parts = urlsplit(f"//[{name}]" if bare_ipv6 else f"//{name}")
    return _plain((parts.hostname or "").removesuffix(".")), parts.port


def _plain(host: str) -> str:
    """Return one spelling for an IPv6 address, whatever its zeros."""
    return str(ipaddress.IPv6Address(host)) if ":" in host else host


def is_public(ip: str) -> bool:
    """Tell whether ``ip`` (a literal, in brackets or not) is an address of the open internet."""
    try:
        address = ipaddress.ip_address(ip.strip("[]").partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    unfit = address.is_multicast or not address.is_global
    return not unfit and not any(address in net for net in _NOT_PUBLIC)


def check_resolved(address: Address) -> None:
    """Raise Blocked if any of the host's addresses is not public. One that has none passes."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    if not all(is_public(str(entry[4][0])) for entry in found):
        raise Blocked("http-private-address", host=address.name)


def shown(url: str) -> str:
    """Return ``url`` as it may be shown and logged: cut, without user, fragment or secrets."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "?"
    netloc, query = parts.netloc.rpartition("@")[2], without_secrets(parts.query)
    return parts._replace(netloc=netloc, query=query, fragment="").geturl()[:500]


def without_secrets(query: str) -> str:
    """Return a query with the values of those keys masked that by their names hold secrets."""
    return "&".join(map(_masked, query.split("&")))


def _masked(pair: str) -> str:
    key, equals, _ = pair.partition("=")
    return f"{key}=***" if equals and _SECRET.search(unquote_plus(key)) else pair
