"""Judge the geometry of KML (OGC 07-147r2), streamed: coordinates are longitude,latitude[,height].

Placemarks are read as GeoJSON geometries, so that one set of rules judges both.
"""

from math import nan
from pathlib import Path
from typing import Any

from acopio.validators.faults import Faults
from acopio.validators.geometry import Shapes, geometry_problem
from acopio.validators.wellformed import LONGEST, Beyond, read_xml

_SIMPLE = {"Point": "Point", "LineString": "LineString", "LinearRing": "LineString"}
_KINDS = frozenset({*_SIMPLE, "Polygon"})


def kml_faults(path: Path) -> Faults | None:
    """Return what is wrong with the geometries of the KML at ``path``; None if it is no XML.

    A place is ``Placemark[N]`` from 1. Raises Beyond for a geometry too long to be held.
    """
    reading = _Reading()
    if read_xml(path, start=reading.start, end=reading.end, text=reading.text):
        return None
    return reading.done()


class _Reading:
    """What was read so far of one file."""

    def __init__(self) -> None:
        self.faults = Faults()
        self._shapes = Shapes(self.faults)
        self._placemarks = 0
        self._geometries = 0
        self._open: list[str] = []
        self._rings: list[Any] = []
        self._parts: list[str] = []
        self._held = 0
        self._listening = False

    def start(self, name: str, _attributes: object) -> None:
        local = name.rsplit(":", 1)[-1]
        if local == "Placemark":
            self._placemarks += 1
        elif local in _KINDS:
            self._open.append(local)
            if local == "Polygon":
                self._rings, self._held = [], 0
        elif local == "coordinates":
            self._listening = bool(self._open)
            self._parts = []

    def text(self, text: str) -> None:
        if self._listening:
            self._parts.append(text)
            self._held += len(text)
            if self._held > LONGEST:
                raise Beyond("feature", LONGEST)

    def end(self, name: str) -> None:
        local = name.rsplit(":", 1)[-1]
        if local == "coordinates" and self._listening:
            self._listening = False
            self._coordinates("".join(self._parts))
        elif local in _KINDS and self._open:
            self._open.pop()
            if local == "Polygon":
                self._judge({"type": "Polygon", "coordinates": self._rings})

    def done(self) -> Faults:
        if not self._geometries:
            self.faults.add("no-features", "kml")
        self._shapes.judge()
        return self.faults

    def _coordinates(self, text: str) -> None:
        positions = [_position(part) for part in text.split()]
        if "Polygon" in self._open:
            self._rings.append(positions)
            return
        self._held = 0
        kind = _SIMPLE[self._open[-1]]
        value = (positions or [[]])[0] if kind == "Point" else positions
        self._judge({"type": kind, "coordinates": value})

    def _judge(self, geometry: dict[str, Any]) -> None:
        self._geometries += 1
        place = f"Placemark[{self._placemarks}]"
        problem = geometry_problem(geometry)
        if problem:
            self.faults.add(problem, place)
        else:
            self._shapes.add(geometry, place)


def _position(text: str) -> list[float]:
    """Return the numbers of one tuple; what is none is no position either."""
    try:
        return [float(number) for number in text.split(",") if number]
    except ValueError:
        return [nan]
