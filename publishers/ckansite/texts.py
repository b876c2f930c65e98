"""Make what sources wrote acceptable to CKAN, its database and its index.

Measured on CKAN 2.12: NUL and lone surrogates are answered with 500; a Solr term longer than
32,766 bytes, an extra ``*_date`` with a time zone or named like one of the index's numbers, too.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

# What PostgreSQL or XML cannot hold.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Longest exact term of Solr, less the mark that something was cut.
TERM_BYTES = 32_000
NOTES_CHARACTERS = 200_000
KEY_CHARACTERS = 100

# A dataset's own fields may not be extras (409); these would be taken for fields of the index.
_FIELDS = frozenset(
    {
        "id",
        "name",
        "title",
        "author",
        "author_email",
        "maintainer",
        "maintainer_email",
        "license_id",
        "license_title",
        "license_url",
        "notes",
        "url",
        "version",
        "state",
        "type",
        "owner_org",
        "private",
        "resources",
        "tags",
        "tag_string",
        "extras",
        "groups",
        "organization",
        "save",
        "return_to",
        "relationships_as_object",
        "relationships_as_subject",
        "metadata_created",
        "metadata_modified",
        "creator_user_id",
        "isopen",
        "num_resources",
        "num_tags",
        "plugin_data",
        "views_total",
        "views_recent",
        "resources_accessed_total",
        "resources_accessed_recent",
        "_version_",
        "log_message",
        "__extras",
        "__junk",
        "__before",
        "__after",
    }
)
_PREFIXES = ("res_", "vocab_", "extras_")


def storable(text: str, limit: int = NOTES_CHARACTERS) -> str:
    """Return ``text`` without what cannot be stored, cut at ``limit`` characters."""
    clean = _UNSTORABLE.sub("", text).strip()
    return clean if len(clean) <= limit else clean[: limit - 1].rstrip() + "…"


def term(text: str) -> str:
    """Return ``text`` short enough to be one exact term of the index."""
    clean = storable(text, TERM_BYTES)
    data = clean.encode()
    if len(data) <= TERM_BYTES:
        return clean
    return data[:TERM_BYTES].decode(errors="ignore").rstrip() + "…"


def tags(keywords: Iterator[str] | tuple[str, ...]) -> list[str]:
    """Return keywords as tags: letters, digits, space and ``-_.``, 2 to 100 of them, each once."""
    found: dict[str, None] = {}
    for keyword in keywords:
        composed = unicodedata.normalize("NFC", storable(keyword))
        words = re.sub(r"[^\w \-.]+|\s+", " ", composed)
        tag = re.sub(r" +", " ", words).strip()[:100].strip()
        if len(tag) >= 2:
            found.setdefault(tag)
    return sorted(found)


def email(address: str) -> str:
    """Return an address CKAN takes for one, else nothing."""
    plain = storable(address, 254)
    return (
        plain
        if re.fullmatch(r"[A-Za-z0-9._%+\-]+@(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,}", plain)
        else ""
    )


def extras(declared: Mapping[str, str]) -> dict[str, str]:
    """Return a source's own extras under keys that break nothing; a key is never lost."""
    found: dict[str, str] = {}
    for key, value in declared.items():
        safe, text = _dated(_key(key), term(value))
        candidate, number = safe, 2
        while candidate in found:
            candidate, number = f"{safe}_{number}", number + 1
        found[candidate] = text
    return found


def _key(key: str) -> str:
    plain = storable(key, KEY_CHARACTERS) or "sin nombre"
    indexed = re.sub(r"[^0-9A-Za-z_\-]", "", plain)  # what the index makes of it
    own = indexed in _FIELDS or plain in _FIELDS or indexed.startswith(_PREFIXES)
    return f"source_{plain}" if own or plain.startswith("acopio_") else plain


def _dated(key: str, value: str) -> tuple[str, str]:
    """Return key and value so that the index, which reads ``*_date`` as a moment, can do so."""
    if not re.sub(r"[^0-9A-Za-z_\-]", "", key).endswith("_date"):
        return key, value
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo:
            value = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    except (ValueError, OverflowError):
        return f"{key}_text", value
    return key, value
