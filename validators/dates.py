"""Days that have not come yet, and days of which nobody can tell the month."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial

from acopio.model import Finding
from acopio.validators.checking import Check, name_of
from acopio.validators.columns import Column, Survey
from acopio.validators.country import column_words
from acopio.validators.finding import finding
from acopio.validators.lexicon import name_words
from acopio.validators.shapes import Shape
from acopio.validators.values import Answer, Key, Question, Seen

_YEAR_FIRST = re.compile(
    r"((?:19|20|99)[0-9]{2})([-/.]?)(0?[1-9]|1[0-2])\2(0?[1-9]|[12][0-9]|3[01])"
)
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
# The day is all that is compared, so no column has many values: what follows it is an hour.
_KEY = Key(sql="substr({0}, 1, 10)", of=lambda text: text[:10])
_HOUR = re.compile(r"[ T]")
# Of a column whose cells are mostly something else nothing is said.
_MOSTLY = 0.8
# Both orders in one file: the rarer must be more than a slip of one hand.
_FEW = 2


Days = list[tuple[str, Seen]]


def is_date(text: str) -> bool:
    """Tell whether ``text`` begins with a day: ``2024-01-31``, ``31/01/2024 10:00``."""
    day = _day_of(text)
    return bool(_YEAR_FIRST.fullmatch(day) or _YEAR_LAST.fullmatch(day))


def holds_dates(column: Column) -> bool:
    """Tell whether a column may hold days: by its name, or by the first cell with marks."""
    if name_words(column.label) & column_words("dates")["named"]:
        return bool(column.count(Shape.TEXT, Shape.DATE))
    return Shape.TEXT in column.first and is_date(column.first[Shape.TEXT][1])


def checks(table: Survey) -> Iterator[Check]:
    """Yield a check for each column of days."""
    for column in table.columns:
        if holds_dates(column):
            yield Check(
                question=Question(columns=(column.number,), key=_KEY, of_days=True),
                judge=partial(_judged, column),
            )


def _judged(column: Column, answer: Answer) -> Iterator[Finding]:
    days: Days = [(_day_of(v), seen) for v, seen in answer.seen.items() if is_date(v)]
    if sum(seen.count for _, seen in days) < _MOSTLY * column.filled:
        return
    orders = _orders(days)
    yield from _ambiguous(column, days, orders)
    if not name_words(column.label) & column_words("dates")["planned"]:
        yield from _future(column, days, orders)


def _day_of(text: str) -> str:
    return _HOUR.split(text.strip(), maxsplit=1)[0]


def _orders(days: Days) -> Counter[str]:
    """Count the cells that prove what comes first, ``day`` or ``month``, and ``either``."""
    orders: Counter[str] = Counter()
    for value, seen in days:
        match = _YEAR_LAST.fullmatch(value)
        if match:
            first, second = int(match[1]), int(match[3])
            orders[_order(first, second)] += seen.count
    return orders


def _order(first: int, second: int) -> str:
    if first == second or not (first and second):
        return "none"
    if first <= 12 and second <= 12:
        return "either"
    return "day" if first > 12 else "month"


def _ambiguous(column: Column, days: Days, orders: Counter[str]) -> Iterator[Finding]:
    mixed = min(orders["day"], orders["month"]) >= _FEW
    unknown = orders["either"] >= _FEW and not orders["day"] and not orders["month"]
    if not mixed and not unknown:
        return
    rarer = min("day", "month", key=lambda order: orders[order])
    example, first = next(
        (value, seen)
        for value, seen in days
        if (match := _YEAR_LAST.fullmatch(value))
        and _order(int(match[1]), int(match[3])) == (rarer if mixed else "either")
    )
    yield finding(
        "date-ambiguous",
        row=first.first_row,
        field=name_of(column),
        evidence=example,
        number=column.number,
        count=orders[rarer] if mixed else orders["either"],
        order="mixed" if mixed else "unknown",
    )


def _future(column: Column, days: Days, orders: Counter[str]) -> Iterator[Finding]:
    # A day more: it is tomorrow already where some servers stand.
    last = datetime.now(UTC).date() + timedelta(days=1)
    later = [
        (value, seen)
        for value, seen in days
        if (day := _earliest(value, orders)) is not None and day > last
    ]
    if not later:
        return
    example, first = later[0]
    yield finding(
        "date-in-future",
        row=first.first_row,
        field=name_of(column),
        evidence=example,
        number=column.number,
        count=sum(seen.count for _, seen in later),
        different=len({value for value, _ in later}),
    )


def _earliest(value: str, orders: Counter[str]) -> date | None:
    """Return the day a value means; of two that it may mean, the earlier."""
    if match := _YEAR_FIRST.fullmatch(value):
        return _day(match[1], match[3], match[4])
    if not (match := _YEAR_LAST.fullmatch(value)):
        return None
    first, second, year = match[1], match[3], match[4]
    readings = [_day(year, second, first)]
    if not orders["day"]:
        readings.append(_day(year, first, second))
    return min((day for day in readings if day is not None), default=None)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
