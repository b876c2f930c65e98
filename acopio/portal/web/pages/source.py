"""Sources: when each ran last and runs next, what changed, what waits for somebody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from starlette.requests import Request

from acopio.documents import job_head
from acopio.model import Source
from acopio.portal.site import Site
from acopio.portal.web.pages import links, missing
from acopio.portal.web.pages.paging import Pages, asked
from acopio.portal.web.pages.rendering import Page
from acopio.registration import source_document
from acopio.store import jobs, schema
from acopio.store.sources import list_sources

RUNS = 15
SIZE = 50
# Outcomes that somebody at the source, or an officer, can do something about.
NEEDS = ("failed", "withheld", "kept_last_good", "held")
CHANGED = ("created", "updated", "withdrawn")


def every(site: Site, request: Request) -> Page:
    """Show all sources, those that need somebody first."""
    found = list_sources(site.store)
    pages = Pages(
        number=asked(request),
        size=SIZE,
        total=len(found),
        address=lambda n: links.page("source", page=n),
    )
    some = found[pages.start : pages.start + SIZE]
    rows = [_line(site, one) for one in some]
    rows.sort(key=lambda one: (not one["needs"], one["source"].title.lower()))
    return Page(template="sources.html", values={"sources": rows, "pages": pages})


def _line(site: Site, source: Source) -> dict[str, Any]:
    runs = jobs.recent(site.store, source.name, limit=1)
    last = _run(site, runs[0]) if runs else None
    outcomes = _outcomes(site, source.name)
    return {
        "source": source,
        "last": last,
        "next": _next(source),
        "datasets": sum(outcomes.values()),
        "needs": sum(outcomes.get(one, 0) for one in NEEDS)
        + (_held(site, source.name) is not None),
    }


def _run(site: Site, job: jobs.Job) -> dict[str, Any]:
    return job_head(site.store, job) | {"when": job.started}


def _next(source: Source) -> datetime | None:
    said = source_document(source)["next_run"]
    return datetime.fromisoformat(said) if said else None


def _held(site: Site, name: str) -> Any:
    return jobs.held(site.store, name)


def _outcomes(site: Site, name: str) -> Mapping[str, int]:
    """Count a source's datasets by their last outcome."""
    dataset = schema.dataset
    query = (
        select(dataset.c.outcome, func.count())
        .where(dataset.c.source == name, dataset.c.outcome.is_not(None))
        .group_by(dataset.c.outcome)
    )
    with site.store.read() as connection:
        return {str(row[0]): int(row[1]) for row in connection.execute(query)}


def shown(site: Site, request: Request) -> Page:
    """Show one source."""
    name = request.path_params["name"]
    source = next((one for one in list_sources(site.store) if one.name == name), None)
    if source is None:
        return missing.anything(site, request)
    runs = [_run(site, one) for one in jobs.recent(site.store, name, limit=RUNS)]
    outcomes = _outcomes(site, name)
    wanted = request.query_params.get("outcome", "")
    pages, datasets = _datasets(site, request, name, wanted)
    values = {
        "source": source,
        "runs": runs,
        "last": runs[0] if runs else None,
        "next": _next(source),
        "held": _held(site, name),
        "outcomes": outcomes,
        "needs": [(one, outcomes[one]) for one in NEEDS if outcomes.get(one)],
        "wanted": wanted if wanted in outcomes else "",
        "datasets": datasets,
        "pages": pages,
    }
    return Page(template="source.html", values=values)


def _datasets(site: Site, request: Request, name: str, wanted: str) -> tuple[Pages, list[Any]]:
    dataset = schema.dataset
    mine = dataset.c.source == name
    if wanted:
        mine &= dataset.c.outcome == wanted
    with site.store.read() as connection:
        count = select(func.count()).select_from(dataset).where(mine)
        pages = Pages(
            number=asked(request, "pagina"),
            size=SIZE,
            total=int(connection.execute(count).scalar_one()),
            address=lambda n: links.page("source", name, outcome=wanted, pagina=n) + "#conjuntos",
        )
        query = select(
            dataset.c.name,
            dataset.c.title,
            dataset.c.outcome,
            dataset.c.since,
            dataset.c.errors,
            dataset.c.warnings,
        ).where(mine)
        order = (dataset.c.errors.desc(), dataset.c.warnings.desc(), dataset.c.title)
        rows = connection.execute(query.order_by(*order).limit(SIZE).offset(pages.start)).all()
    return pages, list(rows)
