"""Take one dataset through a run: fetch, examine, decide, clean, publish, record."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slugify import slugify

from acopio import gate
from acopio.canonical import to_json
from acopio.errors import AcopioError, Cancelled
from acopio.matching import label
from acopio.messages import said, stored
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
from acopio.pipeline.work import Work
from acopio.plan import in_force
from acopio.store import datasets, jobs, records, resources
from acopio.store.datasets import Known
from acopio.store.payloads import keep
from acopio.store.records import Record

SETTLED = (OutcomeState.CREATED, OutcomeState.UPDATED, OutcomeState.UNCHANGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How one record ended. ``reason`` and errors in ``publications`` are kept messages."""

    outcome: OutcomeState
    reason: str | None = None
    findings: tuple[Finding, ...] = ()
    publications: Sequence[Mapping[str, Any]] = ()
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """One dataset on its way through the run."""

    known: Known
    described: Dataset
    payload: str


def process(work: Work, record: Record) -> OutcomeState:
    """Process one planned record, and write what became of it."""
    described = datasets.described(work.engine.store, record.payload)
    slug = slugify(described.name or described.title, max_length=datasets.NAME_LENGTH)
    known = datasets.admit(work.engine.store, work.source.name, described, record.payload, slug)
    taken = _Taken(known=known, described=described, payload=record.payload)
    try:
        settled = _settle(work, taken)
    except Cancelled:
        raise
    except AcopioError as error:
        settled = Settled(outcome=OutcomeState.FAILED, reason=stored(error))
        jobs.add_errors(work.engine.store, work.job, [_job_error(error, record)])
    _write(work, taken, record, settled)
    return settled.outcome


def _job_error(error: AcopioError, record: Record) -> jobs.JobError:
    return jobs.JobError(code=error.code, message=stored(error), record=record.remote_id)


def _settle(work: Work, taken: _Taken) -> Settled:
    ruling = in_force(taken.known.ruling, work.basis.today)
    if ruling == "pin" and taken.known.state == "active":
        return Settled(outcome=OutcomeState.KEPT_LAST_GOOD, reason=said("pinned"))
    with work.engine.store.write() as connection:
        recognised = resources.recognise(connection, taken.known.id, taken.described)
    if ruling == "withhold":
        return _withheld(work, taken, Decision(withhold=True, family="ruling"), ())
    snapshot, ours = fetch.snapshot(work, taken.described, recognised)
    work.go_on()
    skipped = work.source.files is FilePolicy.SKIP
    report = Report() if skipped else judge.judge(work, snapshot)
    decision = gate.decide(_case(snapshot, ours, ruling), report.findings, work.source.gate)
    _purge(work, decision, ours)
    if decision.withhold:
        return _withheld(work, taken, decision, report.findings)
    return _published(work, taken, snapshot, report, decision, ours)


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
    work: Work, taken: _Taken, decision: Decision, findings: tuple[Finding, ...]
) -> Settled:
    codes = sorted({verdict.code for verdict in decision.verdicts if verdict.code})
    found = f" ({', '.join(codes)})" if codes else ""
    reason = said("withheld", {"family": decision.family, "codes": found})
    rows = [] if work.options.dry_run else publish.withdraw(work, taken.known.id)
    failed = next((row["error"] for row in rows if row["error"]), None)
    return Settled(
        outcome=OutcomeState.FAILED if failed else OutcomeState.WITHHELD,
        reason=failed or reason,
        findings=findings,
        publications=rows,
        state=None if failed else "withheld",
    )


def _published(
    work: Work,
    taken: _Taken,
    snapshot: Snapshot,
    report: Report,
    decision: Decision,
    ours: Resources,
) -> Settled:
    made = release.make(work, taken.known, snapshot, report, decision, ours)
    if work.options.dry_run:
        outcome = _foreseen(taken.known, made.kept)
        return Settled(outcome=outcome, findings=report.findings)
    work.go_on()
    rows = publish.publish(work, made.release)
    if any(row["error"] is None for row in rows):
        _keep_good(work, made, ours)
    if _ruled_out_meanwhile(work, taken.known):
        return _withheld(work, taken, Decision(withhold=True, family="ruling"), report.findings)
    outcome = _outcome([row["state"] for row in rows], kept=made.kept)
    error = next((row["error"] for row in rows if row["error"]), None)
    return Settled(
        outcome=outcome,
        reason=error or _left_out(taken.described, decision),
        findings=report.findings,
        publications=rows,
        state="active" if any(row["error"] is None for row in rows) else None,
    )


def _ruled_out_meanwhile(work: Work, known: Known) -> bool:
    """Tell whether an officer withheld the dataset while it was being published."""
    now = datasets.ruling(work.engine.store, known.id)
    return now != known.ruling and in_force(now, work.basis.today) == "withhold"


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


def _keep_good(work: Work, made: release.Made, ours: Resources) -> None:
    """Remember what was published well: it stands in when something worse comes."""
    before = {one.id: one.good for one in ours.values()}
    now = {one.id: to_json(one) for one in made.release.resources if one.id in made.keys}
    changed = {number: good for number, good in now.items() if before[number] != good}
    if changed:
        with work.engine.store.write() as connection:
            for number, good in changed.items():
                values = {"good": good, "good_key": made.keys[number]}
                resources.change(connection, number, values)


def _left_out(described: Dataset, decision: Decision) -> str | None:
    """Say which resources did not pass, and why; None when all did."""
    names = {resource.id: label(resource) for resource in described.resources}
    reasons = [
        f"{names[verdict.resource][:80]}: {verdict.code or verdict.family}"
        for verdict in decision.verdicts
        if verdict.action is not Action.PUBLISH
    ]
    return said("resources-left-out", {"resources": "; ".join(reasons[:20])}) if reasons else None


def _write(work: Work, taken: _Taken, record: Record, settled: Settled) -> None:
    """Write a record's outcome, and what is known of its dataset from now on."""
    counts = Counter(finding.severity.value for finding in settled.findings)
    with work.engine.store.write() as connection:
        body = to_json(Report(findings=settled.findings))
        both: dict[str, Any] = {
            "outcome": settled.outcome.value,
            "reason": settled.reason,
            "findings": keep(connection, body) if settled.findings else None,
            "errors": counts["error"],
            "warnings": counts["warning"],
            "infos": counts["info"],
        }
        row = {"dataset": taken.known.id, "publications": json.dumps(list(settled.publications))}
        records.settle(connection, work.job, record.number, both | row)
        if not work.options.dry_run:
            datasets.change(connection, taken.known.id, both | _changes(work, taken, settled))


def _changes(work: Work, taken: _Taken, settled: Settled) -> dict[str, Any]:
    known = taken.known
    ends_well = settled.outcome in SETTLED
    values: dict[str, Any] = {
        "title": taken.described.title,
        "payload": taken.payload,
        "stamp": work.basis.stamp(taken.payload, known.ruling) if ends_well else "",
        "missing_since": None,
        "kept": False,
    }
    if ends_well:
        values["checked"] = work.now
    if settled.state is not None:
        values["state"] = settled.state
    if settled.outcome.value != known.outcome:
        values["since"] = work.now
    return values
