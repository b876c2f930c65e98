"""``acopio ledger``: the history nobody can rewrite unnoticed."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import click

from acopio.cli.opened import opened_store
from acopio.cli.output import counted, emit, json_option, say
from acopio.config.settings import Settings
from acopio.errors import ConfigError
from acopio.messages import text

# Characters: a thousand times what an entry takes.
MAX_LINE = 1 << 20


@click.group(help=text("help-ledger"))
def command() -> None:
    """Verify or export the ledger."""


@command.command("verify", help=text("help-ledger-verify"))
@click.option("--against", type=click.Path(path_type=Path), help=text("help-ledger-against"))
@json_option
@click.pass_obj
def verify(settings: Settings, against: Path | None, as_json: bool) -> None:
    """Check the chain; exit with 1 if it does not hold."""
    from acopio import ledger

    with opened_store(settings) as store, ExitStack() as stack:
        lines = _lines(stack.enter_context(_opened(against))) if against else ()
        try:
            found = ledger.verify(store, lines)
        except ledger.NotAnExportError as error:
            raise ConfigError("ledger-not-an-export", path=str(against)) from error
    key = "ledger-valid" if found.valid else "ledger-broken"
    shown = {**asdict(found), "entries": counted("entry", found.entries)}
    emit(asdict(found), as_json, lambda _: say(text(key, shown)))
    raise click.exceptions.Exit(0 if found.valid else 1)


def _opened(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError("ledger-unreadable", path=str(path), reason=reason) from error


def _lines(file: TextIO) -> Iterator[str]:
    """Yield lines, each cut at a length no entry has, so that a file without ends is no harm."""
    while line := file.readline(MAX_LINE):
        yield line


@command.command("export", help=text("help-ledger-export"))
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def export(settings: Settings, file: Path) -> None:
    """Write all entries as lines of JSON."""
    from acopio import ledger

    count = 0
    with opened_store(settings) as store:
        try:
            with file.open("w", encoding="utf-8") as out:
                for line in ledger.export(store):
                    out.write(line + "\n")
                    count += 1
        except OSError as error:
            reason = error.strerror or str(error)
            raise ConfigError("ledger-unwritable", path=str(file), reason=reason) from error
    say(text("ledger-exported", {"entries": counted("entry", count), "path": file}))
