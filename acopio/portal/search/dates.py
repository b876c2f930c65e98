"""Dates as Solr writes them in queries: whole or in part, or counted from now.

``2026``, ``2026-11``, ``2026-11-22``, ``2026-11-22T04:31:53.997Z``, ``NOW-7DAYS/DAY``. All are
UTC, and numbers in the index: microseconds since 1970.
"""

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PART = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_MATH = re.compile(r"([+-][0-9]{1,6}|/)([A-Z]+?)S?(?=[+\-/]|$)")
# How much of 2026-11-22T04:31:53 each keeps when rounded to.
_UNITS = {"YEAR": 4, "MONTH": 7, "DAY": 10, "HOUR": 13, "MINUTE": 16, "SECOND": 19}


def microseconds(moment: datetime) -> int:
    """Return a moment as the index has it; one without a zone is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MICROSECOND


def period(text: str, now: datetime) -> tuple[int, int]:
    """Return the first and the last microsecond that ``text`` means. Raises ``ValueError``."""
    try:
        return _period(text, now)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"not a date: {text[:40]!r}") from error


def _period(text: str, now: datetime) -> tuple[int, int]:
    part = _PART.fullmatch(text)
    if part:
        year, month, day = (int(number) if number else None for number in part.groups())
        start = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
        unit = "DAY" if day else "MONTH" if month else "YEAR"
        return microseconds(start), microseconds(_moved(start, 1, unit)) - 1
    moment = microseconds(_moment(text, now))
    return moment, moment


def _moment(text: str, now: datetime) -> datetime:
    if text.startswith("NOW"):
        moment, steps = now, text[3:]
    else:
        date, zone, steps = text.partition("Z")
        moment = datetime.fromisoformat(date + zone)
    while steps:
        found = _MATH.match(steps)
        if not found:
            raise ValueError(text)
        step, unit = found.groups()
        if unit not in _UNITS:
            raise ValueError(text)
        moment = _rounded(moment, unit) if step == "/" else _moved(moment, int(step), unit)
        steps = steps[found.end() :]
    return moment


def _moved(moment: datetime, count: int, unit: str) -> datetime:
    """Return the moment so many units later; the last day of a month stays a day of its month."""
    if unit not in ("YEAR", "MONTH"):
        return moment + timedelta(**{f"{unit.lower()}s": count})
    months = moment.year * 12 + moment.month - 1 + count * (12 if unit == "YEAR" else 1)
    day = moment.day
    while day > 28:
        try:
            return moment.replace(year=months // 12, month=months % 12 + 1, day=day)
        except ValueError:
            day -= 1
    return moment.replace(year=months // 12, month=months % 12 + 1, day=day)


def _rounded(moment: datetime, unit: str) -> datetime:
    kept = _UNITS[unit]
    text = moment.isoformat()[:kept] + "0000-01-01T00:00:00"[kept:]
    return datetime.fromisoformat(text).replace(tzinfo=moment.tzinfo)
