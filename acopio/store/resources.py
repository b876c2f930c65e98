"""Resources: their identity, the body last fetched, and the version last published well."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from acopio.canonical import from_json
from acopio.matching import label, match
from acopio.model import Dataset, ReleaseResource
from acopio.store import schema

resource = schema.resource


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownResource:
    """A resource we know. ``good`` is its last published version, a ReleaseResource as JSON.

    ``good_key`` tells what that version was made from: bytes, decided table and cleaning rules.
    """

    id: str
    remote_id: str
    url: str
    name: str
    sha256: str | None = None
    size: int | None = None
    media_type: str | None = None
    file_name: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    fetched: datetime | None = None
    content_changed: datetime | None = None
    good: str | None = None
    good_key: str | None = None

    def last_good(self) -> ReleaseResource | None:
        """Return the version last published well."""
        return from_json(ReleaseResource, self.good) if self.good else None


def of_dataset(connection: Connection, dataset: str) -> list[KnownResource]:
    """Return the resources ever seen in a dataset."""
    names = KnownResource.__dataclass_fields__
    rows = connection.execute(select(resource).where(resource.c.dataset == dataset))
    return [KnownResource(**{name: getattr(row, name) for name in names}) for row in rows]


def recognise(connection: Connection, dataset: str, described: Dataset) -> dict[str, KnownResource]:
    """Return our resource for each one described, by the source's id; new ones are made."""
    known = match(described.resources, of_dataset(connection, dataset))
    found = {}
    for one in described.resources:
        seen = {"remote_id": one.id, "url": one.url, "name": label(one)}
        old = known.get(one.id)
        if old is None:
            old = KnownResource(id=str(uuid4()), remote_id=one.id, url=one.url, name=label(one))
            connection.execute(insert(resource).values(id=old.id, dataset=dataset, **seen))
        elif (old.remote_id, old.url, old.name) != tuple(seen.values()):
            change(connection, old.id, seen)
        found[one.id] = old
    return found


def change(connection: Connection, number: str, values: Mapping[str, Any]) -> None:
    """Change columns of one resource."""
    connection.execute(update(resource).where(resource.c.id == number).values(**values))


def forget_good(connection: Connection, dataset: str) -> None:
    """Forget all last good versions of a dataset: none of them may come back."""
    rows = update(resource).where(resource.c.dataset == dataset)
    connection.execute(rows.values(good=None, good_key=None))
