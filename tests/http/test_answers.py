"""Statuses, repetitions, sizes and JSON: whatever a server answers has a name."""

import gzip
import json
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from acopio.errors import (
    BadAnswer,
    Blocked,
    NotFound,
    SourceError,
    TooLarge,
    Truncated,
    Unreachable,
)
from acopio.http import Client, Limits
from acopio.messages import catalogue, sentence
from tests.http.clients import client_for
from tests.http_server import Exchange, Handler, serving


@pytest.mark.parametrize(
    ("status", "kind", "key"),
    [
        (400, BadAnswer, "http-bad-status"),
        (401, Blocked, "http-forbidden"),
        (403, Blocked, "http-forbidden"),
        (404, NotFound, "http-not-found"),
        (410, NotFound, "http-gone"),
        (500, BadAnswer, "http-bad-status"),
        (502, Unreachable, "http-out-of-service"),
        (304, BadAnswer, "http-bad-status"),
        (302, BadAnswer, "http-bad-status"),
        (999, BadAnswer, "http-bad-status"),
    ],
)
def test_status_has_a_name(status: int, kind: type[SourceError], key: str) -> None:
    with serving(lambda ask: ask.reply(b"", status)) as server, pytest.raises(kind) as caught:
        client_for(server).get(server.url)
    assert caught.value.key == key
    assert caught.value.params["status"] == status
    assert server.host in sentence(caught.value) + caught.value.params["host"]
    assert "{" not in sentence(caught.value)


def unlucky(times: int, status: int, headers: dict[str, str] | None = None) -> Handler:
    def handle(ask: Exchange) -> None:
        if ask.number <= times:
            ask.reply(b"later", status, headers)
        else:
            ask.reply(b"now")

    return handle


@pytest.mark.parametrize("status", [502, 503, 504])
def test_passing_trouble_is_waited_out(status: int) -> None:
    with serving(unlucky(3, status)) as server:
        client = client_for(server)
        assert client.get(server.url).content == b"now"
    assert client.requests == 4


def test_lasting_trouble_is_not_waited_out_for_ever() -> None:
    with serving(unlucky(99, 503)) as server, pytest.raises(Unreachable):
        client_for(server).get(server.url)
    assert len(server.asked) == 4


@pytest.mark.parametrize("status", [500, 404, 403])
def test_other_trouble_is_not_asked_for_again(status: int) -> None:
    with serving(unlucky(1, status)) as server, pytest.raises(SourceError):
        client_for(server).get(server.url)
    assert len(server.asked) == 1


def test_lost_connection_is_opened_again() -> None:
    def drop_twice(ask: Exchange) -> None:
        if ask.number < 3:
            ask.hang_up()
        else:
            ask.reply(b"now")

    with serving(drop_twice) as server:
        assert client_for(server).get(server.url).content == b"now"


def test_lost_connection_has_a_name() -> None:
    with serving(lambda ask: ask.hang_up()) as server, pytest.raises(Unreachable) as caught:
        client_for(server).get(server.url)
    assert caught.value.key == "http-connection-lost"
    assert len(server.asked) == 4


@pytest.mark.parametrize("status", [502, 503, 504, 0])
def test_what_writes_is_never_repeated(status: int) -> None:
    def fail(ask: Exchange) -> None:
        if status:
            ask.reply(b"", status)
        else:
            ask.hang_up()

    with serving(fail) as server:
        try:
            answer = client_for(server).session.post(server.url, data=b"{}")
        except Unreachable:
            assert not status
        else:
            assert answer.status_code == status
    assert len(server.asked) == 1


def test_what_writes_is_repeated_when_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    from urllib3.util import connection

    connect, refusals = connection.create_connection, [ConnectionRefusedError()] * 2

    def refuse_twice(*args: object, **kwargs: object) -> object:
        if refusals:
            raise refusals.pop()
        return connect(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(connection, "create_connection", refuse_twice)
    with serving(lambda ask: ask.reply(ask.asked.body)) as server:
        answer = client_for(server).session.post(server.url, data=b"once")
    assert answer.content == b"once"
    assert len(server.asked) == 1


def test_nobody_listening_has_a_name() -> None:
    with serving(lambda ask: ask.reply()) as server:
        pass
    client = client_for(server)
    with pytest.raises(Unreachable) as caught:
        client.get(server.url)
    assert caught.value.key == "http-no-connection"
    assert client.requests == 0


def test_unknown_name_has_a_name() -> None:
    with pytest.raises(Unreachable) as caught:
        Client().get("http://no-existe.invalid/")
    assert caught.value.key == "http-unknown-host"


@pytest.mark.parametrize("status", [429, 503])
def test_short_retry_after_is_waited_out(status: int) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=0.2), usegmt=True)
    for asked in ("0", " 0 ", soon, "Sun, 06 Nov 1994 08:49:37 GMT"):
        handler = unlucky(1, status, {"Retry-After": asked})
        with serving(handler) as server:
            assert client_for(server).get(server.url).content == b"now"


def test_retry_after_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("acopio.http.budget.Budget.sleep", lambda _, seconds: slept.append(seconds))
    with serving(unlucky(2, 429, {"Retry-After": "59"})) as server:
        assert client_for(server).get(server.url).content == b"now"
    assert slept == [59, 59]


@pytest.mark.parametrize(
    "asked", ["soon", "-5", "1e9", "٣", "Sun, 99 Foo", "Mon, 1 Jan 1 0:0:0 GMT"]
)
def test_mumbled_retry_after_is_none(asked: str) -> None:
    headers = {"Retry-After": asked.encode().decode("latin-1")}
    with serving(unlucky(1, 503, headers)) as server:
        assert client_for(server).get(server.url).content == b"now"


def test_refusal_that_lasts_ends_in_a_cool_down() -> None:
    with (
        serving(unlucky(99, 429, {"Retry-After": "0"})) as server,
        pytest.raises(Blocked) as caught,
    ):
        client_for(server).get(server.url)
    assert caught.value.key == "http-sent-away"
    assert len(server.asked) == 4


def test_announced_size_is_enough_to_refuse() -> None:
    def promise(ask: Exchange) -> None:
        ask.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
        server.ended.wait(2)

    with serving(promise) as server, pytest.raises(TooLarge) as caught:
        client_for(server, answer_bytes=1000).get(server.url)
    assert caught.value.params["limit"] == 1000


def test_body_without_end_is_refused() -> None:
    def pour(ask: Exchange) -> None:
        ask.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(200):
            ask.send(b"400\r\n" + b"x" * 1024 + b"\r\n")

    with serving(pour) as server, pytest.raises(TooLarge):
        client_for(server, answer_bytes=10_000).get(server.url)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip"])
def test_compressed_bomb_is_refused(encoding: str) -> None:
    bomb = b"0" * 50_000_000
    packed = zlib.compress(bomb) if encoding == "deflate" else gzip.compress(bomb)
    if encoding == "gzip, gzip":
        packed = gzip.compress(packed)
    assert len(packed) < 100_000
    headers = {"Content-Encoding": encoding}
    with (
        serving(lambda ask: ask.reply(packed, headers=headers)) as server,
        pytest.raises(TooLarge),
    ):
        client_for(server, answer_bytes=100_000).get(server.url)


def test_compressed_answer_is_unpacked() -> None:
    packed = gzip.compress(b'{"a": 1}')
    with serving(lambda ask: ask.reply(packed, headers={"Content-Encoding": "gzip"})) as server:
        assert client_for(server).get_json(server.url) == {"a": 1}


@pytest.mark.parametrize("encoding", ["gzip", "br-unknown"])
def test_what_cannot_be_unpacked_has_a_name(encoding: str) -> None:
    headers = {"Content-Encoding": encoding}
    with (
        serving(lambda ask: ask.reply(b"plain", headers=headers)) as server,
        pytest.raises(BadAnswer) as caught,
    ):
        client_for(server).get(server.url)
    assert caught.value.key == "http-undecodable"


def test_answer_cut_short_is_asked_for_again() -> None:
    def cut_once(ask: Exchange) -> None:
        ask.reply(b"half", headers={"Content-Length": "8"} if ask.number == 1 else {})
        ask.hang_up()

    with serving(cut_once) as server:
        assert client_for(server).get(server.url).content == b"half"
    assert len(server.asked) == 2


def test_answer_always_cut_short_is_truncated() -> None:
    def cut(ask: Exchange) -> None:
        ask.reply(b"half", headers={"Content-Length": "8"})
        ask.hang_up()

    with serving(cut) as server, pytest.raises(Truncated):
        client_for(server).get(server.url)


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc",
        b"SMTP ready\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
    ],
)
def test_what_is_not_http_has_a_name(wire: bytes) -> None:
    def say(ask: Exchange) -> None:
        ask.send(wire)
        ask.hang_up()

    with serving(say) as server, pytest.raises(SourceError) as caught:
        client_for(server, retries=0).get(server.url)
    assert caught.value.key in catalogue()


def test_redirects_are_followed_ten_times() -> None:
    def count_down(ask: Exchange) -> None:
        left = int(ask.path.strip("/"))
        if left:
            ask.reply(b"x" * 100, 302, {"Location": f"/{left - 1}"})
        else:
            ask.reply(b"arrived")

    with serving(count_down) as server:
        client = client_for(server)
        assert client.get(f"{server.url}/10").content == b"arrived"
        with pytest.raises(BadAnswer) as caught:
            client.get(f"{server.url}/11")
    assert caught.value.key == "http-too-many-redirects"


def test_redirect_in_latin_1_is_followed() -> None:
    def lead(ask: Exchange) -> None:
        if ask.path == "/":
            ask.reply(status=301, headers={"Location": "/año.csv"})
        else:
            ask.reply(ask.path.encode())

    with serving(lead) as server:
        assert client_for(server).get(server.url).content == b"/a%F1o.csv"


@pytest.mark.parametrize("there", ["http://[::1", "http://h:port/", "http://" + "a" * 70 + "/"])
def test_redirect_nowhere_has_a_name(there: str) -> None:
    with (
        serving(lambda ask: ask.reply(status=302, headers={"Location": there})) as server,
        pytest.raises(SourceError) as caught,
    ):
        client_for(server).get(server.url)
    assert caught.value.key in {"http-bad-redirect", "http-bad-address", "http-unknown-host"}


def test_redirect_with_an_endless_body_costs_little() -> None:
    def pour(ask: Exchange) -> None:
        if ask.path == "/end":
            ask.reply(b"arrived")
            return
        ask.send(b"HTTP/1.1 302 Found\r\nLocation: /end\r\nContent-Length: 100000000\r\n\r\n")
        for _ in range(100):
            ask.send(b"x" * 65536)

    with serving(pour) as server:
        client = client_for(server)
        assert client.get(server.url).content == b"arrived"
    assert client.bytes < 1_000_000


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"  <!DOCTYPE html><title>Acceso restringido</title>", "http-page-instead-of-json"),
        (b"<?xml version='1.0'?><html>", "http-page-instead-of-json"),
        (b"", "http-nothing-instead-of-json"),
        (b"{'a': 1}", "http-not-json"),
        (b"[" * 100_000, "http-not-json"),
        (b"9" * 5_000, "http-not-json"),
        (b"\xff\xfe\xfd", "http-not-json"),
    ],
)
def test_what_came_instead_of_json_is_said(body: bytes, key: str) -> None:
    with serving(lambda ask: ask.reply(body)) as server, pytest.raises(BadAnswer) as caught:
        client_for(server).get_json(server.url)
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("body", "charset", "expected"),
    [
        ('{"año": "ñ"}'.encode(), "", {"año": "ñ"}),
        (b"\xef\xbb\xbf[1]", "", [1]),
        ('["ñ"]'.encode("latin-1"), "; charset=ISO-8859-1", ["ñ"]),
        (b'[NaN, Infinity, "x"]', "", [None, None, "x"]),
    ],
)
def test_json_as_portals_write_it(body: bytes, charset: str, expected: object) -> None:
    headers = {"Content-Type": "application/json" + charset}
    with serving(lambda ask: ask.reply(body, headers=headers)) as server:
        assert client_for(server).get_json(server.url, params={"q": "a ñ"}) == expected
        assert server.asked[0].path == "/?q=a+%C3%B1"


def test_requests_and_bytes_are_counted() -> None:
    def lead(ask: Exchange) -> None:
        if ask.path == "/":
            ask.reply(status=302, headers={"Location": "/a"})
        else:
            ask.reply(json.dumps("x" * 10_000).encode())

    with serving(lead) as server:
        client = client_for(server)
        client.get(server.url)
    assert client.requests == 2
    assert 10_000 < client.bytes < 11_000


def test_default_limits_are_the_documented_ones() -> None:
    limits = Limits()
    assert (limits.connect, limits.read, limits.answer_seconds) == (10, 60, 300)
    assert (limits.file_seconds, limits.cooldown, limits.retry_after_cap) == (7200, 900, 60)
    assert (limits.answer_bytes, limits.file_bytes) == (64 * 2**20, 10 * 2**30)
