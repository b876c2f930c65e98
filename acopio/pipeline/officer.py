"""Carry out an officer's word: approve or reject a plan, rule on a dataset, take one down."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from time import monotonic

from sqlalchemy import Connection

from acopio import ledger, plan
from acopio.canonical import dumps
from acopio.engine import Engine
from acopio.errors import ConfigError
from acopio.messages import said
from acopio.model import Source
from acopio.pipeline import apply, closing
from acopio.pipeline.opening import at_work
from acopio.pipeline.tenure import hold
from acopio.pipeline.work import Progress, Work, quiet
from acopio.staging import Listing
from acopio.store import datasets, jobs, records, resources, sources
from acopio.store.datasets import Known
from acopio.store.jobs import Job


def held_job(engine: Engine, source: str) -> Job:
    """Return the job whose plan waits for an officer. Raises ConfigError when none does."""
    job = jobs.held(engine.store, source)
    if job is None:
        raise ConfigError("no-held-plan", source=source)
    return job


def approve(
    engine: Engine, name: str, digest: str | None = None, progress: Progress = quiet
) -> str:
    """Apply the held plan of a source at once, grace or not; return its job's id.

    Raises ConfigError when nothing is held, or ``digest`` is not the held plan's.
    """
    source = sources.get_source(engine.store, name)
    job = _wanted(engine, name, digest)
    with at_work(engine, source, progress=progress, job=job.id) as (work, _):
        job = _wanted(engine, name, digest)  # a run may have replaced it while we waited
        began = monotonic()
        with engine.store.write() as connection:
            _approved(connection, name, job, {"approved": True})
        jobs.change(engine.store, job.id, status="running", plan="approved", finished=None)
        records.reopen(engine.store, job.id)
        ended = _apply_approved(work, job)
        closing.close(work, ended, seconds=job.seconds + monotonic() - began)
    return job.id


def _wanted(engine: Engine, name: str, digest: str | None) -> Job:
    job = held_job(engine, name)
    if digest is not None and digest != job.digest:
        raise ConfigError("plan-replaced", source=name, digest=job.digest)
    return job


def _apply_approved(work: Work, job: Job) -> closing.Ending:
    apply.apply(work)
    apply.withdraw(work, only=None)
    if work.cancelled:
        return closing.Ending(status="cancelled", listing=job.listing, reason=said("job-cancelled"))
    listed = records.count_listed(work.engine.store, work.job)
    return closing.ending(work, Listing(listed=listed, complete=True), plan.Hold())


def reject(engine: Engine, name: str, *, keep: bool) -> str:
    """Reject the held plan; return its job's id.

    The same change is held again by the next run; with ``keep`` not until the records return.
    Raises ConfigError when nothing is held.
    """
    job = held_job(engine, name)
    if keep:
        plan.keep_missing(engine.store, job.id)
    jobs.change(engine.store, job.id, plan="rejected")
    with engine.store.write() as connection:
        _approved(connection, name, job, {"approved": False, "keep": keep})
    return job.id


def _approved(connection: Connection, name: str, job: Job, word: dict[str, bool]) -> None:
    payload = {"job": job.id, "digest": job.digest, **word}
    ledger.append(connection, ledger.Kind.APPROVAL, name, payload, actor=closing.ACTOR)


def decide(
    engine: Engine, name: str, action: str, reason: str, until: date | None = None
) -> str | None:
    """Rule on one dataset and carry it out at once; return the job's id.

    ``publish`` lets it past the gate, but never with persons; ``withhold`` hides it; ``pin``
    keeps the version published now; ``auto`` gives it back to the gate. A dataset that its source
    withdrew stays so: the ruling waits for its return, and None is returned. Raises ConfigError
    for an unknown dataset or a day that is past, RetryLater when the source is running.
    """
    known = datasets.find(engine.store, name)
    source = sources.get_source(engine.store, known.source)
    if until is not None and until < plan.day_at(plan.utc_now(), source.timezone):
        raise ConfigError("until-past", until=until.isoformat())
    ruling = {"action": action, "reason": reason, "until": until.isoformat() if until else None}
    kept = None if action == "auto" else dumps(ruling)
    if known.state == "withdrawn":
        _rule(engine, known, kept, action, until)
        return None
    with at_work(engine, source) as (work, _):
        _rule(engine, known, kept, action, until)
        return _one(work, datasets.find(engine.store, known.id))


def takedown(engine: Engine, name: str, reason: str) -> str:
    """Remove a dataset from every target at once, and forget its older versions.

    Does not wait for a running source: that run sees the ruling before it ends the dataset. Nor
    does it need the source, which may have been removed while its datasets were kept. Returns the
    job's id. Raises ConfigError for an unknown dataset.
    """
    known = datasets.find(engine.store, name)
    ruling = dumps({"action": "withhold", "reason": reason, "until": None, "takedown": True})
    # Its targets are opened one by one as they are needed: one that cannot be must stop no other.
    source = replace(_what_is_left(engine, known.source), targets=())
    with at_work(engine, source, lease=f"dataset:{known.id}") as (work, _):
        _rule(engine, known, ruling, "takedown", None)
        with engine.store.write() as connection:
            resources.forget_good(connection, known.id)
        return _one(work, datasets.find(engine.store, known.id))


def _what_is_left(engine: Engine, name: str) -> Source:
    """Return a source as far as it is still defined: enough to take back."""
    for source in sources.list_sources(engine.store):
        if source.name == name:
            return source
    return Source(name=name, kind="", url="")


def _rule(
    engine: Engine, known: Known, ruling: str | None, action: str, until: date | None
) -> None:
    """Write a ruling and its entry. The reason stays out of the ledger: it may name persons."""
    payload = {"ruling": action, "until": until.isoformat() if until else None}
    with engine.store.write() as connection:
        datasets.change(connection, known.id, {"ruling": ruling, "stamp": ""})
        ledger.append(connection, ledger.Kind.DECISION, known.name, payload, actor=closing.ACTOR)


def _one(work: Work, known: Known) -> str:
    """Take one dataset, as its source last described it, through a run of its own."""
    store, began = work.engine.store, monotonic()
    row = {"job": work.job, "number": 1, "remote_id": known.remote_id, "name": known.name}
    row |= {"title": known.title[:500], "payload": known.payload, "action": "check"}
    with store.write() as connection:
        records.add(connection, [row | {"dataset": known.id}])
    apply.apply(work)
    ended = closing.ending(work, Listing(listed=1, complete=True), plan.Hold())
    closing.close(work, ended, seconds=monotonic() - began)
    return work.job


def remove(engine: Engine, name: str, *, withdraw: bool) -> str | None:
    """Remove a source; its datasets are withdrawn, or kept where they are.

    Returns the job that withdrew them; where it could not withdraw all, the source stays: look
    at the job's errors. Raises ConfigError, RetryLater.
    """
    source = sources.get_source(engine.store, name)
    with at_work(engine, source) if withdraw else _undisturbed(engine, name) as held:
        if held is not None and not _withdraw_all(held[0]):
            return held[0].job
        with engine.store.write() as connection:
            payload = {"removed": True, "withdrawn": withdraw}
            ledger.append(connection, ledger.Kind.SOURCE, name, payload, actor=closing.ACTOR)
            sources.forget_source(connection, name)
    return held[0].job if held is not None else None


@contextmanager
def _undisturbed(engine: Engine, name: str) -> Iterator[None]:
    """Hold a source's lease, so that nobody runs it meanwhile."""
    with hold(engine.store, f"source:{name}", engine.cancel):
        yield None


def _withdraw_all(work: Work) -> bool:
    """Withdraw all that the source ever published; tell whether nothing is left."""
    store, began = work.engine.store, monotonic()
    plan.add_published(store, work.job, work.source.name)
    apply.withdraw(work, only=None)
    ended = closing.ending(work, Listing(listed=0, complete=True), plan.Hold())
    closing.close(work, ended, seconds=monotonic() - began)
    return not jobs.errors(store, work.job)
