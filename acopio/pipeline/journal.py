"""What a run writes of its datasets: of several in one transaction, since each costs its own.

A dataset is taken up, then its creation is begun, then it is settled. Killed before the second, a
run sent nothing; killed before the third, the next one finds at the target what was sent.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from slugify import slugify
from sqlalchemy import Connection

from acopio.canonical import digest, from_json, to_json
from acopio.model import Dataset, OutcomeState, Report
from acopio.pipeline.dataset import SETTLED
from acopio.pipeline.stages import Ready, Settled, Taken
from acopio.pipeline.work import Work, fault
from acopio.plan import in_force
from acopio.store import datasets, jobs, payloads, publications, records, resources, sequence
from acopio.store.datasets import Known
from acopio.store.records import Record

log = logging.getLogger(__name__)

One = TypeVar("One")
Next = TypeVar("Next")


def admit(work: Work, planned: Sequence[Record]) -> list[Taken]:
    """Take planned records up: give each dataset and resource its identity, and say what is known.

    A record that cannot be taken up is settled as failed, and left out.
    """
    return _together(work, planned, _admit, lambda record: record)


def _admit(work: Work, planned: Sequence[Record]) -> list[Taken]:
    source = work.source.name
    records_of = {datasets.identity(source, record.remote_id): record for record in planned}
    with work.engine.store.write() as connection:
        bodies = payloads.bodies(connection, [record.payload for record in planned])
        described = {
            number: from_json(Dataset, bodies[record.payload])
            for number, record in records_of.items()
        }
        known = datasets.by_id(connection, described)
        unknown = [number for number in described if number not in known]
        new = [_new(number, records_of[number], described[number]) for number in unknown]
        known |= datasets.admit(connection, source, new)
        ours = resources.recognise(connection, described)
        held = publications.of_datasets(connection, described)
    return [
        Taken(
            record=record,
            known=known[number],
            described=described[number],
            resources=ours[number],
            held=held.get(number, {}),
        )
        for number, record in records_of.items()
    ]


def _new(number: str, record: Record, described: Dataset) -> datasets.New:
    slug = slugify(described.name or described.title, max_length=datasets.NAME_LENGTH)
    return datasets.New(
        id=number,
        remote_id=record.remote_id,
        title=described.title,
        payload=record.payload,
        slug=slug,
    )


def begin(work: Work, ready: Sequence[Ready]) -> list[Taken | Ready]:
    """Note which creations are about to be sent; return what is to be gone on with.

    What an officer withheld since it was taken up comes back as taken anew.
    """
    return _together(work, ready, _begin, lambda one: one.taken.record)


def _begin(work: Work, ready: Sequence[Ready]) -> list[Taken | Ready]:
    with work.engine.store.write() as connection:
        stopped = _withheld_meanwhile(work, connection, [one.taken for one in ready])
        going = [one for one in ready if one.taken.known.id not in stopped]
        publications.begin(
            connection,
            [
                (one.taken.known.id, errand.desk.target.name)
                for one in going
                for errand in one.errands
                if errand.held is None
            ],
        )
    return [*stopped.values(), *going]


def settle(work: Work, settled: Sequence[Settled]) -> list[Taken]:
    """Write how records ended, and what is known of their datasets from now on.

    Returns what an officer withheld since it was taken up: what targets did is written, and it is
    to be taken back.
    """
    return _together(work, settled, _settle, lambda one: one.taken.record)


def _settle(work: Work, settled: Sequence[Settled]) -> list[Taken]:
    errors = [one.error for one in settled if one.error is not None]
    jobs.add_errors(work.engine.store, work.job, errors)
    with work.engine.store.write() as connection:
        stopped = _withheld_meanwhile(work, connection, [one.taken for one in settled])
        publications.save(connection, [answer for one in settled for answer in one.answers])
        _end(work, connection, [one for one in settled if one.taken.known.id not in stopped])
    return list(stopped.values())


def _end(work: Work, connection: Connection, settled: Sequence[Settled]) -> None:
    reports = [to_json(Report(findings=one.findings)) if one.findings else "" for one in settled]
    payloads.keep_all(connection, {digest(report): report for report in reports if report})
    said = [_said(one, report) for one, report in zip(settled, reports, strict=True)]
    rows = [_row(one) | end for one, end in zip(settled, said, strict=True)]
    records.settle(connection, work.job, rows)
    if not work.options.dry_run:
        changes = [_change(work, one) | end for one, end in zip(settled, said, strict=True)]
        datasets.settle(connection, changes)
        resources.change_all(connection, [row for one in settled for row in _good(one)])
        sequence.announce(connection, _judged_otherwise(settled, said))


def _judged_otherwise(settled: Sequence[Settled], said: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the datasets whose verdict is another now: the portal's search counts by it."""
    return [
        one.taken.known.id
        for one, now in zip(settled, said, strict=True)
        if _verdict(one.taken.known)
        != (
            now["outcome"] == OutcomeState.KEPT_LAST_GOOD.value,
            bool(now["errors"]),
            bool(now["warnings"]),
        )
    ]


def _verdict(known: Known) -> tuple[bool, bool, bool]:
    kept = known.outcome == OutcomeState.KEPT_LAST_GOOD.value
    return kept, bool(known.errors), bool(known.warnings)


def _withheld_meanwhile(
    work: Work, connection: Connection, taken: Sequence[Taken]
) -> dict[str, Taken]:
    """Return, by our id, what an officer withheld since it was taken up, with that ruling.

    The rulings are locked: an officer who comes later sees what this transaction writes.
    """
    now = datasets.rulings(connection, [one.known.id for one in taken])
    return {
        one.known.id: replace(one, known=replace(one.known, ruling=now[one.known.id]))
        for one in taken
        if now[one.known.id] != one.known.ruling
        and in_force(now[one.known.id], work.basis.today) == "withhold"
    }


def _said(one: Settled, report: str) -> dict[str, Any]:
    """Return what is said of a record and of its dataset alike."""
    counts = Counter(finding.severity.value for finding in one.findings)
    return {
        "outcome": one.outcome.value,
        "reason": one.reason,
        "findings": digest(report) if report else None,
        "errors": counts["error"],
        "warnings": counts["warning"],
        "infos": counts["info"],
    }


def _row(one: Settled) -> dict[str, Any]:
    return {
        "row": one.taken.record.number,
        "dataset": one.taken.known.id,
        "publications": json.dumps(list(one.publications)),
    }


def _change(work: Work, one: Settled) -> dict[str, Any]:
    known, payload = one.taken.known, one.taken.record.payload
    ends_well = one.outcome in SETTLED
    return {
        "number": known.id,
        "title": one.taken.described.title,
        "payload": payload,
        "stamp": work.basis.stamp(payload, known.ruling) if ends_well else "",
        "missing_since": None,
        "kept": False,
        "new_checked": work.now if ends_well else None,
        "new_state": one.state,
        "new_since": work.now if one.outcome.value != known.outcome else None,
    }


def _good(one: Settled) -> list[Mapping[str, Any]]:
    return [
        {"number": number, "good": good, "good_key": key}
        for number, (good, key) in one.good.items()
    ]


# --- what cannot be written ---------------------------------------------------------------------


def _together(
    work: Work,
    group: Sequence[One],
    write: Callable[[Work, Sequence[One]], list[Next]],
    record_of: Callable[[One], Record],
) -> list[Next]:
    """Write for a group; where that fails for each alone, so that it fails only whom it must."""
    if not group:
        return []
    try:
        return write(work, group)
    except Exception as error:
        log.exception("%d datasets could not be written together", len(group))
        if len(group) > 1:
            return [made for one in group for made in _together(work, [one], write, record_of)]
        fail(work, record_of(group[0]), error)
        return []


def fail(work: Work, record: Record, error: Exception) -> None:
    """Write that a record failed by a fault of ours."""
    reason = fault(error)
    failed = jobs.JobError(code="record-error", message=reason, record=record.remote_id)
    jobs.add_errors(work.engine.store, work.job, [failed])
    row = {"row": record.number, "outcome": OutcomeState.FAILED.value, "reason": reason}
    with work.engine.store.write() as connection:
        records.settle(connection, work.job, [row])
