"""The reports a dataset had, run by run, each at the address of its findings' hash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, select

from acopio.portal import verdict
from acopio.portal.site import Site
from acopio.portal.verdict import Verdict
from acopio.portal.web.pages.lookup import Found
from acopio.store.schema import job, record

# How many of a dataset's runs are looked through for those that made its versions.
_RUNS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A report that stays. ``job`` made it last; none where only the dataset's own row has it."""

    digest: str
    verdict: Verdict
    job: str | None
    checked: datetime | None
    is_withheld: bool


def find(site: Site, found: Found, digest: str) -> Kept | None:
    """Return a report of this dataset; None for one it never had."""
    known = found.known
    if known is None or not digest:
        return None
    query = _of(known.id).where(record.c.findings == digest).order_by(job.c.started.desc())
    with site.store.read() as connection:
        rows = connection.execute(query.limit(_RUNS)).all()
    if rows:
        return _kept(digest, rows)
    if known.findings != digest:
        return None
    return Kept(
        digest=digest,
        verdict=verdict.of(known),
        job=None,
        checked=known.checked,
        is_withheld=False,
    )


def _of(dataset: str) -> Select[tuple[str | datetime | int | None, ...]]:
    counts = (record.c.errors, record.c.warnings, record.c.infos)
    moments = (job.c.started, job.c.finished)
    query = select(record.c.job, record.c.findings, record.c.outcome, *counts, *moments)
    return query.join(job, job.c.id == record.c.job).where(
        record.c.dataset == dataset, record.c.findings.is_not(None)
    )


def _kept(digest: str, rows: Sequence[Row[tuple[str | datetime | int | None, ...]]]) -> Kept:
    last = rows[0]
    is_withheld = any(row.outcome == "withheld" for row in rows)
    return Kept(
        digest=digest,
        verdict=Verdict(
            word="withheld" if is_withheld else verdict.word(last),
            errors=last.errors,
            warnings=last.warnings,
            infos=last.infos,
        ),
        job=last.job,
        checked=last.finished or last.started,
        is_withheld=is_withheld,
    )


def of_versions(site: Site, found: Found, made: Sequence[tuple[int, datetime]]) -> dict[int, str]:
    """Return the report of the run that made each version, by the version's number."""
    if found.known is None or not made:
        return {}
    query = _of(found.known.id).where(
        job.c.dry_run.is_(False),
        job.c.started <= max(moment for _, moment in made),
        job.c.finished >= min(moment for _, moment in made),
    )
    with site.store.read() as connection:
        runs = connection.execute(query.order_by(job.c.started.desc()).limit(_RUNS)).all()
    reports = {}
    for number, moment in made:
        these = (one.findings for one in runs if one.started <= moment <= one.finished)
        if digest := next(these, None):
            reports[number] = digest
    return reports
