"""Dates in queries."""

from datetime import UTC, datetime

import pytest

from acopio.portal.search.dates import microseconds, period

NOW = datetime(2026, 3, 31, 12, 34, 56, 789, tzinfo=UTC)


def at(moment: str) -> int:
    return microseconds(datetime.fromisoformat(moment).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "first", "beyond"),
    [
        ("2024", at("2024-01-01"), at("2025-01-01")),
        ("2024-02", at("2024-02-01"), at("2024-03-01")),
        ("2024-12", at("2024-12-01"), at("2025-01-01")),
        ("2024-02-29", at("2024-02-29"), at("2024-03-01")),
    ],
)
def test_part_of_a_date_is_the_whole_period(text: str, first: int, beyond: int) -> None:
    assert period(text, NOW) == (first, beyond - 1)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-02-29T10:20:30Z", at("2024-02-29T10:20:30")),
        ("2024-02-29T10:20:30.5Z", at("2024-02-29T10:20:30.500000")),
        ("2024-02-29T10:20:30", at("2024-02-29T10:20:30")),
        ("NOW", microseconds(NOW)),
        ("NOW/DAY", at("2026-03-31")),
        ("NOW/MONTH", at("2026-03-01")),
        ("NOW/YEAR", at("2026-01-01")),
        ("NOW/HOUR", at("2026-03-31T12:00:00")),
        ("NOW-7DAYS/DAY", at("2026-03-24")),
        ("NOW/DAY-1MONTH", at("2026-02-28")),
        ("NOW/DAY+1YEAR-2HOURS", at("2027-03-30T22:00:00")),
        ("2024-01-31T00:00:00Z+1MONTH", at("2024-02-29")),
        ("2024-01-31T00:00:00Z-13MONTHS", at("2022-12-31")),
    ],
)
def test_a_moment_is_itself(text: str, moment: int) -> None:
    assert period(text, NOW) == (moment, moment)


@pytest.mark.parametrize(
    "text",
    [
        "", "ayer", "0000", "2024-13", "2024-02-30", "2024-02-29T25:00:00Z", "NOWHERE", "NOW/WEEK",
        "NOW+DAY", "NOW-999999YEARS", "NOW+999999999DAYS", "NOW+999999DAYS+999999DAYS+999999DAYS",
        "NOW/", "2024-02-29 10:20:30Z 1", "２0２4-99",  # noqa: RUF001
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a date"):
        period(text, NOW)
