"""Datasets: what is known of each, whatever the run.

A dataset's id is made from its source's name and its id there, so it is the same in a store that
was lost and made anew; its name (slug) is given once and never changes.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection, Row, bindparam, func, or_, select, update

from acopio.canonical import from_json
from acopio.errors import ConfigError
from acopio.model import Dataset
from acopio.store import Store, schema
from acopio.store.payloads import body, insert_new

dataset = schema.dataset

# CKAN takes 100 characters; what is left is for "-2" and its like.
NAME_LENGTH = 90
# What a listing should hold; "new" was never published, so its absence takes nothing away.
NOW_KNOWN = ("active", "withheld")

_THESE = dataset.c.id.in_(bindparam("these", expanding=True))
_BY_ID = select(dataset).where(_THESE)
# Locked, in one order for all: an officer's next word on them waits until the transaction ends.
_RULINGS = select(dataset.c.id, dataset.c.ruling).where(_THESE).order_by(dataset.c.id)
_RULINGS = _RULINGS.with_for_update(key_share=True)
_SETTLE = (
    update(dataset)
    .where(dataset.c.id == bindparam("number"))
    .values(
        {
            name: func.coalesce(
                bindparam(f"new_{name}", type_=dataset.c[name].type), dataset.c[name]
            )
            for name in ("state", "checked", "since")
        }
    )
)
# One names at a time. Any number will do, as long as it is always this one, and no other's.
_NAMING = select(func.pg_advisory_xact_lock(0x0AC0_B11))
_NAMED = select(dataset.c.name).where(dataset.c.name.in_(bindparam("names", expanding=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of a dataset. ``ruling`` is an officer's word, as JSON."""

    id: str
    source: str
    remote_id: str
    name: str
    title: str
    payload: str
    stamp: str
    state: str
    outcome: str | None
    reason: str | None
    findings: str | None
    errors: int
    warnings: int
    infos: int
    since: datetime
    checked: datetime | None
    missing_since: datetime | None
    kept: bool
    ruling: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A dataset met for the first time. ``slug`` is the name wished for."""

    id: str
    remote_id: str
    title: str
    payload: str
    slug: str


def identity(source: str, remote_id: str) -> str:
    """Return the id of a dataset, a UUID that never changes."""
    return str(uuid5(NAMESPACE_URL, f"acopio:{source}:{remote_id}"))


def known_of(connection: Connection, source: str, remote_ids: Iterable[str]) -> dict[str, Known]:
    """Return what is known of some records of a source, by the source's id."""
    query = select(dataset).where(
        dataset.c.source == source, dataset.c.remote_id.in_(list(remote_ids))
    )
    return {row.remote_id: known(row) for row in connection.execute(query)}


def by_id(connection: Connection, numbers: Collection[str]) -> dict[str, Known]:
    """Return what is known of some datasets, by our id."""
    return {row.id: known(row) for row in connection.execute(_BY_ID, {"these": list(numbers)})}


def find(store: Store, name: str) -> Known:
    """Return a dataset by our name or id. Raises ConfigError when there is none."""
    query = select(dataset).where(or_(dataset.c.name == name, dataset.c.id == name))
    with store.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise ConfigError("unknown-dataset", name=name)
    return known(row)


def every(
    store: Store, *, source: str | None = None, outcome: str | None = None
) -> Iterator[Known]:
    """Yield datasets by name, in pages, so that memory stays small."""
    query = select(dataset).order_by(dataset.c.name).limit(500)
    if source is not None:
        query = query.where(dataset.c.source == source)
    if outcome is not None:
        query = query.where(dataset.c.outcome == outcome)
    after = ""
    while True:
        with store.read() as connection:
            rows = connection.execute(query.where(dataset.c.name > after)).all()
        if not rows:
            return
        yield from (known(row) for row in rows)
        after = rows[-1].name


def described(store: Store, payload: str) -> Dataset:
    """Return a dataset as its source described it. Raises LookupError."""
    with store.read() as connection:
        return from_json(Dataset, body(connection, payload))


def rulings(connection: Connection, numbers: Collection[str]) -> dict[str, str | None]:
    """Return officers' words on some datasets; none changes until the transaction ends."""
    rows = connection.execute(_RULINGS, {"these": list(numbers)})
    return {row.id: row.ruling for row in rows}


def admit(connection: Connection, source: str, new: Sequence[New]) -> dict[str, Known]:
    """Make rows for datasets that had none, and return them by our id.

    Names are settled here: a taken one gets ``-2`` and on, for ever. Other runs that give names
    wait until the transaction ends.
    """
    if not new:
        return {}
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        connection.execute(_NAMING)
    always = {"source": source, "stamp": "", "state": "new", "kept": False}
    always["since"] = datetime.now(UTC)
    rows = [
        {**always, "id": one.id, "remote_id": one.remote_id, "name": name}
        | {"title": one.title, "payload": one.payload}
        for one, name in zip(new, _free_names(connection, new), strict=True)
    ]
    connection.execute(insert_new(connection, dataset), rows)
    return by_id(connection, [one.id for one in new])


def change(connection: Connection, number: str, values: Mapping[str, Any]) -> None:
    """Change columns of one dataset."""
    connection.execute(update(dataset).where(dataset.c.id == number).values(**values))


def settle(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what became of datasets: each row has ``number``, our id, and the same columns.

    ``new_state``, ``new_checked`` and ``new_since`` are among them; None leaves what is there.
    """
    if rows:
        connection.execute(_SETTLE, rows)


def count_known(connection: Connection, source: str) -> int:
    """Count the datasets of a source that its listing should hold."""
    known = select(func.count()).where(
        dataset.c.source == source, dataset.c.state.in_(NOW_KNOWN), dataset.c.kept.is_(False)
    )
    return int(connection.execute(known).scalar_one())


def _free_names(connection: Connection, new: Sequence[New]) -> list[str]:
    """Return a free name for each, no two alike: its slug, or ``slug-2`` and on."""
    bases = [one.slug[:NAME_LENGTH].strip("-") or "dataset" for one in new]
    taken = {row.name for row in connection.execute(_NAMED, {"names": bases})}
    wanted_twice = {base for base, times in Counter(bases).items() if times > 1}
    for base in taken | wanted_twice:
        like = select(dataset.c.name).where(dataset.c.name.startswith(f"{base}-", autoescape=True))
        taken |= {row.name for row in connection.execute(like)}
    names = []
    for base in bases:
        wished = chain([base], (f"{base}-{n}" for n in count(2)))
        names.append(next(name for name in wished if name not in taken))
        taken.add(names[-1])
    return names


def known(row: Row[Any]) -> Known:
    """Return a row of the table as what is known of a dataset."""
    return Known(**{name: getattr(row, name) for name in Known.__dataclass_fields__})
