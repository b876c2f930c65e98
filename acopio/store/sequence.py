"""The number every change of the catalogue takes, in its own transaction."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select, update

from acopio.store import catalog

# Statements that every change runs are built once: that costs more than running them.
_TAKE = (
    update(catalog.sequence)
    .where(catalog.sequence.c.id == 1)
    .values(number=catalog.sequence.c.number + 1)
    .returning(catalog.sequence.c.number)
)
_LATEST = select(catalog.sequence.c.number)
_THESE = catalog.package.c.id.in_(bindparam("ids", expanding=True))
_THERE = select(catalog.package.c.id).where(_THESE, catalog.package.c.state == "active")
_RENUMBER = update(catalog.package).where(_THESE).values(sequence=bindparam("new"))
_HELD = select(catalog.sequence.c.number).with_for_update()


def hold(connection: Connection) -> None:
    """Let other writers wait from now on: what is read here stays true until it is written."""
    connection.execute(_HELD)


def take(connection: Connection) -> int:
    """Return the next number; as other writers wait, numbers appear in order."""
    return int(connection.execute(_TAKE).scalar_one())


def latest(connection: Connection) -> int:
    """Return the number of the latest change."""
    return int(connection.execute(_LATEST).scalar_one())


def announce(connection: Connection, packages: Collection[str]) -> None:
    """Let the search look again at datasets of the catalogue, those that are there.

    For what readers see of them that their own rows do not hold: how they were judged.
    """
    if packages and (there := list(connection.execute(_THERE, {"ids": list(packages)}).scalars())):
        connection.execute(_RENUMBER, {"ids": there, "new": take(connection)})
