"""Resources: show, create, change, delete; with a file, if one comes along."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from acopio.portal import files, packages
from acopio.portal.actions import asking
from acopio.portal.actions.access import may_change, may_see, visible
from acopio.portal.actions.package import change
from acopio.portal.actions.registry import reads, writes
from acopio.portal.fields import package as fields
from acopio.portal.fields.reading import Errors
from acopio.portal.moments import now, stamp
from acopio.portal.packages import Package
from acopio.portal.problems import NotFound, ValidationError
from acopio.portal.site import Asked, Call, Upload

# The resources a dataset is to have, from what it is.
Change = Callable[[Package], Sequence[Mapping[str, Any]]]


@reads
def resource_show(call: Call, asked: Asked) -> Any:
    """Return one resource. ``id``: its id."""
    number = asking.wanted(asked, "id")
    with call.store.read() as connection:
        package = _holding(connection, number)
        may_see(call, package, f"read resource {number}")
        return _shown(call, package, number)


@writes
def resource_create(call: Call, asked: Asked) -> Any:
    """Add a resource to the dataset ``package_id``; return it. ``upload``: its file."""
    wanted = asking.wanted(asked, "package_id")
    with call.store.read() as connection:
        package = visible(connection, call, wanted)
        may_change(call, package, f"create resources on dataset {wanted}")
    number = asking.text(asked, "id") or str(uuid4())

    def added(before: Package) -> list[Mapping[str, Any]]:
        return [*before.resources, {**asked, "id": number}]

    return _write(call, package.id, number, added, asked.get("upload"))


@writes
def resource_update(call: Call, asked: Asked) -> Any:
    """Replace a resource's fields; return it. ``upload``: a new file in the place of the old."""
    package, number = _allowed(call, asked, "edit", "Resource was not found.")

    def replaced(before: Package) -> list[Mapping[str, Any]]:
        _one(before, number)
        return [asked if one["id"] == number else one for one in before.resources]

    return _write(call, package, number, replaced, asked.get("upload"))


@writes
def resource_patch(call: Call, asked: Asked) -> Any:
    """Change the given fields of a resource; return it. ``upload``: a new file."""
    package, number = _allowed(call, asked, "edit", "Resource was not found.")

    def patched(before: Package) -> list[Mapping[str, Any]]:
        given = {**_one(before, number), **asked}
        return [given if one["id"] == number else one for one in before.resources]

    return _write(call, package, number, patched, asked.get("upload"))


@writes
def resource_delete(call: Call, asked: Asked) -> None:
    """Take a resource out of its dataset. ``id``: its id."""
    _, number = _allowed(call, asked, "delete")
    with call.writing() as connection:
        before = _holding(connection, number)
        left = [one for one in before.resources if one["id"] != number]
        body = {**before.body, "resources": left}
        change(connection, call, replace(before, body=body, modified=now()), before)


def _allowed(call: Call, asked: Asked, refused: str, missing: str = "") -> tuple[str, str]:
    """Return the ids of dataset and resource asked for, if the caller may do this with them."""
    number = asking.wanted(asked, "id")
    with call.store.read() as connection:
        package = _holding(connection, number, missing)
        may_change(call, package, f"{refused} resource {number}")
    return package.id, number


def _holding(connection: Connection, number: str, missing: str = "") -> Package:
    package = packages.find_by_resource(connection, number)
    if package is None:
        raise NotFound(missing)
    return package


def _one(package: Package, number: str) -> Mapping[str, Any]:
    """Return a resource of a dataset. Raises NotFound: another took it out meanwhile."""
    found = next((one for one in package.resources if one["id"] == number), None)
    if found is None:
        raise NotFound("Resource was not found.")
    return found


def _write(call: Call, wanted: str, number: str, changed: Change, upload: Any) -> Any:
    """Write a dataset whose resources ``changed`` gives, the file first: it may take its time."""
    moment = now()
    stored = _taken(call, number, upload, moment) if isinstance(upload, Upload) else None
    with call.writing() as connection:
        before = packages.find(connection, wanted)
        if before is None:
            raise NotFound
        _refuse_taken(connection, before, number)
        held = {number} if stored is not None else files.stored(connection, [number])
        made = _checked(before, changed(before), number, stored, held)
        after = replace(before, body={**before.body, "resources": made})
        if after != before:
            after = replace(after, modified=moment)
            change(connection, call, after, before)
        if stored is not None:
            files.attach(connection, stored, moment, was_shown=before.is_public)
        elif _one(after, number).get("url_type") != "upload":
            files.detach(connection, number, moment, was_shown=before.is_public)
        return _shown(call, after, number)


def _checked(
    before: Package,
    given: Sequence[Mapping[str, Any]],
    number: str,
    stored: files.Stored | None,
    held: Container[str],
) -> list[Mapping[str, Any]]:
    """Return a dataset's resources; only the one that was given is looked at: there may be many.

    ``held`` has its id where it has a file.
    """
    if len(given) > fields.MOST_RESOURCES:
        said = f"No more than {fields.MOST_RESOURCES} are accepted"
        raise ValidationError({"package_id": [said]})
    one = next(each for each in given if each["id"] == number)
    old = [each for each in before.resources if each["id"] == number]
    errors: Errors = {}
    if stored is not None:
        one = _uploaded(one, stored)
    made = fields.resources({"resources": [one]}, old, held, errors)
    if errors:
        raise ValidationError(_errors_of_one(errors))
    return [made[0] if each["id"] == number else each for each in given]


def _errors_of_one(errors: Errors) -> Errors:
    """Return what is wrong with the resource that was given, without its position."""
    said = next((one for one in errors["resources"] if one), errors)
    return said if isinstance(said, dict) else errors


def _refuse_taken(connection: Connection, package: Package, number: str) -> None:
    holding = packages.holding(connection, number)
    if holding is not None and holding != package.id:
        raise ValidationError({"id": ["Resource id already exists."]})


def _taken(call: Call, number: str, upload: Upload, moment: datetime) -> files.Stored:
    """Take an upload into the archive; return what is known of it."""
    sha256, size = files.take(call.site, upload)
    name = files.safe_name(upload.name)
    return files.Stored(
        resource=number,
        sha256=sha256,
        name=name,
        media_type=upload.media_type or files.media_type(name),
        size=size,
        added=moment,
        retired=None,
    )


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
    return packages.shown_resource(package, number, call.base)
