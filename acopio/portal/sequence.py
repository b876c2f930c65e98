"""The number every change of the catalogue takes, in its own transaction."""

from sqlalchemy import Connection, select, update

from acopio.store import catalog


def take(connection: Connection) -> int:
    """Return the next number. Other writers wait, so that numbers appear in order."""
    row = catalog.sequence
    raised = update(row).where(row.c.id == 1).values(number=row.c.number + 1)
    return int(connection.execute(raised.returning(row.c.number)).scalar_one())


def latest(connection: Connection) -> int:
    """Return the number of the latest change."""
    return int(connection.execute(select(catalog.sequence.c.number)).scalar_one())
