"""Files are fetched whole: resumed when cut, never mixed from two versions, never too large."""

import gzip
import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acopio.errors import BadAnswer, Blocked, Cancelled, NotFound, TooLarge, Truncated, Unreachable
from acopio.http import Client, Limits, Validators
from tests.http.clients import client_for
from tests.http_server import Exchange, serving

BODY = bytes(range(256)) * 2000
ETAG = '"v1"'


class FileServer:
    """Serves one file with ranges, and breaks off after so many bytes, so many times."""

    def __init__(self, body: bytes = BODY, headers: Mapping[str, str] | None = None) -> None:
        self.body = body
        self.headers = {"ETag": ETAG, "Content-Type": "text/csv; charset=utf-8", **(headers or {})}
        self.cuts: list[int] = []
        self.ranges = True

    def __call__(self, ask: Exchange) -> None:
        headers = {name: value for name, value in self.headers.items() if value}
        if ask.headers.get("if-none-match") == self.headers["ETag"]:
            ask.reply(status=304, headers={"ETag": self.headers["ETag"]})
            return
        start, status = self.start(ask), 200
        if start:
            status = 206
            headers["Content-Range"] = f"bytes {start}-{len(self.body) - 1}/{len(self.body)}"
        rest = self.body[start:]
        headers["Content-Length"] = str(len(rest))
        if self.cuts:
            ask.reply(rest[: self.cuts.pop(0)], status, headers)
            ask.hang_up()
        else:
            ask.reply(rest, status, headers)

    def start(self, ask: Exchange) -> int:
        same = ask.headers.get("if-range") in (
            self.headers["ETag"],
            self.headers.get("Last-Modified"),
        )
        if self.ranges and "range" in ask.headers and same:
            return int(ask.headers["range"].removeprefix("bytes=").removesuffix("-"))
        return 0


def check(fetched: Any, body: bytes = BODY) -> None:
    assert fetched.path.read_bytes() == body
    assert fetched.sha256 == hashlib.sha256(body).hexdigest()
    assert fetched.size == len(body)


def parts(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_file_comes_with_what_is_known_of_it(tmp_path: Path) -> None:
    site = FileServer(
        headers={
            "Last-Modified": "Sun, 22 Nov 2026 01:00:00 GMT",
            "Content-Disposition": 'x; filename="año.csv"',
        }
    )

    def lead(ask: Exchange) -> None:
        if ask.path == "/":
            ask.reply(status=302, headers={"Location": "/there.csv"})
        else:
            site(ask)

    with serving(lead) as server:
        fetched = client_for(server).fetch(server.url, tmp_path)
    check(fetched)
    assert fetched is not None
    assert fetched.url == server.url + "/there.csv"
    assert (fetched.status, fetched.media_type, fetched.name) == (200, "text/csv", "año.csv")
    assert (fetched.etag, fetched.last_modified) == (ETAG, "Sun, 22 Nov 2026 01:00:00 GMT")
    assert {asked.headers["accept-encoding"] for asked in server.asked} == {"identity"}
    assert parts(tmp_path) == [fetched.path.name]


def test_empty_file_is_a_file(tmp_path: Path) -> None:
    with serving(FileServer(b"")) as server:
        check(client_for(server).fetch(server.url, tmp_path), b"")


def test_unchanged_file_is_not_fetched(tmp_path: Path) -> None:
    with serving(FileServer()) as server:
        client = client_for(server)
        assert client.fetch(server.url, tmp_path, known=Validators(etag=ETAG)) is None
        check(client.fetch(server.url, tmp_path, known=Validators(etag='"v0"')))
        known = Validators(last_modified="Sun, 22 Nov 2026 01:00:00 GMT")
        check(client.fetch(server.url, tmp_path, known=known))
    assert server.asked[2].headers["if-modified-since"] == known.last_modified
    assert len(parts(tmp_path)) == 1


def test_unchanged_without_being_asked_is_no_answer(tmp_path: Path) -> None:
    with serving(lambda ask: ask.reply(status=304)) as server, pytest.raises(BadAnswer):
        client_for(server).fetch(server.url, tmp_path)


@pytest.mark.parametrize(
    "headers",
    [{}, {"ETag": "", "Last-Modified": "Sun, 22 Nov 2026 01:00:00 GMT"},
     {"ETag": 'W/"v1"', "Last-Modified": "Sun, 22 Nov 2026 01:00:00 GMT"}],
    ids=["etag", "date", "weak"],
)  # fmt: skip
def test_cut_transfer_is_resumed(tmp_path: Path, headers: dict[str, str]) -> None:
    site = FileServer(headers=headers)
    site.cuts = [100_000, 100_000]
    with serving(site) as server:
        fetched = client_for(server).fetch(server.url, tmp_path)
    check(fetched)
    assert fetched is not None
    assert fetched.status == 206
    assert [asked.headers.get("range") for asked in server.asked] == [
        None, "bytes=100000-", "bytes=200000-",
    ]  # fmt: skip
    assert "W/" not in server.asked[1].headers["if-range"]


def test_next_run_goes_on_where_this_one_stopped(tmp_path: Path) -> None:
    site = FileServer()
    site.cuts = [1000, 0]
    with serving(site) as server:
        with pytest.raises(Truncated):
            client_for(server, retries=1).fetch(server.url, tmp_path)
        name = hashlib.sha256(server.url.encode()).hexdigest()
        assert parts(tmp_path) == [f"{name}.json", f"{name}.part"]
        assert (tmp_path / f"{name}.part").read_bytes() == BODY[:1000]
        check(client_for(server).fetch(server.url, tmp_path, known=Validators(etag='"v0"')))
    assert server.asked[-1].headers["range"] == "bytes=1000-"
    assert "if-none-match" not in server.asked[-1].headers
    assert len(parts(tmp_path)) == 1


def test_file_that_changed_meanwhile_is_begun_anew(tmp_path: Path) -> None:
    site = FileServer()
    site.cuts = [1000]
    with serving(site) as server:
        with pytest.raises(Truncated):
            client_for(server, retries=0).fetch(server.url, tmp_path)
        site.body, site.headers["ETag"] = BODY[::-1], '"v2"'
        fetched = client_for(server).fetch(server.url, tmp_path)
    check(fetched, BODY[::-1])


def test_server_that_ignores_if_range_cannot_mix_two_versions(tmp_path: Path) -> None:
    class Careless(FileServer):
        def start(self, ask: Exchange) -> int:
            value = ask.headers.get("range", "bytes=0-")
            return int(value.removeprefix("bytes=").removesuffix("-"))

    site = Careless()
    site.cuts = [1000]
    with serving(site) as server:
        with pytest.raises(Truncated):
            client_for(server, retries=0).fetch(server.url, tmp_path)
        site.body, site.headers["ETag"] = BODY[::-1], '"v2"'
        check(client_for(server).fetch(server.url, tmp_path), BODY[::-1])


@pytest.mark.parametrize("headers", [{}, {"ETag": ""}], ids=["no ranges", "no validators"])
def test_what_cannot_be_resumed_is_begun_anew(tmp_path: Path, headers: dict[str, str]) -> None:
    site = FileServer(headers=headers)
    site.ranges, site.cuts = False, [1000, 2000]
    with serving(site) as server:
        check(client_for(server).fetch(server.url, tmp_path))
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    "content_range", ["bytes 5-9/10", "bytes 0-9/10", "", "bytes */10", "lines 1000-2000/2001"]
)
def test_wrong_part_is_never_joined(tmp_path: Path, content_range: str) -> None:
    site = FileServer()
    site.cuts = [1000]

    def confuse(ask: Exchange) -> None:
        if "range" in ask.headers:
            ask.reply(b"wrong", 206, {"Content-Range": content_range})
        else:
            site(ask)

    with serving(confuse) as server:
        check(client_for(server).fetch(server.url, tmp_path))
    assert len(server.asked) == 3


def test_part_beyond_the_end_is_begun_anew(tmp_path: Path) -> None:
    site = FileServer()
    site.cuts = [1000]

    def refuse(ask: Exchange) -> None:
        if "range" in ask.headers:
            ask.reply(status=416, headers={"Content-Range": "bytes */1000"})
        else:
            site(ask)

    with serving(refuse) as server:
        check(client_for(server).fetch(server.url, tmp_path))


def test_server_that_gives_a_little_at_a_time_is_followed(tmp_path: Path) -> None:
    def give(ask: Exchange) -> None:
        start = int(ask.headers.get("range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        end = min(start + 200_000, len(BODY))
        headers = {"ETag": ETAG, "Content-Range": f"bytes {start}-{end - 1}/{len(BODY)}"}
        if start:
            ask.reply(BODY[start:end], 206, headers)
        else:
            ask.reply(BODY[:end], 200, {"ETag": ETAG, "Content-Length": str(len(BODY))})
            ask.hang_up()

    with serving(give) as server:
        check(client_for(server).fetch(server.url, tmp_path))


def test_progress_earns_more_attempts(tmp_path: Path) -> None:
    body = bytes(1024 * 1024) * 6
    site = FileServer(body)
    site.cuts = [1024 * 1024] * 5
    with serving(site) as server:
        check(client_for(server, retries=1).fetch(server.url, tmp_path), body)
    assert len(server.asked) == 6


def test_short_body_is_truncated_and_kept(tmp_path: Path) -> None:
    def lie(ask: Exchange) -> None:
        ask.reply(b"short", headers={"Content-Length": "10"})
        ask.hang_up()

    with serving(lie) as server, pytest.raises(Truncated) as caught:
        client_for(server).fetch(server.url, tmp_path)
    assert caught.value.key == "http-cut"
    assert len(server.asked) == 4
    assert [path.read_bytes() for path in tmp_path.glob("*.part")] == [b"short"]


def test_cut_chunks_are_truncated(tmp_path: Path) -> None:
    def cut(ask: Exchange) -> None:
        ask.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n")
        ask.hang_up()

    with serving(cut) as server, pytest.raises(Truncated):
        client_for(server).fetch(server.url, tmp_path)


def test_body_longer_than_announced_is_cut(tmp_path: Path) -> None:
    with serving(
        lambda ask: ask.reply(b"12345HTTP/1.1 200 OK", headers={"Content-Length": "5"})
    ) as server:
        client = client_for(server)
        check(client.fetch(server.url, tmp_path), b"12345")
        assert client.get(server.url).content == b"12345"


@pytest.mark.parametrize("announced", [True, False])
def test_too_large_file_is_refused_and_not_kept(tmp_path: Path, announced: bool) -> None:
    def pour(ask: Exchange) -> None:
        if announced:
            ask.reply(BODY)
            return
        ask.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + BODY)
        ask.hang_up()

    with serving(pour) as server, pytest.raises(TooLarge):
        client_for(server, file_bytes=100_000).fetch(server.url, tmp_path)
    assert parts(tmp_path) == []


def test_file_compressed_unasked_is_unpacked_within_bounds(tmp_path: Path) -> None:
    packed = gzip.compress(bytes(1_000_000))
    headers = {"Content-Encoding": "gzip", "ETag": ETAG}
    with serving(lambda ask: ask.reply(packed, headers=headers)) as server:
        check(client_for(server).fetch(server.url, tmp_path), bytes(1_000_000))
        with pytest.raises(TooLarge):
            client_for(server, file_bytes=500_000).fetch(server.url, tmp_path)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(403, Blocked), (404, NotFound), (410, NotFound), (418, Blocked), (500, BadAnswer),
     (204, BadAnswer), (503, Unreachable)],
)  # fmt: skip
def test_refused_file_leaves_nothing(tmp_path: Path, status: int, kind: type[Exception]) -> None:
    with serving(lambda ask: ask.reply(b"", status)) as server, pytest.raises(kind):
        client_for(server).fetch(server.url, tmp_path)
    assert parts(tmp_path) == []


def test_passing_trouble_does_not_lose_what_came(tmp_path: Path) -> None:
    site = FileServer()
    site.cuts = [1000]

    def stumble(ask: Exchange) -> None:
        if ask.number in (2, 3):
            ask.reply(status=503)
        else:
            site(ask)

    with serving(stumble) as server:
        check(client_for(server).fetch(server.url, tmp_path))
    assert server.asked[3].headers["range"] == "bytes=1000-"


def test_dripping_transfer_is_ended_and_kept(tmp_path: Path) -> None:
    def drip(ask: Exchange) -> None:
        ask.send(f"HTTP/1.1 200 OK\r\nETag: {ETAG}\r\nContent-Length: {len(BODY)}\r\n\r\n".encode())
        ask.send(BODY[:200_000])
        for number in range(50):
            ask.send(BODY[200_000 + number :][:1])
            time.sleep(0.02)

    with serving(drip) as server, pytest.raises(Unreachable) as caught:
        client_for(server, file_seconds=0.4).fetch(server.url, tmp_path)
    assert caught.value.key == "http-too-slow"
    [partial] = tmp_path.glob("*.part")
    assert BODY.startswith(partial.read_bytes())
    assert partial.stat().st_size >= 190_000


def test_cancelled_transfer_is_kept(tmp_path: Path) -> None:
    cancel = threading.Event()

    def stop(ask: Exchange) -> None:
        ask.send(f"HTTP/1.1 200 OK\r\nETag: {ETAG}\r\nContent-Length: {len(BODY)}\r\n\r\n".encode())
        ask.send(BODY[:200_000])
        cancel.wait(0.1)
        cancel.set()
        server.ended.wait(5)

    with serving(stop) as server:
        client = Client(allowed_private_hosts=frozenset({server.host}), cancel=cancel)
        with pytest.raises(Cancelled):
            client.fetch(server.url, tmp_path)
    [partial] = tmp_path.glob("*.part")
    assert BODY.startswith(partial.read_bytes())


@pytest.mark.parametrize("notes", ["", "[]", "{", '{"url": "http://other/"}', "{}", "\x00"])
def test_partial_of_unknown_origin_is_not_used(tmp_path: Path, notes: str) -> None:
    with serving(FileServer()) as server:
        name = hashlib.sha256(server.url.encode()).hexdigest()
        (tmp_path / f"{name}.part").write_bytes(b"whatever")
        (tmp_path / f"{name}.json").write_text(notes)
        check(client_for(server).fetch(server.url, tmp_path))
    assert "range" not in server.asked[0].headers


def test_same_address_fetched_at_once_gives_each_its_file(tmp_path: Path) -> None:
    site = FileServer()

    def renew(ask: Exchange) -> None:
        site.headers["ETag"] = f'"{ask.number}"'
        ask.reply(BODY + str(ask.number % 3).encode(), headers={"ETag": f'"{ask.number}"'})

    with serving(renew) as server, ThreadPoolExecutor(6) as threads:
        clients = [
            Client(allowed_private_hosts=frozenset({server.host}), limits=Limits(read=5))
            for _ in range(6)
        ]
        results = list(threads.map(lambda client: client.fetch(server.url, tmp_path), clients))
    for fetched in results:
        assert fetched is not None
        assert hashlib.sha256(fetched.path.read_bytes()).hexdigest() == fetched.sha256
    assert not list(tmp_path.glob("*.part"))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(0, 5000), max_size=6), size=st.integers(0, 12_000))
def test_however_it_is_cut_the_file_is_the_same(tmp_path: Path, cuts: list[int], size: int) -> None:
    site = FileServer(BODY[:size])
    site.cuts = [cut for cut in cuts if cut < size]
    with serving(site) as server:
        client = client_for(server, retries=2)
        for _ in range(10):
            try:
                fetched = client.fetch(server.url, tmp_path)
            except Truncated:
                continue
            break
    check(fetched, BODY[:size])
    assert fetched is not None
    fetched.path.unlink()


def test_notes_hold_what_the_next_run_needs(tmp_path: Path) -> None:
    site = FileServer()
    site.cuts = [10]
    with serving(site) as server, pytest.raises(Truncated):
        client_for(server, retries=0).fetch(server.url, tmp_path)
    [notes] = tmp_path.glob("*.json")
    expected = {"url": server.url, "etag": ETAG, "last_modified": "", "total": len(BODY)}
    assert json.loads(notes.read_text()) == expected


def test_killed_process_is_followed_by_one_that_goes_on(tmp_path: Path) -> None:
    script = """if True:
        import sys
        from pathlib import Path
        from acopio.http import Client
        Client(allowed_private_hosts=frozenset({"127.0.0.1"})).fetch(sys.argv[1], Path(sys.argv[2]))
        """
    site, sent = FileServer(), threading.Event()

    def stall_once(ask: Exchange) -> None:
        if ask.number > 1:
            site(ask)
            return
        head = f"HTTP/1.1 200 OK\r\nETag: {ETAG}\r\nContent-Length: {len(BODY)}\r\n\r\n"
        ask.send(head.encode() + BODY[:300_000])
        sent.set()
        server.ended.wait(5)

    with serving(stall_once) as server:
        command = [sys.executable, "-c", script, server.url, str(tmp_path)]
        with subprocess.Popen(command) as process:
            assert sent.wait(20)
            while sum(path.stat().st_size for path in tmp_path.glob("*.part")) < 100_000:
                assert process.poll() is None
                time.sleep(0.005)
            process.kill()
        fetched = client_for(server).fetch(server.url, tmp_path)
    check(fetched)
    assert fetched is not None
    assert fetched.status == 206
    start = int(server.asked[1].headers["range"].removeprefix("bytes=").removesuffix("-"))
    assert 100_000 <= start <= 300_000
