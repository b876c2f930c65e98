"""Points that do not lie in the country: swapped, without their sign, zero, or far away.

Decimal degrees and UTM metres are recognised; other ways to write a point are left alone.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial

from acopio.model import Finding
from acopio.validators.checking import Check, name_of
from acopio.validators.columns import Column, Survey
from acopio.validators.country import Box, box, column_words
from acopio.validators.finding import finding
from acopio.validators.lexicon import name_words
from acopio.validators.values import Answer, Key, Question, Seen, apart, pair

_POINT = re.compile(r"\(?\s*([-+]?[0-9]{1,3}[.][0-9]+)\s*[,; ]\s*([-+]?[0-9]{1,3}[.][0-9]+)\s*\)?")
# A table of which so few points are ours is about other places, or about no places at all.
_OURS = 0.5

Point = tuple[float, float]


def checks(table: Survey) -> Iterator[Check]:
    """Yield a check for each pair of latitude and longitude, and each column of both."""
    words = column_words("coordinates")
    for latitude, longitude in _pairs(table, words["latitude"], words["longitude"]):
        yield _of_pair(latitude, longitude, sure=True)
    for north, east in _pairs(table, words["north"], words["east"]):
        yield _of_pair(north, east, sure=False)
    both = words["latitude"], words["longitude"]
    for column in table.columns:
        label = name_words(column.label)
        if column.filled and (label & words["point"] or all(label & named for named in both)):
            yield Check(
                question=Question(columns=(column.number,)),
                judge=partial(_judged, column, column.filled, False),
            )


def _pairs(
    table: Survey, first: frozenset[str], second: frozenset[str]
) -> Iterator[tuple[Column, Column]]:
    """Yield columns that differ in the axis alone: ``lat_inicio`` goes with ``lon_inicio``."""
    filled = [column for column in table.columns if column.filled]
    others = {rest: column for column in filled if (rest := _rest(column, second, first))}
    for column in filled:
        rest = _rest(column, first, second)
        if rest is not None and rest in others:
            yield column, others[rest]


def _rest(column: Column, axis: frozenset[str], other: frozenset[str]) -> tuple[str, ...] | None:
    """Return what a column's name says besides its axis; None when it names another or none."""
    words = name_words(column.label)
    joined = max(words, key=len)
    if not words & axis or words & other:
        return None
    return tuple(sorted(words - axis - {joined})) or ("",)


def _of_pair(latitude: Column, longitude: Column, *, sure: bool) -> Check:
    inside = box()
    number = "coalesce(try_cast({0} AS DOUBLE), try_cast(replace({0}, ',', '.') AS DOUBLE))"
    first, second = number, number.replace("{0}", "{1}")
    within = (
        f"{first} BETWEEN {inside.south} AND {inside.north} "
        f"AND {second} BETWEEN {inside.west} AND {inside.east}"
    )
    return Check(
        question=Question(
            columns=(latitude.number, longitude.number),
            key=Key(sql=f"CASE WHEN {within} THEN NULL ELSE {pair('{0}', '{1}')} END"),
        ),
        judge=partial(_judged, latitude, min(latitude.filled, longitude.filled), sure),
    )


def _judged(column: Column, filled: int, sure: bool, answer: Answer) -> Iterator[Finding]:
    """Yield the points outside; ``sure`` when the columns' names leave no doubt what they are."""
    causes: Counter[str] = Counter()
    outside: dict[str, tuple[str, Seen]] = {}
    for value, seen in answer.seen.items():
        point = _point(value)
        cause = _cause(point, box()) if point else "unread"
        causes[cause] += seen.count
        if cause not in _NO_FAULT:
            outside[value] = (cause, seen)
    known = causes["swapped"] + causes["sign"] + causes["zero"] + causes["metres"]
    asked = sum(causes.values())
    ours = filled - asked + known + causes["inside"]
    if not outside or ours < _OURS * (filled - causes["unread"]):
        return
    if not sure and filled - asked + causes["inside"] + causes["swapped"] == 0:
        return
    example, (cause, first) = next(iter(outside.items()))
    yield finding(
        "coordinates-outside-country",
        row=first.first_row,
        field=name_of(column),
        evidence=", ".join(filter(None, apart(example))),
        number=column.number,
        count=sum(seen.count for _, seen in outside.values()),
        different=len(outside),
        cause=cause,
    )


_NO_FAULT = frozenset({"inside", "metres", "unread"})


def _point(value: str) -> Point | None:
    """Return a latitude and a longitude as they are written; None when that is not in numbers."""
    first, second = apart(value)
    together = _POINT.fullmatch(first) if not second else None
    if together:
        first, second = together.groups()
    try:
        return float(first.replace(",", ".")), float(second.replace(",", "."))
    except ValueError:
        return None


def _cause(point: Point, country: Box) -> str:
    first, second = point
    if country.holds(first, second):
        return "inside"
    if country.holds_utm(second, first) or country.holds_utm(first, second):
        return "metres"
    if first == second == 0:
        return "zero"
    if country.holds(second, first):
        return "swapped"
    if country.holds(-abs(first), -abs(second)):
        return "sign"
    return "elsewhere"
