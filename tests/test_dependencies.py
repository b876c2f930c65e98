"""Every dependency declared is used, and every one used is declared."""

import re
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.sources import ROOT, modules

# Data, found by the standard library; what FastAPI reads forms with.
NOT_IMPORTED = {"python-multipart", "tzdata"}
# Part of another that is declared, and of its version.
PARTS = {"pydantic-core", "starlette"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    return named(config()["options"]["install_requires"])


def extras() -> set[str]:
    """Return what only some of those who run acopio install."""
    listed = config()["options.extras_require"]
    return {name for extra in listed if extra != "test" for name in named(listed[extra])}


def config() -> ConfigParser:
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg")
    return parser


def named(lines: str) -> set[str]:
    found = (re.split(r"[<>=\[;]", line)[0] for line in lines.split() if line[0].isalpha())
    return set(map(normal, found))


def imported() -> set[str]:
    owners = packages_distributions()
    found = set()
    for path in modules().values():
        text = Path(path).read_text("utf-8")
        names = set(re.findall(r"^\s*(?:from|import) ([A-Za-z_]\w*)", text, re.MULTILINE))
        found |= {normal(owner) for name in names for owner in owners.get(name, ())}
    return found


def test_every_declared_dependency_is_imported() -> None:
    assert declared() - imported() - NOT_IMPORTED == set()


def test_every_imported_package_is_declared() -> None:
    undeclared = imported() - declared() - extras() - {"acopio"} - PARTS
    assert undeclared == set(), "declare what is imported"
