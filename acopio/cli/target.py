"""``acopio target``: the places to publish to."""

from pathlib import Path
from typing import Any

import click

from acopio.cli.opened import opened_engine, opened_store
from acopio.cli.output import emit, json_option, listing, say
from acopio.config.settings import Settings
from acopio.messages import text


@click.group(help=text("help-target"))
def command() -> None:
    """Add, list, check and remove targets."""


@command.command("add", help=text("help-target-add"))
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def add(settings: Settings, file: Path) -> None:
    """Take every table of a file, all or none."""
    from acopio.config.files import read_targets
    from acopio.registration import add_targets

    given = read_targets(file, settings)
    with opened_store(settings) as store:
        for name, done in add_targets(store, given).items():
            say(text(f"target-{done}", {"name": name}))


@command.command("list", help=text("help-target-list"))
@json_option
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """List all targets; where a secret is, never the secret."""
    from acopio.canonical import to_plain
    from acopio.store.sources import list_targets

    with opened_store(settings) as store:
        found = [to_plain(target) for target in list_targets(store)]
    emit({"targets": found}, as_json, _show_list)


def _show_list(document: dict[str, Any]) -> None:
    rows = [
        (one["name"], one["kind"], text(f"files-{one['files']}"), one["url"])
        for one in document["targets"]
    ]
    listing("target", rows)


@command.command("check", help=text("help-target-check"))
@click.argument("name")
@click.pass_obj
def check(settings: Settings, name: str) -> None:
    """Ask a target whether it can be written to."""
    from acopio import registry
    from acopio.store.sources import get_target

    with opened_engine(settings) as engine:
        target = get_target(engine.store, name)
        context = engine.context(engine.target_client(engine.cancel))
        registry.load("publishers", target.kind)(context, target).check()
    say(text("target-ready", {"name": name, "url": target.url}))


@command.command("remove", help=text("help-target-remove"))
@click.argument("name")
@click.pass_obj
def remove(settings: Settings, name: str) -> None:
    """Forget a target; what it shows stays there."""
    from acopio.registration import remove_target

    with opened_store(settings) as store:
        remove_target(store, name)
    say(text("target-removed-now", {"name": name}))
