"""What every command shares: settings first, one sentence for an error, help without imports."""

import importlib.metadata
import logging
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

from acopio import cli
from acopio.cli import COMMANDS, main
from acopio.errors import Unreachable
from acopio.messages import catalogue


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    """A runner, with a group of commands that misbehave registered as ``acopio misbehave``."""
    module = ModuleType("acopio_misbehave")
    module.command = misbehave  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "acopio_misbehave", module)
    monkeypatch.setattr(cli, "COMMANDS", {**COMMANDS, "misbehave": "acopio_misbehave:command"})
    loggers = [logging.getLogger(name) for name in ("", "acopio", "urllib3")]
    levels = [logger.level for logger in loggers]
    yield CliRunner()
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@click.group()
def misbehave() -> None:
    """Fail in all ways there are."""


@misbehave.command()
def ours() -> None:
    raise Unreachable("file-url", file="x\x1b[31m", line=1, at="url", value="y")


@misbehave.command()
def bug() -> None:
    raise ZeroDivisionError("secret detail")


@misbehave.command()
def log() -> None:
    logging.getLogger("acopio.test").warning("a warning")
    logging.getLogger("acopio.test").debug("a detail")
    for library in ("urllib3.connectionpool", "otra"):
        logging.getLogger(library).debug("GET /x?apikey=oculta")
    logging.getLogger("urllib3.connectionpool").warning("failed (url=/x?apikey=oculta)")


def test_version(run: CliRunner) -> None:
    result = run.invoke(main, ["version"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"acopio {importlib.metadata.version('acopio')}\n"
    assert run.invoke(main, ["--version"]).stdout == result.stdout


def test_settings_are_checked_before_any_work(run: CliRunner) -> None:
    result = run.invoke(main, ["version"], env={"ACOPIO_FOO": "1"})
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "ACOPIO_FOO" in result.stderr


def test_an_error_of_ours_is_one_sentence_on_standard_error(run: CliRunner) -> None:
    result = run.invoke(main, ["misbehave", "ours"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "debe ser una dirección" in result.stderr
    assert "\x1b" not in result.stderr


def test_the_reader_chooses_the_language(run: CliRunner) -> None:
    result = run.invoke(main, ["misbehave", "ours"], env={"ACOPIO_LANG": "en"})
    assert "must be an address" in result.stderr


def test_a_bug_is_one_line_and_its_trace_is_for_who_asks(run: CliRunner) -> None:
    result = run.invoke(main, ["misbehave", "bug"])
    assert result.exit_code == 2
    assert "ZeroDivisionError" in result.stderr
    assert "--verbose" in result.stderr
    assert "secret detail" not in result.stderr
    detailed = run.invoke(main, ["misbehave", "bug", "--verbose"])
    assert "secret detail" in detailed.stderr
    assert "Traceback" in detailed.stderr


@pytest.mark.parametrize(
    "args", [["--verbose", "misbehave", "log"], ["misbehave", "--verbose", "log"],
             ["misbehave", "log", "--verbose"]],
)  # fmt: skip
def test_verbose_is_taken_anywhere(run: CliRunner, args: list[str]) -> None:
    result = run.invoke(main, args)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "a detail" in result.stderr
    assert "oculta" not in result.stderr


def test_logs_go_to_standard_error_and_details_are_left_out(run: CliRunner) -> None:
    result = run.invoke(main, ["misbehave", "log"])
    assert result.stdout == ""
    assert "a warning" in result.stderr
    assert "a detail" not in result.stderr


@pytest.mark.parametrize(
    ("name", "expected"), [("validar", "«validate»"), ("zzz", "acopio --help")]
)
def test_an_unknown_command_is_named_with_the_nearest(
    run: CliRunner, name: str, expected: str
) -> None:
    result = run.invoke(main, [name])
    assert result.exit_code == 2
    assert f"«{name}»" in result.stderr
    assert expected in result.stderr


def test_a_wrong_option_exits_with_two(run: CliRunner) -> None:
    assert run.invoke(main, ["version", "--nonsense"]).exit_code == 2


HELP = """
import sys
from acopio.cli import main
try:
    main(["--help"])
finally:
    print(*[name for name in sys.modules if name.startswith("acopio.cli.")], file=sys.stderr)
"""


def test_help_lists_every_command_without_importing_any() -> None:
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True)
    assert set(done.stderr.split()) == {"acopio.cli.output", "acopio.cli.usage"}
    for name in COMMANDS:
        assert f"\n  {name} " in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_one_line_of_help(name: str) -> None:
    assert f"help-{name}" in catalogue()
