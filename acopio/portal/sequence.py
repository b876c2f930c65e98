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


def take(connection: Connection) -> int:
    """Return the next number. Other writers wait, so that numbers appear in order."""
    return int(connection.execute(_TAKE).scalar_one())


def latest(connection: Connection) -> int:
    """Return the number of the latest change."""
    return int(connection.execute(_LATEST).scalar_one())
