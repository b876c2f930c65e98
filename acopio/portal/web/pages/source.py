"""Sources: when each ran last and runs next, what changed, what waits for somebody."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from starlette.requests import Request

from acopio.config.entities import FROM_PUBLISHER
from acopio.documents import job_head
from acopio.model import Source
from acopio.portal import groups
from acopio.portal.site import Site
from acopio.portal.web.pages import attention, links, missing
from acopio.portal.web.pages.attention import Attention
from acopio.portal.web.pages.paging import Pages, asked
from acopio.portal.web.pages.rendering import Page
from acopio.registration import source_document
from acopio.store import jobs, schema
from acopio.store.jobs import Job
from acopio.store.sources import list_sources

RUNS = 15
SIZE = 50
_NOTHING = Attention(run=None, held=None, outcomes={})


def every(site: Site, request: Request) -> Page:
    """Show all sources, those that need somebody first."""
    found = list_sources(site.store)
    needs = attention.of_sources(site)
    found.sort(key=lambda one: (not needs.get(one.name, _NOTHING).count, one.title.lower()))
    pages = Pages(
        number=asked(request),
        size=SIZE,
        total=len(found),
        address=lambda n: links.page("source", "", page=n),
    )
    some = found[pages.start : pages.start + SIZE]
    last = jobs.last_runs(site.store)
    rows = [_line(site, one, needs.get(one.name, _NOTHING), last.get(one.name)) for one in some]
    return Page(template="sources.html", values={"sources": rows, "pages": pages})


def _line(site: Site, source: Source, needs: Attention, last: Job | None) -> dict[str, Any]:
    return {
        "source": source,
        "last": _run(site, last) if last else None,
        "next": _next(source),
        "datasets": sum(needs.outcomes.values()),
        "needs": needs,
    }


def _run(site: Site, job: Job) -> dict[str, Any]:
    return job_head(site.store, job) | {"when": job.started}


def _next(source: Source) -> datetime | None:
    said = source_document(source)["next_run"]
    return datetime.fromisoformat(said) if said else None


def shown(site: Site, request: Request) -> Page:
    """Show one source."""
    name = request.path_params["name"]
    source = next((one for one in list_sources(site.store) if one.name == name), None)
    if source is None:
        return missing.anything(site, request)
    last = jobs.last_runs(site.store, name).get(name)
    needs = attention.of_sources(site, name).get(name, _NOTHING)
    wanted = request.query_params.get("outcome", "")
    pages, datasets = _datasets(site, request, name, wanted)
    values = {
        "source": source,
        "owner": _owner(site, source),
        "runs": [_run(site, one) for one in jobs.recent(site.store, name, limit=RUNS)],
        "last": _run(site, last) if last else None,
        "next": _next(source),
        "needs": needs,
        "outcomes": needs.outcomes,
        "wanted": wanted if wanted in needs.outcomes else "",
        "datasets": datasets,
        "pages": pages,
    }
    return Page(template="source.html", values=values)


def _owner(site: Site, source: Source) -> dict[str, Any] | None:
    """Return a source's owner, and whether it has a page: none before it publishes."""
    if not source.owner or source.owner == FROM_PUBLISHER:
        return None
    with site.store.read() as connection:
        found = groups.find(connection, source.owner, is_organization=True)
    has_page = found is not None and found.state == "active"
    return {"name": source.owner, "has_page": has_page}


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
