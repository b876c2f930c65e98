"""Take one dataset through a run: fetch, examine, decide, clean, publish.

In two steps, so that what is about to be sent can be written down between them (``journal``).
"""

import logging
from collections.abc import Sequence

from acopio import gate
from acopio.canonical import to_json
from acopio.errors import AcopioError, Cancelled
from acopio.matching import label
from acopio.messages import catalogue, said, stored
from acopio.model import (
    Action,
    Dataset,
    Decision,
    FilePolicy,
    Finding,
    OutcomeState,
    Report,
    Snapshot,
)
from acopio.pipeline import fetch, judge, publish, release
from acopio.pipeline.fetch import Resources
from acopio.pipeline.stages import Ready, Settled, Taken
from acopio.pipeline.work import Work, fault
from acopio.plan import in_force
from acopio.store import resources
from acopio.store.datasets import Known
from acopio.store.jobs import JobError
from acopio.store.publications import Answer

log = logging.getLogger(__name__)

# The outcomes after which the dataset stands as its source has it, the first to be told first.
SETTLED = (OutcomeState.CREATED, OutcomeState.UPDATED, OutcomeState.UNCHANGED)


def step(work: Work, dataset: Taken | Ready) -> Ready | Settled | None:
    """Bring a dataset one step on; None if the run was asked to end before.

    Whatever goes wrong fails this dataset and none other.
    """
    try:
        return _prepare(work, dataset) if isinstance(dataset, Taken) else _publish(work, dataset)
    except Cancelled:
        return None
    except AcopioError as error:
        return _failed(dataset, error.code, stored(error))
    except Exception as error:
        if work.cancelled:
            return None
        log.exception("dataset failed")
        return _failed(dataset, "record-error", fault(error))


def _failed(dataset: Taken | Ready, code: str, reason: str) -> Settled:
    taken = dataset if isinstance(dataset, Taken) else dataset.taken
    error = JobError(code=code, message=reason, record=taken.record.remote_id)
    return Settled(taken=taken, outcome=OutcomeState.FAILED, reason=reason, error=error)


def _prepare(work: Work, taken: Taken) -> Ready | Settled:
    """Fetch, examine, decide and clean."""
    ruling = in_force(taken.known.ruling, work.basis.today)
    if ruling == "pin" and taken.known.state == "active":
        return Settled(taken=taken, outcome=OutcomeState.KEPT_LAST_GOOD, reason=said("pinned"))
    if ruling == "withhold":
        return _withheld(work, taken, Decision(withhold=True, family="ruling"), ())
    snapshot, ours = fetch.snapshot(work, taken.described, taken.resources)
    work.go_on()
    skipped = work.source.files is FilePolicy.SKIP
    report = Report() if skipped else judge.judge(work, snapshot, ours)
    decision = gate.decide(_case(snapshot, ours, ruling), report.findings, work.source.gate)
    _purge(work, decision, ours)
    if decision.withhold:
        return _withheld(work, taken, decision, report.findings)
    made = release.make(work, taken.known, snapshot, report, decision, ours)
    if work.options.dry_run:
        outcome = _foreseen(taken.known, made.kept)
        return Settled(taken=taken, outcome=outcome, findings=report.findings)
    work.go_on()
    errands, rows = publish.errands(work, made.release, taken.held)
    ready = Ready(
        taken=taken,
        made=made,
        decision=decision,
        findings=report.findings,
        errands=errands,
        rows=rows,
    )
    return ready if errands else _shown(work, ready, rows, ())


def _publish(work: Work, ready: Ready) -> Settled:
    """Tell the targets; an answer of each is kept, whatever the others say."""
    work.go_on()
    told = [publish.publish(ready.made.release, errand) for errand in ready.errands]
    answers = [answer for _, answer in told if answer is not None]
    return _shown(work, ready, [*ready.rows, *(row for row, _ in told)], answers)


def _shown(
    work: Work, ready: Ready, rows: Sequence[publish.Row], answers: Sequence[Answer]
) -> Settled:
    """Return how a dataset ends that nothing keeps from being published."""
    by_target = {row["target"]: row for row in rows}
    rows = [by_target[name] for name in work.source.targets]
    error = next((row["error"] for row in rows if row["error"]), None)
    well = any(row["error"] is None for row in rows)
    return Settled(
        taken=ready.taken,
        outcome=_outcome([row["state"] for row in rows], kept=ready.made.kept),
        reason=error or _left_out(ready.taken.described, ready.decision),
        findings=ready.findings,
        publications=rows,
        state="active" if well else None,
        answers=answers,
        good=_good(ready) if well else {},
    )


def _case(snapshot: Snapshot, ours: Resources, ruling: str) -> gate.Case:
    return gate.Case(
        resources=snapshot.dataset.resources,
        missing=frozenset(one.resource for one in snapshot.missing),
        good=frozenset(number for number, one in ours.items() if one.good),
        ruling=ruling,
    )


def _purge(work: Work, decision: Decision, ours: Resources) -> None:
    """Forget the published versions of what is found to hold persons: none may come back."""
    if work.options.dry_run or not decision.purge:
        return
    with work.engine.store.write() as connection:
        for number in decision.purge:
            resources.change(connection, ours[number].id, {"good": None, "good_key": None})


def _withheld(
    work: Work, taken: Taken, decision: Decision, findings: tuple[Finding, ...]
) -> Settled:
    reason = said("withheld", {"family": decision.family})
    if codes := sorted({verdict.code for verdict in decision.verdicts if verdict.code}):
        words = {"reason": [_short(code, "") for code in codes], "codes": ", ".join(codes)}
        reason = said("withheld-found", {"family": decision.family, **words})
    rows = [] if work.options.dry_run else publish.withdraw(work, taken.known.id)
    failed = next((row["error"] for row in rows if row["error"]), None)
    return Settled(
        taken=taken,
        outcome=OutcomeState.FAILED if failed else OutcomeState.WITHHELD,
        reason=failed or reason,
        findings=findings,
        publications=rows,
        state=None if failed else "withheld",
    )


def _foreseen(known: Known, kept: bool) -> OutcomeState:
    if kept:
        return OutcomeState.KEPT_LAST_GOOD
    return OutcomeState.UPDATED if known.state == "active" else OutcomeState.CREATED


def _outcome(states: Sequence[str], *, kept: bool) -> OutcomeState:
    """Return a dataset's outcome from its publications'; any error makes it failed."""
    if "failed" in states:
        return OutcomeState.FAILED
    if kept:
        return OutcomeState.KEPT_LAST_GOOD
    return next((one for one in SETTLED if one.value in states), OutcomeState.UNCHANGED)


def _good(ready: Ready) -> dict[str, tuple[str, str]]:
    """Return what is new among what was published well: it stands in when something worse comes."""
    keys = ready.made.keys
    before = {one.id: one.good for one in ready.taken.resources.values()}
    now = {one.id: to_json(one) for one in ready.made.release.resources if one.id in keys}
    return {number: (good, keys[number]) for number, good in now.items() if before[number] != good}


def _left_out(described: Dataset, decision: Decision) -> str | None:
    """Say which resources did not pass, and why; None when all did."""
    names = {resource.id: label(resource) for resource in described.resources}
    left = [one for one in decision.verdicts if one.action is not Action.PUBLISH][:20]
    if not left:
        return None
    reasons = [
        said(
            "resource-left-out",
            {"name": names[one.resource][:80], "reason": _short(one.code, one.family)},
        )
        for one in left
    ]
    codes = ", ".join(sorted({one.code for one in left if one.code}))
    return said("resources-left-out", {"reason": reasons, "codes": codes and f" ({codes})"})


def _short(code: str, family: str) -> str:
    """Return the short name of a rule, or of a family of them, as a kept message."""
    key = f"rule-{code}" if code else f"family-{family}"
    return said(key if key in catalogue() else code or family)
