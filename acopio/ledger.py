"""The ledger: one entry for each act that changes what is published, chained by hash.

An entry is number, previous hash, time, actor, kind, subject and payload, in canonical JSON; its
hash covers all of them, so a changed, lost or added entry breaks the chain from there on. The
head row is locked while an entry is appended. No names and no personal values go in: what a
ledger holds cannot be erased.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from acopio.canonical import digest, dumps
from acopio.store import Store, schema
from acopio.store.payloads import insert_new

FIRST = "0" * 64
PAGE = 1000


class Kind(StrEnum):
    """What an entry is about."""

    RUN = "run"
    SOURCE = "source"
    TARGET = "target"
    USER = "user"
    RULES = "rules"
    APPROVAL = "approval"
    DECISION = "decision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. ``payload`` is plain data; ``time`` ISO 8601 in UTC."""

    number: int
    previous: str
    time: str
    actor: str
    kind: str
    subject: str
    payload: Mapping[str, Any]
    hash: str

    def computed_hash(self) -> str:
        """Return the hash that the entry's content gives."""
        content = [self.number, self.previous, self.time, self.actor, self.kind, self.subject]
        return digest(dumps([*content, self.payload]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether the chain holds; ``first_bad`` is the number of the first entry that does not."""

    valid: bool
    entries: int
    head: str
    first_bad: int | None = None


def append(
    connection: Connection, kind: Kind, subject: str, payload: Mapping[str, Any], *, actor: str
) -> None:
    """Append an entry, within the caller's transaction: the act and its entry are one."""
    head = schema.ledger_head
    connection.execute(insert_new(connection, head).values(id=1, number=0, hash=FIRST))
    row = connection.execute(select(head).where(head.c.id == 1).with_for_update()).one()
    entry = Entry(
        number=row.number + 1,
        previous=row.hash,
        time=datetime.now(UTC).isoformat(timespec="milliseconds"),
        actor=actor,
        kind=kind.value,
        subject=subject,
        payload=payload,
        hash="",
    )
    number = entry.computed_hash()
    values = {name: getattr(entry, name) for name in Entry.__dataclass_fields__}
    values |= {"payload": dumps(dict(payload)), "hash": number}
    connection.execute(insert(schema.ledger).values(**values))
    connection.execute(update(head).where(head.c.id == 1).values(number=entry.number, hash=number))


def entries(store: Store) -> Iterator[Entry]:
    """Yield all entries in order, in pages."""
    table, after = schema.ledger, 0
    while True:
        page = select(table).where(table.c.number > after).order_by(table.c.number).limit(PAGE)
        with store.read() as connection:
            rows = connection.execute(page).all()
        if not rows:
            return
        for row in rows:
            values = {name: getattr(row, name) for name in Entry.__dataclass_fields__}
            yield Entry(**{**values, "payload": json.loads(row.payload)})
        after = rows[-1].number


def verify(store: Store, against: Iterable[str] = ()) -> Verification:
    """Check the chain from its first entry, and that the head is its end.

    ``against`` are the lines of an earlier export: every entry there must still be here as it
    was, which also finds a chain that was cut or written anew.
    """
    exported = {entry["number"]: entry["hash"] for entry in map(json.loads, against)}
    previous, count, bad = FIRST, 0, None
    for entry in entries(store):
        count += 1
        sound = entry.number == count and entry.previous == previous
        sound = sound and entry.hash == entry.computed_hash()
        if bad is None and not (sound and exported.pop(count, entry.hash) == entry.hash):
            bad = count
        previous = entry.hash
    if bad is None and (exported or _head(store) != (count, previous)):
        bad = min([*exported, count + 1])
    return Verification(valid=bad is None, entries=count, head=previous, first_bad=bad)


def export(store: Store) -> Iterator[str]:
    """Yield the entries as lines of JSON."""
    for entry in entries(store):
        yield dumps({name: getattr(entry, name) for name in Entry.__dataclass_fields__})


def _head(store: Store) -> tuple[int, str]:
    head = schema.ledger_head
    with store.read() as connection:
        row = connection.execute(select(head).where(head.c.id == 1)).first()
    return (row.number, row.hash) if row else (0, FIRST)
