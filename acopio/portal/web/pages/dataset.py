"""One dataset: what it is, whether it is good, its files; then the reasons and the details."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from starlette.requests import Request

from acopio.frequency import Freshness, freshness
from acopio.messages import spoken
from acopio.model import Dataset
from acopio.portal import packages, verdict
from acopio.portal.packages import Package
from acopio.portal.site import Site
from acopio.portal.web.address import base
from acopio.portal.web.pages import (
    datafiles,
    links,
    lookup,
    missing,
    notes,
    preview,
    report,
)
from acopio.portal.web.pages.figures import figures, read_moment
from acopio.portal.web.pages.hidden import hidden
from acopio.portal.web.pages.lookup import Found
from acopio.portal.web.pages.paging import Pages, asked
from acopio.portal.web.pages.rendering import Elsewhere, Page, View
from acopio.publishers.ckansite.record import NO_LICENCE
from acopio.store import catalog, datasets, jobs
from acopio.store.datasets import Known

FILES = 15
# Of the report, the page shows so many rules and so many cases of each.
RULES, CASES = 30, 5
VERSIONS = 5
_EXTRAS = 40
_TAGS = 60
# Extras that the page shows elsewhere, or that are ours alone.
_SHOWN_ELSEWHERE = frozenset(
    {"acopio_written", "acopio_source", "licence", "licence_url", "frequency", "modified"}
)


ShownView = Callable[[Site, Request, Package, Found], Page | Elsewhere]


def with_dataset(view: ShownView) -> View:
    """Return the view of a dataset by its name; hidden ones, ids and nothing are seen to here."""

    def seen(site: Site, request: Request) -> Page | Elsewhere:
        wanted = request.path_params["name"]
        found = lookup.find(site, wanted)
        if found is None:
            return missing.dataset(wanted)
        if not found.is_shown or found.package is None:
            return hidden(site, request, found)
        if wanted != found.package.name:
            return Elsewhere(address=_renamed(request, wanted, found.package.name))
        return view(site, request, found.package, found)

    return seen


def _renamed(request: Request, wanted: str, name: str) -> str:
    """Return the address asked for with the dataset's name in it."""
    rest = request.url.path.removeprefix("/dataset/").partition("/")[2]
    parts = ["dataset", name, *rest.split("/")] if rest else ["dataset", name]
    return links.asking(links.page(*parts), request.query_params.multi_items())


def shown(site: Site, request: Request, package: Package, found: Found) -> Page:
    """Show a dataset."""
    here = base(request)
    with site.store.read() as connection:
        document = packages.shown(connection, [replace(package, body=_light(package))], here)[0]
    pairs = datafiles.pairs(package)
    extras = {one["key"]: str(one["value"]) for one in package.body["extras"]}
    values = {
        "dataset": document,
        "has_more_notes": notes.is_more(document["notes"] or ""),
        "verdict": verdict.of(found.known),
        "freshness": _freshness(site, extras),
        "modified": read_moment(extras.get("modified")),
        "licence": _licence(document, extras),
        "extras": list(_extras(extras)),
        "tags": package.body["tags"][:_TAGS],
        "more_tags": max(0, len(package.body["tags"]) - _TAGS),
    }
    values |= _files(site, request, package, pairs)
    values |= _report(site, found)
    values |= {"preview": preview.of(site, request, package, pairs)}
    values |= _history(site, package, found, extras)
    return Page(template="dataset.html", values=values)


def _light(package: Package) -> dict[str, Any]:
    """Return a dataset's body without its resources and tags, which are shown on their own."""
    return {**package.body, "resources": [], "tags": []}


def _files(
    site: Site, request: Request, package: Package, pairs: list[datafiles.Pair]
) -> dict[str, Any]:
    pages = Pages(
        number=asked(request, "archivos"),
        size=FILES,
        total=len(pairs),
        address=lambda number: links.page("dataset", package.name, archivos=number) + "#archivos",
    )
    some = datafiles.described(site, package, pairs[pages.start : pages.start + FILES])
    return {
        "files": some,
        "file_pages": pages,
        "example": next((one for one in some if one.downloads), None),
    }


def _report(site: Site, found: Found) -> dict[str, Any]:
    known = found.known
    every = report.findings(site, known.findings) if known else ()
    rules, more = report.by_rule(every, names(site, found), cases=CASES, most=RULES)
    return {
        "known": known,
        "rules": rules,
        "more_rules": more,
        "reason": left_out(known),
    }


def left_out(known: Known | None) -> str | None:
    """Return why something of a dataset was left out, in words."""
    return spoken(known.reason) if known is not None else None


def names(site: Site, found: Found) -> dict[str, str]:
    """Return what a dataset's resources are called, by the ids that findings have."""
    described = described_by_source(site, found)
    if described is None:
        return {}
    return {one.id: one.name or one.url.rpartition("/")[2] or one.id for one in described.resources}


def described_by_source(site: Site, found: Found) -> Dataset | None:
    """Return a dataset as its source described it last."""
    if found.known is None:
        return None
    try:
        return datasets.described(site.store, found.known.payload)
    except LookupError:
        return None


def _freshness(site: Site, extras: Mapping[str, str]) -> Freshness | None:
    zone = figures(site.settings.country, "es").zone
    modified = read_moment(extras.get("modified"))
    if isinstance(modified, datetime):
        modified = modified.astimezone(zone).date()
    today = datetime.now(UTC).astimezone(zone).date()
    return freshness(extras.get("frequency", ""), modified, today)


def _licence(document: Mapping[str, Any], extras: Mapping[str, str]) -> dict[str, Any]:
    declared = document["license_title"] or extras.get("licence", "")
    if declared == NO_LICENCE:
        declared = ""
    url = document.get("license_url") or extras.get("licence_url")
    return {"title": declared or url, "url": links.outward(url), "open": document["isopen"]}


def _extras(extras: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    shown = [(key, value) for key, value in extras.items() if key not in _SHOWN_ELSEWHERE]
    yield from shown[:_EXTRAS]


def _history(
    site: Site, package: Package, found: Found, extras: Mapping[str, str]
) -> dict[str, Any]:
    table = catalog.version
    of_this = table.c.package == package.id
    newest = select(table.c.number, table.c.made).where(of_this).order_by(table.c.number.desc())
    with site.store.read() as connection:
        versions = connection.execute(newest.limit(VERSIONS)).all()
        count = select(func.count()).where(of_this)
        total = int(connection.execute(count).scalar_one())
    source = found.known.source if found.known else ""
    return {
        "versions": versions,
        "version_count": total,
        "source": source,
        "last_job": jobs.last_runs(site.store, source).get(source) if source else None,
    }
