"""Run a source: list, plan, fetch, examine, decide, clean, publish, record.

The only place where harvester, validators and publisher meet. A run may be killed at any moment:
the next one lists anew, sees what was settled, and does what is left.
"""

import logging
from collections.abc import Iterator
from itertools import islice
from time import monotonic

from acopio import plan, registry, staging
from acopio.canonical import from_json
from acopio.engine import Engine
from acopio.errors import Cancelled, SourceError
from acopio.messages import said, stored
from acopio.model import BadRecord, Dataset, Incomplete
from acopio.pipeline import apply, closing, conflicts
from acopio.pipeline.opening import at_work
from acopio.pipeline.tenure import Tenure
from acopio.pipeline.work import Options, Progress, Work, fault, quiet
from acopio.plan import Hold
from acopio.ports import Harvester
from acopio.staging import Listing
from acopio.store import datasets, jobs, payloads, records, sources

log = logging.getLogger(__name__)

# A record no longer listed is asked for at its own address, up to so many a run.
ASKED_WHETHER_GONE = 100


def run(
    engine: Engine, name: str, options: Options | None = None, progress: Progress = quiet
) -> str:
    """Run a source once and return its job's id; whatever happened is in the job.

    Raises ConfigError before any work, RetryLater when another process runs the source.
    """
    source = sources.get_source(engine.store, name)
    with at_work(engine, source, options=options, progress=progress) as (work, tenure):
        began = monotonic()
        closing.close(work, _whole(work, tenure), seconds=monotonic() - began)
    return work.job


def _whole(work: Work, tenure: Tenure) -> closing.Ending:
    """List, plan and apply. Whatever goes wrong is an ending, so no job runs for ever."""
    try:
        ending = _list_and_apply(work)
    except SourceError as error:
        failed = jobs.JobError(code=error.code, message=stored(error))
        jobs.add_errors(work.engine.store, work.job, [failed])
        ending = closing.Ending(status="failed", reason=stored(error))
    except Cancelled:
        ending = closing.Ending(status="cancelled")
    except Exception as error:
        # The engine's outer wall: a fault of ours ends this job as failed, never "running".
        log.exception("job %s failed", work.job)
        ending = closing.Ending(status="failed", reason=fault(error))
    if work.cancelled:
        cancelled = tenure.reason or said("job-cancelled")
        return closing.Ending(status="cancelled", listing=ending.listing, reason=cancelled)
    return ending


def _list_and_apply(work: Work) -> closing.Ending:
    store = work.engine.store
    context = work.engine.context(work.client)
    harvester: Harvester = registry.load("harvesters", work.source.kind)(context)
    listing = staging.stage(store, work.job, work.source, _arriving(work, harvester), work.basis)
    held, gone = _plan_absent(work, harvester, listing)
    conflicts.mark(work)
    state = "held" if held.what != "nothing" else "proposed"
    jobs.change(store, work.job, plan=state, digest=records.plan_digest(store, work.job))
    if work.options.dry_run and not work.options.with_files:
        apply.foresee(work)
    elif held.what == "everything":
        apply.hold_all(work)
    else:
        apply.apply(work)
        apply.withdraw(work, only=gone if held.what == "withdrawals" else None)
    return closing.ending(work, listing, held)


def _arriving(work: Work, harvester: Harvester) -> Iterator[Dataset | BadRecord | Incomplete]:
    """Yield the listing, telling how far it is, until it ends or the run is cancelled."""
    number = 0
    for number, item in enumerate(harvester.harvest(work.source), start=1):
        yield item
        work.progress("list", number, 0)
        if work.cancelled:
            yield Incomplete(reason=said("job-cancelled"))
            return


def _plan_absent(work: Work, harvester: Harvester, listing: Listing) -> tuple[Hold, frozenset[str]]:
    """Plan what becomes of datasets no longer listed; only a complete listing says they are not.

    Returns what must wait for an officer, and which are gone for certain: those need no grace
    and do not count towards the limit, since their own address was asked.
    """
    if not listing.complete:
        return Hold(), frozenset()
    store, source = work.engine.store, work.source
    few = list(islice(records.missing(store, work.job, source.name), ASKED_WHETHER_GONE + 1))
    gone = frozenset[str]()
    if len(few) <= ASKED_WHETHER_GONE:
        gone = frozenset(row.id for row in few if _is_gone(work, harvester, row.payload))
    with store.read() as connection:
        known = datasets.count_known(connection, source.name)
    missing = records.count_missing(store, work.job, source.name)
    held = plan.guard(
        source, known=known, missing=missing, confirmed=len(gone), listed=listing.listed
    )
    hurry = held.what != "nothing"
    plan.add_missing(
        store,
        work.job,
        source.name,
        lambda row: plan.is_due(source, row, work.now, at_once=hurry or row.id in gone),
    )
    if not work.options.dry_run:
        plan.note_presence(store, work.job, source.name, work.now)
    return held, gone


def _is_gone(work: Work, harvester: Harvester, payload: str) -> bool:
    with work.engine.store.read() as connection:
        described = from_json(Dataset, payloads.body(connection, payload))
    return harvester.is_gone(work.source, described)
