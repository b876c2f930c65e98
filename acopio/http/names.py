"""What to call a downloaded file: what the server says, or the last part of its address."""

import re
import unicodedata
from contextlib import suppress
from urllib.parse import unquote, unquote_to_bytes, urlsplit

_PARAMETER = re.compile(r';\s*(filename\*?)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.IGNORECASE)
_LONGEST = 150
_LONGEST_SUFFIX = 16
_NAMELESS = "download"


def file_name(disposition: str, url: str) -> str:
    """Return a name that is safe as one path component, of at most 150 characters.

    ``disposition`` is the Content-Disposition header (RFC 6266), or empty; ``filename*`` goes
    before ``filename``. Never empty, a path, hidden, or with control characters.
    """
    path = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return _safe(_declared(disposition[:4096])) or _safe(unquote(path)) or _NAMELESS


def _declared(disposition: str) -> str:
    found = {name.lower(): value.strip() for name, value in _PARAMETER.findall(";" + disposition)}
    return _extended(found.get("filename*", "")) or _plain(found.get("filename", ""))


def _extended(value: str) -> str:
    """Decode RFC 8187: ``UTF-8''a%C3%B1o.csv``; empty if it is not that."""
    charset, quote, rest = value.strip('"').partition("'")
    _, second, encoded = rest.partition("'")
    if not (quote and second):
        return ""
    try:
        return unquote_to_bytes(encoded).decode(charset)
    except (LookupError, ValueError):
        return ""


def _plain(value: str) -> str:
    """Unquote. Headers are read as Latin-1, yet most servers write UTF-8 in them."""
    if value.startswith('"'):
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    with suppress(ValueError):
        value = value.encode("latin-1").decode("utf-8")
    return unquote(value) if re.search(r"%[0-9A-Fa-f]{2}", value) else value


def _safe(name: str) -> str:
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = "".join("_" if c in '<>:"|?*' else c for c in name if c.isprintable())
    name = name.strip().lstrip(".").rstrip(". ")
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > _LONGEST_SUFFIX:
        return name[:_LONGEST]
    return f"{stem[: _LONGEST - len(suffix) - 1]}.{suffix}"
