"""Write a listing into the store as it arrives, before any of it is applied.

So a plan is whole when an officer sees it, and memory does not grow with the catalogue.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from acopio.canonical import digest, to_json
from acopio.errors import SourceError
from acopio.messages import said, stored
from acopio.model import BadRecord, Dataset, Incomplete, Source
from acopio.plan import BATCH, TITLE_LENGTH, Basis, action
from acopio.store import Store, datasets, jobs, records
from acopio.store.datasets import Known
from acopio.store.payloads import keep, keep_all

ID_LENGTH = 500

Item = Dataset | BadRecord | Incomplete


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How a listing ended. ``reason`` is a kept message when it is not complete."""

    listed: int
    complete: bool
    reason: str | None = None


def stage(store: Store, job: str, source: Source, items: Iterable[Item], basis: Basis) -> Listing:
    """Write a listing into the store as it arrives, each record with what is to be done.

    Raises SourceError only when nothing had arrived yet; later the listing is incomplete.
    """
    staging = _Staging(store, job, source, basis)
    arriving = staging.until_cut(iter(items))
    try:
        while batch := list(islice(arriving, BATCH)):
            staging.add(batch)
    except SourceError as error:
        if not staging.number:
            raise
        staging.incomplete = stored(error)
    return Listing(
        listed=staging.number,
        complete=staging.incomplete is None,
        reason=staging.incomplete,
    )


class _Staging:
    """A listing on its way into the store."""

    def __init__(self, store: Store, job: str, source: Source, basis: Basis) -> None:
        self._store = store
        self._job = job
        self._source = source
        self._basis = basis
        self.number = 0
        self.incomplete: str | None = None

    def until_cut(self, items: Iterator[Item]) -> Iterator[Dataset | BadRecord]:
        """Yield the records; note why the listing ended before its end."""
        for count, item in enumerate(items):
            if isinstance(item, Incomplete):
                self.incomplete = said("listing-incomplete", {"reason": item.reason})
                return
            if count == self._basis.max_items:
                self.incomplete = said("listing-cut", {"items": count})
                return
            yield item

    def add(self, batch: list[Dataset | BadRecord]) -> None:
        """Write a batch in one transaction."""
        good = {item.id: item for item in batch if isinstance(item, Dataset) and _usable(item.id)}
        bodies = {number: to_json(item) for number, item in good.items()}
        errors: list[jobs.JobError] = []
        with self._store.write() as connection:
            seen = records.listed_already(connection, self._job, [i.id for i in batch if i.id])
            known = datasets.known_of(connection, self._source.name, good)
            rows: list[dict[str, Any]] = []
            for item in batch:
                if item.id in seen:
                    errors.append(_repeated(item))
                elif isinstance(item, Dataset) and item.id in bodies:
                    seen.add(item.id)
                    rows.append(self._row(item, bodies[item.id], known.get(item.id)))
                else:
                    errors.append(_unreadable(item))
                    rows.extend(self._failed(connection, item, seen))
            keep_all(connection, {row["payload"]: row.pop("body") for row in rows if "body" in row})
            records.add(connection, rows)
        jobs.add_errors(self._store, self._job, errors)

    def _row(self, item: Dataset, body: str, known: Known | None) -> dict[str, Any]:
        payload = digest(body)
        row = self._numbered(item.id, item.name or item.title, item.title)
        row |= {"payload": payload, "body": body, "dataset": known.id if known else None}
        row["action"] = action(item, payload, known, self._source, self._basis)
        if known is not None and row["action"] in ("unchanged", "check"):
            # What was found holds, and is said again, until files are looked at.
            found = ("findings", "errors", "warnings", "infos")
            row |= {name: getattr(known, name) for name in found}
        return row

    def _failed(
        self, connection: Connection, item: Dataset | BadRecord, seen: set[str]
    ) -> list[dict[str, Any]]:
        """Return the row of a record that cannot be used; without an id it has none.

        Then nobody can tell which dataset it is, so absence from this listing proves nothing.
        """
        if not isinstance(item, BadRecord) or not item.id or not _usable(item.id):
            self.incomplete = self.incomplete or said("listing-has-nameless-records")
            return []
        seen.add(item.id)
        reason = said("record-unreadable", {"reason": item.reason})
        row = self._numbered(item.id, item.id, item.id) | {"payload": keep(connection, item.raw)}
        row |= {"action": "fail", "outcome": "failed", "reason": reason}
        known = datasets.known_of(connection, self._source.name, [item.id]).get(item.id)
        return [row | {"dataset": known.id if known else None}]

    def _numbered(self, remote_id: str, name: str, title: str) -> dict[str, Any]:
        self.number += 1
        return {
            "job": self._job,
            "number": self.number,
            "remote_id": remote_id,
            "name": name[:TITLE_LENGTH],
            "title": title[:TITLE_LENGTH],
            "reason": None,
            "outcome": None,
        }


def _usable(remote_id: str) -> bool:
    return 0 < len(remote_id) <= ID_LENGTH and remote_id.isprintable()


def _unreadable(item: Dataset | BadRecord) -> jobs.JobError:
    reason = item.reason if isinstance(item, BadRecord) else "id"
    message = said("record-unreadable", {"reason": reason})
    raw = item.raw if isinstance(item, BadRecord) else to_json(item)[:65536]
    number = item.id[:ID_LENGTH] if item.id else None
    return jobs.JobError(code="record-error", message=message, record=number, raw=raw)


def _repeated(item: Dataset | BadRecord) -> jobs.JobError:
    message = said("record-repeated", {"id": item.id})
    return jobs.JobError(code="record-error", message=message, record=item.id)
