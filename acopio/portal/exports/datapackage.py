"""A dataset as a Data Package (specification v1), made from what ``package_show`` gives.

The other exports are made from it, so that all say the same.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from acopio.publishers.ckansite.record import MARK
from acopio.publishers.folders.datapackage import resource_name

Descriptor = dict[str, Any]

# Extras that have a field of their own in a data package, or are ours alone.
_OWN = {
    "acopio_id",
    "acopio_source",
    "acopio_source_id",
    "frequency",
    "issued",
    "licence",
    "licence_url",
    "modified",
    "spatial_text",
    "temporal",
    "theme",
    MARK,
}


def descriptor(
    package: Mapping[str, Any], base: str, schemas: Mapping[str, Mapping[str, Any]]
) -> Descriptor:
    """Return the data package of a dataset; ``schemas`` are Table Schemas by resource id."""
    extras = {one["key"]: one["value"] for one in package["extras"]}
    described = {
        "profile": "data-package",
        "name": package["name"],
        "id": package["id"],
        "acopio_id": extras.get("acopio_id"),
        "acopio_source": extras.get("acopio_source"),
        "title": package["title"],
        "description": package["notes"],
        "homepage": web(package["url"]) or f"{base}/dataset/{package['name']}",
        "keywords": [tag["name"] for tag in package["tags"]],
        "licenses": list(_licences(package, extras)),
        "licence_note": "" if extras.get("licence_url") else extras.get("licence"),
        "contributors": list(_contributors(package)),
        "themes": [theme for theme in (extras.get("theme") or "").split("; ") if theme],
        "created": f"{package['metadata_created']}Z",
        "issued": extras.get("issued"),
        # The source's own word or none: when we wrote it is ``updated``.
        "modified": extras.get("modified"),
        "updated": f"{package['metadata_modified']}Z",
        "frequency": extras.get("frequency"),
        "spatial": extras.get("spatial_text"),
        "temporal": extras.get("temporal"),
        "extras": {key: value for key, value in extras.items() if key not in _OWN},
    }
    taken: set[str] = set()
    resources = [_resource(one, schemas.get(one["id"]), taken) for one in package["resources"]]
    filled = {key: value for key, value in described.items() if value}
    return filled | {"title": package["title"], "resources": resources}


def _resource(
    one: Mapping[str, Any], schema: Mapping[str, Any] | None, taken: set[str]
) -> Descriptor:
    described = {
        "name": resource_name(one["name"] or "", taken),
        "id": one["id"],
        "title": one["name"],
        "description": one["description"],
        "path": one["url"],
        "format": (one["format"] or "").lower(),
        "mediatype": one["mimetype"],
        "bytes": one["size"],
        "hash": one["hash"],
        "modified": _modified(one),
        "acopio_state": one.get("acopio_state"),
        "role": one.get("acopio_role") or "data",
    }
    if schema and one["format"] == "CSV" and one["url_type"] == "upload":
        described |= {"profile": "tabular-data-resource", "encoding": "utf-8", "schema": schema}
    return {key: value for key, value in described.items() if value not in ("", None)}


def _modified(one: Mapping[str, Any]) -> str | None:
    """Return when a linked file changed; of an upload we know only when we stored it."""
    said = one["last_modified"]
    return f"{said}Z" if said and one["url_type"] != "upload" else None


def _licences(package: Mapping[str, Any], extras: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the licence as declared; one only named in words stays ``licence_note``."""
    number = package["license_id"] or ""
    path = web(package.get("license_url") or extras.get("licence_url"))
    if not number and not path:
        return
    title = package["license_title"] if number else extras.get("licence")
    plain = number if re.fullmatch(r"[-a-zA-Z0-9._]+", number) else ""
    said = {"name": plain, "path": path, "title": title or ""}
    yield {key: value for key, value in said.items() if value}


def _contributors(package: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    organization = package["organization"] or {}
    title = package["author"] or organization.get("title") or organization.get("name")
    if title:
        yield {"title": title, "role": "publisher"}
    name, email = package["maintainer"], package["maintainer_email"]
    if name or email:
        said = {"title": name or email, "role": "contact", "email": email}
        yield {key: value for key, value in said.items() if value}


def web(address: Any) -> str:
    """Return an address if it is one of the web, else nothing."""
    said = address if isinstance(address, str) else ""
    return said if re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", said) else ""
