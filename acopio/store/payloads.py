"""Bodies kept once, under their hash."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from acopio.canonical import digest
from acopio.store import schema

payload = schema.payload

_THESE = payload.c.hash.in_(bindparam("these", expanding=True))
_BODIES = select(payload).where(_THESE)
_THERE = select(payload.c.hash).where(_THESE)


def insert_new(connection: Connection, table: Any) -> Any:
    """Return an INSERT for ``table`` that leaves a row already there as it is."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


def keep(connection: Connection, body: str) -> str:
    """Keep one body; return its hash."""
    number = digest(body)
    keep_all(connection, {number: body})
    return number


def keep_all(connection: Connection, bodies: Mapping[str, str]) -> None:
    """Keep bodies by hash; those already there cost one look-up together."""
    if not bodies:
        return
    known = {row.hash for row in connection.execute(_THERE, {"these": list(bodies)})}
    new = [{"hash": number, "body": bodies[number]} for number in sorted(bodies.keys() - known)]
    if new:
        connection.execute(insert_new(connection, payload), new)


def bodies(connection: Connection, numbers: Collection[str]) -> dict[str, str]:
    """Return kept bodies by hash; one that is not kept is not there."""
    rows = connection.execute(_BODIES, {"these": list(numbers)})
    return {row.hash: row.body for row in rows}


def body(connection: Connection, number: str) -> str:
    """Return a kept body. Raises LookupError when there is none."""
    return bodies(connection, [number])[number]
