"""The reports a dataset had, run by run, each at the address of its findings' hash."""

from collections.abc import Mapping, Sequence
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
    of_job = (job.c.started, job.c.finished, job.c.rules)
    query = select(record.c.job, record.c.findings, record.c.outcome, *counts, *of_job)
    return query.join(job, job.c.id == record.c.job).where(record.c.dataset == dataset)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How a version was judged: by which rules, and the report's digest, each where it is known."""

    rules: str
    report: str


def of_versions(
    site: Site, found: Found, made: Sequence[tuple[int, datetime]]
) -> dict[int, Judged]:
    """Return how the run that made each version judged, by the version's number."""
    if found.known is None or not made:
        return {}
    query = _of(found.known.id).where(
        job.c.dry_run.is_(False),
        job.c.started <= max(moment for _, moment in made),
        job.c.finished >= min(moment for _, moment in made),
    )
    with site.store.read() as connection:
        runs = connection.execute(query.order_by(job.c.started.desc()).limit(_RUNS)).all()
    judged = {}
    for number, moment in made:
        these = (one for one in runs if one.started <= moment <= one.finished)
        if run := next(these, None):
            judged[number] = Judged(rules=run.rules, report=run.findings or "")
    return judged


def of_other_rules(judged: Mapping[int, Judged]) -> frozenset[int]:
    """Return the versions that were judged by other rules than the one before, as far as known."""
    return frozenset(
        number
        for number, one in judged.items()
        if (before := judged.get(number - 1)) and one.rules and before.rules not in ("", one.rules)
    )
