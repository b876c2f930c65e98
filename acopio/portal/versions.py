"""What readers were shown of a dataset, each time it was something else."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from acopio.canonical import digest, dumps
from acopio.store import catalog

# One publication is several calls: the dataset, then each file. Together they are one version.
ONE_PUBLICATION = timedelta(seconds=10)
# What changes by itself, or says when: no other version for that.
_PASSING = ("metadata_modified", "created", "last_modified", "acopio_fetched")


def note(
    connection: Connection, package: str, body: Mapping[str, Any], now: datetime, *, shown: bool
) -> None:
    """Keep what readers see from now on, if it is not what they saw before."""
    if not shown:
        return
    mark = digest(dumps(_lasting(body)))
    table = catalog.version
    query = select(table.c.number, table.c.made, table.c.hash).where(table.c.package == package)
    last = connection.execute(query.order_by(table.c.number.desc()).limit(1)).first()
    if last is not None and last.hash == mark:
        return
    number = last.number + 1 if last else 1
    if last is not None and now - last.made < ONE_PUBLICATION:
        number = last.number
        this = (table.c.package == package) & (table.c.number == number)
        connection.execute(delete(table).where(this))
    row = {"package": package, "number": number, "made": now, "hash": mark, "body": dumps(body)}
    connection.execute(insert(table).values(**row))


def _lasting(body: Mapping[str, Any]) -> dict[str, Any]:
    resources = [
        {key: value for key, value in one.items() if key not in _PASSING}
        for one in body["resources"]
    ]
    extras = [one for one in body["extras"] if one["key"] != "acopio_written"]
    return {**body, "resources": resources, "extras": extras}
