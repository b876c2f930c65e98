"""The number every change of the catalogue takes, in its own transaction."""

from sqlalchemy import Connection, select, update

from acopio.store import catalog

# Statements that every change runs are built once: that costs more than running them.
_TAKE = (
    update(catalog.sequence)
    .where(catalog.sequence.c.id == 1)
    .values(number=catalog.sequence.c.number + 1)
    .returning(catalog.sequence.c.number)
)
_LATEST = select(catalog.sequence.c.number)
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


def announce(connection: Connection, package: str) -> None:
    """Let the search look again at a dataset of the catalogue, if it is one.

    For what readers see of it that its own row does not hold: how it was judged.
    """
    table = catalog.package
    there = select(table.c.id).where(table.c.id == package, table.c.state == "active")
    if connection.execute(there).first() is not None:
        number = take(connection)
        connection.execute(update(table).where(table.c.id == package).values(sequence=number))
