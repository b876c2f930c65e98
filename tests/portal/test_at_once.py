"""Several processes and threads write at once, and nothing of it is lost."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.portal import writer
from tests.portal.serving import OWNER, Portal, served
from tests.services import postgres_schema
from tests.sources import ROOT

WRITES, PROCESSES, THREADS = 24, 2, 8


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    with postgres_schema() as address:
        yield address


@pytest.fixture
def portal(database: str, tmp_path: Path) -> Iterator[Portal]:
    with served(tmp_path, database) as portal:
        shared = {"name": writer.SHARED, "owner_org": OWNER}
        portal.result("package_create", shared, "sysadmin")
        yield portal


def test_two_processes_lose_nothing(portal: Portal, database: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    writers = [
        subprocess.Popen(
            [sys.executable, writer.__file__, tmp_path, database, f"p{number}", str(WRITES)],
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    said = [process.communicate(timeout=300)[0] for process in writers]
    assert [process.returncode for process in writers] == [0] * PROCESSES
    assert sum(map(int, said)) == WRITES  # each shared name was won once
    _check(portal, PROCESSES)


def test_many_threads_lose_nothing(portal: Portal) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        won = list(
            pool.map(lambda n: writer.write(portal.site, f"h{n}", WRITES // 4), range(THREADS))
        )
    assert sum(won) == WRITES // 4
    _check(portal, THREADS, WRITES // 4)


def _check(portal: Portal, several: int, writes: int = WRITES) -> None:
    """All datasets are there, all resources of the shared one, and the search knows them."""
    names = portal.result("package_list")
    assert len(names) == len(set(names)) == several * writes + writes + 1
    resources = portal.result("package_show", {"id": writer.SHARED})["resources"]
    assert len({one["name"] for one in resources}) == several * writes
    found = portal.result("package_search", {"rows": 1000, "fl": "name,notes"})
    assert {one["name"] for one in found["results"]} == set(names)
    noted = [one for one in found["results"] if one.get("notes")]
    assert len(noted) == several * writes
