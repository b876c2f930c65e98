"""The pages say what is there."""

import configparser
import re
from pathlib import Path

import pytest

from acopio.cli import COMMANDS
from tests.sources import ROOT

PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
NAME = re.compile(r"[A-Za-z0-9_.-]+")


def declared() -> set[str]:
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", "utf-8")
    lines = config["options"]["install_requires"].split("\n")
    for extra in config["options.extras_require"].values():
        lines += extra.split("\n")
    return {found.group() for line in lines if (found := NAME.match(line))}


def test_every_dependency_says_what_it_is_for() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    told = re.findall(r"^\| ([a-z0-9-]+) \| \S", page, re.MULTILINE)
    assert set(told) - {"package"} == declared()


def test_every_dependency_is_locked_with_hashes() -> None:
    lock = (ROOT / "requirements" / "test.txt").read_text("utf-8")
    pinned = set(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==", lock, re.MULTILINE))
    assert declared() <= pinned, "run make lock"
    assert lock.count("--hash=sha256:") >= len(pinned)


def test_run_time_versions_are_the_tested_ones() -> None:
    run, test = ((ROOT / "requirements" / f"{n}.txt").read_text("utf-8") for n in ("run", "test"))
    pins = set(re.findall(r"^\S+==\S+", run, re.MULTILINE))
    assert pins <= set(re.findall(r"^\S+==\S+", test, re.MULTILINE)), "run make lock"


def test_locks_name_no_index() -> None:
    for lock in (ROOT / "requirements").iterdir():
        assert "://" not in lock.read_text("utf-8")


def test_every_command_is_documented_in_order() -> None:
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert re.findall(r"^## acopio ([a-z]+)$", page, re.MULTILINE) == list(COMMANDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / link).exists(), f"{page.name} links to {link}"


def test_decisions_are_numbered_without_gaps() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(p.name[:4]) for p in pages] == list(range(1, len(pages) + 1))
    for number, page in enumerate(pages, 1):
        assert page.read_text("utf-8").startswith(f"# {number}. ")
