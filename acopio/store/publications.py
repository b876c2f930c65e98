"""Publications: what each target holds of each dataset, so that an id is never guessed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from acopio.canonical import dumps
from acopio.model import Publication, Published
from acopio.store import Store, schema
from acopio.store.payloads import insert_new

publication = schema.publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A dataset in a target. ``edited``: the fields an editor there had changed when last seen."""

    target: str
    published: Published
    fingerprint: str
    url: str
    edited: tuple[str, ...]


def of_dataset(connection: Connection, dataset: str) -> dict[str, Held]:
    """Return what targets hold of a dataset, by the target's name."""
    rows = connection.execute(select(publication).where(publication.c.dataset == dataset))
    return {
        row.target: Held(
            target=row.target,
            published=Published(
                dataset=dataset,
                name=row.name,
                remote_id=row.remote_id,
                state=row.state,
                written=json.loads(row.written),
            ),
            fingerprint=row.fingerprint,
            url=row.url,
            edited=tuple(json.loads(row.edited)),
        )
        for row in rows
    }


def unchanged(connection: Connection, datasets: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return, for datasets that a run left as they are, what each target shows of them."""
    shown = select(publication).where(
        publication.c.dataset.in_(list(datasets)), publication.c.state == "active"
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(shown.order_by(publication.c.target)):
        one = {"target": row.target, "state": "unchanged", "id": row.remote_id, "error": None}
        found.setdefault(row.dataset, []).append(one)
    return found


def begin(store: Store, dataset: str, target: str) -> None:
    """Remember that a creation is about to be sent: its answer may be lost."""
    with store.write() as connection:
        connection.execute(
            insert_new(connection, publication).values(
                dataset=dataset,
                target=target,
                state="begun",
                remote_id="",
                name="",
                url="",
                fingerprint="",
                written="{}",
                edited="[]",
            )
        )


def save(store: Store, dataset: str, target: str, done: Publication, fingerprint: str) -> None:
    """Remember what a publisher did, at once: the next run must not do it again."""
    values = {
        "remote_id": done.remote_id,
        "name": done.name,
        "url": done.url,
        "state": "withdrawn" if done.state == "withdrawn" else "active",
        "fingerprint": fingerprint,
        "written": dumps(dict(done.written)),
        "edited": dumps(list(done.edited)),
    }
    row = update(publication).where(
        publication.c.dataset == dataset, publication.c.target == target
    )
    with store.write() as connection:
        connection.execute(row.values(**values))
