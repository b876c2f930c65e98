"""Resources: show, create, change, delete; with a file, if one comes along."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from acopio.portal import files, packages
from acopio.portal.actions.package import change, may_change, may_see
from acopio.portal.actions.registry import reads, writes
from acopio.portal.fields import package as fields
from acopio.portal.fields.reading import Errors
from acopio.portal.moments import now, stamp
from acopio.portal.packages import Package
from acopio.portal.problems import NotFound, ValidationError
from acopio.portal.site import Asked, Call, Upload


@reads
def resource_show(call: Call, asked: Asked) -> Any:
    """Return one resource. ``id``: its id."""
    with call.store.read() as connection:
        package = _holding(connection, asked)
        may_see(call, package)
        return _shown(call, package, asked["id"])


@writes
def resource_create(call: Call, asked: Asked) -> Any:
    """Add a resource to the dataset ``package_id``; return it. ``upload``: its file."""
    if not asked.get("package_id"):
        raise ValidationError({"package_id": ["Missing value"]})
    with call.store.read() as connection:
        package = packages.find(connection, str(asked["package_id"]))
        if package is None:
            raise NotFound("Package was not found.")
        may_change(call, package)
    number = str(asked.get("id") or uuid4())
    return _write(call, number, lambda before: [*before.resources, {**asked, "id": number}], asked)


@writes
def resource_update(call: Call, asked: Asked) -> Any:
    """Replace a resource's fields; return it. ``upload``: a new file in the place of the old."""
    _allowed(call, asked)
    return _write(call, asked["id"], lambda before: _replaced(before, dict(asked)), asked)


@writes
def resource_patch(call: Call, asked: Asked) -> Any:
    """Change the given fields of a resource; return it. ``upload``: a new file."""
    _allowed(call, asked)

    def patched(before: Package) -> list[Mapping[str, Any]]:
        old = next(one for one in before.resources if one["id"] == asked["id"])
        return _replaced(before, {**old, **asked})

    return _write(call, asked["id"], patched, asked)


@writes
def resource_delete(call: Call, asked: Asked) -> None:
    """Take a resource out of its dataset. ``id``: its id."""
    _allowed(call, asked)
    with call.store.write() as connection:
        before = _holding(connection, asked)
        left = [one for one in before.resources if one["id"] != asked["id"]]
        body = {**before.body, "resources": left}
        change(connection, replace(before, body=body, modified=now()), before)


def _allowed(call: Call, asked: Asked) -> None:
    with call.store.read() as connection:
        may_change(call, _holding(connection, asked))


def _holding(connection: Connection, asked: Asked) -> Package:
    wanted = asked.get("id")
    if not wanted or not isinstance(wanted, str):
        raise ValidationError({"id": ["Missing value"]})
    package = packages.find_by_resource(connection, wanted)
    if package is None:
        raise NotFound("Not found")
    return package


def _replaced(before: Package, given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [given if one["id"] == given["id"] else one for one in before.resources]


def _write(call: Call, number: str, changed: Any, asked: Asked) -> Any:
    """Write a dataset whose resources ``changed`` gives, the file first: it may take its time."""
    upload = asked.get("upload")
    taken = files.take(call.site, upload) if isinstance(upload, Upload) else None
    with call.store.write() as connection:
        before = (
            packages.find(connection, str(asked["package_id"]))
            if asked.get("package_id")
            else packages.find_by_resource(connection, number)
        )
        if before is None:
            raise NotFound("Not found")
        moment = now()
        given = list(changed(before))
        stored = None
        if taken is not None and isinstance(upload, Upload):
            name = files.safe_name(upload.name)
            stored = files.Stored(
                resource=number,
                sha256=taken[0],
                name=name,
                media_type=upload.media_type or files.media_type(name),
                size=taken[1],
                added=moment,
                retired=None,
            )
            given = [_uploaded(one, stored) if one["id"] == number else one for one in given]
        errors: Errors = {}
        made = fields.resources({"resources": given}, before.resources, errors)
        if errors:
            said = next((one for one in errors["resources"] if one), errors)
            raise ValidationError(said if isinstance(said, Mapping) else errors)
        after = replace(before, body={**before.body, "resources": made})
        if after != before:
            after = replace(after, modified=moment)
            change(connection, after, before)
        if stored is not None:
            files.attach(connection, stored, moment, was_shown=before.is_public)
        return _shown(call, after, number)


def _uploaded(given: Mapping[str, Any], stored: files.Stored) -> dict[str, Any]:
    said = {
        "url": stored.name,
        "url_type": "upload",
        "size": stored.size,
        "last_modified": stamp(stored.added),
        "mimetype": given.get("mimetype") or stored.media_type or None,
    }
    return {**given, **said}


def _shown(call: Call, package: Package, number: str) -> Any:
    every = packages.shown_resources(package, call.base)
    return next(one for one in every if one["id"] == number)
