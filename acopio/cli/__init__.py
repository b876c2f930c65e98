"""The command line: it wires, it decides nothing.

A command's module is imported when that command is used, so that none waits for another's
imports. Exit codes: 0 done and clean, 1 done with something found, 2 could not be done.
"""

import difflib
import importlib
import logging
import traceback
from collections.abc import Callable, Mapping
from typing import IO, Any

import click

from acopio.cli.output import note
from acopio.cli.usage import Misused, Shown, misused
from acopio.config.settings import load_settings
from acopio.errors import AcopioError
from acopio.messages import sentence, text

# In the contract's order (section 4). Each is documented in docs/commands.md, and its one line of
# help is the message "help-<name>".
COMMANDS: Mapping[str, str] = {
    "demo": "acopio.cli.demo:command",
    "source": "acopio.cli.source:command",
    "target": "acopio.cli.target:command",
    "dataset": "acopio.cli.dataset:command",
    "run": "acopio.cli.run:command",
    "plan": "acopio.cli.plan:command",
    "decide": "acopio.cli.decide:command",
    "takedown": "acopio.cli.takedown:command",
    "gate": "acopio.cli.gate:command",
    "job": "acopio.cli.job:command",
    "validate": "acopio.cli.validate:command",
    "schema": "acopio.cli.schema:command",
    "ledger": "acopio.cli.ledger:command",
    "portal": "acopio.cli.portal:command",
    "user": "acopio.cli.user:command",
    "doctor": "acopio.cli.doctor:command",
    "version": "acopio.cli.version:command",
}

COULD_NOT = 2

# What --verbose opens. Libraries stay closed: their details name addresses and tokens as they are.
_OURS = logging.getLogger("acopio")


class CouldNot(click.ClickException):
    """What could not be done, said in one sentence on standard error."""

    exit_code = COULD_NOT

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence as it is, without click's English "Error:"."""
        note(self.message)


class Commands(click.Group):
    """A group that imports a command when it is used, and lists them all without importing any."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the contract's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        command.name = cmd_name
        _prepare(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for an unknown one, say which is nearest."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = difflib.get_close_matches(name, COMMANDS, 1)
            key = "unknown-command-near" if near else "unknown-command"
            raise Misused(text(key, {"name": name, "near": near[0] if near else ""}), ctx)
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take what stands before the command's name."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise misused(error) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their one line of help, from the message catalogue."""
        with formatter.section(text("help-commands")):
            formatter.write_dl([(name, text(f"help-{name}")) for name in COMMANDS])

    def invoke(self, ctx: click.Context) -> Any:
        """Check the settings, then run the command; errors become sentences."""
        with _Told():
            ctx.obj = load_settings()
            return super().invoke(ctx)


class _Told:
    """Puts errors into words: those we raise, and in one line those nobody foresaw."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        """Raise ``CouldNot`` for an error of ours, or for a bug; let click's own pass."""
        # Nor is a reader that closed the pipe a failure of ours: click ends quietly then.
        if isinstance(error, click.UsageError):
            raise misused(error) from None
        if not isinstance(error, Exception) or isinstance(error, _CLICKS_OWN):
            return
        if isinstance(error, AcopioError):
            raise CouldNot(sentence(error)) from error
        if _OURS.isEnabledFor(logging.DEBUG):
            note("".join(traceback.format_exception(error)))
        raise CouldNot(text("unforeseen", {"type": type(error).__name__})) from error


_CLICKS_OWN = (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError)


class _ToStderr(logging.Handler):
    """Sends logs to standard error; the program's own output has standard output to itself."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record, on one line unless it carries a traceback."""
        note(self.format(record))


def _set_up_logs(ctx: click.Context, option: click.Parameter, verbose: bool) -> None:
    handler = _ToStderr()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    if not any(isinstance(known, _ToStderr) for known in root.handlers):
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    # Its warnings, too, tell whole addresses, with what is secret in them.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    _OURS.setLevel(logging.DEBUG if verbose else logging.WARNING)


def _log_all(ctx: click.Context, option: click.Parameter, verbose: bool) -> None:
    if verbose:
        _OURS.setLevel(logging.DEBUG)


def _verbose(callback: Callable[[click.Context, click.Parameter, bool], None]) -> click.Option:
    return click.Option(
        ["--verbose"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=callback,
        help=text("help-verbose"),
    )


def _prepare(command: click.Command) -> None:
    """Give a command, and those below it, the option and the help pages every command has."""
    command.context_class = Shown
    if not any("--verbose" in parameter.opts for parameter in command.params):
        command.params.append(_verbose(_log_all))
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _prepare(below)


@click.group("acopio", cls=Commands, help=text("help-acopio"), params=[_verbose(_set_up_logs)])
@click.version_option(package_name="acopio", message="acopio %(version)s")
def main() -> None:
    """Do what the command says; the help shown is in the message catalogue."""


main.context_class = Shown
