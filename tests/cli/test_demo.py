"""``acopio demo``: the main job on the sample portals, on ports of the tests' own."""

import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from click.testing import CliRunner, Result

from acopio.cli import main
from acopio.cli.demo import typed
from acopio.demo import budget, district, ministry, municipality, national, show
from tests.cli.desk import COUNTED, COUNTS

# As the command line does it, but on other ports than the fixed ones.
OWN_PORTS = """
import sys
from tests.cli.test_demo import move
if __name__ == "__main__":
    move(setattr, [int(port) for port in sys.argv[1].split(",")])
    from acopio.cli import main
    main(["demo", *sys.argv[2:]])
"""
SOURCES = ["nacional", "ministerio", "municipalidad", "distrito", "presupuesto"]
PORTALS = (national, ministry, municipality, district, budget)


def move(set_: Callable[[Any, str, Any], None], ports: Sequence[int]) -> None:
    """Let the sample portals, and last our own, answer on these ports."""
    for module, port in zip(PORTALS, ports, strict=False):
        url = urlsplit(module.SOURCE.url)
        moved = url._replace(netloc=f"127.0.0.1:{port}").geturl()
        set_(module, "SOURCE", replace(module.SOURCE, url=moved))
    set_(show, "PORT", ports[-1])


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Free ports for the sample portals and, last, for ours."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(len(PORTALS) + 1)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        found = [one.getsockname()[1] for one in sockets]
    move(monkeypatch.setattr, found)
    return found


def type_demo(home: Path, *words: str) -> Result:
    environment = {"ACOPIO_HOME": str(home), "ACOPIO_EXECUTOR": "serial"}
    result = CliRunner(env=environment).invoke(main, ["demo", *words])
    assert "Traceback" not in result.output
    return result


@pytest.mark.usefixtures("ports")
def test_the_show_runs_and_its_findings_are_part_of_it(tmp_path: Path) -> None:
    first = type_demo(tmp_path, "--no-serve", "--json")
    assert (first.exit_code, first.stderr) == (0, "")
    document = json.loads(first.stdout)
    assert document["portal"] == f"http://127.0.0.1:{show.PORT}"
    assert document["home"] == str(tmp_path / "demo")
    assert [run["source"] for run in document["runs"]] == SOURCES
    for run in document["runs"]:
        assert set(run["counts"]) == COUNTS
        assert sum(run["counts"][name] for name in COUNTED) == run["counts"]["listed"] > 5
        assert len(run["datasets"]) == run["counts"]["listed"]
        assert run["counts"]["created"] > run["counts"]["withheld"]
        assert run["counts"]["failed"] == 0
    assert sum(run["counts"]["withheld"] for run in document["runs"]) >= 5
    assert sum(run["counts"]["listed"] for run in document["runs"]) >= 40
    assert list(tmp_path.iterdir()) == [tmp_path / "demo"]

    again = type_demo(tmp_path, "--no-serve")
    assert again.exit_code == 0
    assert "sin cambios" in again.stdout
    assert " creado" not in again.stdout
    (command,) = re.findall(r"acopio (dataset show \S+)", again.stdout)
    there = {"ACOPIO_HOME": document["home"]}
    assert CliRunner(env=there).invoke(main, command.split()).exit_code == 0


def test_a_taken_port_is_told_before_any_work(tmp_path: Path, ports: list[int]) -> None:
    for port, words in ((ports[0], ["--no-serve"]), (ports[-1], [])):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", port))
            taken.listen()
            result = type_demo(tmp_path, *words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert str(port) in result.stderr
    assert not (tmp_path / "demo").exists()


@pytest.fixture
def process(
    tmp_path: Path, ports: list[int], request: pytest.FixtureRequest
) -> Iterator["subprocess.Popen[str]"]:
    """A demo that serves what it published until it is told to end; its words may be given."""
    words = getattr(request, "param", ["--json"])
    with subprocess.Popen(
        [sys.executable, "-c", OWN_PORTS, ",".join(map(str, ports)), *words],
        env={"ACOPIO_HOME": str(tmp_path), "ACOPIO_EXECUTOR": "serial", "PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        yield started
        started.kill()


def test_it_serves_what_it_published_until_it_is_told_to_end(
    process: "subprocess.Popen[str]", ports: list[int]
) -> None:
    assert process.stdout
    assert process.stderr
    document = json.loads(process.stdout.readline())
    assert str(ports[-1]) in process.stderr.readline()
    answer = requests.get(document["portal"] + "/data.json", timeout=10)
    created = sum(run["counts"]["created"] for run in document["runs"])
    assert len(answer.json()["dataset"]) == created
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


def test_it_ends_cleanly_in_the_middle(
    process: "subprocess.Popen[str]", tmp_path: Path, ports: list[int]
) -> None:
    database = tmp_path / "demo" / "acopio.db"
    while not database.exists():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "Traceback" not in err
    runs = json.loads(out)["runs"] if out else []
    assert {run["status"] for run in runs} <= {"cancelled"}
    assert type_demo(tmp_path, "--no-serve").exit_code == 0


@pytest.mark.parametrize("process", [["--no-serve"]], indirect=True)
def test_what_was_not_examined_is_not_said_to_be_well(
    process: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    database = tmp_path / "demo" / "acopio.db"
    while not _staged(database):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "Traceback" not in err
    waiting = [line for line in out.splitlines() if "antes de llegar a él" in line]
    assert waiting
    assert not any("nada que" in line for line in waiting)
    assert f"http://127.0.0.1:{show.PORT}" in out
    assert not re.search(r"(?:dataset/|dataset show|job/)\s*$", out, re.MULTILINE)


def _staged(database: Path) -> bool:
    """Tell whether a listing was written down."""
    if not database.exists():
        return False
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            return connection.execute("SELECT 1 FROM harvest_record").fetchone() is not None
        except sqlite3.OperationalError:
            return False


def test_the_command_told_is_the_one_that_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = tmp_path / "checkout" / ".venv" / "bin" / "acopio"
    started.parent.mkdir(parents=True)
    started.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(started), "demo"])
    monkeypatch.setenv("PATH", "")
    monkeypatch.chdir(tmp_path / "checkout")
    assert typed() == ".venv/bin/acopio"
    monkeypatch.chdir(tmp_path / "checkout" / ".venv" / "bin")
    assert typed() == "./acopio"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert typed() == str(started)
    monkeypatch.setenv("PATH", str(started.parent))
    assert typed() == "acopio"
