"""Which groups a dataset is in, and who may do what in an organization."""

from sqlalchemy import Connection, delete, insert, select

from acopio.portal import groups
from acopio.portal.fields.reading import dicts
from acopio.portal.site import Asked
from acopio.store import catalog

member = catalog.member


def set_groups(connection: Connection, package: str, asked: Asked) -> None:
    """Put a dataset into the groups given, and out of the others; none given changes nothing."""
    if "groups" not in asked:
        return
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
        row = {"group": number, "kind": "package", "object": package, "capacity": "public"}
        connection.execute(insert(member).values(**row))
