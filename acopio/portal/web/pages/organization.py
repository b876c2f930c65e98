"""Organizations and groups: who publishes here, and what."""

from typing import Any

from sqlalchemy import Connection, func, select
from starlette.requests import Request

from acopio.portal import groups
from acopio.portal.groups import Group
from acopio.portal.site import Site
from acopio.portal.web.pages import links, missing, search
from acopio.portal.web.pages.paging import Pages, asked
from acopio.portal.web.pages.rendering import Page, View
from acopio.store import catalog, schema
from acopio.store.sources import list_sources

SIZE = 100
# How many of its withheld datasets an organization's page names.
WITHHELD = 20


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
    """Return the datasets withheld at the sources this organization owns."""
    owned = [one.name for one in list_sources(site.store) if one.owner == found.name]
    dataset = schema.dataset
    query = (
        select(dataset.c.name, dataset.c.title, dataset.c.since)
        .where(dataset.c.source.in_(owned), dataset.c.state == "withheld")
        .order_by(dataset.c.since.desc())
        .limit(WITHHELD)
    )
    return list(connection.execute(query).all())
