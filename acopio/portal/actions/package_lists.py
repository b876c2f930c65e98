"""Lists of datasets that need no search engine."""

from typing import Any

from sqlalchemy import Select, or_, select

from acopio.portal import packages
from acopio.portal.actions import asking
from acopio.portal.actions.group_document import seen
from acopio.portal.actions.registry import reads
from acopio.portal.site import Asked, Call
from acopio.portal.text import like
from acopio.store import catalog

# As many whole datasets as a search gives at most.
MOST = 1000

_package = catalog.package


@reads
def package_list(call: Call, asked: Asked) -> Any:
    """Return the names of the public datasets, sorted. ``limit``, ``offset``: a page of them."""
    query = select(_package.c.name).where(
        _package.c.state == "active", _package.c.private.is_(False)
    )
    query = _paged(query.order_by(_package.c.name), asked)
    with call.store.read() as connection:
        return list(connection.execute(query).scalars())


def _paged(query: Select[Any], asked: Asked) -> Select[Any]:
    limit = asking.natural(asked, "limit")
    offset = asking.natural(asked, "offset")
    # SQLite takes no OFFSET without a LIMIT. None, and 0, is all there are, as in CKAN.
    return query.limit(limit or asking.MOST_OFFSET).offset(offset or 0)


@reads
def current_package_list_with_resources(call: Call, asked: Asked) -> Any:
    """Return datasets, the latest changed first. ``limit``, ``offset``: at most 1000 at a time."""
    limit = asking.natural(asked, "limit", 10) or 0
    offset = asking.natural(asked, "offset", 0) or 0
    query = select(_package.c.id).where(seen(call))
    if not call.caller.is_sysadmin:
        query = query.where(_package.c.private.is_(False))
    query = query.order_by(_package.c.modified.desc(), _package.c.id)
    with call.store.read() as connection:
        ids = connection.execute(query.limit(min(limit, MOST)).offset(offset)).scalars()
        found = packages.by_ids(connection, list(ids))
        return packages.shown(connection, found, call.base)


@reads
def package_autocomplete(call: Call, asked: Asked) -> Any:
    """Return name and title of datasets with ``q`` in name or title; at most ``limit``."""
    q = asking.wanted(asked, "q")
    limit = min(asking.natural(asked, "limit") or 10, MOST)
    title = _package.c.title
    query = (
        select(_package.c.name, title)
        .where(seen(call), or_(like(_package.c.name, q), like(title, q)))
        .order_by(_package.c.name)
        .limit(limit)
    )
    with call.store.read() as connection:
        rows = connection.execute(query).all()
    return [_match(row.name, row.title, q) for row in rows]


def _match(name: str, title: str, q: str) -> dict[str, str]:
    by_name = q.lower() in name
    return {
        "name": name,
        "title": title,
        "match_field": "name" if by_name else "title",
        "match_displayed": name if by_name else f"{title} ({name})",
    }
