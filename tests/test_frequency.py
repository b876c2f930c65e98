"""What a declared frequency means: a code, a period, and whether something is within it."""

import tomllib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio import frequency
from acopio.frequency import Freshness, freshness
from tests.sources import ROOT

TODAY = date(2026, 11, 22)
TABLE = tomllib.loads((ROOT / "config" / "frequencies.toml").read_text("utf-8"))
BASE = TABLE.pop("base")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("R/P1M", "MONTHLY"),
        (" Mensual ", "MONTHLY"),
        ("monthly", "MONTHLY"),
        ("MONTHLY", "MONTHLY"),
        (BASE + "MONTHLY", "MONTHLY"),
        ("eventual", "IRREG"),
        ("cuando se pueda", ""),
        ("", ""),
    ],
)
def test_what_portals_write_has_one_code(said: str, code: str) -> None:
    assert frequency.code(said) == code


def test_no_two_frequencies_share_a_word() -> None:
    words = [word.lower() for one in TABLE.values() for word in one["words"]]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("code", sorted(TABLE))
def test_a_code_has_an_address_and_is_its_own_word(code: str) -> None:
    assert frequency.code(frequency.address(code)) == frequency.code(code) == code


@pytest.mark.parametrize(
    ("said", "changed", "fresh"),
    [
        ("R/P1M", date(2026, 11, 1), True),
        ("R/P1M", date(2026, 10, 1), False),
        ("Mensual", date(2026, 11, 21), True),
        ("R/P1Y", date(2026, 1, 1), True),
        ("DAILY", date(2026, 11, 20), False),
        ("irregular", date(1999, 1, 1), None),
        ("cuando se pueda", date(2026, 1, 1), None),
        ("R/P1M", None, None),
        ("R/P10Y", date(9999, 1, 1), None),
    ],
)
def test_freshness_goes_by_the_declared_frequency(
    said: str, changed: date | None, fresh: bool | None
) -> None:
    found = freshness(said, changed, TODAY)
    assert (found and found.is_fresh) == fresh


@given(st.sampled_from(sorted(TABLE)), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_the_day_after_it_is_due_it_is_late(said: str, changed: date) -> None:
    period = frequency.days(said)
    found = freshness(said, changed, changed)
    if period is None:
        assert found is None
        return
    due = changed + timedelta(days=period)
    assert freshness(said, changed, due) == Freshness(is_fresh=True, due=due)
    assert freshness(said, changed, due + timedelta(days=1)) == Freshness(is_fresh=False, due=due)
