"""Say what was found out about how a table is written, how surely, and by whom."""

from collections import Counter
from typing import Any

from acopio.validators.columns import Survey
from acopio.validators.dialect import Layout
from acopio.validators.preflight import Profile
from acopio.validators.shapes import Shape
from acopio.validators.tabular.schema import is_decimal_comma, is_identifier

_POINTS = (Shape.POINT, Shape.SCIENTIFIC)
_COMMA_GROUPS = (Shape.THOUSANDS, Shape.MILLIONS_COMMA)
_MANY = 500

Facts = dict[str, dict[str, Any]]


def detected(profile: Profile, survey: Survey) -> Facts:
    """Return each fact with its ``value``, its ``confidence`` (0 to 1) and whom it is ``by``.

    ``by`` is ``acopio``, or ``officer`` for what is pinned, whose confidence is 1. Facts of which
    the table shows nothing (the order of dates, where there are none) are left out. Of a profile
    without layout there are none. All values are JSON's own.
    """
    if profile.layout is None or profile.encoding is None:
        return {}
    layout = profile.layout
    encoding = profile.encoding
    facts = {
        "encoding": _fact(encoding.name, encoding.confidence),
        "delimiter": _fact(layout.delimiter, layout.delimiter_confidence),
        "quote": _fact(layout.quote, layout.delimiter_confidence),
        "header_row": _fact(layout.header_row, layout.header_confidence),
        "title_rows": _fact(layout.header_row - 1, layout.header_confidence),
        **_marks(survey),
        **_habits(layout),
        **_identifiers(survey),
    }
    return _pinned(facts, profile)


def _fact(value: Any, confidence: float) -> dict[str, Any]:
    return {"value": value, "confidence": round(confidence, 2), "by": "acopio"}


def _marks(survey: Survey) -> Facts:
    """Return the decimal mark most columns use, and the mark between thousands, if any."""
    marks: Counter[str] = Counter()
    groups: Counter[str] = Counter()
    for column in survey.columns:
        if is_decimal_comma(column):
            marks[","] += 1
            groups["."] += bool(column.count(Shape.GROUPED_COMMA))
        elif column.count(*_POINTS, *_COMMA_GROUPS) * 2 > column.filled:
            marks["."] += bool(column.count(*_POINTS, Shape.THOUSANDS))
            groups[","] += bool(column.count(*_COMMA_GROUPS))
    found = {"decimal": marks, "thousands": groups}
    return {name: _majority(votes) for name, votes in found.items() if votes.total()}


def _majority(votes: Counter[str]) -> dict[str, Any]:
    ((mark, count),) = votes.most_common(1)
    return _fact(mark, count / votes.total())


def _habits(layout: Layout) -> Facts:
    habits = layout.conventions
    facts = {}
    if habits.date_order:
        facts["date_order"] = _fact(habits.date_order, habits.date_confidence)
    if habits.missing_words:
        facts["missing_words"] = _fact(list(habits.missing_words), habits.missing_confidence)
    return facts


def _identifiers(survey: Survey) -> Facts:
    """Return the numbers, from 1, of the columns whose codes stay text."""
    numbers = [column.number for column in survey.columns if is_identifier(column)]
    return {"identifiers": _fact(numbers[:_MANY], 1.0)} if numbers else {}


def _pinned(facts: Facts, profile: Profile) -> Facts:
    said = profile.pinned
    pins = {
        "encoding": said.encoding,
        "delimiter": said.delimiter,
        "header_row": said.header_row,
        "title_rows": said.header_row - 1,
        "decimal": said.decimal,
        "date_order": said.date_order,
    }
    # What an officer says holds only where it could be followed.
    ignored = {name for name in ("encoding", "header_row") if pins[name] != facts[name]["value"]}
    if "header_row" in ignored:
        ignored.add("title_rows")
    by_officer = {
        name: {"value": value, "confidence": 1.0, "by": "officer"}
        for name, value in pins.items()
        if value != "" and name not in ignored
    }
    return {**facts, **by_officer}
