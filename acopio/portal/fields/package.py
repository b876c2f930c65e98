"""The fields of a dataset and its resources."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from acopio.portal.fields import checks, formats
from acopio.portal.fields.checks import Check, Invalid
from acopio.portal.fields.reading import Errors, dicts, read
from acopio.portal.moments import now, stamp
from acopio.portal.packages import RESOURCE_FIELDS

# Enough for any dataset; CKAN has no limit, and dies of a large one.
MOST_RESOURCES = 5_000
MOST_EXTRAS = 1_000
MOST_TAGS = 1_000

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
    "id": checks.identifier,
    "size": checks.integer,
    "url": checks.stripped,
}
# What is made anew each time a resource is shown.
_COMPUTED = frozenset({"package_id", "position", "datastore_active", "upload", "clear_upload"})


def body(given: Mapping[str, Any], name: str, errors: Errors) -> dict[str, Any]:
    """Return the body of a dataset as it is to be stored, resources aside; note what is wrong."""
    fields = read(given, PLAIN, errors)
    fields["title"] = fields.get("title") or name
    fields["type"] = fields.get("type") or "dataset"
    return fields | {"extras": extras(given, errors), "tags": tags(given, errors)}


def extras(given: Mapping[str, Any], errors: Errors) -> list[dict[str, Any]]:
    """Return the extras by key; note keys that are missing or stand twice."""
    found: dict[str, Any] = {}
    wrong: list[dict[str, list[str]]] = []
    for one in _bounded(dicts(given, "extras"), MOST_EXTRAS, "extras", errors):
        if one.get("state") == "deleted":
            continue
        said = _one(one, {"key": checks.stripped, "value": checks.text}, ("key",))
        wrong.append(said[1])
        key = said[0].get("key")
        if key in found:
            errors.setdefault("extras_validation", []).append(f'Duplicate key "{key}"')
        elif key:
            found[key] = said[0].get("value")
    if any(wrong):
        errors["extras"] = wrong
    return [{"key": key, "value": value or ""} for key, value in sorted(found.items())]


def tags(given: Mapping[str, Any], errors: Errors) -> list[str]:
    """Return the names of the tags, each once, sorted; ``tag_string`` has them with commas."""
    asked: list[Any] = [one.get("name") for one in dicts(given, "tags")]
    if not asked and isinstance(given.get("tag_string"), str):
        asked = [part for part in given["tag_string"].split(",") if part.strip()]
    found: set[str] = set()
    for one in _bounded(asked, MOST_TAGS, "tags", errors):
        try:
            found.add(checks.tag("" if one is None else one))
        except Invalid as error:
            errors.setdefault("tags", []).append(str(error))
    return sorted(found)


def resources(
    given: Mapping[str, Any], before: Sequence[Mapping[str, Any]], errors: Errors
) -> list[dict[str, Any]]:
    """Return the resources as they are to be stored, known by their ids."""
    known = {one["id"]: one for one in before}
    made: list[dict[str, Any]] = []
    wrong: list[dict[str, list[str]]] = []
    for one in _bounded(dicts(given, "resources"), MOST_RESOURCES, "resources", errors):
        resource, said = _resource(one, known)
        if resource["id"] in {other["id"] for other in made}:
            said.setdefault("id", []).append("Resource id already exists.")
        made.append(resource)
        wrong.append(said)
    if any(wrong):
        errors["resources"] = wrong
    return made


def _resource(
    given: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, Any], Errors]:
    kept = {str(key): value for key, value in given.items() if key not in _COMPUTED}
    fields, said = _one(kept, {**dict.fromkeys(kept, checks.text), **_RESOURCE}, ())
    number = fields.get("id") or str(uuid4())
    old = known.get(number, {})
    url = fields.get("url") or ""
    upload = fields.get("url_type") == "upload"
    made = {**dict.fromkeys(RESOURCE_FIELDS), **fields, "id": number, "state": "active"}
    made["url"] = url.rsplit("/", 1)[-1] if upload else url
    made["url_type"] = fields.get("url_type") or None
    made["format"] = formats.known_as(fields.get("format") or "") or formats.guessed(url)
    made["hash"] = fields.get("hash") or ""
    made["created"] = old.get("created") or stamp(now())
    made["metadata_modified"] = old.get("metadata_modified")
    if made != old:
        made["metadata_modified"] = stamp(now())
    return made, said


def _one(
    given: Mapping[str, Any], table: Mapping[str, Check], required: tuple[str, ...]
) -> tuple[dict[str, Any], Errors]:
    said: Errors = {field: ["Missing value"] for field in required if not given.get(field)}
    return read(given, table, said), said


def _bounded(values: list[Any], most: int, field: str, errors: Errors) -> list[Any]:
    if len(values) > most:
        errors[field] = [f"No more than {most} are accepted"]
        return []
    return values
