"""``acopio doctor``: is everything here that a run needs, and what to do where it is not."""

import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from acopio import registry
from acopio.cli.output import Document, emit, json_option, say
from acopio.config.settings import Settings
from acopio.errors import AcopioError
from acopio.messages import sentence, text

# What a first harvest of a small portal needs; below it, downloads fail in confusing ways.
MIN_FREE_BYTES = 1 << 30

GROUPS = ("harvesters", "validators", "publishers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at: ``message`` says what is there, or what is wrong and what to do."""

    name: str
    ok: bool
    message: str


@click.command(help=text("help-doctor"))
@json_option
@click.pass_obj
def command(settings: Settings, as_json: bool) -> None:
    """Look at everything a run needs; exit with 1 if anything is wrong."""
    checks = list(examine(settings))
    ok = all(check.ok for check in checks)
    document = {
        "ok": ok,
        "checks": [{"name": c.name, "ok": c.ok, "message": c.message} for c in checks],
    }
    emit(document, as_json, _show)
    raise click.exceptions.Exit(0 if ok else 1)


def examine(settings: Settings) -> Iterator[Check]:
    """Yield a check for each thing a run needs, in the order in which to put them right."""
    yield Check(name="python", ok=True, message=sys.version.split()[0])
    yield Check(name="settings", ok=True, message=text("doctor-home", {"home": settings.home}))
    looks: dict[str, Callable[[Settings], str]] = {
        "disk": _disk,
        "database": _database,
        "archive": _archive,
    }
    looked_at = [_checked(name, look, settings) for name, look in looks.items()]
    plugins = [_plugins(group) for group in GROUPS]
    yield from looked_at + plugins
    if all(check.ok for check in looked_at + plugins):
        yield from _targets(settings)


def _checked(name: str, look: Callable[[Settings], str], settings: Settings) -> Check:
    try:
        return Check(name=name, ok=True, message=look(settings))
    except AcopioError as error:
        return Check(name=name, ok=False, message=sentence(error))
    except (OSError, ImportError) as error:
        params = {"error": str(error) or type(error).__name__, "home": settings.home}
        return Check(name=name, ok=False, message=text(f"doctor-{name}-unusable", params))


def _disk(settings: Settings) -> str:
    there = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if free < MIN_FREE_BYTES:
        raise AcopioError("doctor-disk-full", folder=there, free=_gib(free))
    return text("doctor-disk", {"folder": there, "free": _gib(free)})


def _gib(size: int) -> str:
    return f"{size / (1 << 30):.1f}"


def _database(settings: Settings) -> str:
    from acopio.store import open_store

    store = open_store(settings.database_url)
    try:
        return text("doctor-database", {"version": store.version()})
    finally:
        store.close()


def _archive(settings: Settings) -> str:
    """Write, read back and delete a few bytes."""
    from acopio.archive import Archive

    archive = Archive(settings.archive_url, Path(settings.home) / "scratch")
    # Random, so that no file of somebody's is the one deleted.
    data = secrets.token_bytes(32)
    written = archive.add_bytes(data)
    try:
        with archive.open(written) as file:
            if file.read() != data:
                raise AcopioError("doctor-archive-differs")
    finally:
        archive.delete(written)
    return text("doctor-archive")


def _plugins(group: str) -> Check:
    broken = []
    for name in registry.names(group):
        try:
            registry.load(group, name)
        except (ImportError, AttributeError) as error:
            broken.append(f"{name} ({error})")
    params = {"group": group, "names": ", ".join(broken or registry.names(group))}
    if broken or not registry.names(group):
        return Check(name=group, ok=False, message=text("doctor-plugins-broken", params))
    return Check(name=group, ok=True, message=text("doctor-plugins", params))


def _targets(settings: Settings) -> Iterator[Check]:
    """Ask each target whether it can be written to."""
    from acopio.cli.opened import opened_engine
    from acopio.store.sources import list_targets

    with opened_engine(settings) as engine:
        context = engine.context(engine.target_client(engine.cancel))
        for target in list_targets(engine.store):
            name = f"target {target.name}"
            try:
                registry.load("publishers", target.kind)(context, target).check()
            except AcopioError as error:
                yield Check(name=name, ok=False, message=sentence(error))
            else:
                yield Check(name=name, ok=True, message=text("doctor-target", {"url": target.url}))


def _show(document: Document) -> None:
    checks: list[dict[str, Any]] = document["checks"]
    for check in checks:
        mark = text("doctor-ok") if check["ok"] else text("doctor-problem")
        say(f"{mark}  {check['name']}: {check['message']}")
