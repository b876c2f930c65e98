"""The bytes of resources: taken into the archive, and found there again."""

import hashlib
import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select, update

from acopio.model import FileKind, ReleaseFile
from acopio.portal.site import Site, Upload
from acopio.store import catalog, resources
from acopio.store.payloads import insert_new

_CHUNK = 1024 * 1024
_NAME_LENGTH = 100
# What Python does not know, or not alike on every system.
_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".gz": "application/gzip",
    ".parquet": "application/vnd.apache.parquet",
}

file = catalog.file


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A resource's bytes. ``retired``: when other bytes took their place."""

    resource: str
    sha256: str
    name: str
    media_type: str
    size: int
    added: datetime
    retired: datetime | None


def take(site: Site, upload: Upload) -> tuple[str, int]:
    """Take an upload into the archive; return its SHA-256 and size. Bytes known are not copied."""
    total, size = hashlib.sha256(), 0
    while chunk := upload.body.read(_CHUNK):
        total.update(chunk)
        size += len(chunk)
    sha256 = total.hexdigest()
    if not site.archive.has(sha256):
        upload.body.seek(0)
        _add(site, upload.body, sha256)
    return sha256, size


def _add(site: Site, body: IO[bytes], sha256: str) -> None:
    import shutil
    from tempfile import NamedTemporaryFile

    scratch = site.settings.home / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=scratch, prefix="upload-", delete=False) as copy:
        shutil.copyfileobj(body, copy, _CHUNK)
    site.archive.add(Path(copy.name), sha256)


def safe_name(name: str) -> str:
    """Return a file's name as it stands in an address: letters, digits and ``._-``."""
    from slugify import slugify

    last = PurePosixPath(name.replace("\\", "/")).name
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{2,98}", last):
        return last
    path = PurePosixPath(last)
    ending = slugify(path.suffix, max_length=10)
    stem = slugify(path.stem, max_length=_NAME_LENGTH - len(ending) - 1)
    return f"{stem or 'archivo'}.{ending}" if ending else (stem or "archivo")


def media_type(name: str) -> str:
    """Return the media type a file's name says, empty if none."""
    ending = PurePosixPath(name).suffix.lower()
    if ending in _MEDIA_TYPES:
        return _MEDIA_TYPES[ending]
    kind, packed = mimetypes.guess_type(name)
    return "application/octet-stream" if packed else kind or ""


def attach(connection: Connection, stored: Stored, now: datetime, *, was_shown: bool) -> None:
    """Make these the resource's bytes. What they replace stays citable if readers had seen it."""
    current = (file.c.resource == stored.resource) & file.c.retired.is_(None)
    others = current & (file.c.sha256 != stored.sha256)
    _retire(connection, others, now, was_shown=was_shown)
    this = (file.c.resource == stored.resource) & (file.c.sha256 == stored.sha256)
    row = {name: getattr(stored, name) for name in Stored.__dataclass_fields__}
    connection.execute(delete(file).where(this))
    connection.execute(insert_new(connection, file).values(**row))


def detach(connection: Connection, resource: str, now: datetime, *, was_shown: bool) -> None:
    """Let a resource be only a link. What bytes it had stay citable if readers had seen them."""
    current = (file.c.resource == resource) & file.c.retired.is_(None)
    _retire(connection, current, now, was_shown=was_shown)


def _retire(
    connection: Connection, these: ColumnElement[bool], now: datetime, *, was_shown: bool
) -> None:
    if was_shown:
        connection.execute(update(file).where(these).values(retired=now))
    else:
        connection.execute(delete(file).where(these))


def forget(connection: Connection, resources: Sequence[str], *, was_shown: bool) -> None:
    """Forget all bytes that resources have and had: nobody is to have them any more.

    Of those that readers were shown the hashes stay, so that it can be said that they are gone.
    """
    these = file.c.resource.in_(list(resources))
    if was_shown:
        gone = select(file.c.sha256).where(these).distinct()
        rows = [{"sha256": sha256} for sha256 in connection.execute(gone).scalars()]
        if rows:
            connection.execute(insert_new(connection, catalog.withdrawn), rows)
    connection.execute(delete(file).where(these))


def current(connection: Connection, resource: str) -> Stored | None:
    """Return the bytes a resource has now."""
    query = select(file).where(file.c.resource == resource, file.c.retired.is_(None))
    row = connection.execute(query).first()
    return _stored(row) if row else None


def stored(connection: Connection, resources: Sequence[str]) -> frozenset[str]:
    """Return which of these resources have bytes of their own now."""
    these = file.c.resource.in_(list(resources))
    query = select(file.c.resource).where(these, file.c.retired.is_(None))
    return frozenset(connection.execute(query).scalars())


def citable(connection: Connection, sha256: str) -> Stored | None:
    """Return published bytes by their hash, if a dataset that strangers see has or had them."""
    package, resource = catalog.package, catalog.resource
    query = (
        select(file)
        .join(resource, resource.c.id == file.c.resource)
        .join(package, package.c.id == resource.c.package)
        .where(file.c.sha256 == sha256, package.c.state == "active", package.c.private.is_(False))
        .order_by(file.c.retired.is_not(None))
    )
    row = connection.execute(query).first()
    return _stored(row) if row else None


def was_withdrawn(connection: Connection, sha256: str) -> bool:
    """Tell whether bytes are of a dataset that was withdrawn."""
    table = catalog.withdrawn
    return connection.execute(select(table).where(table.c.sha256 == sha256)).first() is not None


def beside(
    connection: Connection, resource: str, stored: Stored | None
) -> dict[FileKind, ReleaseFile]:
    """Return the files of the version these bytes are of, if it is the last that was judged good.

    Empty for what the pipeline did not publish, and where somebody put other bytes there since.
    """
    good = resources.last_good(connection, [resource]).get(resource)
    if stored is None or good is None:
        return {}
    found = {one.kind: one for one in good.files}
    served = (found.get(FileKind.DATA), found.get(FileKind.PARQUET))
    return found if any(one and one.sha256 == stored.sha256 for one in served) else {}


def _stored(row: Row[Any]) -> Stored:
    return Stored(**{name: getattr(row, name) for name in Stored.__dataclass_fields__})
