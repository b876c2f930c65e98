"""Find the first and the last day inside a table, column by column: how new its data are.

Whole days, years (``ANO_EJE``) and months (``202609``) count; birthdays and the like do not. It is
decided from the survey which columns are worth reading; a table without any is not read again.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path

from acopio.validators.columns import Column, Survey
from acopio.validators.dates import holds_dates
from acopio.validators.lexicon import name_words
from acopio.validators.preflight import Profile
from acopio.validators.shapes import Shape
from acopio.validators.values import Key, Question, answers, in_sql

Span = tuple[date, date]

_YEAR_FIRST = re.compile(r"((?:19|20)[0-9]{2})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2((?:19|20)[0-9]{2})")
_PERIOD = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])?")
# What follows a day is its hour; only the day is asked for, so that few values differ.
_DAY = re.compile("^[0-9]{1,4}[-/.]?[0-9]{1,2}[-/.]?[0-9]{1,4}")
_DAY_KEY = Key(
    sql=f"nullif(regexp_extract({{0}}, {in_sql(_DAY)}), '')",
    of=lambda text: found[0] if (found := _DAY.match(text)) else None,
)
_NUMBERS = (Shape.INTEGER, Shape.SIX)
# Of a column whose cells are mostly something else nothing is said.
_MOSTLY = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A column worth asking about, and how its values are read: the span of each, or None."""

    column: Column
    question: Question
    spans: Callable[[Iterable[str]], Iterator[Span | None]]


def dates_inside(path: Path, profile: Profile, table: Survey) -> Mapping[str, Span]:
    """Return the first and the last day in each column of days, years or months, by its label.

    ``table`` is the survey of the table at ``path``, read to its end. At most one more reading.
    Raises Unreadable.
    """
    asked = list(dated(table))
    found = answers(path, profile, table, [one.question for one in asked])
    spans = (
        (one.column.label, span_of(one, {v: seen.count for v, seen in answer.seen.items()}))
        for one, answer in zip(asked, found, strict=True)
        if answer.complete
    )
    return {label: span for label, span in spans if label and span}


def dated(table: Survey) -> Iterator[Dated]:
    """Yield the columns of days, years or months that tell how new the data are."""
    words = _words()
    for column in table.columns[: table.width]:
        name = name_words(column.label)
        if name & words["settled"] or not column.filled:
            continue
        if holds_dates(column):
            question = Question(columns=(column.number,), key=_DAY_KEY, of_days=True)
            yield Dated(column=column, question=question, spans=_days)
        elif name & words["periods"] and _mostly(column.count(*_NUMBERS), column):
            question = Question(columns=(column.number,))
            yield Dated(column=column, question=question, spans=_periods)


def span_of(asked: Dated, cells: Mapping[str, int]) -> Span | None:
    """Return the first and last day of a column's values, given with how many cells hold each.

    None unless four of five cells that are not blank hold one.
    """
    spans = list(asked.spans(cells))
    read = sum(count for count, span in zip(cells.values(), spans, strict=True) if span)
    known = [span for span in spans if span]
    if not known or not _mostly(read, asked.column):
        return None
    return min(first for first, _ in known), max(last for _, last in known)


def _mostly(cells: int, column: Column) -> bool:
    return cells >= _MOSTLY * column.filled


def _days(values: Iterable[str]) -> Iterator[Span | None]:
    """Yield the day of each value; the month comes first only where some value proves it."""
    written = list(values)
    numbers = [(int(m[1]), int(m[3])) for v in written if (m := _YEAR_LAST.fullmatch(v))]
    month_first = any(b > 12 for _, b in numbers) and not any(a > 12 for a, _ in numbers)
    for value in written:
        day = _day(value, month_first=month_first)
        yield (day, day) if day else None


def _day(value: str, *, month_first: bool) -> date | None:
    if match := _YEAR_FIRST.fullmatch(value):
        year, month, day = match[1], match[3], match[4]
    elif match := _YEAR_LAST.fullmatch(value):
        year, month, day = match[4], match[3], match[1]
        if month_first:
            month, day = day, month
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _periods(values: Iterable[str]) -> Iterator[Span | None]:
    """Yield the first and last day of each year (2026) or month (202609)."""
    for value in values:
        match = _PERIOD.fullmatch(value)
        yield _period(int(match[1]), int(match[2] or 0)) if match else None


def _period(year: int, month: int) -> Span:
    if not month:
        return date(year, 1, 1), date(year, 12, 31)
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1)


@cache
def _words(country: str = "peru") -> Mapping[str, frozenset[str]]:
    text = files("acopio.config").joinpath(country).joinpath("time.toml").read_text("utf-8")
    return {name: frozenset(words["named"]) for name, words in tomllib.loads(text).items()}
