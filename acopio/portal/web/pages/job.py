"""One run: where it is, what became of each dataset, what failed and why."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select
from starlette.requests import Request

from acopio.documents import job_errors, job_head
from acopio.messages import spoken
from acopio.portal.site import Site
from acopio.portal.web.pages import links, missing
from acopio.portal.web.pages.paging import Pages, asked
from acopio.portal.web.pages.rendering import Page
from acopio.store import jobs, records, schema
from acopio.store.jobs import RUNNING, Job

SIZE = 50
ERRORS = 50
record = schema.record
# The worst first: what an officer looks for at eight in the morning.
OUTCOMES = (
    "failed", "withheld", "held", "kept_last_good", "withdrawn", "created", "updated",
    "unchanged", "missing",
)  # fmt: skip
_SORTS = {
    "title": (record.c.title, record.c.number),
    "findings": (record.c.errors.desc(), record.c.warnings.desc(), record.c.number),
}


def shown(site: Site, request: Request) -> Page:
    """Show one job."""
    job = jobs.get(site.store, request.path_params["number"][:100])
    if job is None:
        return missing.anything(site, request)
    head = job_head(site.store, job)
    errors = job_errors(site.store, job.id)
    wanted = request.query_params.get("outcome", "")
    wanted = wanted if wanted in OUTCOMES else ""
    sort = request.query_params.get("sort", "")
    sort = sort if sort in _SORTS else ""
    pages, rows = _datasets(site, request, job.id, wanted, sort)
    values = {
        "job": job,
        "head": head,
        "counts": [(one, head["counts"].get(one, 0)) for one in OUTCOMES],
        "progress": _progress(site, job) if job.status in RUNNING else None,
        "errors": errors[:ERRORS],
        "more_errors": max(0, len(errors) - ERRORS),
        "wanted": wanted,
        "sort": sort,
        "datasets": rows,
        "pages": pages,
    }
    return Page(template="job.html", values=values)


def _progress(site: Site, job: Job) -> dict[str, Any]:
    """Return how far a run is, and how many seconds it may still take; None while it lists."""
    total = records.count_listed(site.store, job.id)
    done = sum(records.count_by(site.store, job.id, "outcome").values())
    since = (datetime.now(UTC) - job.started).total_seconds()
    is_planned = job.plan is not None
    left = since / done * (total - done) if is_planned and done and total >= done else None
    return {"total": total, "done": min(done, total), "left": left, "planned": is_planned}


def _datasets(
    site: Site, request: Request, job: str, wanted: str, sort: str
) -> tuple[Pages, list[Mapping[str, Any]]]:
    mine = record.c.job == job
    if wanted:
        mine &= record.c.outcome == wanted
    pages = Pages(
        number=asked(request),
        size=SIZE,
        total=_count(site, mine),
        address=lambda n: links.page("job", job, outcome=wanted, sort=sort, page=n) + "#conjuntos",
    )
    dataset = schema.dataset
    query: Select[Any] = (
        select(record, dataset.c.name.label("slug"))
        .outerjoin(dataset, dataset.c.id == record.c.dataset)
        .where(mine)
        .order_by(*_order(sort))
    )
    with site.store.read() as connection:
        rows = connection.execute(query.limit(SIZE).offset(pages.start)).all()
    return pages, [_row(row) for row in rows]


def _order(sort: str) -> tuple[Any, ...]:
    from sqlalchemy import case

    if sort in _SORTS:
        return _SORTS[sort]
    places = {outcome: place for place, outcome in enumerate(OUTCOMES)}
    return (case(places, value=record.c.outcome, else_=len(places)), record.c.number)


def _count(site: Site, condition: Any) -> int:
    with site.store.read() as connection:
        query = select(func.count()).select_from(record).where(condition)
        return int(connection.execute(query).scalar_one())


def _row(row: Any) -> dict[str, Any]:
    return {
        "name": row.slug,
        "title": row.title or row.name or row.remote_id,
        "outcome": row.outcome,
        "action": row.action,
        "reason": spoken(row.reason),
        "findings": row.findings,
        "errors": row.errors,
        "warnings": row.warnings,
        "infos": row.infos,
    }
