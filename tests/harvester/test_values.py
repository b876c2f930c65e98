import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.harvester import values
from acopio.harvester.notes import markdown

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(alphabet=st.characters(), max_size=60))
def test_text_can_be_stored_and_shown(written: str) -> None:
    found = values.clean(written, 20)

    assert len(found) <= 20
    assert found == found.strip()
    assert "\x00" not in found
    assert found.encode("utf-8").decode("utf-8") == found


def test_lone_surrogates_and_direction_marks_go_while_accents_and_emoji_stay() -> None:
    written = json.loads('"A\\ud800ño \\u202eodal\\u0000 \\ud83d\\ude00"')

    assert values.text(written) == "Año odal 😀"


def test_a_long_title_is_cut_with_an_ellipsis() -> None:
    assert values.text("á" * 2_000_000, 1000) == "á" * 999 + "…"


@given(JSON)
def test_nothing_raises_whatever_the_type(value: object) -> None:
    found = (values.text(value), values.line(value), values.raw(value), values.email(value))

    assert all(isinstance(each, str) for each in found)
    assert values.size(value) is None or isinstance(values.size(value), int)
    assert isinstance(values.items(value), list)
    assert isinstance(markdown(value), str)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-10-01", date(2026, 10, 1)),
        ("2026-10-01T12:30:00.000001", datetime(2026, 10, 1, 12, 30, 0, 1, tzinfo=UTC)),
        ("2026-10-01T12:30:00Z", datetime(2026, 10, 1, 12, 30, tzinfo=UTC)),
        ("2026-10-01 07:30:00-05:00", datetime(2026, 10, 1, 12, 30, tzinfo=UTC)),
        ("Jue, 10/31/2024 - 10:54", None),
        ("R/P1D", None),
        ("2026", None),
        ("2026-02-30", None),
        ("0001-01-01T00:00:00+23:00", None),
        (20261001, None),
        (None, None),
    ],
)
def test_only_iso_dates_are_dates(written: object, expected: object) -> None:
    assert values.when(written) == expected


def test_a_moment_without_offset_is_in_the_zone_given() -> None:
    assert values.when("2026-10-01T07:00", ZoneInfo("America/Lima")) == datetime(
        2026, 10, 1, 12, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [(12, 12), ("12", 12), (12.0, 12), ("16.36 KB", None), (-1, None), (True, None), ("", None)],
)
def test_only_whole_numbers_are_sizes(written: object, expected: int | None) -> None:
    assert values.size(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("mailto:datos@muni.example", "datos@muni.example"),
        ("MAILTO:a@b.example", "a@b.example"),
        ("javascript:alert(1)", ""),
        ("a@b.example, c@d.example", ""),
        ({"@id": "x"}, ""),
    ],
)
def test_an_email_is_one_address(written: object, expected: str) -> None:
    assert values.email(written) == expected


def test_relative_addresses_are_those_of_the_portal() -> None:
    assert values.address("/f/a.csv", "http://h.example/norte") == "http://h.example/f/a.csv"
    assert values.address("f/a.csv", "http://h.example/norte") == "http://h.example/norte/f/a.csv"
    assert values.address("http://[", "http://h.example") == "http://["
    assert values.web_page("javascript:alert(1)") == ""
    assert values.web_page("http://[") == ""
