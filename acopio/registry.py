"""Find plugins by the name setup.cfg gives them."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from acopio.errors import ConfigError


@cache
def _points(group: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=f"acopio.{group}")}


def names(group: str) -> list[str]:
    """Return the names registered in ``acopio.<group>``, sorted."""
    return sorted(_points(group))


def load(group: str, name: str) -> Any:
    """Return the class registered as ``name`` in the entry point group ``acopio.<group>``.

    Raises ConfigError for an unknown name, naming the known ones.
    """
    try:
        return _points(group)[name].load()
    except KeyError:
        known = ", ".join(names(group))
        raise ConfigError("unknown-plugin", group=group, name=name, known=known) from None
