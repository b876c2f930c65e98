"""Datasets: what is known of each, whatever the run.

A dataset's id is made from its source's name and its id there, so it is the same in a store that
was lost and made anew; its name (slug) is given once and never changes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection, Row, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from acopio.canonical import from_json
from acopio.errors import ConfigError
from acopio.model import Dataset
from acopio.store import Store, schema
from acopio.store.payloads import body

dataset = schema.dataset

# CKAN takes 100 characters; what is left is for "-2" and its like.
NAME_LENGTH = 90
# What a listing should hold; "new" was never published, so its absence takes nothing away.
NOW_KNOWN = ("active", "withheld")


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


def identity(source: str, remote_id: str) -> str:
    """Return the id of a dataset, a UUID that never changes."""
    return str(uuid5(NAMESPACE_URL, f"acopio:{source}:{remote_id}"))


def known_of(connection: Connection, source: str, remote_ids: Iterable[str]) -> dict[str, Known]:
    """Return what is known of some records of a source, by the source's id."""
    query = select(dataset).where(
        dataset.c.source == source, dataset.c.remote_id.in_(list(remote_ids))
    )
    return {row.remote_id: known(row) for row in connection.execute(query)}


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


def ruling(store: Store, number: str) -> str | None:
    """Return an officer's word on a dataset as it is at this moment."""
    with store.read() as connection:
        found = connection.execute(select(dataset.c.ruling).where(dataset.c.id == number))
        word: str | None = found.scalar()
    return word


def described(store: Store, payload: str) -> Dataset:
    """Return a dataset as its source described it. Raises LookupError."""
    with store.read() as connection:
        return from_json(Dataset, body(connection, payload))


def admit(store: Store, source: str, described: Dataset, payload: str, slug: str) -> Known:
    """Return the store's row for a dataset, made if it is new; its name is settled here.

    ``slug`` is the name wished for; a taken one gets ``-2``, for ever.
    """
    number = identity(source, described.id)
    this = select(dataset).where(dataset.c.id == number)
    with store.read() as connection:
        row = connection.execute(this).first()
    while row is None:
        try:
            with store.write() as connection:
                new = {"id": number, "source": source, "remote_id": described.id}
                new |= {"title": described.title, "payload": payload, "stamp": ""}
                new |= {"name": _free_name(connection, slug), "state": "new"}
                made = insert(dataset).values(kept=False, since=datetime.now(UTC), **new)
                connection.execute(made)
                row = connection.execute(this).one()
        except IntegrityError:  # another took the name, or made it, between our look and our insert
            with store.read() as connection:
                row = connection.execute(this).first()
    return known(row)


def change(connection: Connection, number: str, values: Mapping[str, Any]) -> None:
    """Change columns of one dataset."""
    connection.execute(update(dataset).where(dataset.c.id == number).values(**values))


def count_known(connection: Connection, source: str) -> int:
    """Count the datasets of a source that its listing should hold."""
    known = select(func.count()).where(
        dataset.c.source == source, dataset.c.state.in_(NOW_KNOWN), dataset.c.kept.is_(False)
    )
    return int(connection.execute(known).scalar_one())


def _free_name(connection: Connection, slug: str) -> str:
    """Return ``slug``, or ``slug-2`` and on."""
    base = slug[:NAME_LENGTH].strip("-") or "dataset"
    same = select(dataset.c.name).where(dataset.c.name == base)
    if connection.execute(same).first() is None:
        return base
    like = select(dataset.c.name).where(dataset.c.name.startswith(f"{base}-", autoescape=True))
    taken = {row.name for row in connection.execute(like)}
    return next(name for n in range(2, len(taken) + 3) if (name := f"{base}-{n}") not in taken)


def known(row: Row[Any]) -> Known:
    """Return a row of the table as what is known of a dataset."""
    return Known(**{name: getattr(row, name) for name in Known.__dataclass_fields__})
