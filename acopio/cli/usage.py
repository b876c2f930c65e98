"""What click says of a command typed wrongly, and on help pages, in the reader's language."""

from collections.abc import Iterable
from typing import IO, Any

import click

from acopio.messages import text


class Misused(click.UsageError):
    """A command typed wrongly: one sentence, and where the help is."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence on standard error."""
        click.echo(self.format_message(), err=True)
        if self.ctx is not None:
            click.echo(text("usage-help", {"command": self.ctx.command_path}), err=True)


def not_blank(_context: click.Context, _option: click.Parameter, given: str) -> str:
    """Refuse a reason of nothing but white space."""
    if not given.strip():
        raise Misused(text("reason-blank"))
    return given.strip()


def misused(error: click.UsageError) -> click.UsageError:
    """Return click's error as ours, in the reader's language; one of ours as it is."""
    if isinstance(error, Misused | click.exceptions.NoArgsIsHelpError):
        return error
    return Misused(_sentence(error), error.ctx)


def _sentence(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        near = ", ".join(error.possibilities or ())
        key = "usage-no-such-option-near" if near else "usage-no-such-option"
        return text(key, {"option": error.option_name, "near": near})
    if isinstance(error, click.MissingParameter):
        return text("usage-missing", {"name": _name(error)})
    if isinstance(error, click.BadParameter):
        return _bad(error)
    if isinstance(error, click.exceptions.NoSuchCommand) and error.ctx is not None:
        group = error.ctx.command
        known = group.list_commands(error.ctx) if isinstance(group, click.Group) else ()
        names = {"name": error.command_name, "known": ", ".join(known)}
        return text("usage-no-such-command", names)
    return text("usage-other", {"reason": error.format_message().rstrip(".")})


def _bad(error: click.BadParameter) -> str:
    """Say what may be given: one of a few words, or what the option's help says."""
    given = {"name": _name(error)}
    if error.param is not None and isinstance(error.param.type, click.Choice):
        return text("usage-bad-choice", given | {"choices": ", ".join(error.param.type.choices)})
    hint = error.param.help if isinstance(error.param, click.Option) else ""
    return text("usage-bad-value", given | {"hint": hint or ""})


def _name(error: click.BadParameter) -> str:
    if error.param is None or error.ctx is None:
        return str(error.param_hint or "")
    if isinstance(error.param, click.Option):
        return error.param.opts[-1]
    return error.param.human_readable_name.rstrip(".")


class Pages(click.HelpFormatter):
    """Help pages whose own words are in the reader's language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line of usage."""
        words = args.replace("[OPTIONS]", text("help-options-here"))
        super().write_usage(
            prog, words.replace("COMMAND", text("help-command-here")), text("help-usage")
        )

    def write_heading(self, heading: str) -> None:
        """Write a heading: options, or commands."""
        known = {"Options": "help-options", "Commands": "help-commands"}
        super().write_heading(text(known[heading]) if heading in known else heading)

    def write_dl(self, rows: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """Write a list of options or commands."""
        own = {
            "Show this message and exit.": "help-help",
            "Show the version and exit.": "help-version",
        }
        super().write_dl(
            [
                (
                    term,
                    text(own[said])
                    if said in own
                    else said.replace("[required]", text("help-required")),
                )
                for term, said in rows
            ],
            *args,
            **kwargs,
        )


class Shown(click.Context):
    """A context whose help pages are ``Pages``."""

    formatter_class = Pages
