"""What a name stands for: a dataset that is shown, one that is not, or nothing."""

from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from acopio.portal import packages
from acopio.portal.packages import Package
from acopio.portal.site import Site
from acopio.store import catalog, datasets, publications, schema, sources
from acopio.store.datasets import Known

# A name is no longer than this; what is longer names nothing.
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A dataset: its row in the catalogue, and what the store knows of it where it was harvested.

    At least one is there. ``package`` may be deleted, or none where it was never published.
    """

    package: Package | None
    known: Known | None

    @property
    def is_shown(self) -> bool:
        """Whether readers see the dataset itself."""
        return self.package is not None and self.package.is_public


def find(site: Site, wanted: str) -> Found | None:
    """Return the dataset with this name or id, here or at its source's; None for none."""
    if not wanted or len(wanted) > _LONGEST:
        return None
    portals = [one.name for one in sources.list_targets(site.store) if one.kind == "portal"]
    with site.store.read() as connection:
        package = packages.find(connection, wanted)
        if package is not None and package.state == "active":
            return _public(connection, package)
        known = _known(connection, wanted, portals)
        if known is not None:
            return Found(package=packages.find(connection, known.id), known=known)
        gone = package or _deleted(connection, wanted)
        return _public(connection, gone) if gone and gone.state == "deleted" else None


def _public(connection: Connection, package: Package) -> Found | None:
    """Return a dataset unless it is nobody's business."""
    if package.private:
        return None
    return Found(package=package, known=by_ids(connection, [package.id]).get(package.id))


def by_ids(connection: Connection, ids: list[str]) -> dict[str, Known]:
    """Return what the store knows of datasets, by id."""
    rows = connection.execute(select(schema.dataset).where(schema.dataset.c.id.in_(ids)))
    return {row.id: datasets.known(row) for row in rows}


def _known(connection: Connection, wanted: str, portals: list[str]) -> Known | None:
    """Return a harvested dataset by id, by its name here, or by its own."""
    dataset, publication = schema.dataset, publications.publication
    here = select(publication.c.dataset).where(
        publication.c.name == wanted, publication.c.target.in_(portals)
    )
    query = select(dataset).where(
        or_(dataset.c.id == wanted, dataset.c.name == wanted, dataset.c.id.in_(here))
    )
    rows = connection.execute(query.order_by(dataset.c.name != wanted).limit(1)).all()
    return datasets.known(rows[0]) if rows else None


def _deleted(connection: Connection, name: str) -> Package | None:
    """Return the dataset that had this name last and was deleted."""
    table = catalog.package
    query = (
        select(table.c.id)
        .where(table.c.name == name, table.c.state == "deleted")
        .order_by(table.c.modified.desc())
        .limit(1)
    )
    number = connection.execute(query).scalar()
    return packages.find(connection, number) if number else None
