"""Tags: the words datasets are found by. There are no vocabularies."""

from typing import Any

from sqlalchemy import Connection, Select, select

from acopio.portal import packages
from acopio.portal.actions import asking
from acopio.portal.actions.group_document import MOST_DATASETS, seen
from acopio.portal.actions.registry import reads
from acopio.portal.problems import NotFound, ValidationError
from acopio.portal.site import Asked, Call
from acopio.portal.text import like
from acopio.store import catalog

_tag = catalog.tag
_package = catalog.package


@reads
def tag_list(call: Call, asked: Asked) -> Any:
    """Return the names of all tags in use. ``query``: those with this text; ``all_fields``."""
    names = _found(call, asked)
    if asking.truth(asked, "all_fields", default=False):
        return [_document(name) for name in names]
    return names


@reads
def tag_search(call: Call, asked: Asked) -> Any:
    """Return count and tags with the text ``query``. ``limit``, ``offset``: a page of them."""
    if not _terms(asked):
        return {"count": 0, "results": []}
    paging = {"limit", "offset"}
    every = _found(call, {name: value for name, value in asked.items() if name not in paging})
    found = [_document(name) for name in _found(call, asked)]
    for one in found:
        del one["display_name"]
    return {"count": len(every), "results": found}


@reads
def tag_autocomplete(call: Call, asked: Asked) -> Any:
    """Return the names of tags with the text ``query``; at most ``limit``."""
    return _found(call, asked) if _terms(asked) else []


@reads
def tag_show(call: Call, asked: Asked) -> Any:
    """Return one tag. ``id``: its name or id. ``include_datasets``: with its datasets."""
    wanted = asking.wanted(asked, "id")
    with call.store.read() as connection:
        name = _named(connection, call, wanted)
        shown = _document(name)
        if asking.truth(asked, "include_datasets", default=False):
            shown["packages"] = _datasets(connection, call, name)
        return shown


def _document(name: str) -> dict[str, Any]:
    """Return a tag as it is shown by itself: without a state."""
    return {field: value for field, value in packages.tag(name).items() if field != "state"}


def _terms(asked: Asked) -> list[str]:
    field = "query" if asked.get("query") else "q"
    given = asked.get(field)
    said = asking.texts(asked, field) if isinstance(given, list) else [asking.text(asked, field)]
    if len(said) > _MOST_TERMS:
        raise ValidationError({field: [f"No more than {_MOST_TERMS} are accepted"]})
    return [one.strip() for one in said if one.strip()]


_MOST_TERMS = 20


def _names(call: Call) -> Select[Any]:
    joined = select(_tag.c.name).join(_package, _package.c.id == _tag.c.package)
    return joined.where(seen(call)).distinct().order_by(_tag.c.name)


def _found(call: Call, asked: Asked) -> list[str]:
    if asked.get("vocabulary_id"):
        return []
    query = _names(call)
    for term in _terms(asked):
        query = query.where(like(_tag.c.name, term))
    limit = asking.natural(asked, "limit")
    offset = asking.natural(asked, "offset", 0)
    query = query.limit(asking.MOST_OFFSET if limit is None else limit).offset(offset)
    with call.store.read() as connection:
        return list(connection.execute(query).scalars())


def _named(connection: Connection, call: Call, wanted: str) -> str:
    query = _names(call)
    if name := connection.execute(query.where(_tag.c.name == wanted)).scalar():
        return str(name)
    for name in connection.execute(query).scalars():
        if packages.tag(name)["id"] == wanted:
            return str(name)
    raise NotFound


def _datasets(connection: Connection, call: Call, name: str) -> list[dict[str, Any]]:
    query = select(_package.c.id).join(_tag, _tag.c.package == _package.c.id)
    query = query.where(_tag.c.name == name, seen(call)).order_by(_package.c.modified.desc())
    ids = list(connection.execute(query.limit(MOST_DATASETS)).scalars())
    return packages.shown(connection, packages.by_ids(connection, ids), call.base)
