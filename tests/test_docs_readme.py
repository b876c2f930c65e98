"""The README's first use, typed as it stands, against a sample portal on loopback."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from acopio.demo.portals import CkanPortal
from acopio.demo.server import Body, serve
from tests.pipeline.world import CSV, package
from tests.services import own_process
from tests.sources import ROOT

PAGE = (ROOT / "README.md").read_text("utf-8")
PORTAL = "https://datos.example.com"


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder to type commands in."""

    home: Path
    environment: Mapping[str, str]

    def type(self, line: str) -> str:
        """Run one command line; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", *shlex.split(line)],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (0, 1), f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout

    def serving(self, line: str) -> AbstractContextManager[str]:
        """Run a command that serves, on a free port; give the address it says."""
        return own_process(line, self.environment, self.home)

    def job(self) -> Any:
        """Return the newest job as ``job list`` has it."""
        return json.loads(self.type("acopio job list --json"))["jobs"][0]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with the README's source file, the portal's address put in."""
    packages = [package(number) for number in range(3)]
    files = {f"/f/{number}.csv": Body(content=CSV) for number in range(3)}
    with serve(CkanPortal(packages=packages, files=files)) as url:
        (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
        assert PORTAL in block
        # This portal is ours: nothing but the test waits for its pauses.
        said = block.replace(PORTAL, url) + "pause = 0\n"
        (tmp_path / block.split("\n", 1)[0].removeprefix("# ")).write_text(said, "utf-8")
        own = {"ACOPIO_HOME": str(tmp_path / "home"), "ACOPIO_ALLOWED_PRIVATE_HOSTS": "127.0.0.1"}
        kept = {k: v for k, v in os.environ.items() if not k.startswith("ACOPIO_")}
        yield Desk(tmp_path, kept | own | {"ACOPIO_EXECUTOR": "serial"})


def test_the_first_use_works_as_it_is_told(desk: Desk) -> None:
    (commands,) = re.findall(r"```sh\n(acopio .*?)```", PAGE, re.DOTALL)
    source, dry, run, show, again, portal = commands.splitlines()

    desk.type(source)
    desk.type(dry)
    assert desk.job()["counts"]["created"] == 3
    with desk.serving(portal) as url:
        assert requests.get(f"{url}/data.json", timeout=10).json()["dataset"] == []

    printed = desk.type(run)
    number = desk.job()["id"]
    assert number in printed
    assert desk.job()["status"] == "succeeded"
    with desk.serving(portal) as url:
        assert len(requests.get(f"{url}/data.json", timeout=10).json()["dataset"]) == 3

    assert "conjunto-1" in desk.type(show.replace("ID", number))

    desk.type(again)
    counts = desk.job()["counts"]
    assert (counts["listed"], counts["unchanged"]) == (3, 3)


def test_the_readme_stays_within_two_screens() -> None:
    assert len(PAGE.splitlines()) <= 100
