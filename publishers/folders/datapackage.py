"""A release as a Data Package (specification v1): ``datapackage.json``.

Each resource is the file readers want, or the source's address where it is only linked; the files
around it (Parquet twin, original, schema, rejects, log) are listed under its ``files``, so that a
tool that reads every resource as a table reads tables only. Nothing in it tells when it was
written: the same release gives the same bytes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from acopio.model import FileKind, Licence, Release, ReleaseFile, ReleaseResource
from acopio.publishers.names import safe_name

DESCRIPTOR = "datapackage.json"
NO_LICENCE = "licencia no declarada"


def file_names(release: Release) -> dict[tuple[str, FileKind], str]:
    """Return a file name for each file of a release, safe and different whatever the case."""
    taken = {DESCRIPTOR}
    names: dict[tuple[str, FileKind], str] = {}
    for resource in release.resources:
        for file in resource.files:
            stem, dot, ending = safe_name(file.name).partition(".")
            name, number = stem + dot + ending, 2
            while name.casefold() in taken:
                name, number = f"{stem}-{number}{dot}{ending}", number + 1
            taken.add(name.casefold())
            names[resource.id, file.kind] = name
    return names


def descriptor(release: Release, name: str) -> dict[str, Any]:
    """Return the Data Package of a release published under ``name``."""
    dataset = release.dataset
    names = file_names(release)
    licences = list(_licences(dataset.licence))
    described: dict[str, Any] = {
        "profile": "data-package",
        "name": name,
        "id": release.id,
        "acopio_id": release.id,
        "acopio_source": release.source,
        "title": dataset.title,
        "description": dataset.notes,
        "homepage": dataset.landing_page if _is_web(dataset.landing_page) else "",
        "keywords": list(dataset.keywords),
        "licenses": licences,
        "licence_note": "" if dataset.licence else NO_LICENCE,
        "contributors": list(_contributors(release)),
        "themes": list(dataset.themes),
        "issued": _day(dataset.issued),
        "modified": _day(dataset.modified),
        "frequency": dataset.frequency,
        "spatial": dataset.spatial,
        "temporal": dataset.temporal,
        "extras": dict(dataset.extras),
    }
    filled = {key: value for key, value in described.items() if value}
    taken: set[str] = set()
    resources = [_resource(r, names, taken) for r in release.resources]
    return filled | {"title": dataset.title or name, "resources": resources}


def encoded(described: Mapping[str, Any]) -> bytes:
    """Return a descriptor as it is written."""
    text = json.dumps(described, ensure_ascii=False, indent=2) + "\n"
    return text.encode("utf-8", "replace")


def _resource(
    resource: ReleaseResource, names: Mapping[tuple[str, FileKind], str], taken: set[str]
) -> dict[str, Any]:
    main = next((file for file in resource.files if file.kind is FileKind.DATA), None)
    described: dict[str, Any] = {
        "name": resource_name(resource.name, taken),
        "acopio_id": resource.id,
        "title": resource.name,
        "description": resource.description,
        "acopio_state": resource.state,
        "role": resource.role.value,
        "modified": _day(resource.modified),
        "sources": [{"title": resource.name or resource.url, "path": resource.url}],
    }
    if main is None:
        described |= {
            "path": resource.url,
            "format": resource.format,
            "mediatype": resource.media_type,
            "bytes": resource.size,
        }
    else:
        described |= _file(main, names[resource.id, main.kind])
        described |= _tabular(resource, main)
    beside = [
        {"kind": file.kind.value, **_file(file, names[resource.id, file.kind])}
        for file in resource.files
        if file is not main
    ]
    described["files"] = beside
    return {key: value for key, value in described.items() if value not in ("", None, [])}


def _tabular(resource: ReleaseResource, main: ReleaseFile) -> dict[str, Any]:
    if resource.schema is None or main.format != "csv":
        return {}
    return {
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "schema": dict(resource.schema),
    }


def _file(file: ReleaseFile, name: str) -> dict[str, Any]:
    return {
        "path": name,
        "format": file.format,
        "mediatype": file.media_type,
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }


def resource_name(title: str, taken: set[str]) -> str:
    """Return a name for a resource, of ``a-z0-9-``, unlike those taken; it is taken then."""
    from slugify import slugify

    # Half a surrogate pair is no letter, and not every transliterator puts up with it.
    plain = title.encode("utf-8", "ignore").decode()
    base = slugify(plain, max_length=80) or "recurso"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    taken.add(name)
    return name


def _licences(licence: Licence | None) -> Iterator[dict[str, str]]:
    """Yield the licence as declared, in the form the specification allows; nothing is added."""
    if licence is None:
        return
    plain = licence.id if re.fullmatch(r"[-a-zA-Z0-9._]+", licence.id) else ""
    declared = {
        "name": plain,
        "path": licence.url if _is_web(licence.url) else "",
        "title": licence.title or ("" if plain else licence.id),
    }
    filled = {key: value for key, value in declared.items() if value}
    if "name" in filled or "path" in filled:
        yield filled
    elif filled:
        yield {"name": "other", **filled}


def _contributors(release: Release) -> Iterator[dict[str, str]]:
    publisher, contact = release.dataset.publisher, release.dataset.contact
    title = (publisher and publisher.title) or release.organization.title
    if title or release.organization.name:
        yield {"title": title or release.organization.name, "role": "publisher"}
    if contact and (contact.name or contact.email):
        said = {"title": contact.name or contact.email, "role": "contact", "email": contact.email}
        yield {key: value for key, value in said.items() if value}


def _is_web(url: str) -> bool:
    return re.match(r"https?://[^\s]+$", url) is not None


def _day(moment: datetime | date | None) -> str:
    return moment.isoformat() if moment else ""
