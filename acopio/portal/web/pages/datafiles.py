"""A dataset's files as readers look for them: one entry a table, with each form it comes in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from acopio.model import FileKind, ReleaseResource
from acopio.portal.packages import Package, shown_resources
from acopio.portal.problems import Problem
from acopio.portal.site import Site
from acopio.portal.web.pages import links
from acopio.portal.web.pages.figures import read_moment
from acopio.publishers.ckansite.record import twin_id
from acopio.store import catalog, resources

# What stands beside a clean copy, in the order readers want it.
_BESIDE = (FileKind.ORIGINAL, FileKind.REJECTS, FileKind.SCHEMA, FileKind.LOG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """One form of a file. ``kind`` is a key ``file-...`` of the messages."""

    kind: str
    format: str
    url: str
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """A resource, with its Parquet twin and what stands beside it.

    ``downloads`` are ours, the first the one most readers want; ``link`` leads to a resource that
    is elsewhere, None where its address is none. ``table`` is the hash of its Parquet twin;
    ``rows`` is None where nobody counted.
    """

    id: str
    name: str
    description: str
    format: str
    role: str
    state: str
    size: int | None
    changed: datetime | date | None
    sha256: str
    downloads: tuple[Download, ...]
    link: str | None
    table: str | None = None
    rows: int | None = None


def of_package(site: Site, package: Package, base: str) -> list[DataFile]:
    """Return all files of a dataset in its order; rows are not counted yet."""
    shown = list(shown_resources(package, base))
    twins = {twin_id(one["id"]) for one in shown}
    by_id = {one["id"]: one for one in shown}
    with site.store.read() as connection:
        good = _good(connection, package.id)
        bytes_of = _hashes(connection, package.id)
    return [
        _file(one, by_id.get(twin_id(one["id"])), good.get(one["id"]), bytes_of)
        for one in shown
        if one["id"] not in twins
    ]


def _hashes(connection: Connection, package: str) -> dict[str, str]:
    """Return the hash of each resource's bytes: what they are, not what their metadata says."""
    file, resource = catalog.file, catalog.resource
    query = (
        select(file.c.resource, file.c.sha256)
        .join(resource, resource.c.id == file.c.resource)
        .where(resource.c.package == package, file.c.retired.is_(None))
    )
    return {row.resource: row.sha256 for row in connection.execute(query)}


def _good(connection: Connection, dataset: str) -> dict[str, ReleaseResource]:
    found = ((one.id, one.last_good()) for one in resources.of_dataset(connection, dataset))
    return {number: good for number, good in found if good is not None}


def _file(
    one: Mapping[str, Any],
    twin: Mapping[str, Any] | None,
    good: ReleaseResource | None,
    bytes_of: Mapping[str, str],
) -> DataFile:
    uploaded = one.get("url_type") == "upload"
    sha256 = bytes_of.get(one["id"], "")
    downloads: list[Download] = []
    if uploaded:
        downloads.append(_own("file-data", one))
    if twin is not None and twin.get("url_type") == "upload":
        downloads.append(_own("file-parquet", twin))
    if uploaded and good is not None and _is_of(good, sha256):
        downloads.extend(_beside(good, one["url"]))
    return DataFile(
        id=one["id"],
        name=str(one.get("name") or one.get("url") or one["id"]),
        description=str(one.get("description") or ""),
        format=str(one.get("format") or ""),
        role=str(one.get("acopio_role") or "data"),
        state=str(one.get("acopio_state") or ""),
        size=_size(one),
        changed=read_moment(one.get("acopio_fetched") or one.get("last_modified")),
        sha256=sha256,
        downloads=tuple(downloads),
        link=None if uploaded else links.outward(one.get("url")),
        table=bytes_of.get(twin["id"]) if twin is not None else None,
    )


def _is_of(good: ReleaseResource, sha256: str) -> bool:
    """Tell whether a version is the one shown: an editor may have put another file there."""
    return any(file.kind is FileKind.DATA and file.sha256 == sha256 for file in good.files)


def _own(kind: str, one: Mapping[str, Any]) -> Download:
    return Download(kind=kind, format=str(one["format"]), url=_local(one["url"]), size=_size(one))


def _local(url: str) -> str:
    """Return an address of ours without its host: the page is read under any of them."""
    return "/" + url.split("/", 3)[3]


def _beside(good: ReleaseResource, url: str) -> Iterator[Download]:
    for kind in _BESIDE:
        for file in good.files:
            if file.kind is kind:
                address = f"{_local(url).rpartition('/download/')[0]}/{kind}"
                form = file.format.upper()
                yield Download(kind=f"file-{kind}", format=form, url=address, size=file.size)


def _size(one: Mapping[str, Any]) -> int | None:
    size = one.get("size")
    return size if isinstance(size, int) and size >= 0 else None


def counted(site: Site, files: Sequence[DataFile]) -> list[DataFile]:
    """Return files with their rows counted, where they are tables whose rows can be read."""
    return [replace(one, rows=_rows(site, one)) for one in files]


def _rows(site: Site, one: DataFile) -> int | None:
    if one.table is None:
        return None
    try:
        found = site.rows.info(site.archive.path(one.table), {"include_fields_schema": False})
    except (Problem, OSError):
        return None
    return int(found["meta"]["count"])
