"""Organizations and groups as the catalogue keeps them, and as CKAN shows them."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from acopio.portal.moments import stamp
from acopio.store import catalog

group = catalog.group
member = catalog.member


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An organization or a group. ``body`` has description, image_url, type, extras, ..."""

    id: str
    name: str
    title: str
    is_organization: bool
    state: str
    created: datetime
    body: Mapping[str, Any]


def find(connection: Connection, name_or_id: str, *, is_organization: bool) -> Group | None:
    """Return an organization, or a group, by name or id; deleted ones too."""
    query = select(group).where(
        or_(group.c.id == name_or_id, group.c.name == name_or_id),
        group.c.is_organization.is_(is_organization),
    )
    row = connection.execute(query).first()
    return _group(row) if row else None


def by_ids(connection: Connection, ids: Collection[str]) -> dict[str, Group]:
    """Return organizations and groups by id."""
    if not ids:
        return {}
    rows = connection.execute(select(group).where(group.c.id.in_(list(ids))))
    return {row.id: _group(row) for row in rows}


def of_packages(connection: Connection, packages: Sequence[str]) -> dict[str, list[Group]]:
    """Return the groups each dataset is in, by title."""
    query = (
        select(group, member.c.object)
        .join(member, member.c.group == group.c.id)
        .where(
            member.c.kind == "package",
            member.c.object.in_(list(packages)),
            group.c.is_organization.is_(False),
            group.c.state == "active",
        )
        .order_by(group.c.title)
    )
    found: dict[str, list[Group]] = {}
    for row in connection.execute(query):
        found.setdefault(row.object, []).append(_group(row))
    return found


def _group(row: Row[Any]) -> Group:
    names = (name for name in Group.__dataclass_fields__ if name != "body")
    return Group(**{name: getattr(row, name) for name in names}, body=json.loads(row.body))


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
