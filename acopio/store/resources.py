"""Resources: their identity, the body last fetched, and the version last published well."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, insert, select, update

from acopio.canonical import from_json
from acopio.matching import label, match
from acopio.model import Dataset, ReleaseResource
from acopio.store import schema

resource = schema.resource

_OF_DATASETS = select(resource).where(resource.c.dataset.in_(bindparam("datasets", expanding=True)))
_GOOD = select(resource.c.id, resource.c.good).where(
    resource.c.id.in_(bindparam("ids", expanding=True)), resource.c.good.is_not(None)
)
_CHANGE = update(resource).where(resource.c.id == bindparam("number"))


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
    return of_datasets(connection, [dataset]).get(dataset, [])


def of_datasets(
    connection: Connection, datasets: Collection[str]
) -> dict[str, list[KnownResource]]:
    """Return the resources ever seen in some datasets, by dataset."""
    names = KnownResource.__dataclass_fields__
    found: dict[str, list[KnownResource]] = {}
    for row in connection.execute(_OF_DATASETS, {"datasets": list(datasets)}):
        one = KnownResource(**{name: getattr(row, name) for name in names})
        found.setdefault(row.dataset, []).append(one)
    return found


def last_good(connection: Connection, ids: Collection[str]) -> dict[str, ReleaseResource]:
    """Return the versions last published well of some resources, by our id; most have one."""
    rows = connection.execute(_GOOD, {"ids": list(ids)})
    return {row.id: from_json(ReleaseResource, row.good) for row in rows}


def recognise(
    connection: Connection, described: Mapping[str, Dataset]
) -> dict[str, dict[str, KnownResource]]:
    """Return our resource for each one described, by dataset and the source's id.

    ``described`` is by our id of the dataset. New resources are made. Of one that moved, what is
    returned is as it was; validators of its old address are forgotten, since they say nothing
    about the new one.
    """
    had = of_datasets(connection, described)
    found: dict[str, dict[str, KnownResource]] = {number: {} for number in described}
    new: list[dict[str, Any]] = []
    moved: list[dict[str, Any]] = []
    for number, one in described.items():
        known = match(one.resources, had[number]) if number in had else {}
        for this in one.resources:
            seen = {"remote_id": this.id, "url": this.url, "name": label(this)}
            old = known.get(this.id)
            if old is None:
                old = KnownResource(
                    id=str(uuid4()), remote_id=this.id, url=this.url, name=seen["name"]
                )
                new.append({"id": old.id, "dataset": number, **seen})
            elif (old.remote_id, old.url, old.name) != tuple(seen.values()):
                moved.append({"number": old.id, **seen, **_validators(old, this.url)})
            found[number][this.id] = old
    if new:
        connection.execute(insert(resource), new)
    change_all(connection, moved)
    return found


def _validators(known: KnownResource, url: str) -> dict[str, str | None]:
    """Return what a conditional request for ``url`` may still be made with."""
    if known.url != url:
        return {"etag": None, "last_modified": None}
    return {"etag": known.etag, "last_modified": known.last_modified}


def change(connection: Connection, number: str, values: Mapping[str, Any]) -> None:
    """Change columns of one resource."""
    change_all(connection, [{"number": number, **values}])


def change_all(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change resources: each row has ``number``, our id, and the same columns."""
    if rows:
        connection.execute(_CHANGE, rows)


def forget_good(connection: Connection, dataset: str) -> None:
    """Forget all last good versions of a dataset: none of them may come back."""
    rows = update(resource).where(resource.c.dataset == dataset)
    connection.execute(rows.values(good=None, good_key=None))
