"""The public datasets, in pages, as the exports show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from acopio.portal import packages
from acopio.portal.exports.datapackage import Descriptor, descriptor
from acopio.portal.site import Site
from acopio.store import catalog, resources, sequence

package = catalog.package

# Datasets read at a time: the largest page held in memory.
PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the catalogue; ``number`` counts from 1, ``pages`` is at least 1."""

    number: int
    pages: int
    total: int
    descriptors: tuple[Descriptor, ...]


def mark(site: Site) -> int:
    """Return the number of the catalogue's latest change: the same number, the same catalogue."""
    with site.store.read() as connection:
        return sequence.latest(connection)


def every(site: Site, base: str) -> Iterator[Descriptor]:
    """Yield all public datasets by id."""
    after = ""
    while True:
        with site.store.read() as connection:
            query = _public().where(package.c.id > after).order_by(package.c.id).limit(PAGE)
            ids = list(connection.execute(query).scalars())
            found = _described(connection, ids, base)
        if not ids:
            return
        yield from found
        after = ids[-1]


def page(site: Site, base: str, *, number: int, size: int) -> Page:
    """Return one page of the public datasets by id."""
    with site.store.read() as connection:
        total = _count(connection)
        query = _public().order_by(package.c.id).limit(size).offset((number - 1) * size)
        ids = list(connection.execute(query).scalars())
        found = _described(connection, ids, base)
    pages = max(1, -(-total // size))
    return Page(number=number, pages=pages, total=total, descriptors=found)


def newest(site: Site, base: str, *, size: int) -> tuple[Descriptor, ...]:
    """Return the public datasets that changed last, the latest first."""
    with site.store.read() as connection:
        query = _public().order_by(package.c.modified.desc(), package.c.id).limit(size)
        return _described(connection, list(connection.execute(query).scalars()), base)


def one(site: Site, base: str, wanted: str) -> Descriptor | None:
    """Return one public dataset by name or id, with its tables' schemas."""
    with site.store.read() as connection:
        found = packages.find(connection, wanted)
        if found is None or not found.is_public:
            return None
        shown = packages.shown(connection, [found], base)[0]
        return descriptor(shown, base, _schemas(connection, [r["id"] for r in found.resources]))


def _public() -> Select[str]:
    return select(package.c.id).where(package.c.state == "active", package.c.private.is_(False))


def _count(connection: Connection) -> int:
    rows = _public().subquery()
    return int(connection.execute(select(func.count()).select_from(rows)).scalar_one())


def _described(connection: Connection, ids: list[str], base: str) -> tuple[Descriptor, ...]:
    rows = packages.by_ids(connection, ids)
    return tuple(descriptor(one, base, {}) for one in packages.shown(connection, rows, base))


def _schemas(connection: Connection, ids: list[str]) -> dict[str, Any]:
    """Return the Table Schemas of the resources that are clean tables, by their ids."""
    good = resources.last_good(connection, ids)
    return {number: dict(one.schema) for number, one in good.items() if one.schema}
