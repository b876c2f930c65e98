"""End a run: its status, its counts, its one entry in the ledger."""

from dataclasses import dataclass

from sqlalchemy import func, select, update

from acopio import ledger
from acopio.canonical import digest, dumps
from acopio.messages import said, stored
from acopio.model import OutcomeState
from acopio.pipeline import publish
from acopio.pipeline.work import Work
from acopio.plan import Hold, utc_now
from acopio.staging import Listing
from acopio.store import Store, jobs, records, schema

# Who acts, in the ledger: how the act came in, never a person's name.
ACTOR = "cli"
KEEP_WHOLE_JOBS = 10
APPLIED = ("created", "updated", "withdrawn", "kept_last_good", "withheld")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run ended. ``reason`` is a kept message."""

    status: str
    listing: str | None = None
    reason: str | None = None


def counts_of(store: Store, job: str) -> dict[str, int]:
    """Return the contract's counts; those of listed records add up to ``listed``."""
    by_outcome = records.count_by(store, job, "outcome")
    counts = {state.value: by_outcome.get(state.value, 0) for state in OutcomeState}
    counts["failed"] -= records.count_failed_withdrawals(store, job)
    return {"listed": records.count_listed(store, job), **counts} | {
        "missing": by_outcome.get("missing", 0)
    }


def ending(work: Work, listing: Listing, held: Hold) -> Ending:
    """Return how a run that reached its end ended."""
    word = "complete" if listing.complete else "incomplete"
    counts = records.count_by(work.engine.store, work.job, "outcome")
    if held.what != "nothing":
        return Ending(status="held", listing=word, reason=held.reason)
    ended = status(counts, complete=listing.complete)
    reason = listing.reason
    if reason is None and ended == "failed":
        reason = _commonest_reason(work)
    return Ending(status=ended, listing=word, reason=reason)


def _commonest_reason(work: Work) -> str | None:
    """Return why most records of the run failed; of reasons as common, the first."""
    row = schema.record
    query = (
        select(row.c.reason)
        .where(row.c.job == work.job, row.c.outcome == "failed", row.c.reason.is_not(None))
        .group_by(row.c.reason)
        .order_by(func.count().desc(), func.min(row.c.number))
        .limit(1)
    )
    with work.engine.store.read() as connection:
        return connection.scalar(query)


def status(counts: dict[str, int], *, complete: bool) -> str:
    """Return ``succeeded``, ``partial`` or ``failed`` from what became of a run's records.

    ``counts`` is by outcome. A run that only failed, or whose listing was not finished and changed
    nothing, has failed; one that failed in part is partial.
    """
    failed = counts.get("failed", 0)
    if not complete:
        return "partial" if any(counts.get(word) for word in APPLIED) else "failed"
    stood = sum(counts.values()) - failed - counts.get("missing", 0)
    if failed:
        return "partial" if stood else "failed"
    return "succeeded"


def close(work: Work, ended: Ending, *, seconds: float) -> None:
    """Complete the targets, write the job's end and the run's entry in the ledger."""
    store = work.engine.store
    if not work.options.dry_run:
        ended = _finish(work, ended)
    _leave_unreached(work)
    counts = counts_of(store, work.job)
    values = {
        "status": ended.status,
        "listing": ended.listing,
        "reason": ended.reason,
        "counts": dumps(counts),
        "requests": work.client.requests,
        "bytes": work.client.bytes,
        "seconds": round(seconds, 3),
        "rules": work.rule_set,
        "finished": utc_now(),
    }
    entry = {
        "job": work.job,
        "status": ended.status,
        "listing": ended.listing,
        "counts": counts,
        "outcomes": _outcomes_digest(store, work.job),
    }
    job = schema.job
    with store.write() as connection:
        connection.execute(update(job).where(job.c.id == work.job).values(**values))
        if not work.options.dry_run:
            ledger.append(connection, ledger.Kind.RUN, work.source.name, entry, actor=ACTOR)
    if ended.status in ("succeeded", "partial") and not work.options.dry_run:
        jobs.mark_applied(store, work.job)
        records.prune(store, work.source.name, keep_jobs=KEEP_WHOLE_JOBS)


def _finish(work: Work, ended: Ending) -> Ending:
    errors = publish.finish(work)
    if not errors:
        return ended
    failed = [jobs.JobError(code=one.code, message=stored(one)) for one in errors]
    jobs.add_errors(work.engine.store, work.job, failed)
    if ended.status != "succeeded":
        return ended
    return Ending(status="partial", listing=ended.listing, reason=stored(errors[0]))


def _leave_unreached(work: Work) -> None:
    """Say of records that an ended run never came to that they wait for the next."""
    row = schema.record
    unreached = update(row).where(row.c.job == work.job, row.c.outcome.is_(None))
    with work.engine.store.write() as connection:
        connection.execute(
            unreached.where(row.c.action.in_(records.LISTED)).values(
                outcome=OutcomeState.HELD.value, reason=said("not-reached")
            )
        )


def _outcomes_digest(store: Store, job: str) -> str:
    """Return a hash over what became of each dataset that did not stay as it was."""
    row = schema.record
    query = (
        select(row.c.remote_id, row.c.outcome)
        .where(row.c.job == job, row.c.outcome.is_not(None), row.c.outcome != "unchanged")
        .order_by(row.c.number)
    )
    total = digest()
    with store.read() as connection:
        for one in connection.execute(query):
            total = digest(total, one.remote_id, one.outcome)
    return total
