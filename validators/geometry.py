"""Judge one geometry as RFC 7946 (GeoJSON) writes it: structure, closed rings, degrees in range.

Positions are longitude, latitude, in WGS 84 degrees. What is wrong is a word of the catalogue
(``problem-<word>``). Whether polygons cross themselves is shapely's to say, where it is there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from math import isfinite
from typing import Any

from acopio.validators.faults import Faults

# How deep collections may hold collections.
_NESTED = 8
_BATCH = 500
_AREAS = frozenset({"Polygon", "MultiPolygon", "GeometryCollection"})


def geometry_problem(geometry: object, depth: int = 0) -> str:
    """Return what is wrong with a geometry's structure, or nothing; None is a geometry unknown."""
    if geometry is None:
        return ""
    if not isinstance(geometry, Mapping):
        return "geometry-type"
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        return _collection(geometry.get("geometries"), depth)
    check = _CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        return "geometry-type"
    if "coordinates" not in geometry:
        return "coordinates-missing"
    # Without positions it may be read as unknown (RFC 7946, 3.1).
    return check(geometry["coordinates"]) if geometry["coordinates"] != [] else ""


def _collection(parts: object, depth: int) -> str:
    if not isinstance(parts, Sequence) or isinstance(parts, str):
        return "geometry-type"
    if depth >= _NESTED:
        return "nested-collections"
    found = (geometry_problem(part, depth + 1) for part in parts)
    return next(filter(None, found), "")


def _position(value: object) -> str:
    if not isinstance(value, list | tuple) or len(value) < 2:
        return "position"
    numbers = value[:3]
    if not all(type(number) in (int, float) and isfinite(number) for number in numbers):
        return "position"
    longitude, latitude = value[0], value[1]
    if -180 <= longitude <= 180 and -90 <= latitude <= 90:
        return ""
    # Latitude first is the commonest slip; metres of a projection the next.
    swapped = -90 <= longitude <= 90 and -180 <= latitude <= 180
    return "latitude-first" if swapped else "not-degrees"


def _line(value: object) -> str:
    return _several(value, _position) or ("" if len(_listed(value)) >= 2 else "line-too-short")


def _ring(value: object) -> str:
    problem = _several(value, _position)
    if problem:
        return problem
    positions = _listed(value)
    if len(positions) < 4:
        return "ring-too-short"
    return "" if list(positions[0]) == list(positions[-1]) else "ring-open"


def _polygon(value: object) -> str:
    return _several(value, _ring)


def _several(value: object, check: Callable[[object], str]) -> str:
    if not isinstance(value, list | tuple):
        return "coordinates"
    return next(filter(None, map(check, value)), "")


def _listed(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


_CHECKS: Mapping[str, Callable[[object], str]] = {
    "Point": _position,
    "MultiPoint": lambda value: _several(value, _position),
    "LineString": _line,
    "MultiLineString": lambda value: _several(value, _line),
    "Polygon": _polygon,
    "MultiPolygon": lambda value: _several(value, _polygon),
}


GEOMETRIES = frozenset({*_CHECKS, "GeometryCollection"})


def has_shapely() -> bool:
    """Tell whether the ``geo`` extra is installed."""
    return find_spec("shapely") is not None


class Shapes:
    """Asks shapely, in batches, whether areas are valid (OGC Simple Features, 6.1.11)."""

    def __init__(self, faults: Faults) -> None:
        """``faults`` receives what is wrong; without shapely, nothing."""
        self._faults = faults
        self._waiting: list[tuple[bytes, str]] = []
        self._there = has_shapely()

    def add(self, geometry: Mapping[str, Any], place: str) -> None:
        """Take a geometry whose structure is right; areas are kept for the next batch."""
        import orjson

        if self._there and geometry.get("type") in _AREAS:
            self._waiting.append((orjson.dumps(_plain(geometry)), place))
            if len(self._waiting) >= _BATCH:
                self.judge()

    def judge(self) -> None:
        """Judge what waits."""
        if not self._waiting:
            return
        import shapely

        shapes = shapely.from_geojson([text for text, _ in self._waiting], on_invalid="ignore")
        places = [place for _, place in self._waiting]
        for number, problem in validity_problems(shapes):
            self._faults.add(problem, places[number])
        self._waiting.clear()


def _plain(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a geometry without what else was put into it."""
    if geometry.get("type") == "GeometryCollection":
        parts = [_plain(part) for part in geometry["geometries"] if part is not None]
        return {"type": "GeometryCollection", "geometries": parts}
    return {"type": geometry["type"], "coordinates": geometry["coordinates"]}


def validity_problems(shapes: Any) -> Iterator[tuple[int, str]]:
    """Yield index and problem of the invalid ones among an array of shapely geometries."""
    import shapely

    valid = shapely.is_valid(shapes) | shapely.is_missing(shapes)
    for number, is_valid in enumerate(valid.tolist()):
        if not is_valid:
            yield number, _reason(shapely.is_valid_reason(shapes[number]))


def _reason(told: str) -> str:
    """Return the problem GEOS names (``Self-intersection[-77 -12]``), without the place."""
    words = {
        "self-intersection": "self-intersection",
        "ring self-intersection": "self-intersection",
        "hole lies outside shell": "hole-outside",
        "holes are nested": "hole-outside",
        "duplicate rings": "duplicate-rings",
        "nested shells": "duplicate-rings",
        "too few points in geometry component": "ring-too-short",
    }
    return words.get(told.split("[")[0].strip().lower(), "not-valid")
