"""What readers were shown of a dataset, each time it was something else.

A version never changes once it is ten seconds old, nor one that a user of the API made: only the
pipeline, whose publication is several calls, joins what it writes within ten seconds of the first.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from acopio.canonical import digest, dumps
from acopio.portal.caller import PIPELINE
from acopio.store import catalog

# The pipeline's publication is several calls: the dataset, then each file. Together they are one
# version, counted from the first of them.
ONE_PUBLICATION = timedelta(seconds=10)
# What changes by itself, or says when: no other version for that.
_PASSING = ("metadata_modified", "created", "last_modified", "acopio_fetched")


table = catalog.version
_THIS = table.c.package == bindparam("wanted")
_LAST = (
    select(table.c.number, table.c.made, table.c.maker, table.c.hash)
    .where(_THIS)
    .order_by(table.c.number.desc())
    .limit(1)
)
_BODY = _LAST.with_only_columns(table.c.body)
_INSERT = insert(table)
_JOIN = update(table).where(_THIS, table.c.number == bindparam("at"))
_JOIN = _JOIN.values(hash=bindparam("hash"), body=bindparam("body"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What readers see of a dataset from a moment on, and the id of the user who made it so."""

    body: Mapping[str, Any]
    moment: datetime
    maker: str


def begin(connection: Connection, package: str, now: Shown) -> None:
    """Keep what readers see first of a new dataset."""
    _add(connection, package, 1, now)


def note(connection: Connection, package: str, now: Shown) -> None:
    """Keep what readers see from now on, if it is not what they saw before."""
    last = connection.execute(_LAST, {"wanted": package}).first()
    if last is None:
        begin(connection, package, now)
    elif last.hash == _mark(now.body):
        return
    elif last.maker == now.maker == PIPELINE.id and now.moment - last.made < ONE_PUBLICATION:
        here = {"wanted": package, "at": last.number}
        connection.execute(_JOIN, here | _content(now))
    else:
        _add(connection, package, last.number + 1, now)


def last(connection: Connection, package: str) -> Mapping[str, Any] | None:
    """Return what readers saw of a dataset last; None if they never saw it."""
    body = connection.execute(_BODY, {"wanted": package}).scalar()
    found: Mapping[str, Any] | None = json.loads(body) if body is not None else None
    return found


def _add(connection: Connection, package: str, number: int, now: Shown) -> None:
    row = {"package": package, "number": number, "made": now.moment, "maker": now.maker}
    connection.execute(_INSERT, row | _content(now))


def _content(now: Shown) -> dict[str, str]:
    return {"hash": _mark(now.body), "body": dumps(now.body)}


def _mark(body: Mapping[str, Any]) -> str:
    return digest(dumps(_lasting(body)))


def _lasting(body: Mapping[str, Any]) -> dict[str, Any]:
    resources = [
        {key: value for key, value in one.items() if key not in _PASSING}
        for one in body["resources"]
    ]
    extras = [one for one in body["extras"] if one["key"] != "acopio_written"]
    return {**body, "resources": resources, "extras": extras}
