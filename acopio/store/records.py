"""A job's records: its listing, the plan made from it, and what became of each.

A row is one dataset in one run. ``action`` is the plan's word; ``outcome`` stays empty until the
row is settled, so what is left to do is always what has none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from acopio.canonical import digest
from acopio.store import Store, schema
from acopio.store.datasets import NOW_KNOWN

record = schema.record
dataset = schema.dataset
PAGE = 500

_SETTLE = update(record).where(
    record.c.job == bindparam("of_job"), record.c.number == bindparam("row")
)

# Listed rows carry one of these; "withdraw" and "wait" rows are for what was not listed.
LISTED = ("create", "update", "check", "conflict", "unchanged", "fail")
TO_PROCESS = ("create", "update", "check", "conflict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row. ``payload`` is the hash of the dataset as listed; ``dataset`` our id, once known."""

    number: int
    remote_id: str
    name: str
    title: str
    payload: str
    dataset: str | None
    action: str
    outcome: str | None
    reason: str | None
    findings: str | None
    errors: int
    warnings: int
    infos: int
    publications: str | None


def listed_already(connection: Connection, job: str, remote_ids: Sequence[str]) -> set[str]:
    """Return which of these ids the job's listing holds already."""
    query = select(record.c.remote_id).where(
        record.c.job == job, record.c.remote_id.in_(list(remote_ids))
    )
    return {row.remote_id for row in connection.execute(query)}


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows of a listing; each has job, number, remote_id, name, title, payload and action."""
    empty: dict[str, Any] = dict.fromkeys(("dataset", "outcome", "reason", "findings"))
    empty |= dict.fromkeys(("errors", "warnings", "infos"), 0)
    if rows:
        connection.execute(insert(record), [{**empty, **row} for row in rows])


def settle(connection: Connection, job: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what became of some rows: each has its ``row``'s number, and the same columns."""
    if rows:
        connection.execute(_SETTLE, [{"of_job": job, **row} for row in rows])


def settle_all(
    store: Store, job: str, actions: Sequence[str], outcome: str | None, reason: str | None = None
) -> None:
    """Write one outcome on every row with these actions."""
    rows = update(record).where(record.c.job == job, record.c.action.in_(actions))
    with store.write() as connection:
        connection.execute(rows.values(outcome=outcome, reason=reason))


def reopen(store: Store, job: str) -> None:
    """Clear the outcome of held rows: their plan was approved."""
    held = update(record).where(record.c.job == job, record.c.outcome == "held")
    with store.write() as connection:
        connection.execute(held.values(outcome=None, reason=None))


def pending(store: Store, job: str, actions: Sequence[str]) -> Iterator[Record]:
    """Yield, in order and in pages, the rows with these actions that have no outcome yet."""
    query = select(record).where(
        record.c.job == job, record.c.action.in_(actions), record.c.outcome.is_(None)
    )
    return _paged(store, query)


def every(store: Store, job: str) -> Iterator[Record]:
    """Yield all rows of a job, in order and in pages."""
    return _paged(store, select(record).where(record.c.job == job))


def count_by(store: Store, job: str, column: str) -> dict[str, int]:
    """Count the rows of a job by ``action`` or by ``outcome`` (those that have none left out)."""
    by = record.c[column]
    query = select(by, func.count()).where(record.c.job == job, by.is_not(None)).group_by(by)
    with store.read() as connection:
        return {str(row[0]): int(row[1]) for row in connection.execute(query)}


def count_listed(store: Store, job: str) -> int:
    """Count what the job's listing held."""
    query = select(func.count()).where(record.c.job == job, record.c.action.in_(LISTED))
    with store.read() as connection:
        return int(connection.execute(query).scalar_one())


def count_found(store: Store, job: str) -> int:
    """Count the errors and warnings found in a job's datasets, those found before included."""
    query = select(func.coalesce(func.sum(record.c.errors + record.c.warnings), 0))
    with store.read() as connection:
        return int(connection.execute(query.where(record.c.job == job)).scalar_one())


def count_failed_withdrawals(store: Store, job: str) -> int:
    """Count the withdrawals that failed; they are not among the listed."""
    query = select(func.count()).where(
        record.c.job == job, record.c.action == "withdraw", record.c.outcome == "failed"
    )
    with store.read() as connection:
        return int(connection.execute(query).scalar_one())


def count_missing(store: Store, job: str, source: str) -> int:
    """Count the source's datasets that the job's listing does not hold."""
    with store.read() as connection:
        query = select(func.count()).select_from(dataset).where(*_absent(job, source))
        return int(connection.execute(query).scalar_one())


def _absent(job: str, source: str) -> tuple[Any, ...]:
    there = exists().where(record.c.job == job, record.c.remote_id == dataset.c.remote_id)
    known = dataset.c.state.in_(NOW_KNOWN)
    return (dataset.c.source == source, known, dataset.c.kept.is_(False), ~there)


def missing(store: Store, job: str, source: str) -> Iterator[Row[Any]]:
    """Yield, in pages, the rows of the source's datasets that the job's listing does not hold."""
    return _pages(store, select(dataset).where(*_absent(job, source)))


def published(store: Store, source: str) -> Iterator[Row[Any]]:
    """Yield, in pages, the rows of the source's datasets known now or sent before."""
    sent = exists().where(schema.publication.c.dataset == dataset.c.id)
    known = dataset.c.state.in_(NOW_KNOWN)
    return _pages(store, select(dataset).where(dataset.c.source == source, or_(known, sent)))


def _pages(store: Store, wanted: Select[Any]) -> Iterator[Row[Any]]:
    query = wanted.order_by(dataset.c.id).limit(PAGE)
    after = ""
    while True:
        with store.read() as connection:
            rows = connection.execute(query.where(dataset.c.id > after)).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].id


def plan_digest(store: Store, job: str) -> str:
    """Return a hash of what the plan would change; the same change has the same digest."""
    query = (
        select(record.c.action, record.c.remote_id, record.c.payload)
        .where(record.c.job == job, record.c.action.not_in(("unchanged", "check", "wait")))
        .order_by(record.c.remote_id)
    )
    total = digest()
    with store.read() as connection:
        for row in connection.execute(query):
            total = digest(total, *row)
    return total


def prune(store: Store, source: str, *, keep_jobs: int) -> None:
    """Forget, in the source's older jobs, the rows of datasets that did not change."""
    jobs = select(schema.job.c.id).where(schema.job.c.source == source)
    newest = jobs.order_by(schema.job.c.started.desc()).limit(keep_jobs)
    with store.write() as connection:
        recent = [row.id for row in connection.execute(newest)]
        connection.execute(
            record.delete().where(
                record.c.job.in_(jobs),
                record.c.job.not_in(recent),
                record.c.action.in_(("unchanged", "check", "wait")),
                record.c.outcome.in_(("unchanged", "missing")),
            )
        )


def _paged(store: Store, query: Any) -> Iterator[Record]:
    after = 0
    while True:
        page = query.where(record.c.number > after).order_by(record.c.number).limit(PAGE)
        with store.read() as connection:
            rows = [_record(row) for row in connection.execute(page)]
        if not rows:
            return
        yield from rows
        after = rows[-1].number


def _record(row: Row[Any]) -> Record:
    return Record(**{name: getattr(row, name) for name in Record.__dataclass_fields__})
