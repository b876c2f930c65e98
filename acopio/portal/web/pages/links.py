"""Addresses on pages: those that lead elsewhere, and those of the same page asked otherwise."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode, urlsplit

# What may become a link; anything else a source wrote stays text.
_SCHEMES = frozenset({"http", "https", "ftp"})
_LONGEST = 2_000


def outward(url: object) -> str | None:
    """Return an address that a page may link to, None for any other."""
    said = str(url or "").strip()
    if len(said) > _LONGEST or any(ord(letter) < 33 or letter in '\\<>"' for letter in said):
        return None
    try:
        parts = urlsplit(said)
    except ValueError:
        return None
    return said if parts.scheme.lower() in _SCHEMES and parts.netloc else None


def host(url: object) -> str:
    """Return the host of an address, for people; empty if it is none."""
    found = outward(url)
    return (urlsplit(found).hostname or "") if found else ""


def page(*parts: str, **query: object) -> str:
    """Return an address here: ``page("dataset", "obras", pagina=2)``."""
    path = "/" + "/".join(quote(part, safe="") for part in parts)
    given = [(name, str(value)) for name, value in query.items() if value not in (None, "")]
    return f"{path}?{urlencode(given)}" if given else path


def asking(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return ``path`` with a query."""
    text = urlencode([(name, value) for name, value in pairs if value])
    return f"{path}?{text}" if text else path


def changed(path: str, query: Mapping[str, str], **changes: object) -> str:
    """Return ``path`` with its query changed; None or the empty text takes a parameter out."""
    wanted = {**query, **{name: str(value or "") for name, value in changes.items()}}
    return asking(path, wanted.items())
