"""The ledger: one entry for each act that changes what is published, chained by hash.

An entry is number, previous hash, time, actor, kind, subject and payload, in canonical JSON; its
hash covers all of them, so a changed, lost or added entry breaks the chain from there on. The
head row is locked while an entry is appended. No names and no personal values go in: what a
ledger holds cannot be erased.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
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
# What an entry's hash covers after its number, in this order.
_CONTENT = ("previous", "time", "actor", "kind", "subject", "payload")
# What reading JSON raises for what is none.
_UNREADABLE = (ValueError, TypeError, RecursionError)


class Kind(StrEnum):
    """What an entry is about."""

    RUN = "run"
    SOURCE = "source"
    TARGET = "target"
    USER = "user"
    RULES = "rules"
    APPROVAL = "approval"
    DECISION = "decision"


class NotAnExportError(ValueError):
    """What an earlier export should be is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. ``time`` is ISO 8601 in UTC; ``payload`` plain data, a text if it is no JSON."""

    number: int
    previous: str
    time: str
    actor: str
    kind: str
    subject: str
    payload: Any
    hash: str


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
    content = {
        "previous": row.hash,
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "actor": actor,
        "kind": kind.value,
        "subject": subject,
        "payload": dumps(dict(payload)),
    }
    values = {"number": row.number + 1, "hash": _hash(row.number + 1, content)}
    connection.execute(insert(schema.ledger).values(**values, **content))
    connection.execute(update(head).where(head.c.id == 1).values(**values))


def entries(store: Store) -> Iterator[Entry]:
    """Yield all entries in order, in pages."""
    for row in _rows(store):
        values = {name: _plain(getattr(row, name)) for name in Entry.__dataclass_fields__}
        with suppress(*_UNREADABLE):
            values["payload"] = json.loads(values["payload"])
        yield Entry(**values)


def verify(store: Store, against: Iterable[str] = ()) -> Verification:
    """Check the chain from its first entry, and that the head is its end.

    ``against`` are the lines of an earlier export: every entry there must still be here as it
    was, which also finds a chain that was cut or written anew. They are read one by one, to the
    last; raises NotAnExportError for what is none.
    """
    exported = _exported(against)
    expected = next(exported, None)
    previous, count, bad = FIRST, 0, None
    for row in _rows(store):
        count += 1
        sound = _is_sound(row, count, previous)
        if expected is not None and expected[0] == count:
            sound, expected = sound and expected[1] == row.hash, next(exported, None)
        if bad is None and not sound:
            bad = count
        previous = row.hash
    if bad is None and (expected is not None or _head(store) != (count, previous)):
        bad = count + 1
    for _ in exported:  # a file that is no export is told as such, whatever was found
        pass
    return Verification(valid=bad is None, entries=count, head=str(previous), first_bad=bad)


def export(store: Store) -> Iterator[str]:
    """Yield the entries as lines of JSON."""
    for entry in entries(store):
        yield dumps({name: getattr(entry, name) for name in Entry.__dataclass_fields__})


def _rows(store: Store) -> Iterator[Any]:
    table, after = schema.ledger, 0
    while True:
        page = select(table).where(table.c.number > after).order_by(table.c.number).limit(PAGE)
        with store.read() as connection:
            rows = connection.execute(page).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].number


def _plain(value: Any) -> Any:
    """Return what stands in a column so that JSON takes it: SQLite lets bytes stand anywhere."""
    return value.hex() if isinstance(value, bytes) else value


def _hash(number: int, content: Mapping[str, str]) -> str:
    """Return the hash of an entry, its payload in canonical JSON: what is stored is hashed."""
    *words, payload = (content[name] for name in _CONTENT)
    return digest(f"{dumps([number, *words])[:-1]},{payload}]")


def _is_sound(row: Any, number: int, previous: str) -> bool:
    content = {name: getattr(row, name) for name in _CONTENT}
    if row.number != number or not all(isinstance(text, str) for text in content.values()):
        return False
    try:
        json.loads(row.payload)
    except _UNREADABLE:
        return False
    return bool(row.previous == previous and row.hash == _hash(number, content))


def _exported(lines: Iterable[str]) -> Iterator[tuple[int, Any]]:
    """Yield number and hash of each entry of an export, whose numbers only grow."""
    last = 0
    try:
        for line in lines:
            entry = json.loads(line)
            number, seal = entry["number"], entry["hash"]
            if not isinstance(number, int) or number <= last:
                raise NotAnExportError(line[:80])
            last = number
            yield number, seal
    except (KeyError, *_UNREADABLE) as error:
        raise NotAnExportError(str(error)) from error


def _head(store: Store) -> tuple[int, str]:
    head = schema.ledger_head
    with store.read() as connection:
        row = connection.execute(select(head).where(head.c.id == 1)).first()
    return (row.number, row.hash) if row else (0, FIRST)
