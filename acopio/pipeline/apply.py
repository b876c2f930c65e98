"""Apply a plan: several datasets at a time, each settled on its own."""

import json
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import exists, select, update

from acopio.engine import TARGET_CONNECTIONS
from acopio.messages import said
from acopio.model import OutcomeState
from acopio.pipeline import dataset, journal, publish
from acopio.pipeline.crew import Crew, crew
from acopio.pipeline.stages import Ready, Settled
from acopio.pipeline.work import Work
from acopio.store import datasets, jobs, records, schema
from acopio.store.records import Record

log = logging.getLogger(__name__)

Item = TypeVar("Item")

# Taken up and written in one transaction: enough to share its cost, few enough that a cancelled
# run ends soon.
GROUP = 2 * TARGET_CONNECTIONS


def apply(work: Work) -> None:
    """Settle every listed record that has no outcome yet."""
    store = work.engine.store
    records.settle_all(store, work.job, ["unchanged"], OutcomeState.UNCHANGED.value)
    counts = records.count_by(store, work.job, "action")
    total = sum(counts.get(action, 0) for action in records.TO_PROCESS)
    planned = records.pending(store, work.job, records.TO_PROCESS)
    admit = partial(journal.admit, work)
    done = 0
    with crew("dataset", partial(dataset.step, work)) as busy:
        while _take_up(work, busy, planned, admit) or busy.out:
            came = busy.back()
            ready = [one for one in came if isinstance(one, Ready)]
            settled = [one for one in came if isinstance(one, Settled)]
            withheld = journal.settle(work, settled)
            busy.send(withheld)
            if not work.cancelled:
                busy.send(journal.begin(work, ready))
            done += len(settled) - len(withheld)
            work.progress("apply", done, total)


def _take_up(
    work: Work,
    busy: Crew[Item, Any],
    planned: Iterator[Record],
    admit: Callable[[list[Record]], list[Item]],
) -> bool:
    """Send more on their way unless enough are out; tell whether there were any."""
    if work.cancelled or busy.out > TARGET_CONNECTIONS:
        return False
    group = list(islice(planned, GROUP))
    busy.send(admit(group))
    return bool(group)


def withdraw(work: Work, *, only: Collection[str] | None) -> None:
    """Withdraw what is due, in every target that shows it; ``only`` these datasets, if given."""
    store = work.engine.store
    if work.options.dry_run:
        records.settle_all(store, work.job, ["withdraw"], "withdrawn")
    due = (
        record
        for record in records.pending(store, work.job, ["withdraw"])
        if record.dataset is not None and (only is None or record.dataset in only)
    )
    total = records.count_by(store, work.job, "action").get("withdraw", 0)
    done = 0
    with crew("withdraw", partial(_withdraw_one, work)) as busy:
        while _take_up(work, busy, due, list) or busy.out:
            done += len(busy.back())
            work.progress("withdraw", done, total)
    records.settle_all(store, work.job, ["wait"], "missing")


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


def _withdraw_one(work: Work, record: Record) -> None:
    """Withdraw one dataset, and write it down."""
    try:
        _withdrawn(work, record, publish.withdraw(work, record.dataset or ""))
    except Exception as error:
        log.exception("dataset %s could not be withdrawn", record.remote_id)
        if not work.cancelled:
            journal.fail(work, record, error)


def _withdrawn(work: Work, record: Record, rows: Sequence[publish.Row]) -> None:
    error = next((row["error"] for row in rows if row["error"]), None)
    outcome = OutcomeState.FAILED if error else OutcomeState.WITHDRAWN
    if error:
        failed = jobs.JobError(code="publish-error", message=error, record=record.remote_id)
        jobs.add_errors(work.engine.store, work.job, [failed])
    with work.engine.store.write() as connection:
        values = {"outcome": outcome.value, "reason": error, "publications": json.dumps(rows)}
        records.settle(connection, work.job, [{"row": record.number, **values}])
        if not error and record.dataset is not None:
            gone = {"state": "withdrawn", "stamp": "", "since": work.now}
            gone |= {"outcome": outcome.value, "reason": said("no-longer-listed")}
            datasets.change(connection, record.dataset, gone)
