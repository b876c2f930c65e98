"""Judge the geometry of Shapefiles and GeoPackages, a batch of features at a time.

GDAL is given only files whose first bytes and endings are those formats' own, so that no other
of its drivers, some of which open addresses, is ever asked.
"""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from acopio.validators.faults import Faults
from acopio.validators.geometry import validity_problems
from acopio.validators.wellformed import Beyond

# What is unpacked of one zip, in bytes, and how many layers are read of one file.
_UNPACKED = 1 << 30
_LAYERS = 50
_BATCH = 2000
# What a Shapefile is made of (ESRI, 1998), and what tells its encoding.
_PARTS = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
_NEEDED = frozenset({".shx", ".dbf"})
_SHAPE = (9994).to_bytes(4, "big")
_SQLITE = b"SQLite format 3\x00"


def has_pyogrio() -> bool:
    """Tell whether the ``geo`` extra is installed."""
    return all(find_spec(name) is not None for name in ("pyogrio", "shapely"))


def shapefiles(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the members of a zip that are Shapefiles, by their ending."""
    return tuple(name for name in names if name.lower().endswith(".shp"))


def shapefile_faults(path: Path, names: tuple[str, ...]) -> Faults:
    """Return what is wrong with the Shapefiles ``names`` in the zip at ``path``.

    A place is ``name/N``, N from 0. Raises Beyond for more than 1 GiB unpacked, and what zipfile
    raises for a damaged member.
    """
    faults = Faults()
    for name in names[:_LAYERS]:
        with _unpacked(path, name) as (shape, missing):
            for ending in sorted(missing):
                faults.add(f"no-{ending.strip('.')}", name)
            if not missing and _is_shape(shape):
                _layer(shape, None, name, faults)
            elif not missing:
                faults.add("not-readable", name)
    return faults


def geopackage_faults(path: Path) -> Faults:
    """Return what is wrong with the layers of the GeoPackage at ``path``.

    A place is ``layer/N``. Raises Beyond for a file of more than 1 GiB.
    """
    import pyogrio

    if path.stat().st_size > _UNPACKED:
        raise Beyond("unpacked", _UNPACKED)
    faults = Faults()
    with TemporaryDirectory(prefix="acopio-") as folder:
        # A copy: SQLite may write beside what it reads.
        place = Path(shutil.copyfile(path, Path(folder) / "layers.gpkg"))
        try:
            layers = [str(name) for name, kind in pyogrio.list_layers(place) if kind is not None]
        except pyogrio.errors.DataSourceError:
            faults.add("not-readable", "gpkg")
            return faults
        for layer in layers[:_LAYERS]:
            _layer(place, layer, layer, faults)
        if not layers:
            faults.add("no-features", "gpkg")
    return faults


def is_geopackage(path: Path) -> bool:
    """Tell whether a SQLite file is a GeoPackage, by its application id (OGC 12-128r17, 1.1.1)."""
    with path.open("rb") as file:
        head = file.read(72)
    return head.startswith(_SQLITE) and head[68:72] in (b"GPKG", b"GP10", b"GP11")


def _layer(place: Path, layer: str | None, name: str, faults: Faults) -> None:
    import pyogrio
    from pyogrio.raw import open_arrow

    problems = (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError)
    try:
        degrees = _in_degrees(pyogrio.read_info(place, layer=layer).get("crs"), name, faults)
        with open_arrow(place, layer=layer, columns=[], batch_size=_BATCH, use_pyarrow=True) as (
            meta,
            batches,
        ):
            column = meta["geometry_name"] or "wkb_geometry"
            first = 0
            for batch in batches:
                _batch(batch.column(column), name, first, degrees, faults)
                first += batch.num_rows
            if not first:
                faults.add("no-features", name)
    except (*problems, pyogrio.errors.GeometryError, pyogrio.errors.FeatureError):
        faults.add("not-readable", name)


def _batch(column: Any, name: str, first: int, degrees: bool, faults: Faults) -> None:
    import shapely

    shapes = shapely.from_wkb(column.to_pylist(), on_invalid="ignore")
    for number, missing in enumerate(shapely.is_missing(shapes).tolist()):
        if missing:
            faults.add("geometry-missing", f"{name}/{first + number}")
    for number, problem in validity_problems(shapes):
        faults.add(problem, f"{name}/{first + number}")
    for number, bounds in enumerate(shapely.bounds(shapes).tolist() if degrees else ()):
        if bounds[0] < -180 or bounds[1] < -90 or bounds[2] > 180 or bounds[3] > 90:
            faults.add("not-degrees", f"{name}/{first + number}")


def _in_degrees(crs: str | None, name: str, faults: Faults) -> bool:
    """Tell whether coordinates are degrees; a layer that does not say is a fault."""
    if not crs:
        faults.add("no-prj", name)
        return False
    return crs in ("EPSG:4326", "OGC:CRS84") or crs.startswith("GEOGCS")


@contextmanager
def _unpacked(path: Path, name: str) -> Iterator[tuple[Path, set[str]]]:
    """Give one Shapefile with the files beside it, and the endings of those not there."""
    stem = name[: -len(".shp")].lower()
    with TemporaryDirectory(prefix="acopio-") as folder, zipfile.ZipFile(path) as archive:
        missing = set(_NEEDED)
        left = _UNPACKED
        for entry in archive.infolist():
            ending = PurePosixPath(entry.filename).suffix.lower()
            if ending not in _PARTS or entry.filename[: -len(ending)].lower() != stem:
                continue
            left -= entry.file_size
            if left < 0:
                raise Beyond("unpacked", _UNPACKED)
            place = Path(folder) / f"layer{ending}"
            with archive.open(entry) as member, place.open("wb") as out:
                shutil.copyfileobj(member, out, 1 << 20)
            missing.discard(ending)
        yield Path(folder) / "layer.shp", missing


def _is_shape(shape: Path) -> bool:
    with shape.open("rb") as file:
        return file.read(4) == _SHAPE
