"""Validate files one by one, outside any harvest: what ``acopio validate`` does.

The same examination as in a run, so what an officer sees on the desk is what a run will say.
"""

import time
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

from acopio.examine import Examination, examine, rules_version, unexamined
from acopio.executor import Executor, TookTooLong, WorkerDied
from acopio.given_schema import check_given, is_for
from acopio.messages import about
from acopio.model import Finding, Report, Resource, RowRule, Severity, Table
from acopio.subjects import Subject
from acopio.tables.packed import hashes
from acopio.validators.row_rules.outcome import applicable

# How long one file may take: so many seconds, and one more for each so many bytes.
SECONDS_A_FILE, BYTES_A_SECOND = 60.0, 300_000
_WORST_FIRST = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """One file's result. ``table`` is None for what is not a table; times in seconds.

    ``rules`` is the version of the rules that judged; ``by_schema`` says that the schema given, if
    any, is one for such a file.
    """

    subject: Subject
    sha256: str
    size: int
    findings: tuple[Finding, ...]
    table: Table | None
    seconds: float
    rules: str
    by_schema: bool

    @property
    def valid(self) -> bool:
        """Whether no finding is an error."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)

    @property
    def clean(self) -> bool:
        """Whether there is nothing to put right: information is not a fault."""
        return all(finding.severity is Severity.INFO for finding in self.findings)


def validate(
    subject: Subject,
    schema: Mapping[str, Any] | None,
    executor: Executor,
    cancel: Event | None = None,
    rules: tuple[RowRule, ...] = (),
    engine: str = "auto",
) -> Validated:
    """Return what is wrong with one file; the worst first, else in the order found.

    ``engine`` is what tables are judged by: see ``File``.

    A file that takes too long, or kills the worker of ``executor``, is ``examination-failed``.
    Raises SchemaProblem for a ``schema`` that is not a Table Schema, and Cancelled soon after
    ``cancel`` is set.
    """
    started = time.monotonic()
    # Absolute: a worker need not be in the folder this process is in.
    path = subject.path.absolute()
    size = path.stat().st_size
    with ThreadPoolExecutor(1) as beside:
        hashing = beside.submit(hashes, path)
        job = replace(
            _examination(subject, path, schema),
            rules=applicable(rules, subject.name),
            engine=engine,
        )
        try:
            seconds = seconds_for(size)
            report, version, by_schema = executor.call(
                _examined, job, seconds=seconds, cancel=cancel
            )
        except (WorkerDied, TookTooLong) as error:
            report = Report(findings=(unexamined(subject.given, subject.name, error),))
            version, by_schema = rules_version(rules), False
    md5, sha256 = hashing.result()
    return Validated(
        subject=subject,
        sha256=sha256,
        size=size,
        findings=tuple(sorted(report.findings, key=lambda f: _WORST_FIRST[f.severity])),
        table=_with_hashes(report.tables[0], md5, sha256) if report.tables else None,
        seconds=round(time.monotonic() - started, 3),
        rules=version,
        by_schema=by_schema,
    )


def validate_all(
    subjects: Sequence[Subject],
    schema: Mapping[str, Any] | None,
    executor: Executor,
    at_once: int,
    rules: tuple[RowRule, ...] = (),
    engine: str = "auto",
) -> Generator[Validated, None, None]:
    """Yield the result of each file, in order, ``at_once`` files being worked on.

    One more than the executor has workers keeps those busy. Who stops reading ends what runs.
    """
    cancel = Event()
    callers = ThreadPoolExecutor(at_once)
    try:
        yield from callers.map(
            lambda one: validate(one, schema, executor, cancel, rules, engine), subjects
        )
    finally:
        cancel.set()
        callers.shutdown(cancel_futures=True)


def seconds_for(size: int) -> float:
    """Return how long work on one file of ``size`` bytes may take."""
    return SECONDS_A_FILE + size / BYTES_A_SECOND


def _examined(job: Examination) -> tuple[Report, str, bool]:
    """Return what is found in a file, the version of the rules, and ``Validated.by_schema``.

    A worker has all of it at hand. Raises SchemaProblem.
    """
    schema = job.resource.schema
    if schema is not None:
        check_given(schema)
    report = examine(job)
    return report, rules_version(job.rules), schema is None or is_for(schema, job, report)


def _with_hashes(table: Table, md5: str, sha256: str) -> Table:
    """Return a table with the file's hashes in its report, where they were left empty."""
    own = {"md5": md5, "sha256": sha256}
    tasks = [
        {**task, "stats": {k: v or own.get(k, v) for k, v in task["stats"].items()}}
        for task in table.report["tasks"]
    ]
    return replace(table, report={**table.report, "tasks": tasks})


def _examination(subject: Subject, path: Path, schema: Mapping[str, Any] | None) -> Examination:
    # A name without a suffix says nothing; then what the server called it counts.
    declared = "" if Path(subject.name).suffix else subject.media_type
    return Examination(
        archive_url="",
        scratch=path.parent,
        sha256="",
        resource=Resource(id=subject.given, url=subject.given, format=declared, schema=schema),
        name=subject.name,
        path=path,
        hashed_elsewhere=True,
    )


def document(results: Sequence[Validated]) -> dict[str, Any]:
    """Return the JSON document of the contract, section 5.

    ``rules`` is the version of the rules all was judged by.
    """
    return {
        "valid": all(result.valid for result in results),
        "rules": results[0].rules if results else rules_version(),
        "files": [_file(result) for result in results],
    }


def _file(result: Validated) -> dict[str, Any]:
    table = result.table
    return {
        "path": result.subject.given,
        "sha256": result.sha256,
        "bytes": result.size,
        "rows": table.rows if table else None,
        "engine": table.engine if table else None,
        "engine_reason": table.engine_reason or None if table else None,
        "counts": table.counts if table else None,
        "seconds": result.seconds,
        "valid": result.valid,
        "findings": [_finding(finding) for finding in result.findings],
        "encoding": table.encoding if table else None,
        "dialect": table.dialect if table else None,
        "schema": table.schema if table else None,
        "schema_source": table.schema_source if table else None,
        "detected": table.detected if table else None,
        "fetched": fetch_document(result.subject),
        "report": table.report if table else None,
    }


def fetch_document(subject: Subject) -> dict[str, Any] | None:
    """Return when and with which headers a file came; None for what was here already."""
    fetch = subject.fetch
    if fetch is None:
        return None
    return {
        "url": fetch.url,
        "time": fetch.moment.isoformat(timespec="seconds"),
        "status": fetch.status,
        "headers": dict(fetch.headers),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": about(finding),
        "row": finding.row,
        "field": finding.field,
        "evidence": finding.evidence,
        "fix": about(finding, part="fix_"),
    }


def joint_report(results: Sequence[Validated]) -> dict[str, Any]:
    """Return one frictionless report over all files, which frictionless can read back.

    ``files`` beside its own keys lists acopio's findings, so that what is not a table shows too.
    """
    reports = [result.table.report for result in results if result.table]
    tasks = [task for report in reports for task in report["tasks"]]
    files = [{**_file(result), "report": None} for result in results]
    return {
        "valid": all(result.valid for result in results),
        "stats": {
            "tasks": len(tasks),
            "errors": sum(task["stats"]["errors"] for task in tasks),
            "warnings": sum(task["stats"]["warnings"] for task in tasks),
            "seconds": round(sum(result.seconds for result in results), 3),
        },
        "warnings": [],
        "errors": [error for report in reports for error in report["errors"]],
        "tasks": tasks,
        "files": files,
    }
