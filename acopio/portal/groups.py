"""Organizations and groups as the catalogue keeps them, and as CKAN shows them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from acopio.canonical import dumps
from acopio.portal.moments import stamp
from acopio.store import catalog, sequence

group = catalog.group
member = catalog.member


_WANTED: BindParameter[Any] = bindparam("wanted")
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_FIND = select(group).where(or_(group.c.id == _WANTED, group.c.name == _WANTED))
_BY_IDS = select(group).where(group.c.id.in_(_IDS))
_TITLES = select(group.c.name, group.c.title).where(group.c.name.in_(_IDS))
_OF_PACKAGES = (
    select(group, member.c.object)
    .join(member, member.c.group == group.c.id)
    .where(
        member.c.kind == "package",
        member.c.object.in_(_IDS),
        group.c.is_organization.is_(False),
        group.c.state == "active",
    )
    .order_by(group.c.title)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An organization or a group. ``body`` has description, image_url, type, extras."""

    id: str
    name: str
    title: str
    is_organization: bool
    state: str
    created: datetime
    body: Mapping[str, Any]


def find(connection: Connection, name_or_id: str, *, is_organization: bool) -> Group | None:
    """Return an organization, or a group, by name or id; deleted ones too."""
    found = find_any(connection, name_or_id)
    return found if found and found.is_organization is is_organization else None


def find_any(connection: Connection, name_or_id: str) -> Group | None:
    """Return an organization or group, whichever it is, by id or name; deleted ones too."""
    rows = connection.execute(_FIND, {"wanted": name_or_id}).all()
    row = next((row for row in rows if row.id == name_or_id), rows[0] if rows else None)
    return _group(row) if row else None


def create(connection: Connection, one: Group) -> None:
    """Write a new organization or group. Raises IntegrityError for a taken name or id."""
    connection.execute(insert(group).values(**_row(one), id=one.id, created=one.created))


def save(connection: Connection, one: Group) -> None:
    """Write one anew; its datasets are indexed again. Raises IntegrityError for a taken name."""
    connection.execute(update(group).where(group.c.id == one.id).values(**_row(one)))
    reindex(connection, one)


def purge(connection: Connection, one: Group) -> None:
    """Delete the row, and who and what was in it."""
    reindex(connection, one)
    connection.execute(delete(group).where(group.c.id == one.id))


def reindex(connection: Connection, one: Group) -> None:
    """Have the search see its datasets anew: its name and title are in their documents."""
    package = catalog.package
    mine = package.c.owner_org == one.id
    if not one.is_organization:
        inside_it = (member.c.group == one.id) & (member.c.kind == "package")
        mine = package.c.id.in_(select(member.c.object).where(inside_it))
    number = sequence.take(connection)
    connection.execute(update(package).where(mine).values(sequence=number))


def _row(one: Group) -> dict[str, Any]:
    names = ("name", "title", "is_organization", "state")
    return {name: getattr(one, name) for name in names} | {"body": dumps(one.body)}


def by_ids(connection: Connection, ids: Collection[str]) -> dict[str, Group]:
    """Return organizations and groups by id."""
    if not ids:
        return {}
    rows = connection.execute(_BY_IDS, {"ids": list(ids)})
    return {row.id: _group(row) for row in rows}


def titles(connection: Connection, names: Collection[str]) -> dict[str, str]:
    """Return titles by name."""
    if not names:
        return {}
    rows = connection.execute(_TITLES, {"ids": list(names)})
    return {row.name: row.title for row in rows}


def of_packages(connection: Connection, packages: Sequence[str]) -> dict[str, list[Group]]:
    """Return the groups each dataset is in, by title."""
    found: dict[str, list[Group]] = {}
    for row in connection.execute(_OF_PACKAGES, {"ids": list(packages)}):
        found.setdefault(row.object, []).append(_group(row))
    return found


def _group(row: Row[Any]) -> Group:
    names = (name for name in Group.__dataclass_fields__ if name != "body")
    return Group(**{name: getattr(row, name) for name in names}, body=orjson.loads(row.body))


def inside(one: Group) -> dict[str, Any]:
    """Return an organization as it is shown inside a dataset."""
    return {
        "id": one.id,
        "name": one.name,
        "title": one.title,
        "type": one.body.get("type") or "organization",
        "description": one.body.get("description") or "",
        "image_url": one.body.get("image_url") or "",
        "created": stamp(one.created),
        "is_organization": one.is_organization,
        "approval_status": "approved",
        "state": one.state,
    }


def brief(one: Group) -> dict[str, Any]:
    """Return a group as it is shown inside a dataset."""
    return {
        "description": one.body.get("description") or "",
        "display_name": one.title or one.name,
        "id": one.id,
        "image_display_url": one.body.get("image_url") or "",
        "name": one.name,
        "title": one.title,
    }
