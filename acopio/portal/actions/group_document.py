"""An organization or a group as ``organization_show`` and ``group_show`` give it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select, true

from acopio.portal import groups, membership, packages
from acopio.portal.actions import asking
from acopio.portal.groups import Group
from acopio.portal.moments import stamp
from acopio.portal.site import Asked, Call
from acopio.store import catalog

# As many datasets as a search gives at most.
MOST_DATASETS = 1000

_package = catalog.package
_member = catalog.member


def document(connection: Connection, call: Call, one: Group, asked: Asked) -> dict[str, Any]:
    """Return one as the caller sees it; ``include_*`` in ``asked`` say what stands in it."""
    return documents(connection, call, [one], asked)[0]


def documents(
    connection: Connection, call: Call, several: list[Group], asked: Asked
) -> list[dict[str, Any]]:
    """Return several as the caller sees them."""
    counts = None
    if _includes(asked, "datasets") or _includes(asked, "dataset_count"):
        counts = dataset_counts(connection, call, [one.id for one in several])
    return [_document(connection, call, one, asked, counts) for one in several]


# What stands in a document where ``include_*`` does not say.
_INCLUDED = frozenset({"dataset_count", "extras", "groups", "users"})


def _includes(asked: Asked, what: str) -> bool:
    return asking.truth(asked, f"include_{what}", default=what in _INCLUDED)


def _document(
    connection: Connection, call: Call, one: Group, asked: Asked, counts: dict[str, int] | None
) -> dict[str, Any]:
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "extras": lambda: {"extras": list(one.body.get("extras") or [])},
        "groups": lambda: {"groups": []},
        # Accounts are not for strangers, as in a CKAN whose users' details are not public.
        "users": lambda: _users(connection, call, one),
        "member_count": lambda: {"member_count": membership.count(connection, one.id)},
        "datasets": lambda: {"packages": of_group(connection, call, one, MOST_DATASETS)},
    }
    found = _plain(one)
    for what, part in parts.items():
        if _includes(asked, what):
            found |= part()
    if counts is not None:
        found["package_count"] = counts.get(one.id, 0)
    return found


def _users(connection: Connection, call: Call, one: Group) -> dict[str, Any]:
    return {"users": membership.users(connection, one.id)} if call.caller.is_known else {}


def _plain(one: Group) -> dict[str, Any]:
    return groups.brief(one) | {
        "approval_status": "approved",
        "created": stamp(one.created),
        "image_url": one.body.get("image_url") or "",
        "is_organization": one.is_organization,
        "num_followers": 0,
        "state": one.state,
        "type": one.body.get("type"),
    }


def of_group(connection: Connection, call: Call, one: Group, most: int) -> list[dict[str, Any]]:
    """Return the datasets of an organization or group that the caller sees, newest first."""
    mine = _package.c.owner_org == one.id
    if not one.is_organization:
        inside = (_member.c.group == one.id) & (_member.c.kind == "package")
        mine = _package.c.id.in_(select(_member.c.object).where(inside))
    query = select(_package.c.id).where(mine, seen(call))
    rows = connection.execute(query.order_by(_package.c.modified.desc()).limit(most))
    found = packages.by_ids(connection, [row.id for row in rows])
    return packages.shown(connection, found, call.base)


def seen(call: Call) -> ColumnElement[bool]:
    """Return the condition of active datasets that the caller sees, private ones of its own."""
    caller = call.caller
    public: ColumnElement[bool] = _package.c.private.is_(False)
    if caller.is_sysadmin:
        public = true()
    elif caller.capacities:
        public = or_(public, _package.c.owner_org.in_(list(caller.capacities)))
    return (_package.c.state == "active") & public


def dataset_counts(connection: Connection, call: Call, ids: list[str]) -> dict[str, int]:
    """Return how many datasets the caller sees in organizations and groups, by id."""
    owned = (
        select(_package.c.owner_org.label("group"), func.count().label("datasets"))
        .where(_package.c.owner_org.in_(ids), seen(call))
        .group_by(_package.c.owner_org)
    )
    inside = (
        select(_member.c.group, func.count().label("datasets"))
        .join(_package, _package.c.id == _member.c.object)
        .where(_member.c.kind == "package", _member.c.group.in_(ids), seen(call))
        .group_by(_member.c.group)
    )
    rows = [*connection.execute(owned), *connection.execute(inside)]
    return {row.group: int(row.datasets) for row in rows}
