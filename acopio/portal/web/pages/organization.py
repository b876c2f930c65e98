"""Organizations and groups: who publishes here, and what."""

from typing import Any

from sqlalchemy import Connection, Select, func, select
from starlette.requests import Request

from acopio.canonical import from_json
from acopio.config.entities import FROM_PUBLISHER, organization_of
from acopio.model import Dataset
from acopio.portal import groups
from acopio.portal.groups import Group
from acopio.portal.site import Site
from acopio.portal.web.pages import links, missing, search
from acopio.portal.web.pages.paging import Pages, asked
from acopio.portal.web.pages.rendering import Page, View
from acopio.store import catalog, payloads, schema
from acopio.store.sources import list_sources

SIZE = 100
# How many of its withheld datasets an organization's page names.
WITHHELD = 20
# How many withheld datasets are read where each has an organization of its own.
_READ = 300


def every(site: Site, request: Request) -> Page:
    """Show all organizations, with how many datasets each publishes."""
    package, group = catalog.package, catalog.group
    count = (
        select(func.count())
        .where(
            package.c.owner_org == group.c.id,
            package.c.state == "active",
            package.c.private.is_(False),
        )
        .scalar_subquery()
    )
    mine = group.c.is_organization.is_(True) & (group.c.state == "active")
    pages = Pages(
        number=asked(request),
        size=SIZE,
        total=_count(site, mine),
        address=lambda n: links.page(
            "organization", "", sort="package_count desc" if _by_count(request) else "", page=n
        ),
    )
    rows = select(group.c.name, group.c.title, count.label("count")).where(mine)
    order = [count.desc(), group.c.title] if _by_count(request) else [group.c.title]
    with site.store.read() as connection:
        found = connection.execute(rows.order_by(*order).limit(SIZE).offset(pages.start)).all()
    values = {"organizations": found, "pages": pages, "by_count": _by_count(request)}
    return Page(template="organizations.html", values=values)


def _by_count(request: Request) -> bool:
    return request.query_params.get("sort") == "package_count desc"


def _count(site: Site, condition: Any) -> int:
    with site.store.read() as connection:
        query = select(func.count()).select_from(catalog.group).where(condition)
        return int(connection.execute(query).scalar_one())


def shown(kind: str) -> View:
    """Return the view of one organization, or one group, with the search of its datasets."""

    def view(site: Site, request: Request) -> Page:
        name = request.path_params["name"]
        organization = kind == "organization"
        with site.store.read() as connection:
            found = groups.find(connection, name[:200], is_organization=organization)
            if found is None or found.state != "active":
                return missing.anything(site, request)
            withheld = _withheld(site, connection, found) if organization else []
        return _page(site, request, found, kind, withheld)

    return view


def _page(site: Site, request: Request, found: Group, kind: str, withheld: list[Any]) -> Page:
    looked = search.asking(request)
    field = "organization" if kind == "organization" else "groups"
    path = links.page(kind, found.name)
    within = f'{field}:"{found.name}"'
    values = search.shown(site, request, looked, path, within=within)
    values["facets"] = [one for one in values["facets"] if one[0] != field]
    values |= {"group": found, "kind": kind, "withheld": withheld}
    return Page(template="organization.html", values=values, status=search.status(values))


def _withheld(site: Site, connection: Connection, found: Group) -> list[Any]:
    """Return the newest datasets withheld that this organization would publish.

    A source has one organization, or each of its datasets its own; of these the newest are read.
    """
    known = list_sources(site.store)
    mixed = {one.name: one for one in known if one.owner == FROM_PUBLISHER}
    owned = [one.name for one in known if (one.owner or one.name) == found.name]
    rows = list(connection.execute(_of(owned).limit(WITHHELD)).all()) if owned else []
    if mixed:
        some = connection.execute(_of(list(mixed)).limit(_READ)).all()
        bodies = payloads.bodies(connection, [row.payload for row in some])
        for row in some:
            if row.payload in bodies:
                described = from_json(Dataset, bodies[row.payload])
                organization = organization_of(mixed[row.source], described, site.settings.country)
                rows += [row] * (organization.name == found.name)
    return sorted(rows, key=lambda row: row.since, reverse=True)[:WITHHELD]


def _of(sources: list[str]) -> Select[Any]:
    dataset = schema.dataset
    columns = (
        dataset.c.name,
        dataset.c.title,
        dataset.c.since,
        dataset.c.source,
        dataset.c.payload,
    )
    withheld = (dataset.c.source.in_(sources), dataset.c.state == "withheld")
    return select(*columns).where(*withheld).order_by(dataset.c.since.desc())
