"""Take sources and targets into the store, each change with its entry in the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from acopio import ledger
from acopio.canonical import digest, to_json
from acopio.config.cron import trigger
from acopio.model import Source, Target
from acopio.store import Store, schema
from acopio.store import sources as stored

ACTOR = "cli"


def add_sources(store: Store, given: Sequence[Source]) -> dict[str, str]:
    """Keep sources, all or none; return for each ``added``, ``changed`` or ``unchanged``."""
    with store.write() as connection:
        done = stored.put(connection, schema.source, given)
        _enter(connection, ledger.Kind.SOURCE, done, {one.name: to_json(one) for one in given})
    return done


def add_targets(store: Store, given: Sequence[Target]) -> dict[str, str]:
    """Keep targets, all or none; return for each ``added``, ``changed`` or ``unchanged``."""
    with store.write() as connection:
        done = stored.put(connection, schema.target, given)
        _enter(connection, ledger.Kind.TARGET, done, {one.name: to_json(one) for one in given})
    return done


def set_enabled(store: Store, name: str, *, enabled: bool) -> None:
    """Pause or resume a source. Raises ConfigError for an unknown one."""
    add_sources(store, [replace(stored.get_source(store, name), enabled=enabled)])


def remove_target(store: Store, name: str) -> None:
    """Forget a target; what it shows stays there. Raises ConfigError for an unknown one."""
    stored.get_target(store, name)
    with store.write() as connection:
        stored.forget_target(connection, name)
        _enter(connection, ledger.Kind.TARGET, {name: "removed"}, {name: ""})


def _enter(
    connection: Connection,
    kind: ledger.Kind,
    done: Mapping[str, str],
    definitions: Mapping[str, str],
) -> None:
    """Enter what changed. The ledger has the definition's hash: a contact in it can be erased."""
    for name, word in done.items():
        if word != "unchanged":
            payload = {"change": word, "definition": digest(definitions[name])}
            ledger.append(connection, kind, name, payload, actor=ACTOR)


def source_document(source: Source) -> dict[str, Any]:
    """Return one line of ``source list``: when it runs next, None if by hand only or paused."""
    next_run = None
    if source.enabled and source.schedule:
        when = trigger(source.schedule, source.timezone).get_next_fire_time(None, datetime.now(UTC))
        next_run = when.isoformat() if when else None
    return {
        "name": source.name,
        "title": source.title,
        "kind": source.kind,
        "url": source.url,
        "enabled": source.enabled,
        "next_run": next_run,
    }
