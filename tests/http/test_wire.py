"""Slow servers, silent servers, servers with the wrong papers; and being told to stop."""

import shutil
import subprocess
import threading
import time
from pathlib import Path

import pytest

from acopio.errors import BadTLS, Cancelled, Unreachable
from acopio.http import Client, Limits
from tests.http.clients import client_for
from tests.http_server import Exchange, Handler, Server, serving


def drip(data: bytes) -> Handler:
    def handle(ask: Exchange) -> None:
        ask.send(data[: data.index(b"|")])
        for byte in data[data.index(b"|") + 1 :] * 50:
            ask.send(bytes([byte]))
            time.sleep(0.02)

    return handle


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n|xxxxxxxxxx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n|1\r\nx\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n|0000000000",
        b"HTTP/1.1 200 OK\r\n|X-Header: y\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 9999\r\n\r\n|xxxxxxxxxx",
        b"|HTTP/1.1 100 Continue\r\n\r\n",
    ],
    ids=["body", "chunks", "chunk-size", "headers", "redirect", "continue"],
)
def test_dripping_server_is_ended_by_the_total_deadline(wire: bytes) -> None:
    with serving(drip(wire)) as server, pytest.raises(Unreachable) as caught:
        client_for(server, answer_seconds=0.3).get(server.url)
    assert caught.value.key == "http-too-slow"


def silence(ask: Exchange) -> None:
    """Answer nothing for longer than anyone waits."""
    time.sleep(0.5)
    ask.hang_up()


def test_silent_server_times_out() -> None:
    with serving(silence) as server:
        client = client_for(server, read=0.15)
        with pytest.raises(Unreachable) as caught:
            client.get(server.url)
    assert caught.value.key == "http-timeout"
    assert client.requests == 1, "what timed out has waited enough"


def test_silence_in_the_middle_of_a_body_times_out() -> None:
    def stop(ask: Exchange) -> None:
        ask.reply(b"begin", headers={"Content-Length": "10"})
        silence(ask)

    with serving(stop) as server, pytest.raises(Unreachable) as caught:
        client_for(server, read=0.15).get(server.url)
    assert caught.value.key == "http-timeout"


def cancelled_soon(server: Server) -> tuple[Client, threading.Event]:
    cancel = threading.Event()
    client = Client(
        allowed_private_hosts=frozenset({server.host}),
        limits=Limits(read=30, backoff=30),
        cancel=cancel,
    )
    threading.Timer(0.1, cancel.set).start()
    return client, cancel


def test_cancel_ends_a_silent_read() -> None:
    def wait(ask: Exchange) -> None:
        server.ended.wait(5)

    with serving(wait) as server:
        client, _ = cancelled_soon(server)
        with pytest.raises(Cancelled):
            client.get(server.url)
        assert not server.ended.is_set()


def test_cancel_ends_the_wait_before_another_attempt() -> None:
    with serving(lambda ask: ask.reply(status=503)) as server:
        client, _ = cancelled_soon(server)
        with pytest.raises(Cancelled):
            client.get(server.url)
    assert len(server.asked) == 1


def test_cancelled_client_asks_nothing(tmp_path: Path) -> None:
    with serving(lambda ask: ask.reply(b"x")) as server:
        client, cancel = cancelled_soon(server)
        cancel.set()
        with pytest.raises(Cancelled):
            client.get(server.url)
        with pytest.raises(Cancelled):
            client.fetch(server.url, tmp_path)
    assert server.asked == []


def test_connections_are_kept() -> None:
    ports = set()

    def note(ask: Exchange) -> None:
        ports.add(ask._handler.client_address[1])
        ask.reply(b"x")

    with serving(note) as server:
        client = client_for(server)
        for _ in range(5):
            client.get(server.url)
        client.close()
    assert len(ports) == 1


def test_large_body_is_sent_on_a_kept_connection() -> None:
    # A connection just read from has a short time-out, which must not be the sender's.
    def count(ask: Exchange) -> None:
        time.sleep(0.15)
        ask.reply(str(len(ask.asked.body)).encode())

    with serving(count) as server:
        client = client_for(server)
        client.get(server.url)
        answer = client.session.post(server.url, data=b"x" * 5_000_000)
    assert answer.content == b"5000000"


def test_upload_ends_with_the_total_deadline() -> None:
    class Endless:
        """A body that never ends."""

        def read(self, size: int = -1) -> bytes:
            time.sleep(0.01)
            return b"x"

    with serving(lambda ask: ask.reply()) as server, pytest.raises(Unreachable) as caught:
        client_for(server, file_seconds=0.3).session.post(
            server.url, data=Endless(), headers={"Content-Length": "1000000"}
        )
    assert caught.value.key == "http-too-slow"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, its key in the same file."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    both = folder / "both.pem"
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both


def test_certificate_nobody_vouches_for_has_a_name(certificate: Path, tmp_path: Path) -> None:
    with serving(lambda ask: ask.reply(b"x"), certificate) as server:
        client = client_for(server)
        with pytest.raises(BadTLS) as caught:
            client.get(server.url)
        assert "self-signed" in caught.value.params["reason"]
        with pytest.raises(BadTLS):
            client.fetch(server.url, tmp_path)
    assert server.asked == []
    assert list(tmp_path.iterdir()) == []


def test_trusted_certificate_is_trusted(certificate: Path, tmp_path: Path) -> None:
    with serving(lambda ask: ask.reply(b"x" * 300_000), certificate) as server:
        client = client_for(server)
        client.session.verify = str(certificate)
        assert len(client.get(server.url).content) == 300_000
        fetched = client.fetch(server.url, tmp_path)
    assert fetched is not None
    assert fetched.size == 300_000


def test_dripping_over_tls_is_ended_too(certificate: Path) -> None:
    wire = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n|xxxxxxxxxx"
    with serving(drip(wire), certificate) as server:
        client = client_for(server, answer_seconds=0.3)
        client.session.verify = str(certificate)
        with pytest.raises(Unreachable) as caught:
            client.get(server.url)
    assert caught.value.key == "http-too-slow"


def test_plain_http_where_tls_was_asked_for_has_a_name() -> None:
    with serving(lambda ask: ask.reply(b"x")) as server, pytest.raises(BadTLS):
        client_for(server).get(server.url.replace("http:", "https:"))
