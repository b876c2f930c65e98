"""Publications: what each target holds of each dataset, so that an id is never guessed."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from acopio.canonical import dumps
from acopio.model import Publication, Published
from acopio.store import schema
from acopio.store.payloads import insert_new

publication = schema.publication

_OF_DATASETS = select(publication).where(
    publication.c.dataset.in_(bindparam("datasets", expanding=True))
)
_SAVE = update(publication).where(
    publication.c.dataset == bindparam("of_dataset"),
    publication.c.target == bindparam("in_target"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A dataset in a target. ``edited``: the fields an editor there had changed when last seen."""

    target: str
    published: Published
    fingerprint: str
    url: str
    edited: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a publisher did with a dataset in a target, to be remembered.

    ``fingerprint`` tells what is shown there now; empty: publish it again next time.
    """

    dataset: str
    target: str
    done: Publication
    fingerprint: str


def of_dataset(connection: Connection, dataset: str) -> dict[str, Held]:
    """Return what targets hold of a dataset, by the target's name."""
    return of_datasets(connection, [dataset]).get(dataset, {})


def of_datasets(connection: Connection, datasets: Collection[str]) -> dict[str, dict[str, Held]]:
    """Return what targets hold of some datasets, by dataset and by the target's name."""
    found: dict[str, dict[str, Held]] = {}
    for row in connection.execute(_OF_DATASETS, {"datasets": list(datasets)}):
        found.setdefault(row.dataset, {})[row.target] = _held(row)
    return found


def _held(row: Row[Any]) -> Held:
    return Held(
        target=row.target,
        published=Published(
            dataset=row.dataset,
            name=row.name,
            remote_id=row.remote_id,
            state=row.state,
            written=json.loads(row.written),
        ),
        fingerprint=row.fingerprint,
        url=row.url,
        edited=tuple(json.loads(row.edited)),
    )


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


def begin(connection: Connection, creations: Sequence[tuple[str, str]]) -> None:
    """Remember that creations, of (dataset, target), are about to be sent: answers may be lost."""
    empty = {"remote_id": "", "name": "", "url": "", "fingerprint": ""}
    empty |= {"state": "begun", "written": "{}", "edited": "[]"}
    rows = [{"dataset": dataset, "target": target, **empty} for dataset, target in creations]
    if rows:
        connection.execute(insert_new(connection, publication), rows)


def ask_again(connection: Connection, number: str) -> None:
    """Have the next run look at a dataset again, and tell its targets whatever they show now."""
    table = schema.dataset
    of_it = publication.c.dataset == number
    connection.execute(update(publication).where(of_it).values(fingerprint=""))
    connection.execute(update(table).where(table.c.id == number).values(stamp=""))


def save(connection: Connection, answers: Sequence[Answer]) -> None:
    """Remember what publishers did: the next run must not do it again."""
    if answers:
        connection.execute(_SAVE, [_saved(one) for one in answers])


def _saved(answer: Answer) -> dict[str, Any]:
    done = answer.done
    return {
        "of_dataset": answer.dataset,
        "in_target": answer.target,
        "remote_id": done.remote_id,
        "name": done.name,
        "url": done.url,
        "state": "withdrawn" if done.state == "withdrawn" else "active",
        "fingerprint": answer.fingerprint,
        "written": dumps(dict(done.written)),
        "edited": dumps(list(done.edited)),
    }
