"""``acopio portal``: a process that answers soon, logs on request, and ends when told."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.cli.desk import Desk


@pytest.fixture
def bare(tmp_path: Path) -> Desk:
    return Desk(tmp_path, "", portal=None)  # type: ignore[arg-type]


@contextmanager
def started(desk: Desk, *words: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Start the portal on a free port; give the process and its address."""
    with subprocess.Popen(
        [sys.executable, "-m", "acopio", "portal", "--port", "0", *words],
        env=desk.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        found = re.search(r"http://\S+:\d+", process.stdout.readline())
        assert found
        try:
            yield process, found.group()
        finally:
            process.kill()


def status(address: str) -> requests.Response:
    return requests.get(f"{address}/api/3/action/status_show", timeout=10)


def listens(address: str) -> bool:
    try:
        return status(address).ok
    except requests.ConnectionError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_ends_cleanly_when_told(bare: Desk, number: signal.Signals) -> None:
    with started(bare) as (process, address):
        answer = status(address)
        assert answer.json()["success"] is True
        assert "server" not in answer.headers
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (0, "", "")
    with pytest.raises(requests.ConnectionError):
        status(address)


def test_it_answers_soon(bare: Desk, record_property: Callable[[str, object], None]) -> None:
    with started(bare):
        pass
    began = time.perf_counter()
    with started(bare) as (_, address):
        assert status(address).ok
        record_property("seconds", time.perf_counter() - began)


def test_a_request_in_flight_is_finished(bare: Desk) -> None:
    with started(bare) as (process, address):
        host, _, port = address.removeprefix("http://").partition(":")
        body = b'{"id": "nada"}'
        head = f"POST /api/3/action/package_show HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
        with socket.create_connection((host, int(port)), timeout=10) as client:
            client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:5])
            assert status(address).ok  # so the half request before it was taken in
            process.send_signal(signal.SIGTERM)
            while listens(address):
                pass
            client.sendall(body[5:])
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 404")
        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize("verbose", [False, True])
def test_requests_are_logged_when_asked_for_and_never_who_asked(bare: Desk, verbose: bool) -> None:
    with started(bare, *(["--verbose"] if verbose else [])) as (process, address):
        requests.get(f"{address}/api/3/action/status_show?clave=secreta", timeout=10)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    assert ("GET /api/3/action/status_show 200" in err) is verbose
    assert "secreta" not in err
    assert "127.0.0.1" not in err


def test_a_taken_port_is_one_sentence_before_any_work(bare: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = bare.type("portal", "--port", port)
    assert (result.exit_code, result.stdout) == (2, "")
    assert port in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (bare.home / "state").exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--host", "192.0.2.1"), "192.0.2.1"),
        (("--host", "no-hay-tal.invalid"), "no-hay-tal.invalid"),
        (("--host", "a" * 70 + ".invalid"), "--host"),
        (("--port", "70000"), "--port"),
        (("--port", "x"), "--port"),
    ],
)
def test_where_it_cannot_listen_is_told(bare: Desk, words: tuple[str, ...], expected: str) -> None:
    result = bare.type("portal", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert expected in result.stderr
    assert not (bare.home / "state").exists()
