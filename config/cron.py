"""Cron expressions, as cron(5) reads them.

APScheduler's own reading differs in two points, each of which would run a source on the wrong day
without a word: it counts weekdays from Monday, and it wants day of month *and* day of week to
match where cron is content with either. So its triggers are made here, and nowhere else.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apscheduler.triggers.base import BaseTrigger

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
SHORTHANDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


def trigger(expression: str, timezone: str) -> "BaseTrigger":
    """Return the APScheduler trigger of a cron expression, local to ``timezone``.

    Raises ValueError when the expression is not cron's, or names a moment that never comes.
    """
    from apscheduler.triggers.combining import OrTrigger
    from apscheduler.triggers.cron import CronTrigger

    fields = SHORTHANDS.get(expression.strip().lower(), expression).split()
    if len(fields) != 5:
        raise ValueError(f"{len(fields)} fields")
    minute, hour, day, month, weekday = fields
    weekday = _weekdays(weekday)
    either = "*" not in (day[0], weekday[0])
    pairs = [(day, "*"), ("*", weekday)] if either else [(day, weekday)]
    made = [
        CronTrigger(minute=minute, hour=hour, day=d, month=month, day_of_week=w, timezone=timezone)
        for d, w in pairs
    ]
    if all(one.get_next_fire_time(None, datetime.now(UTC)) is None for one in made):
        raise ValueError("never")
    return OrTrigger(made) if either else made[0]


def _weekdays(field: str) -> str:
    """Return cron's weekday field as names, which both count alike."""
    if field == "*":
        return field
    days = {number % 7 for part in field.lower().split(",") for number in _range(part)}
    return ",".join(WEEKDAYS[number] for number in sorted(days))


def _range(part: str) -> range:
    span, _, step = part.partition("/")
    first, dash, last = ("0", "-", "6") if span == "*" else span.partition("-")
    start = _number(first)
    end = _number(last) if dash else (6 if step else start)
    if start > end or (step and not 0 < int(step) < 8):
        raise ValueError(part)
    return range(start, end + 1, int(step or 1))


def _number(day: str) -> int:
    if day in WEEKDAYS:
        return WEEKDAYS.index(day)
    if day.isascii() and day.isdigit() and len(day) == 1 and int(day) < 8:
        return int(day)
    raise ValueError(day)
