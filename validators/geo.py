"""Check what maps are made of: GeoJSON, KML and KMZ, Shapefiles in a zip, GeoPackage."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from acopio.model import File, Finding, Snapshot
from acopio.validators.faults import Faults
from acopio.validators.files import data_files
from acopio.validators.finding import examination_failed, finding
from acopio.validators.geojson import geojson_faults, looks_like_geojson
from acopio.validators.geometry import has_shapely
from acopio.validators.kml import kml_faults
from acopio.validators.layers import (
    geopackage_faults,
    has_pyogrio,
    is_geopackage,
    shapefile_faults,
    shapefiles,
)
from acopio.validators.preflight import Profile, profile
from acopio.validators.wellformed import Beyond

_LINES = frozenset({"geojsonl", "geojsonseq"})
_HEAD = 4096
# The document inside a KMZ, in bytes.
_DOCUMENT = 256 << 20
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError),
)


class GeoValidator:
    """Finds geometries that programs cannot draw, or draw in the wrong place."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "1"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield one ``geojson-invalid`` per kind of problem, whatever the format.

        ``params``: ``problem``, ``real`` (the format), ``count`` of geometries, ``place`` of the
        first. Where the ``geo`` extra is not installed, ``not-examined`` says what was left out.
        """
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name, file.reading)
            kind = geo_kind(file.path, found)
            if kind:
                yield from _judged(file, found, kind)


def geo_kind(path: Path, found: Profile) -> str:
    """Return ``geojson``, ``kml``, ``kmz``, ``shp`` or ``gpkg`` for what holds a map, else ""."""
    real = found.kind.format
    if real == "json":
        return "geojson" if _is_geojson(path, found.declared) else ""
    if real == "xml":
        return "kml" if found.declared == "kml" or b"<kml" in _head(path) else ""
    if real == "zip" and shapefiles(found.kind.members) and not found.kind.encrypted:
        return "shp"
    if real == "sqlite":
        return "gpkg" if is_geopackage(path) else ""
    return real if real == "kmz" else ""


def _is_geojson(path: Path, declared: str) -> bool:
    return declared == "geojson" or declared in _LINES or looks_like_geojson(_head(path))


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _judged(file: File, found: Profile, kind: str) -> Iterator[Finding]:
    layered = kind in ("shp", "gpkg")
    if layered and not has_pyogrio():
        yield _without_extra(file, kind)
        return
    try:
        faults = _faults(file.path, found, kind)
    except Beyond as beyond:
        yield examination_failed(file.resource, beyond.limit, beyond.value)
        return
    except _BROKEN:
        yield finding("compression-error", resource=file.resource, note=kind)
        return
    yield from faults.findings("geojson-invalid", file.resource, kind)
    if not layered and not has_shapely():
        yield _without_extra(file, kind)


def _without_extra(file: File, kind: str) -> Finding:
    return finding("not-examined", resource=file.resource, real=kind, why="extra-geo")


def _faults(path: Path, found: Profile, kind: str) -> Faults:
    if kind == "geojson":
        return geojson_faults(path, lines=found.declared in _LINES)
    if kind == "kml":
        # What is no XML is another check's to say.
        return kml_faults(path) or Faults()
    if kind == "kmz":
        return _kmz_faults(path)
    if kind == "shp":
        return shapefile_faults(path, shapefiles(found.kind.members))
    return geopackage_faults(path)


def _kmz_faults(path: Path) -> Faults:
    """Judge the document of a KMZ: the first KML in it (OGC 07-147r2, annex C)."""
    with zipfile.ZipFile(path) as archive, TemporaryDirectory(prefix="acopio-") as folder:
        named = (e for e in archive.infolist() if e.filename.lower().endswith(".kml"))
        entry = next(named, None)
        if entry is not None and entry.file_size > _DOCUMENT:
            raise Beyond("unpacked", _DOCUMENT)
        place = Path(folder) / "doc.kml"
        place.write_bytes(archive.read(entry) if entry else b"")
        faults = kml_faults(place)
        if faults is None:
            faults = Faults()
            faults.add("not-readable", entry.filename if entry else "doc.kml")
        return faults
