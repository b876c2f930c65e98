"""A dataset's files as readers look for them: one entry a table, with each form it comes in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select

from acopio.model import FileKind, ReleaseResource
from acopio.portal.packages import Package, address
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
    fetched: datetime | date | None
    downloads: tuple[Download, ...]
    link: str | None
    table: str | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A resource as the catalogue keeps it, and its Parquet twin where it has one."""

    resource: Mapping[str, Any]
    twin: Mapping[str, Any] | None

    @property
    def id(self) -> str:
        """The resource's id."""
        return str(self.resource["id"])

    @property
    def name(self) -> str:
        """What the resource is called."""
        one = self.resource
        return str(one.get("name") or one.get("url") or one["id"])


def pairs(package: Package) -> list[Pair]:
    """Return a dataset's resources in its order, each with its twin."""
    uploads = {one["id"]: one for one in package.resources if one.get("url_type") == "upload"}
    twins = {number: twin_id(number) for number in uploads}
    known = set(twins.values())
    return [
        Pair(one, uploads.get(twins.get(one["id"], "")))
        for one in package.resources
        if one["id"] not in known
    ]


def described(site: Site, package: Package, some: Sequence[Pair]) -> list[DataFile]:
    """Return these resources of a dataset as readers look for them."""
    ids = [pair.id for pair in some]
    twins = [str(pair.twin["id"]) for pair in some if pair.twin is not None]
    with site.store.read() as connection:
        good = resources.last_good(connection, ids)
        hashes = _hashes(connection, [*ids, *twins])
    return [_file(site, package, pair, good.get(pair.id), hashes) for pair in some]


def _hashes(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return the hash of each resource's bytes: what they are, not what their metadata says."""
    file = catalog.file
    query = select(file.c.resource, file.c.sha256).where(
        file.c.resource.in_(ids), file.c.retired.is_(None)
    )
    return {row.resource: row.sha256 for row in connection.execute(query)}


def _file(
    site: Site,
    package: Package,
    pair: Pair,
    good: ReleaseResource | None,
    hashes: Mapping[str, str],
) -> DataFile:
    one, twin = pair.resource, pair.twin
    uploaded = one.get("url_type") == "upload"
    sha256 = hashes.get(pair.id, "")
    table = hashes.get(str(twin["id"])) if twin is not None else None
    downloads: list[Download] = []
    if uploaded:
        downloads.append(_own("file-data", package, one))
    if twin is not None:
        downloads.append(_own("file-parquet", package, twin))
    if uploaded and good is not None and _is_of(good, sha256):
        downloads.extend(_beside(good, package))
    return DataFile(
        id=pair.id,
        name=pair.name,
        description=str(one.get("description") or ""),
        format=str(one.get("format") or ""),
        role=str(one.get("acopio_role") or "data"),
        state=str(one.get("acopio_state") or ""),
        size=_size(one),
        fetched=read_moment(one.get("acopio_fetched")),
        downloads=tuple(downloads),
        link=None if uploaded else links.outward(one.get("url")),
        table=table,
        rows=_rows(site, table) if table else None,
    )


def _is_of(good: ReleaseResource, sha256: str) -> bool:
    """Tell whether a version is the one shown: an editor may have put another file there."""
    return any(file.kind is FileKind.DATA and file.sha256 == sha256 for file in good.files)


def _own(kind: str, package: Package, one: Mapping[str, Any]) -> Download:
    url = address("", package.id, one["id"], one["url"])
    return Download(kind=kind, format=str(one["format"] or ""), url=url, size=_size(one))


def _beside(good: ReleaseResource, package: Package) -> Iterator[Download]:
    """Yield what ``portal.web.downloads`` gives at ``/dataset/ID/resource/ID/KIND``."""
    for kind in _BESIDE:
        for file in good.files:
            if file.kind is kind:
                url = links.page("dataset", package.id, "resource", good.id, kind)
                form = file.format.upper()
                yield Download(kind=f"file-{kind}", format=form, url=url, size=file.size)


def _size(one: Mapping[str, Any]) -> int | None:
    size = one.get("size")
    return size if isinstance(size, int) and size >= 0 else None


def _rows(site: Site, table: str) -> int | None:
    """Return how many rows a table has; None where they cannot be read."""
    try:
        return _counted(site, table)
    except (Problem, OSError):
        return None


@lru_cache(maxsize=8192)
def _counted(site: Site, table: str) -> int:
    """Count the rows of a table once: under its hash they are the same for ever."""
    found = site.rows.info(site.archive.path(table), {"include_fields_schema": False})
    return int(found["meta"]["count"])
