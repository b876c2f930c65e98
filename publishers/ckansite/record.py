"""A release as the fields CKAN is given, and CKAN's package as the same fields.

Fields are flat, so that each can be compared with what was written before: ``title``,
``extras.KEY``, ``resources.ID.ATTRIBUTE``, with our ids. Lists and absent values have one form:
tags are sorted, ``None`` is the empty text.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote, unquote
from uuid import NAMESPACE_URL, uuid5

from acopio.model import (
    FileKind,
    Licence,
    Release,
    ReleaseFile,
    ReleaseResource,
    Role,
    Target,
    TargetFiles,
)
from acopio.publishers.ckansite.texts import email, extras, storable, tags, term

Fields = dict[str, Any]

PLAIN = (
    "title",
    "notes",
    "url",
    "license_id",
    "author",
    "maintainer",
    "maintainer_email",
    "owner_org",
)
ATTRIBUTES = (
    "name",
    "description",
    "format",
    "mimetype",
    "url",
    "size",
    "hash",
    "acopio_state",
    "acopio_role",
    "acopio_sha256",
)
# Ours alone, and not content: the mark of what was last written.
MARK = "acopio_written"
# What the country's policy says of a dataset whose licence nobody declared.
NO_LICENCE = "licencia no declarada"


# The field of ``Dataset`` that each comes from, where the name is another.
_FROM = {
    "tags": "keywords",
    "license_id": "licence",
    "author": "publisher",
    "owner_org": "publisher",
    "maintainer": "contact",
    "maintainer_email": "contact",
    "url": "landing_page",
}


def dataset_field(key: str) -> str:
    """Return the field of ``Dataset`` that one of these flat fields comes from."""
    first = key.partition(".")[0]
    return _FROM.get(first, first)


def data_file(resource: ReleaseResource, target: Target) -> ReleaseFile | None:
    """Return the file a target that takes uploads is given of a resource, if any."""
    if target.files is not TargetFiles.UPLOAD:
        return None
    return next((file for file in resource.files if file.kind is FileKind.DATA), None)


def with_twins(release: Release, target: Target) -> list[ReleaseResource]:
    """Return the resources to publish: with Parquet twins of their own if the target asks."""
    shown: list[ReleaseResource] = []
    for resource in release.resources:
        shown.append(resource)
        twin = next((file for file in resource.files if file.kind is FileKind.PARQUET), None)
        uploads = target.files is TargetFiles.UPLOAD
        # The built-in portal shows twins without being asked: its row tables are made of them.
        if twin and uploads and target.options.get("parquet", target.kind == "portal") is True:
            shown.append(_twin(resource, twin))
    return shown


def twin_id(resource: str) -> str:
    """Return the id of a resource's Parquet twin, a resource of its own."""
    return str(uuid5(NAMESPACE_URL, f"acopio:{resource}:parquet"))


def _twin(resource: ReleaseResource, file: ReleaseFile) -> ReleaseResource:
    from dataclasses import replace

    served = replace(file, kind=FileKind.DATA)
    return replace(
        resource,
        id=twin_id(resource.id),
        name=f"{resource.name} (Parquet)",
        files=(served,),
    )


def desired(release: Release, target: Target, licences: Mapping[str, str], owner: str) -> Fields:
    """Return the fields a release should show at a target.

    ``licences`` maps what a licence may be ``called`` to CKAN's id for it; ``owner`` is the name of
    the organization. No licence is made up: one CKAN does not know stays as declared, in an extra.
    """
    dataset = release.dataset
    contact = dataset.contact
    fields: Fields = {
        "title": storable(dataset.title, 5_000) or release.name,
        "notes": storable(dataset.notes),
        "url": storable(dataset.landing_page) if len(dataset.landing_page) < 8_000 else "",
        "license_id": "",
        "author": storable(dataset.publisher.title if dataset.publisher else "", 1_000),
        "maintainer": storable(contact.name if contact else "", 1_000),
        "maintainer_email": email(contact.email if contact else ""),
        "owner_org": owner,
        "tags": tags(dataset.keywords),
    }
    own = extras(dataset.extras) | _described(release)
    own |= _licence(dataset.licence, licences, fields)
    fields |= {f"extras.{key}": value for key, value in own.items() if value}
    for resource in with_twins(release, target):
        fields |= _resource_fields(resource, data_file(resource, target))
    return fields


def _described(release: Release) -> dict[str, str]:
    dataset = release.dataset
    return {
        "acopio_id": release.id,
        "acopio_source": release.source,
        "acopio_source_id": term(dataset.id),
        "issued": _when(dataset.issued),
        "modified": _when(dataset.modified),
        "frequency": term(dataset.frequency),
        "theme": term("; ".join(dataset.themes)),
        "spatial_text": term(dataset.spatial),
        "temporal": term(dataset.temporal),
    }


def called(licence: str) -> str:
    """Return what a licence is called so that its ways of writing are one.

    Case, ``https``, ``www.`` and a last slash make no other licence.
    """
    plain = licence.strip().rstrip("/").casefold()
    return re.sub(r"^https?://(www\.)?", "//", plain)


def _licence(licence: Licence | None, known: Mapping[str, str], fields: Fields) -> dict[str, str]:
    """Set ``license_id`` if CKAN knows the licence; return the extras that say what it does not."""
    if licence is None or not (licence.id or licence.title or licence.url):
        return {"licence": NO_LICENCE}
    for said in (licence.url, licence.id, licence.title):
        found = known.get(called(said)) if said else None
        if found:
            fields["license_id"] = found
            return {}
    return {"licence": term(licence.title or licence.id), "licence_url": term(licence.url)}


def _resource_fields(resource: ReleaseResource, file: ReleaseFile | None) -> Fields:
    values = {
        "name": storable(resource.name, 1_000),
        "description": storable(resource.description, 20_000),
        "format": storable(file.format if file else resource.format, 100).upper(),
        "mimetype": storable(file.media_type if file else resource.media_type, 200),
        "acopio_state": resource.state,
        "acopio_role": "" if resource.role is Role.DATA else resource.role.value,
    }
    if file is None:
        values |= {"url": storable(resource.url, 30_000)} | measures(resource, None)
    return {f"resources.{resource.id}.{key}": value for key, value in values.items()}


def measures(resource: ReleaseResource, file: ReleaseFile | None) -> dict[str, str]:
    """Return what is said of a resource's bytes: sent with the file, so that both agree."""
    sha256 = file.sha256 if file else resource.sha256
    size = file.size if file else resource.size
    return {
        "acopio_sha256": sha256,
        "hash": f"sha256:{sha256}" if sha256 else "",
        "size": "" if size is None else str(size),
    }


def fetched(resource: ReleaseResource) -> str:
    """Return when a resource's bytes were fetched. It goes along; alone it is no change."""
    return _when(resource.fetched)


def _when(moment: datetime | date | None) -> str:
    if isinstance(moment, datetime) and moment.tzinfo:
        return moment.astimezone(UTC).isoformat(timespec="seconds")
    return moment.isoformat() if moment else ""


def read(package: Mapping[str, Any], ours: Mapping[str, str]) -> Fields:
    """Return the fields of a CKAN package; ``ours`` maps its resource ids to our own.

    Resources that are not ours are left out.
    """
    fields: Fields = {key: package.get(key) or "" for key in PLAIN}
    free = (tag for tag in package.get("tags") or () if not tag.get("vocabulary_id"))
    fields["tags"] = sorted(tag["name"] for tag in free)
    for extra in package.get("extras") or ():
        if extra["key"] != MARK:
            fields[f"extras.{extra['key']}"] = extra.get("value") or ""
    for resource in package.get("resources") or ():
        mine = ours.get(resource["id"])
        if mine:
            fields |= {f"resources.{mine}.{key}": _text(resource.get(key)) for key in ATTRIBUTES}
    return fields


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def extra(package: Mapping[str, Any], key: str) -> str:
    """Return the value of a package's extra, or the empty text."""
    found = (e.get("value") for e in package.get("extras") or () if e["key"] == key)
    return _text(next(found, ""))


def mark(fields: Mapping[str, Any], theirs: Iterable[str]) -> str:
    """Return a mark of what was written, the same for what was sent and what CKAN made of it.

    It is a digest and the names of the fields that are an editor's, which it does not cover. CKAN
    trims, and has its own words for formats and kinds; an organization comes back as its id.
    """
    editors = sorted(set(theirs))
    said = {
        key: " ".join(str(value).split())
        for key, value in sorted(fields.items())
        if value and key not in editors and not _differs(key)
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return " ".join([digest, *map(quote, editors)])


def editors_in(marked: str) -> frozenset[str]:
    """Return the fields a mark says are an editor's."""
    return frozenset(unquote(key) for key in marked.split(" ")[1:])


def _differs(key: str) -> bool:
    return key == "owner_org" or (
        key.startswith("resources.") and key.endswith((".format", ".mimetype", ".url"))
    )
