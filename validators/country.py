"""What a country's files know: where it is, its districts' codes, how its columns are called."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_CODINGS = ("inei", "reniec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The country's bounds in decimal degrees (WGS84), and its projected ones in metres (UTM)."""

    south: float
    north: float
    west: float
    east: float
    utm_east: tuple[float, float]
    utm_north: tuple[float, float]

    def holds(self, latitude: float, longitude: float) -> bool:
        """Tell whether a point in degrees lies within the country's bounds."""
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east

    def holds_utm(self, east: float, north: float) -> bool:
        """Tell whether a point in metres could lie within the country, in any of its zones."""
        (left, right), (bottom, top) = self.utm_east, self.utm_north
        return left <= east <= right and bottom <= north <= top


@cache
def box(country: str = "peru") -> Box:
    """Return where ``country``, a folder of the configuration, is."""
    tables = _tables(country, "country.toml")
    utm = tables["utm"]
    return Box(
        **tables["box"],
        utm_east=(utm["east_from"], utm["east_to"]),
        utm_north=(utm["north_from"], utm["north_to"]),
    )


@cache
def column_words(section: str, country: str = "peru") -> Mapping[str, frozenset[str]]:
    """Return the words of one section of the country's ``columns.toml``."""
    words = _tables(country, "columns.toml")[section]
    return {name: frozenset(listed) for name, listed in words.items()}


@cache
def ubigeos(country: str = "peru") -> Mapping[str, frozenset[str]]:
    """Return all codes of each coding (``inei``, ``reniec``): departments, provinces, districts.

    A department is ``01`` or ``010000``, a province ``0101`` or ``010100``.
    """
    lines = _tables(country, "ubigeo.toml")["districts"].split("\n")
    columns = zip(*(line.split() for line in lines if line), strict=True)
    return {
        coding: frozenset(_with_levels({code for code in codes if code != "-"}))
        for coding, codes in zip(_CODINGS, columns, strict=True)
    }


def _with_levels(districts: set[str]) -> set[str]:
    provinces = {code[:4] for code in districts}
    departments = {code[:2] for code in districts}
    short = provinces | departments
    return districts | short | {code.ljust(6, "0") for code in short}


def _tables(country: str, name: str) -> dict[str, Any]:
    return tomllib.loads(files("acopio.config").joinpath(country).joinpath(name).read_text("utf-8"))
