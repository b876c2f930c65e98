"""``acopio gate``: what another gate would have decided."""

from typing import Any

import click

from acopio.cli.opened import opened_store
from acopio.cli.output import counted, emit, json_option, say, table
from acopio.config.settings import Settings
from acopio.messages import text


@click.group(help=text("help-gate"))
def command() -> None:
    """Try another gate."""


@command.command("try", help=text("help-gate-try"))
@click.argument("source")
@click.option(
    "--gate",
    "name",
    required=True,
    type=click.Choice(["strict", "standard", "lenient", "report-only"]),
    help=text("help-gate-name"),
)
@json_option
@click.pass_obj
def try_(settings: Settings, source: str, name: str, as_json: bool) -> None:
    """Say, from findings kept, what would change under another gate."""
    from acopio.retrial import retry

    with opened_store(settings) as store:
        document = retry(store, source, name)
    emit(document, as_json, _show)


def _show(document: dict[str, Any]) -> None:
    words = {"now": document["gate"], "then": document["tried"]}
    words["judged"] = counted("judged", document["judged"])
    words["changed"] = counted("changing", document["changed"])
    say(text("gate-line", words))
    rows = [
        (one["name"], text(f"verdict-{one['now']}"), text(f"verdict-{one['then']}"), _why(one))
        for one in document["datasets"]
    ]
    if rows:
        table(text("gate-columns").split("|"), rows)


def _why(one: dict[str, Any]) -> str:
    return text(f"family-{one['family']}") if one["family"] else ""
