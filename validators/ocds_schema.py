"""The Open Contracting Data Standard's own rules, kept here, in the form libcoveocds reads."""

import json
import tomllib
import zipfile
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

_TAG = "1__1__5"
_DRAFT = "http://json-schema.org/draft-04/schema#"
_BASE = f"https://standard.open-contracting.org/schema/{_TAG}"
_TYPES: Mapping[str, dict[str, Any]] = {
    "text": {"type": ["string"]},
    "date": {"type": ["string"], "format": "date-time"},
    "uri": {"type": ["string"], "format": "uri"},
    "id": {"type": ["string", "integer"]},
    "number": {"type": ["number"]},
    "integer": {"type": ["integer"]},
    "boolean": {"type": ["boolean"]},
    "object": {"type": ["object"]},
}


@cache
def standard() -> bytes:
    """Return the standard's schemas as a zip laid out as its repository is.

    Made from ``config/ocds``: release, release package and record package of version 1.1.
    """
    text = files("acopio.config").joinpath("ocds").joinpath("release-1.1.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    definitions = {name: _object(table) for name, table in tables["definitions"].items()}
    release = _document("release", _object(tables["release"]), definitions)
    package = _object(tables["package"])
    names = {
        "release-schema.json": release,
        "release-package-schema.json": _releases(package, definitions),
        "record-package-schema.json": _records(package, definitions),
        "versioned-release-validation-schema.json": _document(
            "versioned-release-validation", {"type": "object"}, {}
        ),
    }
    body = BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("standard/", "")
        for name, schema in names.items():
            archive.writestr(f"standard/schema/{name}", json.dumps(schema))
        # Closed lists stand in the schema; libcoveocds wants at least one in a file.
        tags = release["properties"]["tag"]["items"]["enum"]
        archive.writestr("standard/schema/codelists/releaseTag.csv", "\n".join(["Code", *tags]))
    return body.getvalue()


def _releases(package: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    schema = _with(package, "releases", _embedded())
    return _document("release-package", schema, {"Publisher": definitions["Publisher"]})


def _records(package: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    linked = _object({"url": "uri!", "date": "date!", "tag": "[text]"})
    record = {
        "type": "object",
        "required": ["ocid", "releases"],
        "properties": {
            "ocid": {"type": "string"},
            "releases": {
                "title": "Releases",
                "oneOf": [{"type": "array", "items": linked, "minItems": 1}, _embedded()],
            },
            "compiledRelease": {"$ref": f"{_BASE}/release-schema.json"},
            # Its schema, which is not kept here, would be fetched.
            "versionedRelease": {"type": "object"},
        },
    }
    items = {"type": "array", "items": {"$ref": "#/definitions/record"}, "minItems": 1}
    schema = _with(package, "records", {**items, "uniqueItems": True})
    schema["properties"]["packages"] = _member("[uri]")
    own = {"Publisher": definitions["Publisher"], "record": record}
    return _document("record-package", schema, own)


def _embedded() -> dict[str, Any]:
    reference = {"$ref": f"{_BASE}/release-schema.json"}
    return {"type": "array", "items": reference, "minItems": 1, "uniqueItems": True}


def _with(package: Mapping[str, Any], name: str, member: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **package,
        "required": [*package["required"], name],
        "properties": {**package["properties"], name: member},
    }


def _document(
    name: str, schema: Mapping[str, Any], definitions: Mapping[str, Any]
) -> dict[str, Any]:
    head = {"$schema": _DRAFT, "id": f"{_BASE}/{name}-schema.json"}
    return {**head, **schema, "definitions": dict(definitions)}


def _object(table: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON Schema of an object whose members are written as in ``config/ocds``."""
    required = [name for name, written in table.items() if written.endswith("!")]
    members = {name: _member(written) for name, written in table.items()}
    schema: dict[str, Any] = {"type": "object", "properties": members}
    return {**schema, "required": required} if required else schema


def _member(written: str) -> dict[str, Any]:
    if written.startswith("["):
        inner = written.strip("[]+!")
        unique = {"uniqueItems": True} if written.endswith("+") else {}
        least = {"minItems": 1} if written.endswith("!") else {}
        return {"type": "array", "items": _value(inner), **unique, **least}
    value = _value(written.rstrip("!"))
    if written.endswith("!"):
        return {**value, "minLength": 1} if "string" in value.get("type", ()) else value
    if "enum" in value:
        return {**value, "type": ["string", "null"], "enum": [*value["enum"], None]}
    return value if "$ref" in value else {**value, "type": [*value["type"], "null"]}


def _value(name: str) -> dict[str, Any]:
    if name in _TYPES:
        return dict(_TYPES[name])
    if name[0].isupper():
        return {"$ref": f"#/definitions/{name}"}
    return {"type": ["string"], "enum": name.split("|")}
