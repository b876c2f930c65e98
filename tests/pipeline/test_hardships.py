"""What may go wrong around a run, and must go wrong alone."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from acopio.config.files import to_toml
from acopio.demo.portals import CkanPortal
from acopio.demo.server import Answer, Body, Request, serve
from acopio.messages import speaking, text
from acopio.model import Source, Target
from acopio.pipeline import officer
from acopio.pipeline.run import run
from acopio.store import jobs, leases, sources
from tests.pipeline.test_run import outcomes
from tests.pipeline.world import CSV, Shelf, World, package


@pytest.fixture
def filled(here: World) -> World:
    here.fill(10)
    here.change(withdraw_after_days=0)
    here.run()
    return here


def test_a_target_of_others_without_its_token_stops_nobody(filled: World) -> None:
    other = Target(name="other", kind="ckan", url="https://c.example", token_env="NOT_SET_ANYWHERE")
    sources.save_targets(filled.engine.store, [other])
    assert filled.run()["counts"]["unchanged"] == 10
    officer.takedown(filled.engine, "conjunto-2", "orden")
    assert "conjunto-2" not in filled.names()


def test_a_takedown_needs_no_source(filled: World) -> None:
    officer.remove(filled.engine, "muni", withdraw=False)
    officer.takedown(filled.engine, "conjunto-2", "orden")
    assert "conjunto-2" not in filled.names()


def test_a_takedown_leaves_no_target_because_of_another_that_is_gone(filled: World) -> None:
    from acopio import registration

    second = Target(name="second", kind="shelf", url="y")
    registration.add_targets(filled.engine.store, [second])
    filled.change(targets=("shelf", "second"))
    filled.run()
    registration.remove_target(filled.engine.store, "second")
    document = filled.document(officer.takedown(filled.engine, "conjunto-2", "orden"))
    states = {one["target"]: one["state"] for one in document["datasets"][0]["publications"]}
    assert states == {"shelf": "withdrawn", "second": "failed"}
    registration.add_targets(filled.engine.store, [second])
    officer.takedown(filled.engine, "conjunto-2", "orden")
    assert "conjunto-2" not in filled.names()


def test_a_portal_gone_private_as_a_whole_is_held(filled: World) -> None:
    filled.portal.packages = [package(n, private=n > 0) for n in range(10)]
    document = filled.run()
    assert (document["status"], document["counts"]["withdrawn"]) == ("held", 0)
    assert len(filled.names()) == 10


def test_force_asks_the_target_as_well(filled: World) -> None:
    Shelf.written.clear()
    Shelf.shown.clear()
    filled.run(force=True)
    assert len(filled.names()) == 10


def test_a_ruling_on_what_was_withdrawn_does_not_bring_it_back(filled: World) -> None:
    filled.portal.packages = [package(n, private=n == 9) for n in range(10)]
    filled.run()
    assert "conjunto-9" not in filled.names()
    assert officer.decide(filled.engine, "conjunto-9", "auto", "x") is None
    assert "conjunto-9" not in filled.names()


def test_a_pinned_dataset_stays_although_no_longer_listed(filled: World) -> None:
    officer.decide(filled.engine, "conjunto-9", "pin", "citado")
    filled.portal.packages = [package(n) for n in range(9)]
    document = filled.run()
    assert (document["counts"]["withdrawn"], document["counts"]["missing"]) == (0, 1)
    assert "conjunto-9" in filled.names()
    officer.remove(filled.engine, "muni", withdraw=True)
    assert filled.names() == set()


def test_a_failed_withdrawal_beside_a_creation_is_partial(filled: World) -> None:
    filled.portal.packages = [package(n) for n in range(1, 11)]
    filled.portal.files = {**filled.portal.files, "/f/10.csv": Body(content=CSV)}
    Shelf.fails = staticmethod(lambda name: name == "conjunto-0")
    document = filled.run()
    assert (document["status"], document["counts"]["created"]) == ("partial", 1)


def test_an_incomplete_listing_that_changed_nothing_failed(filled: World) -> None:
    assert filled.run(max_items=3)["status"] == "failed"
    assert len(filled.names()) == 10


def test_why_a_listing_ended_is_read_in_the_readers_language(filled: World) -> None:
    filled.portal.most = 5
    filled.answer = _fails_later
    number = run(filled.engine, "muni")
    said = []
    for language in ("es", "en"):
        with speaking(language):
            document = filled.document(number)
            listing = text("listing-incomplete", {"reason": ""}).split(":")[0]
            assert document["reason"].startswith(listing)
            assert "{" not in document["reason"]
            said += [document["reason"], *(one["message"] for one in document["errors"])]
    half = len(said) // 2
    assert not set(said[:half]) & set(said[half:])
    assert not any("El portal" in one for one in said[half:])


def _fails_later(request: Request) -> Answer | None:
    return Answer(status=500) if int(request.query.get("start", 0)) > 0 else None


def test_a_run_of_which_all_failed_says_why(here: World) -> None:
    here.fill(3)
    Shelf.fails = staticmethod(lambda name: True)
    document = here.run()
    assert (document["status"], document["counts"]["failed"]) == ("failed", 3)
    assert document["reason"] in [one["reason"] for one in document["datasets"]]
    assert document["reason"]


def test_a_source_whose_withdrawal_fails_is_not_removed(filled: World) -> None:
    Shelf.fails = staticmethod(lambda name: name == "conjunto-3")
    job = officer.remove(filled.engine, "muni", withdraw=True)
    assert job is not None
    assert jobs.errors(filled.engine.store, job)
    assert filled.names() == {"conjunto-3"}
    Shelf.fails = staticmethod(lambda name: False)
    assert filled.run()["counts"]["listed"] == 10


def test_cancelling_one_job_leaves_the_process_to_the_next(filled: World) -> None:
    def cancel(name: str) -> bool:
        running = jobs.recent(filled.engine.store, "muni", limit=1)[0]
        jobs.ask_to_cancel(filled.engine.store, running.id)
        time.sleep(2.5)
        return False

    filled.portal.packages = [package(n, title="Otro") for n in range(10)]
    Shelf.fails = staticmethod(cancel)
    assert filled.run()["status"] == "cancelled"
    Shelf.fails = staticmethod(lambda name: False)
    assert not filled.engine.cancel.is_set()
    assert filled.run()["status"] == "succeeded"


def test_a_file_that_broke_a_validator_is_looked_at_again(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from acopio.validators.table import TableValidator

    def broken(*_: object) -> None:
        raise AttributeError("torn out of an import")

    here.fill(1)
    with monkeypatch.context() as patch:
        patch.setattr(TableValidator, "validate", broken)
        assert outcomes(here.run()) == {"conjunto-0": "withheld"}
    assert outcomes(here.run()) == {"conjunto-0": "created"}


def test_a_lease_of_another_pid_namespace_is_not_taken(here: World) -> None:
    machine, _, _ = leases.holder().rsplit(":", 2)
    host = machine.rsplit("/", 1)[0]
    leases.acquire(here.engine.store, "a", f"{host}/1:999999:abcd")
    assert not leases.acquire(here.engine.store, "a", leases.holder())


def test_two_processes_with_one_pid_are_two_holders(here: World) -> None:
    machine, pid, _ = leases.holder().rsplit(":", 2)
    leases.acquire(here.engine.store, "a", f"{machine}:{pid}:other")
    assert not leases.acquire(here.engine.store, "a", leases.holder())


# --- signals, with real workers ------------------------------------------------------------------


def start(home: Path, url: str) -> "subprocess.Popen[str]":
    """Start ``acopio run`` in a session of its own, as a terminal or a service manager would."""
    source = Source(name="muni", kind="ckan", url=url, targets=("out",), pause=0.0)
    (home / "s.toml").write_text(to_toml(source), "utf-8")
    (home / "t.toml").write_text(f'[out]\nkind = "folder"\nurl = "file://{home}/out"\n', "utf-8")
    environment = {
        **os.environ,
        "ACOPIO_HOME": str(home / "state"),
        "ACOPIO_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
        "ACOPIO_EXECUTOR": "local:2",
    }
    base = [sys.executable, "-m", "acopio"]
    for arguments in (["target", "add", "t.toml"], ["source", "add", "s.toml"]):
        subprocess.run([*base, *arguments], cwd=home, env=environment, check=True)
    return subprocess.Popen(
        [*base, "run", "muni", "--json"],
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def workers(process: "subprocess.Popen[str]", seconds: float = 30) -> list[psutil.Process]:
    """Wait until the pool works, and return its processes."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = psutil.Process(process.pid).children(recursive=True)
        busy = [one for one in found if one.cpu_times().user > 0.3]
        if busy:
            return found
        time.sleep(0.05)
    raise AssertionError("no worker ever worked")


@pytest.fixture
def slow() -> CkanPortal:
    rows = b"".join(b"%06d,%d.5\n" % (n, n) for n in range(60_000))
    portal = CkanPortal(packages=[package(n) for n in range(6)])
    body = b"codigo,monto\n" + rows
    portal.files = {f"/f/{n}.csv": Body(content=body + b"1,%d\n" % n) for n in range(6)}
    return portal


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_all_its_processes_ends_a_run_soon_and_cleanly(
    tmp_path: Path, slow: CkanPortal, number: signal.Signals
) -> None:
    import json

    with serve(slow) as url:
        process = start(tmp_path, url)
        workers(process)
        os.killpg(process.pid, number)
        asked = time.monotonic()
        output, _ = process.communicate(timeout=60)
        assert time.monotonic() - asked < 20
    document = json.loads(output)["runs"][0]
    assert (process.returncode, document["status"]) == (1, "cancelled")
    assert all(row["outcome"] != "withheld" for row in document["datasets"])


def test_the_workers_of_a_killed_run_end_with_it(tmp_path: Path, slow: CkanPortal) -> None:
    with serve(slow) as url:
        process = start(tmp_path, url)
        left = workers(process)
        process.kill()
        process.communicate()
        _, alive = psutil.wait_procs(left, timeout=15)
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []


def test_an_old_target_forgets_what_is_taken_down(filled: World) -> None:
    second = Target(name="second", kind="shelf", url="y")
    sources.save_targets(filled.engine.store, [second])
    finished: list[str] = []

    def finish(shelf: Shelf) -> None:
        finished.append(shelf.target.name)

    filled.source = replace(filled.source, targets=("second",))
    sources.save_sources(filled.engine.store, [filled.source])
    filled.run()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Shelf, "finish", finish)
        officer.takedown(filled.engine, "conjunto-1", "orden")
    assert set(finished) == {"shelf", "second"}
