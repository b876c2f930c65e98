"""Examine what was fetched. A file judged before, under the same rules, is not judged again."""

from collections.abc import Iterator
from dataclasses import replace

from acopio.canonical import digest, to_json
from acopio.examine import Examination, examine, examine_dataset, unexamined
from acopio.executor import TookTooLong, WorkerDied
from acopio.model import Examined, File, Finding, Pinned, Report, Resource, Snapshot, Table
from acopio.pipeline.fetch import Resources
from acopio.pipeline.work import Work, seconds_for
from acopio.store import reports
from acopio.validators.drift import compared
from acopio.validators.row_rules.outcome import applicable


def judge(work: Work, snapshot: Snapshot, ours: Resources) -> Report:
    """Return all that is found in a snapshot, each file's findings in the order of its files.

    ``ours`` are its resources as the store has them now.
    """
    described = {resource.id: resource for resource in snapshot.dataset.resources}
    each = [
        _judge_file(work, file, described[file.resource], snapshot.pinned.get(file.resource))
        for file in snapshot.files
    ]
    tables = tuple(table for report in each for table in report.tables)
    dictionaries = tuple(one for report in each for one in report.dictionaries)
    changed = {number: one.content_changed for number, one in ours.items()}
    examined = Examined(
        snapshot=snapshot,
        today=work.basis.today,
        tables=tables,
        dictionaries=dictionaries,
        changed={number: moment for number, moment in changed.items() if moment},
    )
    return Report(
        findings=(
            *examine_dataset(examined),
            *(finding for report in each for finding in report.findings),
            *(finding for table in tables for finding in _drifted(snapshot, table)),
        ),
        tables=tables,
        dictionaries=dictionaries,
    )


def _drifted(snapshot: Snapshot, table: Table) -> Iterator[Finding]:
    pinned = snapshot.pinned.get(table.resource)
    return compared(pinned, table) if pinned else iter(())


def _judge_file(work: Work, file: File, resource: Resource, pinned: Pinned | None) -> Report:
    facts = _facts(resource)
    promised = to_json(pinned) if pinned else ""
    reading = work.source.reading
    rules = applicable(work.source.rules, resource.name or file.name)
    how = [to_json(reading), *map(to_json, rules)]
    key = digest(file.sha256, file.name, work.rules, to_json(facts), promised, *how)
    found = None if work.options.force else reports.find(work.engine.store, key)
    if found is not None:
        return found
    archive = work.engine.archive
    job = Examination(
        archive_url=archive.url,
        scratch=work.engine.settings.home / "scratch",
        sha256=file.sha256,
        resource=facts,
        name=file.name,
        path=None,
        pinned=pinned,
        reading=reading,
        rules=rules,
    )
    try:
        found = work.engine.executor.call(
            examine, job, seconds=seconds_for(file.size), cancel=work.cancel
        )
    except (WorkerDied, TookTooLong) as error:
        return Report(findings=(unexamined(resource.id, resource.name, error),))
    # What broke here may go well next time; only what was found is for ever.
    if all(finding.code != "examination-failed" for finding in found.findings):
        reports.keep(work.engine.store, key, found)
    return found


def _facts(resource: Resource) -> Resource:
    """Return what a file is judged by: what a portal changes at whim would judge it anew."""
    return replace(resource, description="", modified=None, size=None, licence=None)
