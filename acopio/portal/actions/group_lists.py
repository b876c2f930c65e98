"""Lists of organizations and groups."""

from typing import Any

from sqlalchemy import Connection, or_, select

from acopio.portal import groups
from acopio.portal.actions import asking
from acopio.portal.actions.group_document import dataset_counts, documents, of_group
from acopio.portal.actions.grouping import Kind
from acopio.portal.groups import Group
from acopio.portal.problems import NotFound, ValidationError
from acopio.portal.site import Asked, Call
from acopio.portal.text import folded, like
from acopio.store import catalog

# CKAN's own bounds: names alone, and whole documents.
MOST_NAMES = 1000
MOST_DOCUMENTS = 25

_SORTS = ("name", "packages", "package_count", "title")
_ROLES = {
    "admin": ("admin",),
    "membership": ("admin",),
    "create_dataset": ("admin", "editor"),
    "update_dataset": ("admin", "editor"),
    "delete_dataset": ("admin", "editor"),
    "read": ("admin", "editor", "member"),
    "manage_group": ("admin", "editor", "member"),
}

_group = catalog.group


def listed(call: Call, asked: Asked, kind: Kind, chosen: str) -> Any:
    """Return the names, or with ``all_fields`` the documents, of organizations or groups.

    ``chosen``: the parameter that narrows the list to some names.
    """
    whole = asking.truth(asked, "all_fields", default=False)
    most = MOST_DOCUMENTS if whole else MOST_NAMES
    limit = min(asking.natural(asked, "limit") or most, most)
    offset = asking.natural(asked, "offset", 0) or 0
    field, descending = _sort(asking.text(asked, "sort") or asking.text(asked, "order_by"))
    with call.store.read() as connection:
        rows = _rows(connection, asked, kind, chosen)
        rows.sort(key=_key(connection, call, field, rows), reverse=descending)
        page = rows[offset : offset + limit]
        if not whole:
            return [row.name for row in page]
        found = groups.by_ids(connection, [row.id for row in page])
        several = [found[row.id] for row in page]
        less = {"include_extras": False, "include_users": False, "include_groups": False}
        return documents(connection, call, several, {**less, **asked})


def _rows(connection: Connection, asked: Asked, kind: Kind, chosen: str) -> list[Any]:
    query = select(_group.c.id, _group.c.name, _group.c.title).where(
        _group.c.is_organization.is_(kind.is_organization), _group.c.state == "active"
    )
    if asking.text(asked, "type", kind.word) != kind.word:
        return []
    if names := asking.texts(asked, chosen):
        query = query.where(_group.c.name.in_(names))
    if q := asking.text(asked, "q").strip():
        query = query.where(or_(like(_group.c.name, q), like(_group.c.title, q)))
    return list(connection.execute(query))


def _sort(asked: str) -> tuple[str, bool]:
    """Return the field to sort by, and whether the greatest comes first. CKAN's words."""
    criteria = (asked.strip() or "title").split(",")
    if len(criteria) > 1:
        said = "Too many sort criteria provided only 1 allowed"
        raise ValidationError({"message": said})
    field, _, direction = criteria[0].strip().partition(" ")
    if field in ("packages", "package_count"):
        direction = direction or "desc"
    if field not in _SORTS:
        raise ValidationError({"message": f"Cannot sort by field `{field}`"})
    if direction.strip().lower() not in ("", "asc", "desc"):
        raise ValidationError({"message": f"Invalid sort direction `{direction.strip()}`"})
    return field, direction.strip().lower() == "desc"


def _key(connection: Connection, call: Call, field: str, rows: list[Any]) -> Any:
    if field == "name":
        return lambda row: row.name
    if field == "title":
        return lambda row: (folded(row.title), row.name)
    counts = dataset_counts(connection, call, [row.id for row in rows])
    return lambda row: (counts.get(row.id, 0), row.name)


def autocompleted(call: Call, asked: Asked, kind: Kind) -> Any:
    """Return id, name and title of those whose name or title has ``q``."""
    q = asking.wanted(asked, "q")
    limit = min(asking.natural(asked, "limit") or 20, MOST_NAMES)
    query = (
        select(_group.c.id, _group.c.name, _group.c.title)
        .where(_group.c.is_organization.is_(kind.is_organization), _group.c.state == "active")
        .where(or_(like(_group.c.name, q), like(_group.c.title, q)))
        .order_by(_group.c.title, _group.c.name)
        .limit(limit)
    )
    with call.store.read() as connection:
        rows = connection.execute(query).all()
    return [{"id": row.id, "name": row.name, "title": row.title} for row in rows]


def of_caller(call: Call, asked: Asked, kind: Kind) -> Any:
    """Return those where the caller has ``permission``: with its capacity, no counts."""
    roles = _ROLES.get(asking.text(asked, "permission", "manage_group"), ("admin",))
    query = select(_group).where(
        _group.c.is_organization.is_(kind.is_organization), _group.c.state == "active"
    )
    capacities = {
        number: capacity for number, capacity in call.caller.capacities.items() if capacity in roles
    }
    if not call.caller.is_sysadmin:
        query = query.where(_group.c.id.in_(list(capacities)))
    with call.store.read() as connection:
        rows = connection.execute(query.with_only_columns(_group.c.id).order_by(_group.c.name))
        ids = [row.id for row in rows]
        found = groups.by_ids(connection, ids)
    return [_membership(found[number], capacities.get(number, "admin")) for number in ids]


def _membership(one: Group, capacity: str) -> dict[str, Any]:
    shown = groups.inside(one)
    display = {"display_name": one.title or one.name, "image_display_url": shown["image_url"]}
    return {**shown, **display, "capacity": capacity}


def packages_of(call: Call, asked: Asked, kind: Kind) -> Any:
    """Return the datasets of one, by ``id`` or name; at most ``limit``."""
    wanted = asking.wanted(asked, "id")
    limit = min(asking.natural(asked, "limit", MOST_NAMES) or 0, MOST_NAMES)
    with call.store.read() as connection:
        found = groups.find(connection, wanted, is_organization=kind.is_organization)
        if found is None:
            raise NotFound
        return of_group(connection, call, found, limit)
