"""The desk: how many visits at once, how often, and one examination after another."""

import os
import time
from pathlib import Path
from threading import Event, Thread

import pytest
from starlette.requests import Request

from acopio.errors import Cancelled
from acopio.portal.web.validating import desk as module
from acopio.portal.web.validating.desk import Desk, Refused, visitor


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "validar", 512)


def test_one_visitor_has_a_few_places_and_the_next_still_finds_one(desk: Desk) -> None:
    with desk.visit("a"), desk.visit("a"):
        with pytest.raises(Refused) as refused, desk.visit("a"):
            pass
        with desk.visit("b"):
            pass
    assert (refused.value.status, refused.value.again) == (429, module.BUSY_SECONDS)
    with desk.visit("a"):
        pass


def test_all_together_have_no_more_places_than_there_are(desk: Desk) -> None:
    visits = [desk.visit(name) for name in (None, None, None, "a", "b", "c")]
    assert len(visits) == module.PLACES
    for one in visits:
        one.__enter__()
    with pytest.raises(Refused) as refused, desk.visit("d"):
        pass
    assert refused.value.status == 503
    visits[0].__exit__(None, None, None)
    with desk.visit("d"):
        pass


def test_so_many_visits_a_minute_and_then_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(module, "monotonic", lambda: now)
    for _ in range(module.VISITS_A_MINUTE):
        with desk.visit("a"):
            pass
    with pytest.raises(Refused) as refused, desk.visit("a"):
        pass
    assert (refused.value.status, refused.value.again) == (429, 61)
    now += 60
    with desk.visit("a"):
        pass


def test_who_has_not_come_for_a_minute_is_forgotten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(module, "monotonic", lambda: now)
    monkeypatch.setattr(module, "_REMEMBERED", 3)
    for name in "abc":
        with desk.visit(name):
            pass
    with pytest.raises(Refused) as refused, desk.visit("d"):
        pass
    assert refused.value.status == 503
    now += 61
    with desk.visit("d"):
        pass
    assert list(desk._lately) == ["d"]


def test_turns_come_one_after_another(desk: Desk) -> None:
    order: list[str] = []
    entered, leave = Event(), Event()

    def first() -> None:
        with desk.turn(Event()):
            entered.set()
            leave.wait(60)
            order.append("first")

    def second() -> None:
        with desk.turn(Event()):
            order.append("second")

    threads = [Thread(target=first), Thread(target=second)]
    threads[0].start()
    assert entered.wait(60)
    threads[1].start()
    leave.set()
    for one in threads:
        one.join(60)
    assert order == ["first", "second"]


def test_nobody_waits_for_ever_nor_after_they_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Event()
    gone.set()
    with desk.turn(Event()):
        with pytest.raises(Cancelled), desk.turn(gone):
            pass
        monkeypatch.setattr(module, "WAIT_SECONDS", 0.0)
        with pytest.raises(Refused) as refused, desk.turn(Event()):
            pass
    assert refused.value.status == 503


def test_a_folder_goes_with_its_visit_and_what_a_killed_portal_left_goes_too(
    desk: Desk, tmp_path: Path
) -> None:
    home = tmp_path / "validar"
    abandoned, other = home / "visit-x", home / "other"
    for folder in (abandoned, other):
        folder.mkdir(parents=True)
        (folder / "body").write_bytes(b"a")
    long_ago = time.time() - module.ABANDONED_SECONDS - 1
    for folder in (abandoned, other):
        os.utime(folder, (long_ago, long_ago))
    with desk, desk.folder() as mine:
        (mine / "body").write_bytes(b"a")
        assert set(home.iterdir()) == {mine, other}
    assert list(home.iterdir()) == [other]


@pytest.mark.parametrize(
    ("host", "headers", "who"),
    [
        ("127.0.0.1", {}, None),
        ("::1", {}, None),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, "proxied"),
        ("203.0.113.9", {}, "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", {}, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", {}, "2001:db8:1:2::/64"),
        ("unknown", {}, "unknown"),
    ],
)
def test_what_stands_for_a_visitor(host: str, headers: dict[str, str], who: str | None) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "client": (host, 1), "headers": pairs}
    assert visitor(Request(scope)) == who
