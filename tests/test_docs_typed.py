"""Every command that a page shows can be typed: it exists, and takes these arguments."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from acopio.cli import main
from tests.sources import ROOT

PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def shown() -> Iterator[str]:
    """Yield each command line of acopio in the pages' blocks of shell."""
    for page in PAGES:
        for block in re.findall(r"```sh\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            yield from re.findall(r"^acopio .+$", block, re.MULTILINE)


def parse(line: str) -> click.Context:
    """Parse a line without running it. Raises click.UsageError."""
    name, *rest = shlex.split(line, comments=True)
    command: click.Command | None = main
    context = click.Context(main)
    while isinstance(command, click.Group):
        name, *rest = rest
        command = command.get_command(context, name)
    assert command is not None, f"{line}: no command {name}"
    return command.make_context(name, rest)


@pytest.mark.parametrize("line", sorted(set(shown())))
def test_a_command_shown_can_be_typed(line: str) -> None:
    parse(line)


@pytest.mark.parametrize("line", ["acopio plan approve", "acopio run mef --dry", "acopio decide x"])
def test_a_command_that_cannot_be_typed_is_noticed(line: str) -> None:
    with pytest.raises(click.UsageError):
        parse(line)
