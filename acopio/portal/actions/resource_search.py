"""Find resources by what stands in one of their fields."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from acopio.portal import packages
from acopio.portal.actions import asking
from acopio.portal.actions.registry import reads
from acopio.portal.packages import RESOURCE_FIELDS
from acopio.portal.problems import ValidationError
from acopio.portal.site import Asked, Call
from acopio.portal.text import like
from acopio.store import catalog

MOST = 1000
_MOST_TERMS = 20
_STREAMED = {"yield_per": 200}
_FIELDS = frozenset({*RESOURCE_FIELDS, "id", "package_id", "position"})
# (id of the dataset, position in it, the resource as stored)
Match = tuple[str, int, dict[str, Any]]


@reads
def resource_search(call: Call, asked: Asked) -> Any:
    """Return count and resources of public datasets with a text in a field.

    ``query``: ``field:text``, or a list of them, which all must match; ``hash`` by its beginning.
    ``order_by``: a field. ``limit`` (at most 1000), ``offset``: a page of them.
    """
    terms = _terms(asked)
    limit = asking.natural(asked, "limit", MOST) or 0
    offset = asking.natural(asked, "offset", 0) or 0
    order = asking.text(asked, "order_by")
    with call.store.read() as connection:
        found = [one for one in _candidates(connection, terms) if _matches(one, terms)]
        if order in _FIELDS:
            found.sort(key=lambda one: _text(_value(one, order)))
        page = found[offset : offset + min(limit, MOST)]
        return {"count": len(found), "results": _shown(connection, call, page)}


def _terms(asked: Asked) -> dict[str, str]:
    given = asked.get("query")
    if given is None:
        raise ValidationError({"query": "Missing value"})
    several = [given] if isinstance(given, str) else given
    if not isinstance(several, list) or len(several) > _MOST_TERMS:
        raise ValidationError({"query": "Must be <field>:<value> pair(s)"})
    if not all(isinstance(one, str) and ":" in one for one in several):
        raise ValidationError({"query": "Must be <field>:<value> pair(s)"})
    terms = {field: term for field, _, term in (one.partition(":") for one in several)}
    unknown = next((field for field in terms if field not in _FIELDS), None)
    if unknown is not None:
        said = f'Field "{unknown[:100]}" not recognised in resource_search.'
        raise ValidationError({"query": said})
    return {field: term.casefold() for field, term in terms.items()}


def _candidates(connection: Connection, terms: dict[str, str]) -> Iterator[Match]:
    """Yield the resources of datasets whose body has all terms somewhere."""
    package = catalog.package
    query = select(package.c.id, package.c.body).where(
        package.c.state == "active", package.c.private.is_(False)
    )
    for field, term in terms.items():
        # Not every database folds other letters; ids and positions are not in the body as such.
        if term.isascii() and field not in ("package_id", "position"):
            query = query.where(like(package.c.body, json.dumps(term)[1:-1]))
    rows = connection.execute(query.order_by(package.c.id), execution_options=_STREAMED)
    for row in rows:
        for position, one in enumerate(json.loads(row.body)["resources"]):
            yield row.id, position, one


def _value(match: Match, field: str) -> Any:
    package, position, one = match
    return {"package_id": package, "position": position}.get(field, one.get(field))


def _text(value: Any) -> str:
    return "" if value is None else str(value).casefold()


def _matches(match: Match, terms: dict[str, str]) -> bool:
    for field, term in terms.items():
        said = _text(_value(match, field))
        if field in ("position", "size"):
            fits = said == term
        else:
            fits = said.startswith(term) if field == "hash" else bool(said) and term in said
        if not fits:
            return False
    return True


def _shown(connection: Connection, call: Call, page: list[Match]) -> list[dict[str, Any]]:
    ids = list(dict.fromkeys(package for package, _, _ in page))
    shown = {
        one.id: list(packages.shown_resources(one, call.base))
        for one in packages.by_ids(connection, ids)
    }
    found = [shown[package][position] for package, position, _ in page]
    return [{key: one[key] for key in one if key != "datastore_active"} for one in found]
