"""Strangers' texts and addresses, so that XML and RDF can hold them."""

import re
from typing import Any
from urllib.parse import quote


def storable(text: str) -> str:
    """Return text without what XML cannot hold."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)


def iri(text: Any) -> str:
    """Return an address as an IRI that can stand in RDF, or nothing if it is none."""
    said = str(text or "").strip()
    if not re.match(r"(https?|ftp)://", said):
        return ""
    return re.sub(r"[\x00-\x20<>\"{}|\\^`]", lambda found: quote(found.group()), storable(said))
