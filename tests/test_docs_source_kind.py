"""The worked example of ``docs/source-kind.md`` passes what every source kind must pass."""

import configparser
import re
import subprocess
import sys
import tomllib
from types import ModuleType
from typing import Any

import pytest

from acopio import registry
from tests.harvester import kinds, test_conformance
from tests.harvester.kinds import Kind
from tests.harvester.test_conformance import lent
from tests.sources import ROOT

__all__ = ["lent"]

PAGE = (ROOT / "docs" / "source-kind.md").read_text("utf-8")
pytestmark = pytest.mark.parametrize("name", ["links"])

# The conformance tests themselves, collected once more: here they run over the page's kind.
globals().update({k: v for k, v in vars(test_conformance).items() if k.startswith("test_")})


def block(language: str, number: int = 0) -> str:
    """Return the page's nth block of code in a language."""
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return found[number]


def entry() -> tuple[str, str, str]:
    """Return name, module and class of the page's line for setup.cfg."""
    config = configparser.ConfigParser()
    config.read_string(block("ini"))
    name, _, where = config["options.entry_points"]["acopio.harvesters"].strip().partition(" = ")
    module, _, attribute = where.partition(":")
    return name, module, attribute


@pytest.fixture(scope="module")
def harvester() -> Any:
    """The page's class, from a module that is nowhere but on the page."""
    _, module, attribute = entry()
    made = ModuleType(module)
    exec(compile(block("python"), "docs/source-kind.md", "exec"), vars(made))  # noqa: S102
    return getattr(made, attribute)


@pytest.fixture
def kind(name: str) -> Kind:
    """The page's declaration, read as if it stood at the end of ``kinds.py``."""
    known = {**vars(kinds), "KINDS": {}}
    exec(compile(block("python", 1), "docs/source-kind.md", "exec"), known)  # noqa: S102
    declared: Kind = known["KINDS"][name]
    return declared


@pytest.fixture(autouse=True)
def registered(harvester: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the page's kind, beside those of setup.cfg."""
    before = registry.load

    def load(group: str, name: str) -> Any:
        return harvester if (group, name) == ("harvesters", entry()[0]) else before(group, name)

    monkeypatch.setattr(registry, "load", load)


def test_the_page_names_the_kind_and_gives_its_sentence(name: str) -> None:
    sentences = tomllib.loads(block("toml"))

    assert entry()[:2] == (name, f"acopio.harvester.{name}")
    assert f"`harvester/{name}.py`" in PAGE
    for key, sentence in sentences.items():
        assert f'"{key}"' in block("python")
        assert set(sentence) == {"es", "en"}


@pytest.mark.parametrize("number", [0, 1])
def test_the_page_keeps_to_the_style(name: str, number: int) -> None:
    # Of the second block's names some stand in kinds.py.
    ruff = [sys.executable, "-m", "ruff", "check", "--extend-ignore=F821"]
    where = f"harvester/{name}.py" if number == 0 else "tests/harvester/page.py"
    code = block("python", number)
    for command in (ruff, [sys.executable, "-m", "ruff", "format", "--diff"]):
        done = subprocess.run(
            [*command, "--stdin-filename", where, "-"],
            input=code, capture_output=True, text=True, cwd=ROOT, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
