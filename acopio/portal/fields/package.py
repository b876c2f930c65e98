"""The fields of a dataset and its resources."""

import mimetypes
from collections.abc import Container, Mapping, Sequence
from typing import Any
from uuid import uuid4

from acopio.portal.fields import checks, formats
from acopio.portal.fields.checks import Check, Invalid
from acopio.portal.fields.reading import Errors, dicts
from acopio.portal.fields.reading import read as _read
from acopio.portal.moments import now, stamp
from acopio.portal.packages import RESOURCE_FIELDS

# Enough for any dataset; CKAN has no limit, and dies of a large one.
MOST_RESOURCES = 5_000
MOST_EXTRAS = 1_000
MOST_TAGS = 1_000
MOST_FIELDS = 500

PLAIN: Mapping[str, Check] = {
    "author": checks.text,
    "author_email": checks.email,
    "license_id": checks.text,
    "maintainer": checks.text,
    "maintainer_email": checks.email,
    "notes": checks.text,
    "title": checks.stripped,
    "type": checks.text,
    "url": checks.text,
    "version": checks.version,
}
_RESOURCE: Mapping[str, Check] = {
    **dict.fromkeys(RESOURCE_FIELDS, checks.text),
    "cache_last_updated": checks.moment,
    "created": checks.moment,
    "id": checks.identifier,
    "last_modified": checks.moment,
    "size": checks.integer,
    "url": checks.stripped,
}
# What stays of a resource where an update does not give it, as in CKAN.
_KEPT = ("cache_url", "created", "format", "hash", "last_modified", "name", "size")
# What an extra of a dataset may not be called.
FIELDS = frozenset(
    {*PLAIN, "extras", "groups", "id", "metadata_modified", "name", "owner_org", "plugin_data"}
    | {"private", "relationships_as_object", "relationships_as_subject", "resources"}
    | {"return_to", "save", "state", "tag_string", "tags"}
)
# What is made anew each time a resource is shown.
_COMPUTED = frozenset({"package_id", "position", "datastore_active", "upload", "clear_upload"})


def body(given: Mapping[str, Any], name: str, errors: Errors) -> dict[str, Any]:
    """Return the body of a dataset as it is to be stored, resources aside; note what is wrong."""
    fields = _read(given, PLAIN, errors)
    fields["title"] = fields.get("title") or name
    fields["type"] = fields.get("type") or "dataset"
    return fields | {"extras": extras(given, errors), "tags": tags(given, errors)}


def extras(given: Mapping[str, Any], errors: Errors) -> list[dict[str, Any]]:
    """Return the extras by key, each once; note keys that stand twice."""
    found = pairs(given, FIELDS, errors)
    keys = [key for key, _value in found]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        errors["extras_validation"] = [f'Duplicate key "{twice[0]}"']
    return [{"key": key, "value": value} for key, value in sorted(dict(found).items())]


def pairs(
    given: Mapping[str, Any], fields: frozenset[str], errors: Errors
) -> list[tuple[str, str]]:
    """Return extras as they were given; note what lacks a key or a value, or is a field's name."""
    found: list[tuple[str, str]] = []
    wrong: list[Errors] = []
    for one in bounded(dicts(given, "extras"), MOST_EXTRAS, "extras", errors):
        if one.get("deleted"):
            continue
        said: Errors = {}
        value = _read(one, {"key": checks.text, "value": checks.text}, said)
        if not value["key"]:
            said.setdefault("key", ["Missing value"])
        elif value["key"] in fields:
            said["key"] = ["There is a schema field with the same name"]
        if "value" not in one:
            said["value"] = ["Missing value"]
        found.append((value["key"] or "", value["value"] or ""))
        wrong.append(said)
    if any(wrong):
        errors["extras"] = wrong
    return found


def tags(given: Mapping[str, Any], errors: Errors) -> list[str]:
    """Return the names of the tags, each once, sorted; ``tag_string`` has them with commas."""
    asked: list[Any] = [one.get("name") for one in dicts(given, "tags")]
    if not asked and isinstance(given.get("tag_string"), str):
        asked = [part for part in given["tag_string"].split(",") if part.strip()]
    found: set[str] = set()
    for one in bounded(asked, MOST_TAGS, "tags", errors):
        try:
            found.add(checks.tag(one))
        except Invalid as error:
            errors.setdefault("tags", []).append(str(error))
    return sorted(found)


def resources(
    given: Mapping[str, Any],
    before: Sequence[Mapping[str, Any]] | None,
    stored: Container[str],
    errors: Errors,
) -> list[dict[str, Any]]:
    """Return the resources as they are to be stored, known by their ids.

    ``before``: those the dataset has; None where it is new. ``stored``: the ids of those that have
    a file; another that is said to be an upload has its name alone, as a link to nothing.
    """
    known = {one["id"]: one for one in before or ()}
    made: list[dict[str, Any]] = []
    wrong: list[Errors] = []
    seen: set[str] = set()
    for one in bounded(dicts(given, "resources"), MOST_RESOURCES, "resources", errors):
        fields, said = _fields_of_resource(one)
        number = fields.get("id") or str(uuid4())
        if number in seen:
            said.setdefault("id", []).append("Resource id already exists.")
        seen.add(number)
        old = known.get(number, {})
        if before is not None and one != old and "mimetype" not in one:
            fields["mimetype"] = mimetypes.guess_type(fields.get("url") or "")[0]
        if number not in stored and fields.get("url_type") == "upload":
            fields |= {"url_type": None, "url": _file_name(fields.get("url"))}
        made.append(_resource(fields | {"id": number}, old))
        wrong.append(said)
    if any(wrong):
        errors["resources"] = wrong
    return made


def _fields_of_resource(given: Mapping[str, Any]) -> tuple[dict[str, Any], Errors]:
    kept = {str(key): value for key, value in given.items() if key not in _COMPUTED}
    said: Errors = {}
    if len(kept) > MOST_FIELDS:
        said["__junk"] = [f"No more than {MOST_FIELDS} fields are accepted"]
        kept = {}
    checked = {field: _RESOURCE.get(field, checks.anything) for field in kept}
    return _read(kept, checked, said), said


def _resource(fields: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Return a resource as it is to be stored, in the place of ``old``."""
    made = {**dict.fromkeys(RESOURCE_FIELDS), **{key: old.get(key) for key in _KEPT}, **fields}
    url = made["url"] or ""
    made["url"] = _file_name(url) if made["url_type"] == "upload" else url
    made["url_type"] = made["url_type"] or None
    made["format"] = formats.known_as(made["format"] or "") or formats.guessed(url)
    made["hash"] = made["hash"] or ""
    made["created"] = made["created"] or stamp(now())
    made["state"] = "active"
    made["metadata_modified"] = old.get("metadata_modified")
    if made != old:
        made["metadata_modified"] = stamp(now())
    return made


def _file_name(url: str | None) -> str:
    """Return what is kept of an upload's address: it is made anew each time it is shown."""
    return (url or "").rsplit("/", 1)[-1]


def bounded(values: list[Any], most: int, field: str, errors: Errors) -> list[Any]:
    """Return a list no longer than ``most``, else an empty one and a note."""
    if len(values) > most:
        errors[field] = [f"No more than {most} are accepted"]
        return []
    return values
