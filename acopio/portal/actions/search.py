"""Find datasets, and resources."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from acopio.portal import groups, indexing, licences, packages
from acopio.portal.actions.access import sees
from acopio.portal.actions.registry import reads
from acopio.portal.actions.search_parameters import Search, read
from acopio.portal.site import Asked, Call

_NAMED = frozenset({"organization", "groups"})


@reads
def package_search(call: Call, asked: Asked) -> Any:
    """Return the datasets that a query finds.

    ``q``: words, or with a colon Lucene's language. ``fq``, ``fq_list``: what narrows the search.
    ``sort``, ``start``, ``rows`` (at most 1000): which of them. ``facet.field``, ``facet.limit``,
    ``facet.mincount``: which values are counted. ``include_private``, ``include_drafts``: the
    caller's own too. ``fl``: only these fields.
    """
    search = read(call, asked)
    indexing.catch_up(call.site)
    found = call.site.index.search(search.query)
    with call.store.read() as connection:
        here = [one for one in packages.by_ids(connection, found.ids) if sees(call, one)]
        results = packages.shown(connection, here, call.base)
        titles = _titles(connection, found.facets)
    facets = {field: dict(counts) for field, counts in found.facets.items()}
    return {
        "count": found.count,
        "facets": facets,
        "results": [_only(one, search) for one in results],
        "sort": search.query.sort,
        "search_facets": {field: _facet(field, facets[field], titles) for field in facets},
    }


def _titles(
    connection: Connection, facets: Mapping[str, Sequence[tuple[str, int]]]
) -> dict[str, str]:
    names = [name for field in _NAMED & facets.keys() for name, _count in facets[field]]
    return groups.titles(connection, names)


def _facet(field: str, counts: Mapping[str, int], titles: Mapping[str, str]) -> dict[str, Any]:
    items = [
        {"name": name, "display_name": _display_name(field, name, titles), "count": count}
        for name, count in counts.items()
    ]
    items.sort(key=lambda item: item["display_name"], reverse=True)
    return {"title": field, "items": items}


def _display_name(field: str, name: str, titles: Mapping[str, str]) -> Any:
    if field in _NAMED:
        return titles.get(name, "").strip() or name
    licence = licences.find(name) if field == "license_id" else None
    return licence.title if licence else name


def _only(package: dict[str, Any], search: Search) -> dict[str, Any]:
    """Return the fields asked for as the index of a CKAN has them: names instead of objects."""
    if not search.fields:
        return package
    flat = package | {
        "groups": [one["name"] for one in package["groups"]],
        "organization": (package["organization"] or {}).get("name"),
        "tags": [one["name"] for one in package["tags"]],
        **{f"extras_{one['key']}": one["value"] for one in package["extras"]},
        **{one["key"]: one["value"] for one in package["extras"]},
    }
    found = {field: flat.get(field) for field in search.fields}
    return {field: value for field, value in found.items() if value not in (None, [])}
