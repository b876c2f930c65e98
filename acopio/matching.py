"""Which resource of today is which of yesterday: by id, then URL, then name without its dates.

Portals give files new ids, new addresses and dated names at each cut
(``RENIPRESS_31-08-2026.csv``); readers have linked to ours, so ours stay.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from acopio.model import Resource

# Dates as file names have them: 31-08-2026, 2026_08, 20260831, 31082026. No more than that is one:
# the year of a budget and the number of an ordinance (1234-2026) tell two files apart.
_YEAR, _MONTH, _DAY = "(?:19|20)[0-9]{2}", "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
_LOOSE_MONTH, _LOOSE_DAY = "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|[12][0-9]|3[01])"
_BETWEEN = "[-_./]"
_BEFORE = "(?<![ _.-])[ _.-]*(?<![0-9])"
# A Drupal calls a file of a name it has already so: obras_30-09-2026_0.csv.
_AGAIN = r"(?:_[0-9]{1,2}\Z)?"
_DAY_FIRST = re.compile(
    rf"{_BEFORE}{_LOOSE_DAY}{_BETWEEN}{_LOOSE_MONTH}{_BETWEEN}{_YEAR}(?![0-9]){_AGAIN}"
)
_YEAR_FIRST = re.compile(
    rf"{_BEFORE}(?:{_YEAR}{_BETWEEN}{_LOOSE_MONTH}(?:{_BETWEEN}{_LOOSE_DAY})?"
    rf"|{_YEAR}{_MONTH}{_DAY}|{_DAY}{_MONTH}{_YEAR})(?!{_BETWEEN}?[0-9]{{4}}(?![0-9])|[0-9])"
    rf"{_AGAIN}"
)
# What portals append to repeated uploads: (2), _0.
_UPLOAD_SUFFIX = re.compile(r"(?:\(\d{1,2}\)|_\d{1,2})$")


class Remembered(Protocol):
    """What is needed of a resource we know."""

    @property
    def remote_id(self) -> str:
        """The source's id when last seen."""
        ...

    @property
    def url(self) -> str:
        """Its address when last seen."""
        ...

    @property
    def name(self) -> str:
        """Its name when last seen."""
        ...


def undated(name: str) -> str:
    """Return a name without its dates; years and months in words alone are no dates.

    With a date at its end goes the number of a repeated upload behind it.
    """
    return _YEAR_FIRST.sub("", _DAY_FIRST.sub("", name))


def plain_name(name: str) -> str:
    """Return a name without dates, upload suffixes, extension and letter case."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,7}$", "", name[:500])
    return _UPLOAD_SUFFIX.sub("", undated(stem)).strip(" _-.").casefold()


def match(described: Sequence[Resource], known: Iterable[Any]) -> dict[str, Any]:
    """Return the known resource for each described one's id, where there is one.

    Each known one is given once. By name only where it is unambiguous: a wrong match would put
    one file under another's address.
    """
    left = list(known)
    found: dict[str, Any] = {}
    _take(described, left, found, lambda resource: resource.id, lambda one: one.remote_id)
    _take(described, left, found, lambda resource: resource.url, lambda one: one.url)
    _take(described, left, found, lambda resource: plain_name(label(resource)), _plain)
    return found


def label(resource: Resource) -> str:
    """Return a resource's name, or the end of its address when it has none."""
    return resource.name or resource.url.rsplit("/", 1)[-1]


def _plain(one: Remembered) -> str:
    return plain_name(one.name)


def _take(
    described: Sequence[Resource],
    left: list[Any],
    found: dict[str, Any],
    key: Callable[[Resource], str],
    key_of_known: Callable[[Any], str],
) -> None:
    waiting = _unique([resource for resource in described if resource.id not in found], key)
    for text, one in _unique(left, key_of_known).items():
        if text and text in waiting:
            found[waiting[text].id] = one
            left.remove(one)


def _unique(items: Sequence[Any], key: Callable[[Any], str]) -> Mapping[str, Any]:
    """Return the items whose key no other item has."""
    by_key: dict[str, list[Any]] = {}
    for item in items:
        by_key.setdefault(key(item), []).append(item)
    return {text: same[0] for text, same in by_key.items() if len(same) == 1}
