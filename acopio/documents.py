"""The JSON documents of the contract, section 5: what commands print and the API answers.

Those about a job are made from the store, page by page, whatever its size.
"""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from acopio.canonical import from_json
from acopio.messages import about, spoken
from acopio.model import Finding, Report
from acopio.store import Store, jobs, payloads, publications, records
from acopio.store.datasets import Known
from acopio.store.jobs import Job, JobError
from acopio.store.records import PAGE, Record

Document = dict[str, Any]

# What a plan may do with a dataset (contract, section 5).
PLANNED = ("create", "update", "check", "unchanged", "withdraw", "conflict")


def job_head(store: Store, job: Job) -> Document:
    """Return one run, without its datasets and errors."""
    return {
        "source": job.source,
        "job": job.id,
        "status": job.status,
        "listing": job.listing,
        "dry_run": job.dry_run,
        "reason": spoken(job.reason),
        "counts": dict(job.counts) or _counts_so_far(store, job.id),
        "requests": job.requests,
        "bytes": job.bytes,
        "seconds": job.seconds,
        "rules": job.rules or None,
        "started": job.started.isoformat(),
        "finished": job.finished.isoformat() if job.finished else None,
        "plan": {"state": job.plan, "digest": job.digest},
    }


def _counts_so_far(store: Store, job: str) -> dict[str, int]:
    """Return the counts of a run at work; only then is the pipeline imported, which takes time."""
    from acopio.pipeline.closing import counts_of

    return counts_of(store, job)


def job_datasets(store: Store, job: str, *, findings: bool = False) -> Iterator[Document]:
    """Yield what became of each dataset of a run; with ``findings`` also each finding, in words.

    Datasets that are missing and wait out their grace are only counted.
    """
    rows = (one for one in records.every(store, job) if one.outcome not in (None, "missing"))
    while page := list(islice(rows, PAGE)):
        names = _names(store, page)
        held = _held(store, [one.dataset for one in page if one.dataset and not one.publications])
        for one in page:
            document = _dataset(one, names, held)
            if findings:
                document["findings_list"] = findings_of(store, one.findings)
            yield document


def job_errors(store: Store, job: str) -> list[Document]:
    """Return the errors of a run, in words."""
    return [_error(error) for error in jobs.errors(store, job)]


def _error(error: JobError) -> Document:
    return {"code": error.code, "message": spoken(error.message), "record": error.record}


def _names(store: Store, page: list[Record]) -> dict[str, str]:
    from sqlalchemy import select

    from acopio.store.schema import dataset

    numbers = [one.dataset for one in page if one.dataset]
    query = select(dataset.c.id, dataset.c.name).where(dataset.c.id.in_(numbers))
    with store.read() as connection:
        return {row.id: row.name for row in connection.execute(query)}


def _held(store: Store, numbers: list[str]) -> dict[str, list[Document]]:
    """Return what targets hold of datasets that a run had no need to look at."""
    with store.read() as connection:
        return publications.unchanged(connection, numbers)


def _dataset(one: Record, names: dict[str, str], held: dict[str, list[Document]]) -> Document:
    rows = json.loads(one.publications) if one.publications else held.get(one.dataset or "", [])
    return {
        "id": one.remote_id,
        "name": names.get(one.dataset or "", one.name),
        "title": one.title,
        "action": one.action,
        "outcome": one.outcome,
        "findings": {"error": one.errors, "warning": one.warnings, "info": one.infos},
        "reason": spoken(one.reason),
        "publications": [row | {"error": spoken(row.get("error"))} for row in rows],
    }


def findings_of(store: Store, number: str | None) -> list[Document]:
    """Return kept findings, in words."""
    if number is None:
        return []
    with store.read() as connection:
        kept = from_json(Report, payloads.body(connection, number))
    return [finding_in_words(finding) for finding in kept.findings]


def finding_in_words(finding: Finding) -> Document:
    """Return one finding with its message and its remedy, in the reader's language."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": about(finding),
        "resource": finding.resource,
        "row": finding.row,
        "field": finding.field,
        "evidence": finding.evidence,
        "fix": about(finding, part="fix_"),
    }


def job_line(store: Store, job: Job) -> Document:
    """Return one line of ``job list``."""
    head = job_head(store, job)
    document = {name: head[name] for name in ("source", "status", "started", "finished", "counts")}
    return {"id": job.id, **document, "dry_run": job.dry_run, "reason": head["reason"]}


def plan(store: Store, job: Job) -> Document:
    """Return the plan a run made, without its changes; ``counts`` are by action."""
    counts = records.count_by(store, job.id, "action")
    return {
        "source": job.source,
        "job": job.id,
        "state": job.plan,
        "reason": spoken(job.reason),
        "counts": {action: counts.get(action, 0) for action in PLANNED} | counts,
        "digest": job.digest,
        "dry_run": job.dry_run,
    }


def plan_changes(store: Store, job: str) -> Iterator[Document]:
    """Yield the rows of a plan: what it would do with each dataset it can do something with."""
    for one in records.every(store, job):
        if one.action in PLANNED:
            named = {"id": one.remote_id, "name": one.name, "title": one.title}
            yield {"action": one.action, **named}


def dataset_line(known: Known) -> Document:
    """Return one line of ``dataset list``."""
    return {
        "id": known.id,
        "name": known.name,
        "title": known.title,
        "source": known.source,
        "record": known.remote_id,
        "state": known.state,
        "outcome": known.outcome,
        "reason": spoken(known.reason),
        "since": known.since.isoformat(),
        "findings": {"error": known.errors, "warning": known.warnings, "info": known.infos},
        "ruling": json.loads(known.ruling) if known.ruling else None,
    }


def dataset(store: Store, known: Known) -> Document:
    """Return all that is known of one dataset: where it is published, its files, its findings."""
    from acopio.store import resources

    with store.read() as connection:
        held = publications.of_dataset(connection, known.id)
        files = resources.of_dataset(connection, known.id)
    return dataset_line(known) | {
        "publications": [
            {
                "target": one.target,
                "state": one.published.state,
                "id": one.published.remote_id,
                "name": one.published.name,
                "url": one.url,
                "edited": list(one.edited),
            }
            for one in held.values()
        ],
        "resources": [
            {
                "id": one.id,
                "name": one.name,
                "url": one.url,
                "sha256": one.sha256,
                "size": one.size,
                "fetched": one.fetched.isoformat() if one.fetched else None,
                "content_changed": one.content_changed.isoformat() if one.content_changed else None,
                "published": bool(one.good),
            }
            for one in files
        ],
        "findings_list": findings_of(store, known.findings),
    }
