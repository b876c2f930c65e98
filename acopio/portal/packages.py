"""Datasets as the catalogue keeps them, and as CKAN shows them."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson
from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from acopio.canonical import dumps
from acopio.portal import groups, licences, versions
from acopio.portal.moments import stamp
from acopio.publishers.ckansite.record import twin_id
from acopio.store import catalog, sequence

# What CKAN shows of every dataset, null where nothing was given.
FIELDS = (
    "author",
    "author_email",
    "license_id",
    "maintainer",
    "maintainer_email",
    "notes",
    "title",
    "type",
    "url",
    "version",
)
# What CKAN shows of every resource, null where nothing was given.
RESOURCE_FIELDS = (
    "cache_last_updated",
    "cache_url",
    "created",
    "description",
    "format",
    "hash",
    "last_modified",
    "metadata_modified",
    "mimetype",
    "mimetype_inner",
    "name",
    "resource_type",
    "size",
    "state",
    "url",
    "url_type",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A dataset's row. ``body`` has ``FIELDS``, ``extras``, ``tags`` (names) and ``resources``."""

    id: str
    name: str
    state: str
    private: bool
    owner_org: str
    creator: str
    created: datetime
    modified: datetime
    body: Mapping[str, Any]

    @property
    def resources(self) -> Sequence[Mapping[str, Any]]:
        """The resources, in order."""
        found: Sequence[Mapping[str, Any]] = self.body["resources"]
        return found

    @property
    def is_public(self) -> bool:
        """Whether a stranger sees it."""
        return self.state == "active" and not self.private


# Statements that every call runs are built once: that costs more than running them.
table = catalog.package
_WANTED: BindParameter[Any] = bindparam("wanted")
_FIND = (
    select(table)
    .where(or_(table.c.id == _WANTED, table.c.name == _WANTED))
    .order_by(table.c.id != _WANTED, table.c.state == "deleted", table.c.modified.desc())
    .limit(1)
)
_TAKEN = select(table.c.id).where(
    or_((table.c.name == _WANTED) & (table.c.state != "deleted"), table.c.id == _WANTED),
    table.c.id != bindparam("own"),
)
_HOLDING = (
    select(table)
    .join(catalog.resource, catalog.resource.c.package == table.c.id)
    .where(catalog.resource.c.id == _WANTED)
)
_HOLDER = select(catalog.resource.c.package).where(catalog.resource.c.id == _WANTED)
_BY_IDS = select(table).where(table.c.id.in_(bindparam("ids", expanding=True)))
_INSERT = insert(table)
_INSERT_RESOURCE = insert(catalog.resource)
_INSERT_TAG = insert(catalog.tag)


def find(connection: Connection, name_or_id: str) -> Package | None:
    """Return a dataset by id, or by name: of those deleted under it, the last."""
    row = connection.execute(_FIND, {"wanted": name_or_id}).first()
    return _package(row) if row else None


def is_taken(connection: Connection, name: str, own: str) -> bool:
    """Tell whether another dataset than ``own`` has a name, or has it for its id."""
    return connection.execute(_TAKEN, {"wanted": name, "own": own}).first() is not None


def find_by_resource(connection: Connection, resource: str) -> Package | None:
    """Return the dataset a resource is in."""
    row = connection.execute(_HOLDING, {"wanted": resource}).first()
    return _package(row) if row else None


def holding(connection: Connection, resource: str) -> str | None:
    """Return the id of the dataset a resource is in."""
    return connection.execute(_HOLDER, {"wanted": resource}).scalar()


def by_ids(connection: Connection, ids: Sequence[str]) -> list[Package]:
    """Return datasets in the order of their ids; those not there are left out."""
    rows = connection.execute(_BY_IDS, {"ids": list(ids)})
    found = {row.id: _package(row) for row in rows}
    return [found[number] for number in ids if number in found]


def _package(row: Row[Any]) -> Package:
    names = (name for name in Package.__dataclass_fields__ if name != "body")
    return Package(**{name: getattr(row, name) for name in names}, body=orjson.loads(row.body))


def create(connection: Connection, package: Package) -> None:
    """Write a new dataset. Raises IntegrityError for a taken name or id."""
    row = _row(package) | {"id": package.id, "created": package.created}
    number = sequence.take(connection)
    connection.execute(_INSERT, row | {"sequence": number})
    _write_resources(connection, package, frozenset())
    _write_tags(connection, package, frozenset())
    if package.is_public:
        now = versions.Shown(body=package.body, moment=package.modified, maker=package.creator)
        versions.begin(connection, package.id, now)


def save(connection: Connection, package: Package, before: Package, by: str) -> None:
    """Write a dataset anew, changed ``by`` a user's id. Raises IntegrityError for a taken name."""
    number = sequence.take(connection)
    row = _row(package) | {"sequence": number}
    connection.execute(update(table).where(table.c.id == package.id).values(**row))
    _write_resources(connection, package, frozenset(one["id"] for one in before.resources))
    _write_tags(connection, package, frozenset(before.body["tags"]))
    if package.is_public:
        now = versions.Shown(body=package.body, moment=package.modified, maker=by)
        versions.note(connection, package.id, now)


def reindex(connection: Connection, package: str) -> None:
    """Have the search see a dataset anew."""
    number = sequence.take(connection)
    connection.execute(update(table).where(table.c.id == package).values(sequence=number))


def _row(package: Package) -> dict[str, Any]:
    names = ("name", "state", "private", "owner_org", "creator", "modified")
    body = {"title": package.body["title"], "body": dumps(package.body)}
    return {name: getattr(package, name) for name in names} | body


def _write_resources(connection: Connection, package: Package, before: frozenset[str]) -> None:
    """Keep the table of resources; what a resource that went had of files goes with it."""
    now = frozenset(one["id"] for one in package.resources)
    if gone := before - now:
        connection.execute(delete(catalog.resource).where(catalog.resource.c.id.in_(gone)))
    if new := now - before:
        rows = [{"id": number, "package": package.id} for number in sorted(new)]
        connection.execute(_INSERT_RESOURCE, rows)


def _write_tags(connection: Connection, package: Package, before: frozenset[str]) -> None:
    now = frozenset(package.body["tags"])
    tag_ = catalog.tag
    if gone := before - now:
        connection.execute(delete(tag_).where(tag_.c.package == package.id, tag_.c.name.in_(gone)))
    if new := now - before:
        rows = [{"package": package.id, "name": name} for name in sorted(new)]
        connection.execute(_INSERT_TAG, rows)


# --- as CKAN shows them -------------------------------------------------------------------------


def shown(connection: Connection, packages: Iterable[Package], base: str) -> list[dict[str, Any]]:
    """Return datasets as ``package_show`` gives them; ``base`` is the portal's address."""
    several = list(packages)
    owners = groups.by_ids(connection, {one.owner_org for one in several if one.owner_org})
    member_of = groups.of_packages(connection, [one.id for one in several])
    return [
        _shown(one, owners.get(one.owner_org), member_of.get(one.id, []), base) for one in several
    ]


def _shown(
    package: Package, owner: groups.Group | None, member_of: list[groups.Group], base: str
) -> dict[str, Any]:
    body = package.body
    licence = licences.find(body.get("license_id"))
    return {name: body.get(name) for name in FIELDS} | {
        "id": package.id,
        "name": package.name,
        "state": package.state,
        "private": package.private,
        "owner_org": package.owner_org or None,
        "creator_user_id": package.creator or None,
        "isopen": licence.is_open if licence else False,
        "license_title": licence.title if licence else body.get("license_id"),
        **({"license_url": licence.url} if licence and licence.url else {}),
        "metadata_created": stamp(package.created),
        "metadata_modified": stamp(package.modified),
        "num_resources": len(package.resources),
        "num_tags": len(body["tags"]),
        "organization": groups.inside(owner) if owner else None,
        "extras": list(body["extras"]),
        "resources": list(shown_resources(package, base)),
        "tags": [tag(name) for name in body["tags"]],
        "groups": [groups.brief(one) for one in member_of],
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def shown_resources(package: Package, base: str) -> Iterable[dict[str, Any]]:
    """Yield a dataset's resources as CKAN shows them, uploads under their address here."""
    uploads = _uploads(package)
    for position in range(len(package.resources)):
        yield _shown_resource(package, position, uploads, base)


def shown_resource(package: Package, number: str, base: str) -> dict[str, Any]:
    """Return one resource of a dataset. Raises StopIteration where it is not in it."""
    position = next(n for n, one in enumerate(package.resources) if one["id"] == number)
    return _shown_resource(package, position, _uploads(package), base)


def _uploads(package: Package) -> set[str]:
    return {one["id"] for one in package.resources if one.get("url_type") == "upload"}


def _shown_resource(
    package: Package, position: int, uploads: Container[str], base: str
) -> dict[str, Any]:
    one = package.resources[position]
    document: dict[str, Any] = {name: one.get(name) for name in RESOURCE_FIELDS}
    document |= one
    document |= {"package_id": package.id, "position": position}
    document["datastore_active"] = bool(uploads) and twin_id(one["id"]) in uploads
    if one["id"] in uploads:
        document["url"] = address(base, package.id, one["id"], one["url"])
    return document


def address(base: str, package: str, resource: str, file: str) -> str:
    """Return where an uploaded file is downloaded: CKAN's own form."""
    return f"{base}/dataset/{package}/resource/{resource}/download/{file}"


def tag(name: str) -> dict[str, Any]:
    """Return a tag as CKAN shows it; its id is made from its name."""
    return {
        "display_name": name,
        "id": _tag_id(name),
        "name": name,
        "state": "active",
        "vocabulary_id": None,
    }


@lru_cache(maxsize=10_000)  # a catalogue has few tags, and a page of results shows many
def _tag_id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"acopio:tag:{name}"))
