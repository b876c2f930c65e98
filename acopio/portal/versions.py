"""What readers were shown of a dataset, each time it was something else."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from acopio.canonical import digest, dumps
from acopio.store import catalog

# One publication is several calls: the dataset, then each file. Together they are one version.
ONE_PUBLICATION = timedelta(seconds=10)
# What changes by itself, or says when: no other version for that.
_PASSING = ("metadata_modified", "created", "last_modified", "acopio_fetched")


_THIS = catalog.version.c.package == bindparam("wanted")
_LAST = (
    select(catalog.version.c.number, catalog.version.c.made, catalog.version.c.hash)
    .where(_THIS)
    .order_by(catalog.version.c.number.desc())
    .limit(1)
)
_BODY = _LAST.with_only_columns(catalog.version.c.body)
_INSERT = insert(catalog.version)


def begin(connection: Connection, package: str, body: Mapping[str, Any], now: datetime) -> None:
    """Keep what readers see first of a new dataset."""
    _keep(connection, package, 1, body, now)


def note(connection: Connection, package: str, body: Mapping[str, Any], now: datetime) -> None:
    """Keep what readers see from now on, if it is not what they saw before."""
    last = connection.execute(_LAST, {"wanted": package}).first()
    if last is None:
        begin(connection, package, body, now)
        return
    if last.hash == _mark(body):
        return
    number = last.number + 1
    if now - last.made < ONE_PUBLICATION:
        number = last.number
        table = catalog.version
        this = (table.c.package == package) & (table.c.number == number)
        connection.execute(delete(table).where(this))
    _keep(connection, package, number, body, now)


def last(connection: Connection, package: str) -> Mapping[str, Any] | None:
    """Return what readers saw of a dataset last; None if they never saw it."""
    body = connection.execute(_BODY, {"wanted": package}).scalar()
    found: Mapping[str, Any] | None = json.loads(body) if body is not None else None
    return found


def _keep(
    connection: Connection, package: str, number: int, body: Mapping[str, Any], now: datetime
) -> None:
    row = {"package": package, "number": number, "made": now}
    connection.execute(_INSERT, row | {"hash": _mark(body), "body": dumps(body)})


def _mark(body: Mapping[str, Any]) -> str:
    return digest(dumps(_lasting(body)))


def _lasting(body: Mapping[str, Any]) -> dict[str, Any]:
    resources = [
        {key: value for key, value in one.items() if key not in _PASSING}
        for one in body["resources"]
    ]
    extras = [one for one in body["extras"] if one["key"] != "acopio_written"]
    return {**body, "resources": resources, "extras": extras}
