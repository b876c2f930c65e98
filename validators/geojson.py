"""Judge GeoJSON (RFC 7946), feature by feature, in bounded memory."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from acopio.tables import json_events
from acopio.tables.sheet import Unreadable
from acopio.validators.faults import Faults
from acopio.validators.geometry import GEOMETRIES, Shapes, geometry_problem
from acopio.validators.wellformed import Beyond

# What one feature may take, in bytes of JSON: it is held whole.
_FEATURE = 16 << 20
_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326")


def geojson_faults(path: Path, *, lines: bool = False) -> Faults:
    """Return what is wrong with the GeoJSON at ``path``, up to where it stops being JSON.

    ``lines`` when each line is a feature of its own. A place is ``features/N`` from 0. Raises
    Beyond for a feature of more than 16 MiB, or too deep.
    """
    import ijson

    faults = Faults()
    shapes = Shapes(faults)
    # Where it breaks is another check's to say.
    with suppress(ijson.JSONError):
        if lines:
            for number, feature in enumerate(_items(path, "", several=True)):
                _feature(feature, f"features/{number}", faults, shapes)
        else:
            _collection(path, faults, shapes)
    shapes.judge()
    return faults


def looks_like_geojson(head: bytes) -> bool:
    """Tell whether a JSON's first bytes announce a collection of features."""
    return b'"FeatureCollection"' in head and b'"features"' in head


def _collection(path: Path, faults: Faults, shapes: Shapes) -> None:
    kind = next(_items(path, "type", longest=None), None)
    if kind in GEOMETRIES or kind == "Feature":
        whole = next(_items(path, ""))
        wrapped = whole if kind == "Feature" else _wrapped(whole)
        _feature(wrapped, "/", faults, shapes)
        return
    if kind != "FeatureCollection":
        faults.add("collection-type", "type")
        return
    _reference_system(next(_items(path, "crs", longest=None), None), faults)
    count = 0
    for number, feature in enumerate(_items(path, "features.item")):
        _feature(feature, f"features/{number}", faults, shapes)
        count = number + 1
    if not count:
        faults.add("no-features", "features")


def _wrapped(geometry: object) -> dict[str, Any]:
    return {"type": "Feature", "properties": None, "geometry": geometry}


def _reference_system(crs: object, faults: Faults) -> None:
    """Say of another reference system what RFC 7946, section 4, says: there is but one."""
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    named = properties.get("name") if isinstance(properties, Mapping) else None
    known = isinstance(named, str) and any(name in named for name in _WGS84)
    if crs is not None and not known:
        faults.add("reference-system", "crs")


def _feature(feature: object, place: str, faults: Faults, shapes: Shapes) -> None:
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        faults.add("feature-type", place)
        return
    if "geometry" not in feature:
        faults.add("geometry-missing", place)
        return
    properties = feature.get("properties", 0)
    if properties is not None and not isinstance(properties, Mapping):
        faults.add("properties-missing", place)
    geometry = feature["geometry"]
    problem = geometry_problem(geometry)
    if problem:
        faults.add(problem, place)
    elif geometry is not None:
        shapes.add(geometry, place)


def _items(
    path: Path, prefix: str, *, several: bool = False, longest: int | None = _FEATURE
) -> Iterator[Any]:
    """Yield the values under ``prefix``, as ijson names places, each at most ``longest`` bytes."""
    import ijson

    found = ijson.sendable_list()
    reader = json_events.fed_items(found, prefix, several=several)
    waiting = 0
    with path.open("rb") as file:
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)
        while block := file.read(reader.appetite):
            try:
                reader.send(block)
            except Unreadable as met:
                raise Beyond(met.limit, met.value) from None
            waiting = 0 if found else waiting + len(block)
            yield from found
            del found[:]
            if longest is not None and waiting > longest:
                raise Beyond("feature", longest)
    reader.close()
    yield from found
