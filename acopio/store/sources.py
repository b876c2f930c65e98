"""Sources and targets: their definitions, as the officer's files gave them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Connection, Table, delete, insert, select, update

from acopio.canonical import from_json, to_json
from acopio.errors import ConfigError
from acopio.model import Source, Target
from acopio.store import Store, schema

Defined = TypeVar("Defined", Source, Target)

# Where sources publish that name no target; a file's own table of this name takes its place.
BUILT_IN = Target(name="portal", kind="portal", url="http://127.0.0.1:8200")


def save_sources(store: Store, sources: Sequence[Source]) -> dict[str, str]:
    """Keep all or none. Return for each name ``added``, ``changed`` or ``unchanged``."""
    with store.write() as connection:
        return put(connection, schema.source, sources)


def save_targets(store: Store, targets: Sequence[Target]) -> dict[str, str]:
    """Keep all or none. Return for each name ``added``, ``changed`` or ``unchanged``."""
    with store.write() as connection:
        return put(connection, schema.target, targets)


def list_sources(store: Store) -> list[Source]:
    """Return all sources by name."""
    return _list(store, schema.source, Source)


def list_targets(store: Store) -> list[Target]:
    """Return all targets by name, the built-in portal among them."""
    known = _list(store, schema.target, Target)
    if any(target.name == BUILT_IN.name for target in known):
        return known
    return sorted([*known, BUILT_IN], key=lambda target: target.name)


def get_source(store: Store, name: str) -> Source:
    """Return one source. Raises ConfigError, naming those there are."""
    for source in list_sources(store):
        if source.name == name:
            return source
    known = ", ".join(source.name for source in list_sources(store)) or "-"
    raise ConfigError("unknown-source", name=name, known=known)


def get_target(store: Store, name: str) -> Target:
    """Return one target. Raises ConfigError, naming those there are."""
    for target in list_targets(store):
        if target.name == name:
            return target
    known = ", ".join(target.name for target in list_targets(store)) or "-"
    raise ConfigError("unknown-target", name=name, known=known)


def forget_source(connection: Connection, name: str) -> None:
    """Forget a source's definition; its datasets and history stay."""
    connection.execute(delete(schema.source).where(schema.source.c.name == name))


def forget_target(connection: Connection, name: str) -> None:
    """Forget a target's definition. What it shows stays there, and stays known: it may return."""
    connection.execute(delete(schema.target).where(schema.target.c.name == name))


def _list(store: Store, table: Table, kind: type[Defined]) -> list[Defined]:
    with store.read() as connection:
        rows = connection.execute(select(table.c.definition).order_by(table.c.name))
        return [from_json(kind, row.definition) for row in rows]


def put(
    connection: Connection, table: Table, items: Sequence[Source] | Sequence[Target]
) -> dict[str, str]:
    """Keep definitions, in the caller's transaction; return what became of each."""
    done = {}
    rows = connection.execute(select(table.c.name, table.c.definition))
    known: dict[str, str] = {row.name: row.definition for row in rows}
    for item in items:
        definition = to_json(item)
        values = {"definition": definition, "changed": datetime.now(UTC)}
        if isinstance(item, Source):
            values["enabled"] = item.enabled
        if item.name not in known:
            connection.execute(insert(table).values(name=item.name, **values))
            done[item.name] = "added"
        elif known[item.name] != definition:
            connection.execute(update(table).where(table.c.name == item.name).values(**values))
            done[item.name] = "changed"
        else:
            done[item.name] = "unchanged"
    return done
