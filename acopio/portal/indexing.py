"""The search index follows the catalogue: every change has a number, and the index knows its last.

Each search does what is missing before it looks, so that a client sees its own writes; the web
application does so each second, so that a page shows what another process published.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select
from sqlalchemy.exc import SQLAlchemyError

from acopio.portal import packages, verdict
from acopio.portal.search import Change
from acopio.portal.site import Site
from acopio.store import catalog, sequence

_PAGE = 200
_SECONDS = 1.0

_package = catalog.package


def catch_up(site: Site) -> None:
    """Index what changed since the index was last brought up to date."""
    stand = site.index.sequence()
    with site.store.read() as connection:
        latest = sequence.latest(connection)
        if latest < stand:  # the database is an older one, restored: the index knows another
            site.index.clear()
            stand = 0
        if latest > stand:
            site.index.apply(_changes(connection, stand), latest)


def rebuild(site: Site) -> None:
    """Index every dataset anew."""
    site.index.clear()
    catch_up(site)


def _changes(connection: Connection, stand: int) -> Iterator[Change]:
    """Yield what changed after the number ``stand``, oldest first, a page at a time."""
    last = (stand, "\U0010ffff")
    while rows := _page(connection, last):
        last = (rows[-1].sequence, rows[-1].id)
        found = packages.by_ids(connection, [row.id for row in rows])
        words = verdict.words(connection, [one.id for one in found])
        for shown in packages.shown(connection, found, ""):
            judged = shown | {verdict.FIELD: words.get(shown["id"], verdict.UNEXAMINED)}
            yield Change(id=shown["id"], package=judged)


def _page(connection: Connection, last: tuple[int, str]) -> list[Row[Any]]:
    number, key = _package.c.sequence, _package.c.id
    same = and_(number == last[0], key > last[1])
    query = select(key, number).where(or_(number > last[0], same))
    return list(connection.execute(query.order_by(number, key).limit(_PAGE)))


@contextmanager
def following(site: Site) -> Iterator[None]:
    """Keep the index up to date while the block runs."""
    stop = Event()
    thread = Thread(target=_follow, args=(site, stop), name="portal-index", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _follow(site: Site, stop: Event) -> None:
    while not stop.is_set():
        try:
            catch_up(site)
        except (SQLAlchemyError, OSError, ValueError):  # tantivy's failures are ValueErrors
            logging.getLogger(__name__).exception("the search index could not follow")
        stop.wait(_SECONDS)
