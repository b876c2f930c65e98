"""The pager, against listings that change, fail and lie."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.errors import BadAnswer, Blocked, NotThatPlatform
from acopio.harvester.paging import Pager
from acopio.model import BadRecord, Incomplete

Change = Callable[[list[int]], None]


class Listing:
    """Numbers in order, some of which cannot be served; ``changes`` happen before the nth page."""

    def __init__(self, size: int, *, cap: int = 1000) -> None:
        self.numbers = list(range(0, size * 10, 10))
        self.cap = cap
        self.broken: set[int] = set()
        self.changes: dict[int, Change] = {}
        self.asked: list[tuple[int, int]] = []

    def __call__(self, start: int, rows: int) -> list[object]:
        change = self.changes.get(len(self.asked))
        if change is not None:
            change(self.numbers)
        self.asked.append((start, rows))
        page = self.numbers[start : start + min(rows, self.cap)]
        if self.broken & set(page):
            raise BadAnswer("ckan-unreadable", url="http://h.example")
        return list(page)


def read(listing: Callable[[int, int], list[object]], page: int = 10) -> list[object]:
    return list(Pager(listing, str, page))


@given(size=st.integers(0, 45), cap=st.integers(1, 12))
def test_everything_arrives_once_whatever_the_portal_caps(size: int, cap: int) -> None:
    listing = Listing(size, cap=cap)

    assert read(listing) == listing.numbers


def test_a_listing_that_fits_a_page_takes_two_requests() -> None:
    listing = Listing(5)

    assert read(listing) == [0, 10, 20, 30, 40]
    assert listing.asked == [(0, 10), (4, 10)]


@given(
    at=st.integers(1, 4),
    removed=st.sets(st.integers(0, 29), max_size=29),
    added=st.sets(st.integers(0, 299), max_size=40),
)
def test_what_stays_is_read_though_others_come_and_go(
    at: int, removed: set[int], added: set[int]
) -> None:
    listing = Listing(30)
    before = list(listing.numbers)

    def change(numbers: list[int]) -> None:
        kept = [number for number in numbers if number // 10 not in removed]
        numbers[:] = sorted({*kept, *added})

    listing.changes[at] = change
    found = read(listing)

    assert len(found) == len(set(map(str, found)))
    stayed = {number for number in before if number in listing.numbers}
    assert stayed <= set(found) or isinstance(found[-1], Incomplete)


def test_a_deletion_costs_no_record() -> None:
    listing = Listing(30)
    listing.changes[1] = lambda numbers: numbers.__delitem__(slice(0, 7))

    assert read(listing) == list(range(0, 300, 10))


def test_deletions_behind_an_empty_page_are_noticed() -> None:
    listing = Listing(15)
    listing.changes[1] = lambda numbers: numbers.__delitem__(slice(0, 8))

    assert read(listing) == list(range(0, 150, 10))


def test_many_insertions_are_walked_over() -> None:
    listing = Listing(20)
    listing.changes[1] = lambda numbers: numbers.__setitem__(slice(0, 0), range(-25, 0))
    found = read(listing)

    assert set(range(0, 200, 10)) <= set(found)
    assert not any(isinstance(each, Incomplete) for each in found)


@given(broken=st.sets(st.integers(0, 34), max_size=4))
def test_records_that_cannot_be_served_cost_only_themselves(broken: set[int]) -> None:
    listing = Listing(35)
    listing.broken = {number * 10 for number in broken}
    found = read(listing)

    assert [each for each in found if isinstance(each, int)] == [
        number for number in listing.numbers if number not in listing.broken
    ]
    assert sum(isinstance(each, BadRecord) for each in found) == len(broken)


def test_five_failures_in_a_row_end_the_listing() -> None:
    listing = Listing(40)
    listing.broken = {200, 210, 220, 230, 240}
    found = read(listing)

    assert found[:20] == list(range(0, 200, 10))
    assert [type(each) for each in found[20:]] == [BadRecord] * 4 + [Incomplete]


@pytest.mark.parametrize("length", [1, 7, 10])
def test_a_pager_that_repeats_itself_ends_incomplete(length: int) -> None:
    found = read(lambda start, rows: list(range(length)))

    assert found[:-1] == list(range(length))
    assert isinstance(found[-1], Incomplete)


def test_a_pager_without_end_ends_incomplete() -> None:
    found = read(lambda start, rows: [start % 40])

    assert isinstance(found[-1], Incomplete)


def test_a_failure_after_the_first_page_leaves_the_listing_incomplete() -> None:
    def ask(start: int, rows: int) -> list[object]:
        if start:
            raise Blocked("blocked", host="h.example")
        return list(range(rows))

    assert [type(each) for each in read(ask)] == [int] * 10 + [Incomplete]


def test_before_the_first_page_errors_are_raised() -> None:
    def foreign(start: int, rows: int) -> list[object]:
        raise NotThatPlatform("not-ckan", url="http://h.example")

    def broken(start: int, rows: int) -> list[object]:
        raise BadAnswer("ckan-unreadable", url="http://h.example")

    with pytest.raises(NotThatPlatform):
        read(foreign)
    with pytest.raises(BadAnswer):
        read(broken)


def test_a_question_the_portal_refuses_is_not_asked_again() -> None:
    asked = []

    def refused(start: int, rows: int) -> list[object]:
        asked.append(rows)
        raise BadAnswer("ckan-unreadable", url="http://h.example", status=409)

    with pytest.raises(BadAnswer):
        read(refused)
    assert asked == [10]
