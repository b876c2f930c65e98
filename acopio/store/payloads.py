"""Bodies kept once, under their hash."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from acopio.canonical import digest
from acopio.store import schema

payload = schema.payload


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
    there = select(payload.c.hash).where(payload.c.hash.in_(list(bodies)))
    known = {row.hash for row in connection.execute(there)}
    new = [{"hash": number, "body": bodies[number]} for number in sorted(bodies.keys() - known)]
    if new:
        connection.execute(insert_new(connection, payload), new)


def body(connection: Connection, number: str) -> str:
    """Return a kept body. Raises LookupError when there is none."""
    found = connection.execute(select(payload.c.body).where(payload.c.hash == number)).scalar()
    if found is None:
        raise LookupError(number)
    return str(found)
