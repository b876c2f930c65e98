"""Datasets: create, show, change, delete."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from acopio.portal import files, membership, packages
from acopio.portal.actions import asking, withdrawing
from acopio.portal.actions.access import (
    may_change,
    may_create,
    may_use_groups,
    visible,
)
from acopio.portal.actions.package_fields import TAKEN, changed, new
from acopio.portal.actions.registry import reads, writes
from acopio.portal.fields.reading import Errors
from acopio.portal.moments import now
from acopio.portal.packages import Package
from acopio.portal.problems import NotFound, ValidationError
from acopio.portal.site import Asked, Call


@reads
def package_show(call: Call, asked: Asked) -> Any:
    """Return one dataset. ``id``: its id or name."""
    wanted = asking.wanted(asked, "id", "name_or_id")
    with call.store.read() as connection:
        package = visible(connection, call, wanted)
        return packages.shown(connection, [package], call.base)[0]


@writes
def package_create(call: Call, asked: Asked) -> Any:
    """Create a dataset; return it. Only a sysadmin may choose its ``id``."""
    errors: Errors = {}
    with call.writing() as connection:
        may_create(connection, call, asked)
        may_use_groups(connection, call, asked)
        package = new(connection, call, asked, errors)
        _refuse(errors)
        _stored(lambda: packages.create(connection, package))
        membership.set_groups(connection, package.id, asked)
        return packages.shown(connection, [package], call.base)[0]


@writes
def package_update(call: Call, asked: Asked) -> Any:
    """Replace a dataset's fields; return it. Resources and groups that are not given stay."""
    if not (asked.get("id") or asked.get("name")):
        raise ValidationError({"id": "Missing value"})
    wanted = asking.wanted(asked, "id", "name")
    with call.writing() as connection:
        before = packages.find(connection, wanted)
        if before is None:
            raise NotFound("Package was not found.")
        return _change(connection, call, before, asked)


@writes
def package_patch(call: Call, asked: Asked) -> Any:
    """Change the given fields of a dataset; return it."""
    wanted = asking.wanted(asked, "id")
    with call.writing() as connection:
        before = _editable(connection, call, wanted)
        now_shown = packages.shown(connection, [before], call.base)[0]
        return _change(connection, call, before, {**now_shown, **asked, "id": before.id})


@writes
def package_delete(call: Call, asked: Asked) -> None:
    """Hide a dataset from everyone, and forget its files; its name is free again.

    ``id``: its id or name.
    """
    wanted = asking.wanted(asked, "id")
    with call.writing() as connection:
        before = _editable(connection, call, wanted)
        _write(connection, call, withdrawing.deleted(before), before)


def _editable(connection: Connection, call: Call, wanted: str) -> Package:
    package = packages.find(connection, wanted)
    if package is None:
        raise NotFound
    may_change(call, package)
    return package


def change(connection: Connection, call: Call, package: Package, before: Package) -> None:
    """Write a dataset anew. Raises ValidationError for a name taken meanwhile."""
    _stored(lambda: packages.save(connection, package, before, call.caller.id))


def _change(connection: Connection, call: Call, before: Package, asked: Asked) -> Any:
    may_change(call, before)
    may_use_groups(connection, call, asked, before.id)
    errors: Errors = {}
    after = changed(connection, call, before, asked, errors)
    _refuse(errors)
    if after.state == "deleted":
        after = withdrawing.deleted(after)
    elif before.state == "deleted":
        withdrawing.bring_back(connection, call, before)
    after = _write(connection, call, after, before)
    if membership.set_groups(connection, after.id, asked):
        packages.reindex(connection, after.id)
    return packages.shown(connection, [after], call.base)[0]


def _write(connection: Connection, call: Call, after: Package, before: Package) -> Package:
    """Write a dataset, and what follows for its files, unless nothing changes."""
    if after == before:
        return before
    after = replace(after, modified=now())
    if after.state == "deleted":
        withdrawing.forget_files(connection, before)
    change(connection, call, after, before)
    _links_have_no_files(connection, after, was_shown=before.is_public)
    return after


def _links_have_no_files(connection: Connection, package: Package, *, was_shown: bool) -> None:
    for one in package.resources:
        if one.get("url_type") != "upload":
            files.detach(connection, one["id"], package.modified, was_shown=was_shown)


def _refuse(errors: Errors) -> None:
    if errors:
        raise ValidationError(errors)


def _stored(write: Callable[[], None]) -> None:
    """Write, or say what another took between our look and our writing."""
    try:
        write()
    except IntegrityError as error:
        if "catalog_resource" in str(error.orig):
            raise ValidationError({"resources": ["Resource id already exists."]}) from None
        raise ValidationError({"name": [TAKEN]}) from None
