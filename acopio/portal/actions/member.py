"""Who is in an organization or a group: users, and in groups datasets too."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection, select

from acopio.portal import groups, membership, packages
from acopio.portal.actions import asking
from acopio.portal.actions.access import denied
from acopio.portal.actions.group_document import seen
from acopio.portal.actions.registry import reads, writes
from acopio.portal.groups import Group
from acopio.portal.problems import NotFound, ValidationError
from acopio.portal.site import Asked, Call
from acopio.store import catalog

_USER_CAPACITIES = ("member", "editor", "admin")
_CAPACITY_LENGTH = 20

_member = catalog.member
_package = catalog.package


@reads
def member_list(call: Call, asked: Asked) -> Any:
    """Return [id, type, capacity] of all in an organization or group.

    ``id``: its id or name. ``object_type``: ``user`` or ``package`` only. ``capacity``: only
    these. Users are not shown to strangers, nor datasets to who does not see them.
    """
    wanted = asking.wanted(asked, "id")
    with call.store.read() as connection:
        group = groups.find_any(connection, wanted)
        if group is None:
            raise NotFound
        if group.state != "active" and not call.caller.administers(group.id):
            denied(call, f"read group {group.id}")
        found = _datasets(connection, call, group)
        if call.caller.is_known:
            found += _users(connection, group)
    capacity, kind = asking.text(asked, "capacity"), asking.text(asked, "object_type")
    return [
        [number, type_, said.title() if type_ == "user" else said]
        for number, type_, said in found
        if capacity in ("", said) and kind in ("", type_)
    ]


def _users(connection: Connection, group: Group) -> list[tuple[str, str, str]]:
    return [(one["id"], "user", one["capacity"]) for one in membership.users(connection, group.id)]


def _datasets(connection: Connection, call: Call, group: Group) -> list[tuple[str, str, str]]:
    if group.is_organization:
        owned = select(_package.c.id).where(_package.c.owner_org == group.id, seen(call))
        return [(row.id, "package", "organization") for row in connection.execute(owned)]
    inside = (
        select(_member.c.object, _member.c.capacity)
        .join(_package, _package.c.id == _member.c.object)
        .where(_member.c.group == group.id, _member.c.kind == "package", seen(call))
    )
    return [(row.object, "package", row.capacity) for row in connection.execute(inside)]


@writes
def member_create(call: Call, asked: Asked) -> Any:
    """Put a user or a dataset into an organization or group; return the membership.

    ``id``: the group. ``object``: id or name of the user or dataset. ``object_type``: ``user`` or
    ``package``. ``capacity``: of a user ``member``, ``editor`` or ``admin``.
    """
    wanted, name, kind, capacity = asking.all_wanted(
        asked, "id", "object", "object_type", "capacity"
    )
    with call.writing() as connection:
        group, number = _both(connection, wanted, name, kind)
        _may(call, group, kind)
        _refuse_odd(group, kind, capacity)
        membership.put(connection, group.id, kind, number, capacity)
        if kind == "package":
            groups.reindex(connection, group)
    return {
        "id": str(uuid5(NAMESPACE_URL, f"acopio:member:{group.id}:{kind}:{number}")),
        "table_name": kind,
        "table_id": number,
        "capacity": capacity,
        "group_id": group.id,
        "state": "active",
    }


@writes
def member_delete(call: Call, asked: Asked) -> None:
    """Take a user or a dataset out of an organization or group. Parameters as to create one."""
    wanted, name, kind = asking.all_wanted(asked, "id", "object", "object_type")
    with call.writing() as connection:
        group, number = _both(connection, wanted, name, kind)
        _may(call, group, kind)
        if kind == "package":
            groups.reindex(connection, group)
        membership.take_out(connection, group.id, kind, number)


@writes
def organization_member_create(call: Call, asked: Asked) -> Any:
    """Put a user into an organization. ``id``, ``username``, ``role``."""
    asking.all_wanted(asked, "id", "username", "role")
    return member_create(call, _as_member(asked))


@writes
def organization_member_delete(call: Call, asked: Asked) -> Any:
    """Take a user out of an organization. ``id``, ``username``."""
    asking.all_wanted(asked, "id", "username")
    return member_delete(call, _as_member(asked))


def _as_member(asked: Asked) -> Asked:
    return {
        "id": asked["id"],
        "object": asked["username"],
        "object_type": "user",
        "capacity": asked.get("role"),
    }


def _both(connection: Connection, wanted: str, name: str, kind: str) -> tuple[Group, str]:
    group = groups.find_any(connection, wanted)
    if group is None:
        raise NotFound("Group was not found.")
    if kind not in ("user", "package"):
        raise ValidationError({"message": f"{kind.title()} isn't a valid model"})
    return group, _user(connection, name) if kind == "user" else _dataset(connection, name)


def _user(connection: Connection, name: str) -> str:
    user = catalog.user
    named = (user.c.id == name) | (user.c.name == name)
    found = connection.execute(select(user.c.id).where(named)).scalar()
    if found is None:
        raise NotFound("User was not found.")
    return str(found)


def _dataset(connection: Connection, name: str) -> str:
    found = packages.find(connection, name)
    if found is None:
        raise NotFound("Package was not found.")
    return found.id


def _may(call: Call, group: Group, kind: str) -> None:
    """Let members of a group put datasets into it; the rest is for who administers it."""
    into_group = kind == "package" and not group.is_organization
    if not call.caller.administers(group.id) and not (
        into_group and call.caller.role == "publisher" and group.id in call.caller.capacities
    ):
        denied(call, f"edit group {group.id}")


def _refuse_odd(group: Group, kind: str, capacity: str) -> None:
    if kind == "user" and capacity not in _USER_CAPACITIES:
        raise ValidationError({"capacity": [f"Must be one of {', '.join(_USER_CAPACITIES)}"]})
    if kind == "package" and group.is_organization:
        raise ValidationError({"object_type": ["A dataset's organization is its owner_org"]})
    if len(capacity) > _CAPACITY_LENGTH:
        raise ValidationError({"capacity": [f"No more than {_CAPACITY_LENGTH} characters"]})
