"""Make what is published of a dataset: the resources that passed, and their clean copies."""

import mimetypes
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

from acopio.canonical import digest, dumps
from acopio.config.entities import organization_of
from acopio.matching import label
from acopio.model import (
    Action,
    Dataset,
    Decision,
    File,
    FileKind,
    Licence,
    Pinned,
    Release,
    ReleaseFile,
    ReleaseResource,
    Report,
    Resource,
    Role,
    Snapshot,
    Table,
)
from acopio.pipeline.fetch import Resources
from acopio.pipeline.work import Work, seconds_for
from acopio.publishers.clean import CleanJob, clean
from acopio.store.datasets import Known
from acopio.store.resources import KnownResource

# Raised when the same bytes and table would give other clean files.
VERSION = "1"
KEPT = "kept_last_good"
# Its properties are judged as a table; a copy of them alone would have lost the map.
_MAP = "geojson"
# What cleaning decides about a resource; the rest is its source's word of today.
MADE = ("files", "schema", "sha256", "size", "format", "media_type", "rows", "pinned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A release, and for each resource made from a file what it was made from (``good_key``)."""

    release: Release
    keys: Mapping[str, str]

    @property
    def kept(self) -> bool:
        """Whether an older version stands in for what came."""
        return any(one.state == KEPT for one in self.release.resources)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """All that is known of one resource that is to be published."""

    dataset: Dataset
    resource: Resource
    known: KnownResource
    base: str
    file: File | None
    table: Table | None
    pinned: Pinned | None


def make(
    work: Work,
    known: Known,
    snapshot: Snapshot,
    report: Report,
    decision: Decision,
    resources: Resources,
) -> Made:
    """Return the release of a dataset that is not withheld."""
    dataset = snapshot.dataset
    actions = {verdict.resource: verdict.action for verdict in decision.verdicts}
    bodies = {file.resource: file for file in snapshot.files}
    tables = {table.resource: table for table in report.tables if table.format != _MAP}
    names = dict(_names(dataset.resources)) if bodies else {}
    made: list[ReleaseResource] = []
    keys: dict[str, str] = {}
    for resource in dataset.resources:
        action = actions.get(resource.id, Action.PUBLISH)
        part = _Part(
            dataset=dataset,
            resource=resource,
            known=resources[resource.id],
            base=names.get(resource.id, ""),
            file=bodies.get(resource.id),
            table=tables.get(resource.id),
            pinned=snapshot.pinned.get(resource.id),
        )
        one, key = _one(work, part, action)
        if one is not None:
            made.append(one)
            keys |= {one.id: key} if key else {}
    release = Release(
        id=known.id,
        name=known.name,
        source=work.source.name,
        dataset=dataset,
        organization=organization_of(work.source, dataset, work.engine.settings.country),
        resources=tuple(made),
    )
    return Made(release=release, keys=keys)


def _one(work: Work, part: _Part, action: Action) -> tuple[ReleaseResource | None, str]:
    """Return the resource as it is published, and the key of what it was made from."""
    good = part.known.last_good()
    if action is Action.WITHHOLD:
        return None, ""
    if action is Action.KEEP_LAST_GOOD:
        return (replace(good, state=KEPT) if good else None), ""
    described = _described(part)
    if part.file is None or _stays_a_link(part):
        return described, ""
    key = digest(VERSION, part.file.sha256, part.base, dumps(_decided(part)))
    if good is not None and part.known.good_key == key:
        return replace(described, **{name: getattr(good, name) for name in MADE}), key
    return _cleaned(work, part, described), key


def _stays_a_link(part: _Part) -> bool:
    """Tell whether no copy may be made: it is forbidden, or nobody judged it."""
    licence = part.resource.licence or part.dataset.licence
    return part.resource.role is not Role.DATA or forbids_derivatives(licence)


def _described(part: _Part) -> ReleaseResource:
    resource, known = part.resource, part.known
    return ReleaseResource(
        id=known.id,
        source_id=resource.id,
        url=resource.url,
        name=label(resource),
        description=resource.description,
        format=resource.format,
        media_type=resource.media_type,
        role=resource.role,
        size=resource.size,
        modified=resource.modified,
        # A name or an address of a schema is no Table Schema.
        schema=resource.schema if resource.schema and "fields" in resource.schema else None,
        fetched=known.fetched if part.file else None,
        content_changed=known.content_changed if part.file else None,
    )


def _decided(part: _Part) -> dict[str, Any]:
    """Return what, besides the bytes, shapes the clean files."""
    facts: dict[str, Any] = {"url": part.resource.url, "format": part.resource.format}
    if part.table is not None:
        names = ("encoding", "dialect", "schema", "title_rows")
        facts |= {name: getattr(part.table, name) for name in names}
    return facts | {"licence": _licence(part), "author": _author(part.dataset)}


def _cleaned(work: Work, part: _Part, described: ReleaseResource) -> ReleaseResource:
    """Return the resource with its files: the clean ones and the original, or just the original."""
    file, table = part.file, part.table
    if file is None:
        return described
    if table is None:
        whole = _original(part, file, FileKind.DATA, part.base)
        return replace(described, sha256=file.sha256, size=file.size, files=(whole,))
    settings = work.engine.settings
    job = CleanJob(
        archive_url=work.engine.archive.url,
        scratch=str(settings.home / "scratch"),
        sha256=file.sha256,
        name=part.base,
        table=table,
        author=_author(part.dataset),
        source_url=part.resource.url,
        licence=_licence(part),
        fetched=_moment(part.known.fetched),
    )
    cleaned = work.engine.executor.call(
        clean, job, seconds=seconds_for(file.size), cancel=work.cancel
    )
    original = _original(part, file, FileKind.ORIGINAL, f"{part.base}.original")
    data = next(one for one in cleaned.files if one.kind is FileKind.DATA)
    return replace(
        described,
        format="csv",
        media_type="text/csv",
        schema=cleaned.schema,
        sha256=data.sha256,
        size=data.size,
        files=(*cleaned.files, original),
        rows=table.rows,
        pinned=part.pinned,
    )


def _original(part: _Part, file: File, kind: FileKind, base: str) -> ReleaseFile:
    ending = _ending(part.resource, file)
    guessed = mimetypes.guess_type(f"x.{ending}")[0] if ending else None
    return ReleaseFile(
        kind=kind,
        name=f"{base}.{ending}" if ending else base,
        sha256=file.sha256,
        size=file.size,
        media_type=guessed or "application/octet-stream",
        format=ending,
    )


def _ending(resource: Resource, file: File) -> str:
    for name in (file.name, resource.url.split("?", 1)[0], f"x.{resource.format}"):
        ending = PurePosixPath(name).suffix.lstrip(".").lower()
        if ending.isalnum() and len(ending) <= 10:
            return ending
    return ""


def _names(resources: Iterable[Resource]) -> Iterator[tuple[str, str]]:
    """Yield each resource's id and its files' base name, no two alike in a dataset."""
    from slugify import slugify

    taken: set[str] = set()
    for resource in resources:
        stem = PurePosixPath(label(resource).replace("\\", "/")).stem or "datos"
        base = slugify(stem, max_length=80, separator="-") or "datos"
        number = 2
        name = base
        while name in taken:
            name, number = f"{base}-{number}", number + 1
        taken.add(name)
        yield resource.id, name


def _author(dataset: Dataset) -> str:
    publisher = dataset.publisher
    return (publisher.title or publisher.name) if publisher else ""


def _licence(part: _Part) -> str:
    licence = part.resource.licence or part.dataset.licence
    return (licence.url or licence.id or licence.title) if licence else ""


def _moment(moment: datetime | None) -> datetime | None:
    return moment.replace(microsecond=0) if moment else None


@cache
def _no_derivatives() -> tuple[str, ...]:
    text = files("acopio.config").joinpath("licences.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["no_derivatives"])


def forbids_derivatives(licence: Licence | None) -> bool:
    """Tell whether a licence, as declared, lets nothing derived be published."""
    if licence is None:
        return False
    declared = f"{licence.id} {licence.title} {licence.url}".casefold()
    return any(mark in declared for mark in _no_derivatives())
