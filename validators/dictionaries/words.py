"""The words of data dictionaries: what heads their columns, and what types they speak of."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from acopio.validators.lexicon import fold

_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenType:
    """A type as dictionaries speak of it; ``accepts`` are the Table Schema types it agrees with.

    Without any it agrees with all, as text does.
    """

    name: str
    accepts: frozenset[str]


def head_of(cell: str) -> tuple[str, int] | None:
    """Return what a cell heads (``name``, ``type``, ...), and how usual that is: 0 the most."""
    return _heads().get(_phrase(cell))


def spoken_type(written: str) -> SpokenType | None:
    """Return the type that a dictionary's words mean: ``Alfanumérico(8)`` is text.

    None where they mean none that is known.
    """
    words = _phrase(written).split()
    types = _types()
    for count in range(len(words), 0, -1):
        found = types.get(" ".join(words[:count]))
        if found is not None:
            return found
    return None


def is_code(words: frozenset[str]) -> bool:
    """Tell whether a column so named holds codes, which are no amounts although called numbers."""
    return bool(words & _codes())


def _phrase(text: str) -> str:
    """Return the words of a text, without those in brackets and those that mean nothing."""
    stop = _tables()["stop"]["words"]
    words = _WORD.findall(fold(text[:200].partition("(")[0]))
    return " ".join(word for word in words if word not in stop)


@cache
def _heads() -> Mapping[str, tuple[str, int]]:
    columns = _tables()["columns"].items()
    return {
        phrase: (head, rank) for head, phrases in columns for rank, phrase in enumerate(phrases)
    }


@cache
def _types() -> Mapping[str, SpokenType]:
    return {
        _phrase(word): SpokenType(name=name, accepts=frozenset(one["accepts"]))
        for name, one in _tables()["types"].items()
        for word in one["words"]
    }


@cache
def _codes() -> frozenset[str]:
    return frozenset(_tables()["codes"]["words"])


@cache
def _tables(country: str = "peru") -> Mapping[str, Any]:
    text = files("acopio.config").joinpath(country).joinpath("dictionary.toml").read_text("utf-8")
    return tomllib.loads(text)
