"""Which groups a dataset is in, and who may do what in an organization."""

from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from acopio.portal import groups
from acopio.portal.fields.reading import dicts
from acopio.portal.moments import stamp
from acopio.portal.site import Asked
from acopio.store import catalog

member = catalog.member
user = catalog.user


def set_groups(connection: Connection, package: str, asked: Asked) -> bool:
    """Put a dataset into the groups given, and out of the others; none given changes nothing.

    Returns whether anything changed. Groups that are not there are passed over, as in CKAN.
    """
    if "groups" not in asked:
        return False
    wanted = set()
    for one in dicts(asked, "groups"):
        found = groups.find(
            connection, str(one.get("id") or one.get("name") or ""), is_organization=False
        )
        if found is not None:
            wanted.add(found.id)
    this = (member.c.kind == "package") & (member.c.object == package)
    there = {row.group for row in connection.execute(select(member.c.group).where(this))}
    if gone := there - wanted:
        connection.execute(delete(member).where(this, member.c.group.in_(gone)))
    for number in sorted(wanted - there):
        _insert(connection, number, "package", package, "public")
    return there != wanted


def join(connection: Connection, group: str, user_id: str, capacity: str) -> None:
    """Make a user a member, if there is such a user: the pipeline is none."""
    if connection.execute(select(user.c.id).where(user.c.id == user_id)).first():
        put(connection, group, "user", user_id, capacity)


def put(connection: Connection, group: str, kind: str, number: str, capacity: str) -> None:
    """Make a dataset or a user a member, in this capacity and no other."""
    take_out(connection, group, kind, number)
    _insert(connection, group, kind, number, capacity)


def take_out(connection: Connection, group: str, kind: str, number: str) -> None:
    """Let a dataset or a user be no member any more."""
    this = (member.c.group == group) & (member.c.kind == kind) & (member.c.object == number)
    connection.execute(delete(member).where(this))


def empty(connection: Connection, group: str) -> None:
    """Take out every member."""
    connection.execute(delete(member).where(member.c.group == group))


def _insert(connection: Connection, group: str, kind: str, number: str, capacity: str) -> None:
    row = {"group": group, "kind": kind, "object": number, "capacity": capacity}
    connection.execute(insert(member).values(**row))


def users(connection: Connection, group: str) -> list[dict[str, Any]]:
    """Return the users of an organization or group as CKAN shows them there, by name."""
    query = (
        select(user, member.c.capacity)
        .join(member, member.c.object == user.c.id)
        .where(member.c.kind == "user", member.c.group == group)
        .order_by(user.c.name)
    )
    return [account(row) | {"capacity": row.capacity} for row in connection.execute(query)]


def count(connection: Connection, group: str) -> int:
    """Return how many users are in an organization or group."""
    mine = (member.c.kind == "user") & (member.c.group == group)
    found = connection.execute(select(func.count()).select_from(member).where(mine))
    return int(found.scalar_one())


def account(row: Any) -> dict[str, Any]:
    """Return a user as CKAN shows it. There are no profiles here, so most of it is null."""
    return {
        "about": None,
        "activity_streams_email_notifications": False,
        "created": stamp(row.created),
        "display_name": row.name,
        "email_hash": None,
        "fullname": None,
        "id": row.id,
        "image_display_url": None,
        "image_url": None,
        "last_active": None,
        "name": row.name,
        "number_created_packages": None,
        "state": "active",
        "sysadmin": row.role == "admin",
    }
