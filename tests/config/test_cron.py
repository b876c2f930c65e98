from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acopio.config import cron

LIMA = ZoneInfo("America/Lima")
# A Wednesday.
NOW = datetime(2026, 7, 1, 12, 0, tzinfo=LIMA)


def fires(expression: str, times: int = 1) -> list[datetime]:
    trigger = cron.trigger(expression, "America/Lima")
    found: list[datetime] = []
    previous, now = None, NOW
    for _ in range(times):
        moment = trigger.get_next_fire_time(previous, now)
        found.append(moment)
        previous, now = moment, moment
    return found


def test_every_day_at_three_local_time() -> None:
    assert fires("0 3 * * *") == [datetime(2026, 7, 2, 3, 0, tzinfo=LIMA)]


@pytest.mark.parametrize(
    ("weekday", "expected"),
    [
        ("0", ["Sun"]),
        ("7", ["Sun"]),
        ("sun", ["Sun"]),
        ("1-5", ["Thu", "Fri", "Mon", "Tue", "Wed"]),
        ("MON,3", ["Mon", "Wed"]),
        ("5-7", ["Fri", "Sat", "Sun"]),
        ("*/2", ["Thu", "Sat", "Sun", "Tue"]),
        ("0-6/3", ["Sat", "Sun", "Wed"]),
        ("4/2", ["Thu", "Sat"]),
    ],
)
def test_weekdays_count_from_sunday(weekday: str, expected: list[str]) -> None:
    assert [f"{day:%a}" for day in fires(f"0 3 * * {weekday}", len(expected))] == expected


def test_day_of_month_or_day_of_week_whichever_comes() -> None:
    assert [f"{day:%d %a}" for day in fires("0 3 10 * fri", 3)] == ["03 Fri", "10 Fri", "17 Fri"]
    assert [f"{day:%d %a}" for day in fires("0 3 9 * fri", 3)] == ["03 Fri", "09 Thu", "10 Fri"]


def test_shorthands() -> None:
    assert fires("@weekly") == fires("0 0 * * sun")


@pytest.mark.parametrize(
    "expression",
    ["", "* * * *", "60 * * * *", "0 3 31 2 *", "0 3 * * 8", "0 3 * * 5-2", "0 3 * * */0",
     "0 3 * * mon-", "0 3 * * x", "@reboot", "a b c d e", "0 3 * * ²"],
)  # fmt: skip
def test_what_is_not_cron_or_never_comes_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        cron.trigger(expression, "America/Lima")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("0123456789*/-,afmonsux", max_size=6), min_size=5, max_size=5))
def test_any_text_gives_a_trigger_or_a_value_error(fields: list[str]) -> None:
    try:
        trigger = cron.trigger(" ".join(fields), "UTC")
    except ValueError:
        return
    assert trigger.get_next_fire_time(None, NOW) is not None
