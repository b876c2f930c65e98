"""Guards for the layout: what it forbids would otherwise break far from its cause."""

import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import entry_points

import pytest
import validators

from tests.sources import FOLDERS, ROOT, imports, modules

PLUGINS = {"harvester": "harvesters", "validators": "validators", "publishers": "publishers"}
SHARED = {
    "acopio.model", "acopio.errors", "acopio.ports", "acopio.messages", "acopio.archive",
    "acopio.matching", "acopio.frequency",
}  # fmt: skip
# Packages through which plugins read: addresses, and the tables of files.
READING = ("acopio.http", "acopio.tables")
ON_TOP = ("acopio.cli", "acopio.demo", "acopio.portal", "acopio.scheduler", "acopio.__main__")
HEAVY = {
    "alembic", "apscheduler", "ckanapi", "frictionless", "fsspec", "pyarrow",
    "pydantic", "requests", "rich", "sqlalchemy", "tree_sitter",
}  # fmt: skip


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def test_pypi_validators_is_not_shadowed() -> None:
    assert "site-packages" in (validators.__file__ or "")
    assert validators.email("a@example.org")


@pytest.mark.parametrize("folder", FOLDERS)
def test_folder_is_a_namespace_package_linked_into_acopio(folder: str) -> None:
    assert not (ROOT / folder / "__init__.py").exists(), "it would shadow PyPI's validators"
    assert (ROOT / "acopio" / folder).is_symlink(), "symlink lost in the checkout?"
    assert (ROOT / "acopio" / folder).resolve() == ROOT / folder


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("acopio.model", set()),
        ("acopio.errors", set()),
        ("acopio.ports", {"acopio.model"}),
    ],
)
def test_the_contracts_stand_on_nothing_of_ours(module: str, allowed: set[str]) -> None:
    assert imports(modules()[module]) <= allowed


@pytest.mark.parametrize("folder", PLUGINS)
def test_plugins_know_only_the_contracts_and_their_own_folder(folder: str) -> None:
    own = f"acopio.{folder}"
    for name, path in modules().items():
        if within(name, own):
            known = {n for n in imports(path) if any(within(n, each) for each in (own, *READING))}
            alien = imports(path) - known - SHARED
            assert not alien, f"{name} imports {alien}"


def test_json_is_read_piece_by_piece_in_one_place_alone() -> None:
    openers = re.compile(r"\bijson\.(?:basic_parse|parse|items|kvitems)")
    opening = [name for name, path in modules().items() if openers.search(path.read_text("utf-8"))]
    assert opening == ["acopio.tables.json_events"]


def test_only_who_makes_clean_copies_writes_to_the_archive() -> None:
    for name, path in modules().items():
        if within(name, "acopio.harvester") or within(name, "acopio.validators"):
            assert "acopio.archive" not in imports(path), name


def test_harvesters_validators_and_publishers_meet_in_the_pipeline_alone() -> None:
    for name, path in modules().items():
        met = {f for f in PLUGINS for found in imports(path) if within(found, f"acopio.{f}")}
        wires = name == "acopio.pipeline" or any(within(name, top) for top in ON_TOP)
        assert wires or len(met) < 2, f"{name} imports from {met}"


def test_nothing_below_imports_what_stands_on_top() -> None:
    for name, path in modules().items():
        if not any(within(name, top) for top in ON_TOP):
            up = {n for n in imports(path) if any(within(n, top) for top in ON_TOP)}
            assert not up, f"{name} imports {up}"


def test_no_two_modules_import_each_other() -> None:
    # Importing a module imports the package it is in anyhow: that is no arrow of ours.
    graph = {
        name: {found for found in imports(path) if not within(name, found)}
        for name, path in modules().items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {error.args[1]}")


def test_the_command_line_starts_without_heavy_libraries() -> None:
    code = "import sys, acopio.cli; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())


@pytest.mark.parametrize(("folder", "group"), PLUGINS.items())
def test_every_registered_plugin_loads(folder: str, group: str) -> None:
    points = entry_points(group=f"acopio.{group}")
    assert points
    assert all(point.load().__module__.startswith(f"acopio.{folder}.") for point in points)
