"""Look into archives: what would burst, and what holds several tables at once.

Sizes are believed as far as the format forces them to be true: zipfile never inflates a member
beyond its declared size, and streams without one are measured by inflating them.
"""

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import IO, ClassVar

from acopio.model import File, Finding, Snapshot
from acopio.validators.files import data_files
from acopio.validators.finding import finding
from acopio.validators.loose_numbers import name_without_dnis
from acopio.validators.preflight import profile

ARCHIVES = frozenset({"zip", "gz", "bz2", "xz"})
TABLES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".parquet", ".dbf"})

MEMBERS = 10_000
DEPTH = 3
# Below this, no ratio matters: what comes out fits anywhere.
HARMLESS = 64 << 20
# Tables shrink to a tenth, at most to a hundredth; deflate reaches a thousandth on nothing at all.
RATIO = 250
# How far a stream without a declared size is inflated to learn its ratio.
_MEASURED = 1 << 30
# What of an inner archive is unpacked to look at its directory, all inner ones together.
_INNER = 256 << 20
_BLOCK = 1 << 20
_PACKED = frozenset({".zip", ".gz", ".bz2", ".xz", ".kmz", ".jar", ".7z", ".rar"})
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError),
    NotImplementedError,
)


class ArchiveValidator:
    """Refuses bombs and damaged archives, and says when one file stands for many tables."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "1"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield at most one finding per archive.

        ``archive-bomb`` has ``limit`` (``ratio``, ``members``, ``nesting``, ``overlap``) and
        ``value``; ``archive-several-tables`` the ``count`` and, as evidence, the names.
        """
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name, file.reading)
            if found.format in ARCHIVES and not found.kind.encrypted:
                yield from _archive(file, found.format)


def table_members(path: Path) -> tuple[str, ...]:
    """Return the names of the tables inside the zip at ``path``, by their endings.

    Empty for what is no zip, has more members than are looked at, or has no tables but the
    attributes that stand beside shapes.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            tables = _tables(archive.infolist())
            return () if _is_shapefile(tables, archive.namelist()) else tables
    except _BROKEN:
        return ()


def _tables(entries: list[zipfile.ZipInfo]) -> tuple[str, ...]:
    if len(entries) > MEMBERS:
        return ()
    return tuple(entry.filename for entry in entries if _is_table(entry))


def _is_table(entry: zipfile.ZipInfo) -> bool:
    """Leave out folders and what a Mac adds: ``__MACOSX/._padron.csv``."""
    place = PurePosixPath(entry.filename.replace("\\", "/"))
    hidden = place.name.startswith(".") or "__MACOSX" in place.parts
    return not entry.is_dir() and not hidden and place.suffix.lower() in TABLES


def _archive(file: File, real: str) -> Iterator[Finding]:
    try:
        burst = _of_zip(file.path) if real == "zip" else _of_stream(file.path, real)
        tables = table_members(file.path) if real == "zip" else ()
    except _BROKEN:
        yield finding("compression-error", resource=file.resource, note=real)
        return
    if burst is not None:
        yield finding(
            "archive-bomb", resource=file.resource, limit=burst.limit, value=burst.value, real=real
        )
    elif len(tables) > 1:
        yield finding(
            "archive-several-tables",
            resource=file.resource,
            evidence=", ".join(map(name_without_dnis, tables[:10])),
            count=len(tables),
        )


def _is_shapefile(tables: tuple[str, ...], members: list[str]) -> bool:
    names = {name.lower() for name in members[:MEMBERS]}
    return all(f"{name.lower().removesuffix('.dbf')}.shp" in names for name in tables)


@dataclass(frozen=True, slots=True)
class _Burst:
    """The limit an archive is beyond, by its name in the catalogue, and the limit itself."""

    limit: str
    value: int


@dataclass(slots=True)
class _Opened:
    """What was seen so far of one file and of the archives inside it, in bytes and members."""

    outer: int
    inflated: int = 0
    members: int = 0
    unpacked: int = 0


def _of_zip(path: Path) -> _Burst | None:
    with path.open("rb") as file:
        return _inside(file, _Opened(outer=path.stat().st_size), depth=1)


def _inside(file: IO[bytes], seen: _Opened, depth: int) -> _Burst | None:
    if depth > DEPTH:
        return _Burst("nesting", DEPTH)
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        seen.members += len(entries)
        seen.inflated += sum(entry.file_size for entry in entries)
        burst = _beyond(seen) or _overlap(entries)
        if burst is not None:
            return burst
        inner = (entry for entry in entries if _is_packed(entry))
        found = (_of_member(archive, entry, seen, depth) for entry in inner)
        return next(filter(None, found), None)


def _beyond(seen: _Opened) -> _Burst | None:
    if seen.members > MEMBERS:
        return _Burst("members", MEMBERS)
    if seen.inflated > HARMLESS and seen.inflated > RATIO * seen.outer:
        return _Burst("ratio", RATIO)
    return None


def _overlap(entries: list[zipfile.ZipInfo]) -> _Burst | None:
    """Find members that share their bytes: how a few kilobytes become petabytes."""
    spans = sorted((e.header_offset, e.header_offset + e.compress_size) for e in entries)
    shared = sum(1 for (_, end), (start, _) in pairwise(spans) if start < end)
    return _Burst("overlap", shared) if shared else None


def _is_packed(entry: zipfile.ZipInfo) -> bool:
    return not entry.flag_bits & 1 and PurePosixPath(entry.filename).suffix.lower() in _PACKED


def _of_member(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, seen: _Opened, depth: int
) -> _Burst | None:
    """Look into an archive inside an archive; what is left out is not unpacked by us anywhere."""
    if seen.unpacked + entry.file_size > _INNER:
        return None
    seen.unpacked += entry.file_size
    with TemporaryFile(prefix="acopio-") as place, archive.open(entry) as member:
        while block := member.read(_BLOCK):
            place.write(block)
        if not zipfile.is_zipfile(place):
            return None
        place.seek(0)
        return _inside(place, seen, depth + 1)


def _of_stream(path: Path, real: str) -> _Burst | None:
    """Inflate a stream, keeping nothing, until its ratio is known."""
    inflated = 0
    with path.open("rb") as packed, _opened(packed, real) as stream:
        while inflated < _MEASURED and (block := stream.read(_BLOCK)):
            inflated += len(block)
            # What was taken in so far counts, not the file: a bomb may have a long tail.
            if inflated > HARMLESS and inflated > RATIO * max(packed.tell(), 1):
                return _Burst("ratio", RATIO)
    return None


def _opened(packed: IO[bytes], real: str) -> IO[bytes]:
    if real == "gz":
        return gzip.GzipFile(fileobj=packed)  # type: ignore[return-value]
    return bz2.BZ2File(packed) if real == "bz2" else lzma.LZMAFile(packed)
