"""From a package, as ``package_show`` gives it, to the document that is indexed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import blake2b
from itertools import chain
from typing import Any

from tantivy import Document

from acopio.portal.search import schema
from acopio.portal.search.dates import microseconds
from acopio.portal.search.schema import DATES, EXACT, EXTRAS, NUMBERS, OTHERS, TEXT

# Solr's, and CKAN's: other characters are left out of a key.
_NOT_IN_KEYS = re.compile(r"[^0-9A-Za-z_-]")
_RESOURCE = {
    "res_name": "name",
    "res_description": "description",
    "res_format": "format",
    "res_url": "url",
    "res_type": "resource_type",
}
# Each is also found by words that name no field.
_READ = (
    "name", "tags", "groups", "organization", "res_format",
    "res_name", "res_description", "author", "maintainer",
)  # fmt: skip

# Between texts that are treated as one.
_BREAK = "\x1e"

Values = dict[str, list[str]]


def document(package: Mapping[str, Any]) -> Document:
    """Return what of ``package`` is searched, sorted and counted; only its id is stored."""
    extras = dict(_extras(package))
    values = _values(package, extras)
    made = Document()
    made.add_text(schema.KIND, schema.DATASET)
    made.add_text(schema.TITLE_ORDER, schema.folded(_text(package.get("title")))[:200])
    made.add_integer(schema.TIE, _tie(str(package["id"])))
    for name in DATES:
        made.add_integer(name, _microseconds(package.get(name)))
    for name in NUMBERS:
        made.add_integer(name, int(values[name][0]))
    _add_exact(made, values)
    _add_text(made, values, package, extras)
    made.add_text(schema.PRESENT, " ".join({*values, *extras, *DATES}))
    return made


def labels(package: Mapping[str, Any]) -> str:
    """Return who may see a package, as CKAN's permission label."""
    if _active(package) and not package.get("private"):
        return "public"
    if package.get("owner_org"):
        return f"member-{package['owner_org']}"
    return f"creator-{package.get('creator_user_id')}"


def _active(package: Mapping[str, Any]) -> bool:
    return (package.get("state") or "active") == "active"


def _values(package: Mapping[str, Any], extras: Mapping[str, str]) -> Values:
    """Return what can be asked for by field, apart from dates and the words of extras."""
    found: Values = {
        key: [_text(value)]
        for key, value in package.items()
        if isinstance(value, str | int | float) and value != "" and key not in DATES
    }
    for key, value in extras.items():
        found.setdefault(key, [value])
    found["tags"] = _each(package.get("tags"), "name")
    found["groups"] = _each(package.get("groups"), "name")
    found["organization"] = _each([package.get("organization")], "name")
    for field, key in _RESOURCE.items():
        found[field] = _each(package.get("resources"), key)
    found["num_resources"] = [str(len(package.get("resources") or ()))]
    found["num_tags"] = [str(len(found["tags"]))]
    found["title_string"] = [_text(package.get("title"))]
    found["entity_type"] = ["package"]
    found["dataset_type"] = [_text(package.get("type")) or "dataset"]
    found["state"] = [_text(package.get("state")) or "active"]
    found["capacity"] = ["private" if package.get("private") else "public"]
    found["permission_labels"] = [labels(package)]
    return {field: values for field, values in found.items() if any(values)}


def _add_exact(made: Document, values: Values) -> None:
    for field, given in values.items():
        for value in {*given}:
            if not value or len(value) > schema.LONGEST_EXACT:
                continue
            if field in EXACT:
                made.add_text(field, value)
            elif field not in TEXT:
                made.add_text(OTHERS, schema.other(field, value))


def _add_text(
    made: Document, values: Values, package: Mapping[str, Any], extras: Mapping[str, str]
) -> None:
    texts = {field: values[field] for field in TEXT if field in values}
    texts["text"] = [*_each([package.get("organization")], "title"), *extras.values()]
    texts["text"] += chain.from_iterable(values.get(field, ()) for field in _READ)
    for field, given in texts.items():
        made.add_text(schema.whole(field), "\n".join(given))
    pairs = [(field, value) for field, given in texts.items() for value in given]
    words = _plain([*(value for _, value in pairs), *extras.values()])
    for (field, _), value in zip(pairs, words, strict=False):
        made.add_text(field, value)
    if extras:
        # tantivy takes a text that is a date for one: not after a space.
        stemmed = (f" {value}" for value in words[len(pairs) :])
        made.add_json(EXTRAS, dict(zip(extras, stemmed, strict=True)))


def _plain(values: list[str]) -> list[str]:
    """Return what ``schema.plain`` makes of each; at one go that takes a third of the time."""
    if not values:
        return []
    return schema.plain(_BREAK.join(value.replace(_BREAK, " ") for value in values)).split(_BREAK)


def _extras(package: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for extra in package.get("extras") or ():
        key = _NOT_IN_KEYS.sub("", _text(extra.get("key")))
        value = _text(extra.get("value"))
        if key and value:
            yield key, value


def _each(things: Any, key: str) -> list[str]:
    found: Iterable[Any] = things if isinstance(things, list | tuple) else ()
    texts = (_text(thing.get(key)) for thing in found if isinstance(thing, Mapping))
    return [text for text in texts if text]


def _text(value: Any) -> str:
    """Return a value as it is searched for: true and false as in JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else schema.valid(str(value))


def _microseconds(value: Any) -> int:
    try:
        return microseconds(datetime.fromisoformat(str(value)))
    except ValueError:
        return 0


def _tie(identity: str) -> int:
    return int.from_bytes(blake2b(identity.encode("utf-8", "replace"), digest_size=8).digest()) >> 1
