"""Apply a plan: several datasets at a time, each settled on its own."""

import json
import logging
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from sqlalchemy import exists, select, update

from acopio.engine import TARGET_CONNECTIONS
from acopio.messages import said
from acopio.model import OutcomeState
from acopio.pipeline import dataset, publish
from acopio.pipeline.work import Work
from acopio.store import datasets, jobs, records, schema
from acopio.store.records import Record

log = logging.getLogger(__name__)

# Enough to keep the workers busy, few enough that a cancelled run ends soon.
IN_FLIGHT = 2 * TARGET_CONNECTIONS


def apply(work: Work) -> None:
    """Settle every listed record that has no outcome yet."""
    store = work.engine.store
    records.settle_all(store, work.job, ["unchanged"], OutcomeState.UNCHANGED.value)
    counts = records.count_by(store, work.job, "action")
    total = sum(counts.get(action, 0) for action in records.TO_PROCESS)
    _each(work, records.TO_PROCESS, total, lambda record: dataset.process(work, record))


def withdraw(work: Work, *, only: Collection[str] | None) -> None:
    """Withdraw what is due, in every target that shows it; ``only`` these datasets, if given."""
    if work.options.dry_run:
        records.settle_all(work.engine.store, work.job, ["withdraw"], "withdrawn")
    else:
        total = records.count_by(work.engine.store, work.job, "action").get("withdraw", 0)
        _each(work, ("withdraw",), total, lambda record: _withdraw_one(work, record, only))
    records.settle_all(work.engine.store, work.job, ["wait"], "missing")


def hold_all(work: Work) -> None:
    """Apply nothing: what would have changed is held, what stands stands."""
    row, known = schema.record, schema.dataset
    standing = select(known.c.id).where(known.c.source == work.source.name, known.c.stamp != "")
    checks = update(row).where(row.c.job == work.job, row.c.action == "check")
    with work.engine.store.write() as connection:
        connection.execute(
            checks.where(row.c.dataset.in_(standing)).values(outcome=OutcomeState.UNCHANGED.value)
        )
        rest = update(row).where(row.c.job == work.job, row.c.outcome.is_(None))
        rest = rest.where(row.c.action.in_(records.TO_PROCESS))
        connection.execute(rest.values(outcome=OutcomeState.HELD.value))
    records.settle_all(work.engine.store, work.job, ["unchanged"], OutcomeState.UNCHANGED.value)


def foresee(work: Work) -> None:
    """Write what a run would do, as far as it can be told without the files."""
    foreseen = {
        OutcomeState.CREATED: ["create"],
        OutcomeState.UPDATED: ["update", "conflict"],
        OutcomeState.UNCHANGED: ["unchanged", "check"],
        OutcomeState.WITHDRAWN: ["withdraw"],
    }
    for outcome, actions in foreseen.items():
        records.settle_all(work.engine.store, work.job, actions, outcome.value)
    records.settle_all(work.engine.store, work.job, ["wait"], "missing")
    _say_again(work)


def _say_again(work: Work) -> None:
    """Repeat what did not stand in the last run, where only the files could change that."""
    row, known = schema.record, schema.dataset
    last = select(known.c.outcome).where(known.c.id == row.c.dataset)
    lasting = (OutcomeState.WITHHELD, OutcomeState.KEPT_LAST_GOOD, OutcomeState.FAILED)
    again = exists().where(known.c.id == row.c.dataset, known.c.outcome.in_(lasting))
    checks = update(row).where(row.c.job == work.job, row.c.action == "check", again)
    with work.engine.store.write() as connection:
        connection.execute(
            checks.values(
                outcome=last.scalar_subquery(),
                reason=last.with_only_columns(known.c.reason).scalar_subquery(),
            )
        )


def _withdraw_one(work: Work, record: Record, only: Collection[str] | None) -> None:
    if record.dataset is None or (only is not None and record.dataset not in only):
        return
    rows = publish.withdraw(work, record.dataset)
    error = next((row["error"] for row in rows if row["error"]), None)
    outcome = OutcomeState.FAILED if error else OutcomeState.WITHDRAWN
    if error:
        failed = jobs.JobError(code="publish-error", message=error, record=record.remote_id)
        jobs.add_errors(work.engine.store, work.job, [failed])
    with work.engine.store.write() as connection:
        values = {"outcome": outcome.value, "reason": error, "publications": json.dumps(rows)}
        records.settle(connection, work.job, record.number, values)
        if not error:
            gone = {"state": "withdrawn", "stamp": "", "since": work.now}
            gone |= {"outcome": outcome.value, "reason": said("no-longer-listed")}
            datasets.change(connection, record.dataset, gone)


def _each(
    work: Work, actions: Collection[str], total: int, settle: Callable[[Record], object]
) -> None:
    """Settle the pending records with these actions, a few at a time, in order."""
    waiting: set[Future[object]] = set()
    done = 0
    stage = "withdraw" if "withdraw" in actions else "apply"
    with ThreadPoolExecutor(TARGET_CONNECTIONS, thread_name_prefix="dataset") as pool:
        for record in records.pending(work.engine.store, work.job, list(actions)):
            if work.cancelled:
                break
            waiting.add(pool.submit(_guarded, work, record, settle))
            while len(waiting) >= IN_FLIGHT:
                finished, waiting = wait(waiting, timeout=1.0, return_when=FIRST_COMPLETED)
                done += len(finished)
                work.progress(stage, done, total)
        for future in waiting:
            future.result()
            done += 1
            work.progress(stage, done, total)


def _guarded(work: Work, record: Record, settle: Callable[[Record], object]) -> None:
    """Settle one record; a fault of ours fails this dataset and none other."""
    try:
        settle(record)
    except Exception as error:
        if work.cancelled:
            return
        log.exception("dataset %s failed", record.remote_id)
        detail = {"type": type(error).__name__, "detail": str(error)[:300]}
        reason = said("internal-fault", detail)
        failed = jobs.JobError(code="record-error", message=reason, record=record.remote_id)
        jobs.add_errors(work.engine.store, work.job, [failed])
        with work.engine.store.write() as connection:
            values = {"outcome": OutcomeState.FAILED.value, "reason": reason}
            records.settle(connection, work.job, record.number, values)
