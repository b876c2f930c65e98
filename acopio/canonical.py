"""Canonical JSON: one text for one value, so that a hash can stand for it.

Keys are sorted, there is no white space, text is UTF-8 and not escaped, moments are ISO 8601.
Dataclasses of ``acopio.model`` go out and come back through pydantic, which knows their types.
"""

import hashlib
import json
from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

T = TypeVar("T")


@cache
def _adapter(kind: Hashable) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(cast("Any", kind))


def dumps(value: Any) -> str:
    """Return plain data (dicts, lists, texts, numbers) as canonical JSON."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def to_json(value: Any) -> str:
    """Return a dataclass of the model as canonical JSON."""
    return dumps(_adapter(cast("Hashable", type(value))).dump_python(value, mode="json"))


def from_json(kind: type[T], text: str) -> T:
    """Return the dataclass that ``to_json`` wrote."""
    return cast("T", _adapter(cast("Hashable", kind)).validate_json(text))


def to_plain(value: Any) -> dict[str, Any]:
    """Return a dataclass of the model as plain data."""
    return cast(
        "dict[str, Any]", _adapter(cast("Hashable", type(value))).dump_python(value, mode="json")
    )


def digest(*parts: str) -> str:
    """Return the SHA-256, in hex, of texts; their borders count."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        total.update(b"%d:" % len(data) + data)
    return total.hexdigest()
