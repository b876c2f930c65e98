"""``acopio source``: the portals to harvest."""

from pathlib import Path
from typing import Any

import click

from acopio.cli.opened import opened_engine, opened_store
from acopio.cli.output import emit, json_option, listing, moment, note, say
from acopio.cli.run import show_jobs
from acopio.cli.usage import Misused
from acopio.config.settings import Settings
from acopio.messages import text


@click.group(help=text("help-source"))
def command() -> None:
    """Add, list and remove sources."""


@command.command("add", help=text("help-source-add"))
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def add(settings: Settings, file: Path) -> None:
    """Take every table of a file, all or none."""
    from acopio.config.files import read_sources
    from acopio.registration import add_sources

    given = read_sources(file, settings)
    with opened_store(settings) as store:
        for name, done in add_sources(store, given).items():
            say(text(f"source-{done}", {"name": name}))


@command.command("list", help=text("help-source-list"))
@json_option
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """List all sources."""
    from acopio.registration import source_document
    from acopio.store.sources import list_sources

    with opened_store(settings) as store:
        found = [source_document(source) for source in list_sources(store)]
    emit({"sources": found}, as_json, _show_list)


def _show_list(document: dict[str, Any]) -> None:
    rows = [
        (one["name"], one["kind"], _yes(one["enabled"]), _next(one), one["url"])
        for one in document["sources"]
    ]
    listing("source", rows)


def _next(one: dict[str, Any]) -> str:
    return moment(one["next_run"]) if one["next_run"] else text("by-hand")


def _yes(value: bool) -> str:
    return text("yes" if value else "no")


@command.command("show", help=text("help-source-show"))
@click.argument("name")
@json_option
@click.pass_obj
def show(settings: Settings, name: str, as_json: bool) -> None:
    """Show one source as it is kept."""
    from acopio.canonical import to_plain
    from acopio.config.files import to_toml
    from acopio.registration import source_document
    from acopio.store.sources import get_source

    with opened_store(settings) as store:
        source = get_source(store, name)
    emit({**to_plain(source), **source_document(source)}, as_json, lambda _: say(to_toml(source)))


@command.command("export", help=text("help-source-export"))
@click.argument("name", required=False)
@click.pass_obj
def export(settings: Settings, name: str | None) -> None:
    """Print one source, or all, as the file they came from."""
    from acopio.config.files import to_toml
    from acopio.store.sources import get_source, list_sources

    with opened_store(settings) as store:
        for source in [get_source(store, name)] if name else list_sources(store):
            say(to_toml(source))


@command.command("pause", help=text("help-source-pause"))
@click.argument("name")
@click.pass_obj
def pause(settings: Settings, name: str) -> None:
    """Let the schedule skip a source."""
    _set_enabled(settings, name, enabled=False)


@command.command("resume", help=text("help-source-resume"))
@click.argument("name")
@click.pass_obj
def resume(settings: Settings, name: str) -> None:
    """Put a paused source back on its schedule."""
    _set_enabled(settings, name, enabled=True)


def _set_enabled(settings: Settings, name: str, *, enabled: bool) -> None:
    from acopio.registration import set_enabled

    with opened_store(settings) as store:
        set_enabled(store, name, enabled=enabled)
    say(text("source-resumed" if enabled else "source-paused", {"name": name}))


@command.command("remove", help=text("help-source-remove"))
@click.argument("name")
@click.option("--keep", is_flag=True, help=text("help-source-keep"))
@click.option("--withdraw", is_flag=True, help=text("help-source-withdraw"))
@click.pass_obj
def remove(settings: Settings, name: str, keep: bool, withdraw: bool) -> None:
    """Forget a source; the officer says what becomes of what it published."""
    from acopio.pipeline import officer
    from acopio.store import jobs

    if keep == withdraw:
        raise Misused(text("keep-or-withdraw"))
    with opened_engine(settings) as engine:
        job = officer.remove(engine, name, withdraw=withdraw)
        if job is not None and jobs.errors(engine.store, job):
            code = show_jobs(engine.store, [job], as_json=False)
            note(text("source-not-withdrawn", {"source": name, "job": job}))
            raise click.exceptions.Exit(code)
    say(text("source-removed", {"name": name}))
