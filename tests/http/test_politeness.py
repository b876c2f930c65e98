"""One at a time at each host, with a pause, and away from those that sent us away."""

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from acopio.errors import Blocked, Cancelled, CoolingDown
from acopio.http import Client, Limits, MemoryCoolDowns, Politeness
from tests.http.clients import client_for
from tests.http_server import Exchange, serving


class Crowd:
    """Counts how many requests are in the handler at once."""

    def __init__(self, seconds: float = 0.02) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self.present = self.most = 0

    def __call__(self, ask: Exchange) -> None:
        with self._lock:
            self.present += 1
            self.most = max(self.most, self.present)
        # Half of it after the headers: the turn lasts until the body is read.
        ask.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na")
        time.sleep(self._seconds)
        with self._lock:
            self.present -= 1
        ask.send(b"b")


@pytest.mark.parametrize(("connections", "most"), [(1, 1), (3, 3)])
def test_so_many_at_once_at_a_host(connections: int, most: int) -> None:
    crowd = Crowd(0.05)
    with serving(crowd) as server, ThreadPoolExecutor(8) as threads:
        # Two clients, as of two sources of one host, with one politeness.
        politeness = Politeness()
        clients = [
            Client(
                politeness=politeness,
                connections=connections,
                allowed_private_hosts=frozenset({server.host}),
            )
            for _ in range(2)
        ]
        answers = list(threads.map(lambda n: clients[n % 2].get(server.url), range(12)))
    assert [answer.content for answer in answers] == [b"ab"] * 12
    assert crowd.most == most


def test_hosts_do_not_wait_for_one_another() -> None:
    met = threading.Barrier(2, timeout=5)

    def meet(ask: Exchange) -> None:
        met.wait()
        ask.reply(b"met")

    with serving(meet) as one, serving(meet) as other, ThreadPoolExecutor(2) as threads:
        client = client_for(one, other)
        answers = list(threads.map(client.get, [one.url, other.url]))
    assert [answer.content for answer in answers] == [b"met", b"met"]


def test_two_hosts_that_lead_to_each_other_do_not_deadlock() -> None:
    there: dict[str, str] = {}

    def lead(ask: Exchange) -> None:
        if ask.path == "/end":
            ask.reply(b"arrived")
        else:
            ask.reply(status=302, headers={"Location": there[ask.headers["host"]] + "/end"})

    with serving(lead) as one, serving(lead) as other, ThreadPoolExecutor(8) as threads:
        there.update({one.host: other.url, other.host: one.url})
        client = client_for(one, other)
        answers = list(threads.map(client.get, [one.url, other.url] * 8))
    assert {answer.content for answer in answers} == {b"arrived"}


def test_pause_begins_when_the_last_request_ended() -> None:
    politeness, turns = Politeness(), []
    for _ in range(3):
        with politeness.turn("h", pause=0.05):
            turns.append(time.monotonic())
            time.sleep(0.02)
    assert all(later - earlier >= 0.07 for earlier, later in itertools.pairwise(turns))


def test_who_wants_a_host_alone_is_not_overtaken() -> None:
    politeness, order = Politeness(), []

    def take(name: str, connections: int) -> None:
        with politeness.turn("h", connections=connections):
            order.append(name)

    with ThreadPoolExecutor(4) as threads:
        with politeness.turn("h", connections=9):
            threads.submit(take, "alone", 1)
            waiting(politeness, 1)
            # There is room for these, but someone came before.
            for _ in range(3):
                threads.submit(take, "together", 9)
            waiting(politeness, 4)
            assert order == []
        threads.shutdown()
    assert order == ["alone", *["together"] * 3]


def waiting(politeness: Politeness, number: int) -> None:
    """Return when so many wait for a turn."""
    while len(politeness._hosts["h"].queue) < number:
        time.sleep(0.001)


def test_cancel_ends_the_wait_for_a_turn() -> None:
    politeness, cancel = Politeness(), threading.Event()
    with politeness.turn("h"):
        cancel.set()
        with pytest.raises(Cancelled), politeness.turn("h", cancel=cancel):
            pytest.fail("had a turn")
    with politeness.turn("h"):
        assert True, "the one that gave up left nothing behind"


@pytest.mark.parametrize("status", [418, 429])
def test_host_that_sends_us_away_is_left_in_peace(status: int) -> None:
    with serving(lambda ask: ask.reply(status=status)) as server:
        client = client_for(server)
        with pytest.raises(Blocked) as blocked:
            client.get(server.url)
        assert blocked.value.params["status"] == status
        for _ in range(3):
            with pytest.raises(CoolingDown) as cooling:
                client.get(server.url + "/other")
        minutes = (cooling.value.params["until"] - datetime.now(UTC)) / timedelta(minutes=1)
        assert 14 < minutes <= 15
    assert len(server.asked) == 1


def test_those_already_waiting_are_not_let_in_either() -> None:
    with serving(lambda ask: ask.reply(status=418)) as server, ThreadPoolExecutor(6) as threads:
        client = client_for(server)

        def ask(_: int) -> str:
            try:
                client.get(server.url)
            except (Blocked, CoolingDown) as error:
                return error.code
            return "answered"

        codes = sorted(threads.map(ask, range(6)))
    assert codes == ["blocked", *["cooling-down"] * 5]
    assert len(server.asked) == 1


def test_cool_down_ends_and_outlives_a_client() -> None:
    cool_downs = MemoryCoolDowns()
    with serving(lambda ask: ask.reply(b"again")) as server:
        names = frozenset({server.host})
        cool_downs.start(server.host, datetime.now(UTC) + timedelta(seconds=60))
        with pytest.raises(CoolingDown):
            Client(politeness=Politeness(cool_downs), allowed_private_hosts=names).get(server.url)
        over = MemoryCoolDowns()
        over.start(server.host, datetime.now(UTC) - timedelta(seconds=1))
        client = Client(politeness=Politeness(over), allowed_private_hosts=names)
        assert client.get(server.url).content == b"again"


def test_a_later_refusal_never_shortens_a_cool_down() -> None:
    cool_downs, now = MemoryCoolDowns(), datetime.now(UTC)
    cool_downs.start("h", now + timedelta(hours=2))
    cool_downs.start("h", now + timedelta(hours=1))
    assert cool_downs.until("h") == now + timedelta(hours=2)


@pytest.mark.parametrize(
    ("asked", "hours"), [("3600", 1), ("999999999", 24), ("Fri, 31 Dec 9999 23:59:59 GMT", 24)]
)
def test_long_retry_after_is_believed_up_to_a_day(asked: str, hours: int) -> None:
    with (
        serving(lambda ask: ask.reply(status=429, headers={"Retry-After": asked})) as server,
        pytest.raises(Blocked) as blocked,
    ):
        client_for(server).get(server.url)
    left = blocked.value.params["until"] - datetime.now(UTC)
    assert timedelta(hours=hours, seconds=-5) < left <= timedelta(hours=hours)
    assert len(server.asked) == 1


def test_host_closed_for_long_is_unreachable_and_left_in_peace() -> None:
    with serving(lambda ask: ask.reply(status=503, headers={"Retry-After": "7200"})) as server:
        client = client_for(server)
        with pytest.raises(Exception, match="http-closed-until"):
            client.get(server.url)
        with pytest.raises(CoolingDown):
            client.get(server.url)
    assert len(server.asked) == 1


def test_forgotten_hosts_bound_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acopio.http.politeness._REMEMBERED_HOSTS", 10)
    politeness = Politeness()
    for number in range(100):
        with politeness.turn(f"host-{number}"):
            pass
    assert len(politeness._hosts) <= 12


def test_waiting_for_others_is_not_held_against_a_call() -> None:
    def slow(ask: Exchange) -> None:
        time.sleep(0.12)
        ask.reply(b"x")

    with serving(slow) as server, ThreadPoolExecutor(4) as threads:
        client = Client(
            allowed_private_hosts=frozenset({server.host}), limits=Limits(answer_seconds=1)
        )
        answers = list(threads.map(client.get, [server.url] * 12))
    assert [answer.content for answer in answers] == [b"x"] * 12
