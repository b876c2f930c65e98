"""Jobs: one row a run of a source, with its errors."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, func, insert, select, update

from acopio.canonical import dumps
from acopio.messages import said
from acopio.store import Store, schema
from acopio.store.payloads import keep

job = schema.job
RUNNING = ("queued", "running")
ENDED = ("succeeded", "partial", "held", "failed", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run. ``reason`` is a kept message; ``counts`` as in the contract's ``run --json``.

    ``rules`` is the version of the rules that judged, empty until it has ended.
    """

    id: str
    source: str
    status: str
    listing: str | None
    dry_run: bool
    plan: str | None
    digest: str | None
    reason: str | None
    counts: Mapping[str, int]
    requests: int
    bytes: int
    seconds: float
    rules: str
    started: datetime
    finished: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobError:
    """Something a run could not do. ``message`` is a kept message, ``record`` the source's id."""

    code: str
    message: str
    record: str | None = None
    raw: str | None = None


def bury(store: Store, source: str, *, besides: str = "") -> None:
    """End as failed what is still called running; its caller holds the source's lease."""
    dead = update(job).where(job.c.source == source, job.c.status.in_(RUNNING))
    dead = dead.where(job.c.id != besides)
    ended = {"status": "failed", "reason": said("job-died"), "finished": datetime.now(UTC)}
    with store.write() as connection:
        connection.execute(dead.values(**ended))


def start(store: Store, source: str, *, dry_run: bool) -> str:
    """Begin a job and return its id."""
    number = str(uuid4())
    with store.write() as connection:
        connection.execute(
            insert(job).values(
                id=number,
                source=source,
                status="running",
                dry_run=dry_run,
                requests=0,
                bytes=0,
                seconds=0.0,
                cancel=False,
                started=datetime.now(UTC),
            )
        )
    return number


def change(store: Store, number: str, **values: Any) -> None:
    """Change columns of a job; ``counts`` is given as a mapping."""
    if "counts" in values:
        values["counts"] = dumps(values["counts"])
    with store.write() as connection:
        connection.execute(update(job).where(job.c.id == number).values(**values))


def mark_applied(store: Store, number: str) -> None:
    """Note that a job's plan was carried out, unless an officer's word on it stands."""
    row = update(job).where(job.c.id == number, job.c.plan == "proposed")
    with store.write() as connection:
        connection.execute(row.values(plan="applied"))


def get(store: Store, number: str) -> Job | None:
    """Return a job, None if there is no such."""
    with store.read() as connection:
        row = connection.execute(select(job).where(job.c.id == number)).first()
    return _job(row) if row else None


def recent(store: Store, source: str | None = None, *, limit: int = 50) -> list[Job]:
    """Return jobs, the newest first."""
    query = select(job).order_by(job.c.started.desc()).limit(limit)
    if source is not None:
        query = query.where(job.c.source == source)
    with store.read() as connection:
        return [_job(row) for row in connection.execute(query)]


def last_runs(
    store: Store, source: str | None = None, *, statuses: Collection[str] = ()
) -> dict[str, Job]:
    """Return each source's newest whole run, of one of ``statuses`` where any is given.

    Trials change nothing and are none; neither is a ruling on one dataset, which has no plan.
    """
    other = job.alias()
    is_whole = other.c.plan.is_not(None) | other.c.status.not_in(("succeeded", "partial"))
    of_source = (other.c.source == schema.source.c.name) & other.c.dry_run.is_(False) & is_whole
    newest = select(other.c.id).where(of_source).order_by(other.c.started.desc()).limit(1)
    if statuses:
        newest = newest.where(other.c.status.in_(statuses))
    chosen = select(newest.correlate(schema.source).scalar_subquery()).select_from(schema.source)
    if source is not None:
        chosen = chosen.where(schema.source.c.name == source)
    with store.read() as connection:
        rows = connection.execute(select(job).where(job.c.id.in_(chosen)))
        return {row.source: _job(row) for row in rows}


def starting_with(store: Store, number: str) -> list[Job]:
    """Return at most two jobs whose id starts so: enough to tell one from several."""
    query = select(job).where(job.c.id.startswith(number, autoescape=True)).limit(2)
    with store.read() as connection:
        return [_job(row) for row in connection.execute(query)]


def held(store: Store, source: str) -> Job | None:
    """Return the job of the source whose plan waits for an officer, None when nothing waits.

    A newer plan replaces it; a trial, a ruling on one dataset or a run that never came to a plan
    replaces nothing.
    """
    made = select(job).where(
        job.c.source == source, job.c.dry_run.is_(False), job.c.plan.is_not(None)
    )
    with store.read() as connection:
        row = connection.execute(made.order_by(job.c.started.desc()).limit(1)).first()
    return _job(row) if row is not None and row.plan == "held" else None


def last_planned(store: Store, source: str) -> Job | None:
    """Return the newest job of the source that has a plan, trials included."""
    made = select(job).where(job.c.source == source, job.c.plan.is_not(None))
    with store.read() as connection:
        row = connection.execute(made.order_by(job.c.started.desc()).limit(1)).first()
    return _job(row) if row is not None else None


def ask_to_cancel(store: Store, number: str) -> bool:
    """Ask a running job to end; False when it is not running."""
    with store.write() as connection:
        running = update(job).where(job.c.id == number, job.c.status.in_(RUNNING))
        return connection.execute(running.values(cancel=True)).rowcount == 1


def is_cancelled(store: Store, number: str) -> bool:
    """Tell whether somebody asked the job to end."""
    with store.read() as connection:
        return bool(connection.execute(select(job.c.cancel).where(job.c.id == number)).scalar())


def add_errors(store: Store, number: str, errors: Sequence[JobError]) -> None:
    """Keep errors of a job, with the raw records they came from."""
    if not errors:
        return
    with store.write() as connection:
        last = select(func.coalesce(func.max(schema.job_error.c.number), 0))
        first = connection.execute(last.where(schema.job_error.c.job == number)).scalar_one() + 1
        rows = [
            {
                "job": number,
                "number": first + index,
                "code": error.code,
                "message": error.message,
                "record": error.record,
                "payload": keep(connection, error.raw) if error.raw is not None else None,
            }
            for index, error in enumerate(errors)
        ]
        connection.execute(insert(schema.job_error), rows)


def errors(store: Store, number: str) -> list[JobError]:
    """Return the errors of a job, in the order they came."""
    error, payload = schema.job_error, schema.payload
    joined = error.outerjoin(payload, payload.c.hash == error.c.payload)
    query = select(error, payload.c.body).select_from(joined).where(error.c.job == number)
    with store.read() as connection:
        return [
            JobError(code=row.code, message=row.message, record=row.record, raw=row.body)
            for row in connection.execute(query.order_by(error.c.number))
        ]


def _job(row: Row[Any]) -> Job:
    known = {name: getattr(row, name) for name in Job.__dataclass_fields__ if name != "counts"}
    return Job(**known, counts=json.loads(row.counts) if row.counts else {})
