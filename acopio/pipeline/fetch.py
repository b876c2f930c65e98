"""Fetch the files of a dataset: once by content, conditionally, resumed where they were cut.

A URL is not an identity and a portal's modified date is a hint: the hash decides.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from acopio.errors import SourceError
from acopio.http import Fetched, Validators
from acopio.model import (
    Dataset,
    File,
    FileKind,
    FilePolicy,
    Missing,
    Pinned,
    Resource,
    Role,
    Snapshot,
)
from acopio.pipeline.work import Work
from acopio.plan import has_files
from acopio.store import resources
from acopio.store.resources import KnownResource

Resources = Mapping[str, KnownResource]


def snapshot(work: Work, dataset: Dataset, known: Resources) -> tuple[Snapshot, Resources]:
    """Return the dataset with its files, and its resources as the store has them now."""
    files, missing, now = [], [], dict(known)
    pinned: dict[str, Pinned] = {}
    for resource in fetched_resources(work, dataset):
        try:
            file, now[resource.id] = _body(work, resource, known[resource.id])
            files.append(file)
            pinned |= _pinned(file, known[resource.id])
        except SourceError as error:
            missing.append(_missing(resource, error))
    taken = Snapshot(dataset=dataset, files=tuple(files), missing=tuple(missing), pinned=pinned)
    return taken, now


def _pinned(file: File, known: KnownResource) -> dict[str, Pinned]:
    """Return what was published of a resource before these bytes, if it was a table.

    The very bytes published last are judged as they were then: what they changed stays told.
    """
    good = known.last_good()
    if good is None:
        return {}
    same = any(one.kind is FileKind.ORIGINAL and one.sha256 == file.sha256 for one in good.files)
    if same:
        return {file.resource: good.pinned} if good.pinned else {}
    if good.schema is None or good.rows is None:
        return {}
    return {file.resource: Pinned(schema=good.schema, rows=good.rows)}


def fetched_resources(work: Work, dataset: Dataset) -> list[Resource]:
    """Return the resources whose bodies are asked for, unless the source says skip.

    These are the data, and the dictionaries that describe them.
    """
    if work.source.files is FilePolicy.SKIP or not has_files(dataset):
        return []
    return [one for one in dataset.resources if one.role in (Role.DATA, Role.DICTIONARY)]


def _missing(resource: Resource, error: SourceError) -> Missing:
    # A host in its cool-down has blocked us, as far as a reader of findings is concerned.
    code = "blocked" if error.code == "cooling-down" else error.code
    return Missing(resource=resource.id, code=code, params=dict(error.params))


def _body(work: Work, resource: Resource, known: KnownResource) -> tuple[File, KnownResource]:
    archive = work.engine.archive
    had = known.sha256 if known.sha256 and archive.has(known.sha256) else None
    # Another address is another body: validators of the old one say nothing about it.
    conditional = had and known.url == resource.url and not work.options.force
    validators = Validators(etag=known.etag or "", last_modified=known.last_modified or "")
    folder = work.engine.scratch
    fetched = work.client.fetch(resource.url, folder, known=validators if conditional else None)
    if fetched is not None:
        archive.add(fetched.path, fetched.sha256)
        known = _remember(work, known, fetched)
    return _file(work, resource, known), known


def _remember(work: Work, known: KnownResource, fetched: Fetched) -> KnownResource:
    values: dict[str, Any] = {
        "sha256": fetched.sha256,
        "size": fetched.size,
        "media_type": fetched.media_type,
        "file_name": fetched.name,
        "etag": fetched.etag,
        "last_modified": fetched.last_modified,
    }
    if fetched.sha256 != known.sha256:
        values |= {"fetched": work.now, "content_changed": work.now}
    with work.engine.store.write() as connection:
        resources.change(connection, known.id, values)
    return replace(known, **values)


def _file(work: Work, resource: Resource, known: KnownResource) -> File:
    sha256 = known.sha256 or ""
    return File(
        resource=resource.id,
        sha256=sha256,
        size=known.size or 0,
        url=resource.url,
        path=Path(work.engine.archive.path(sha256)),
        media_type=known.media_type or "",
        name=known.file_name or "",
    )
