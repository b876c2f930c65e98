"""``acopio version``."""

from importlib.metadata import version

import click

from acopio.cli.output import say
from acopio.messages import text


@click.command(help=text("help-version"))
def command() -> None:
    """Print the version."""
    say(f"acopio {version('acopio')}")
