"""Datasets: create, show, change, delete."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from acopio.portal import files, groups, membership, packages
from acopio.portal.actions.registry import reads, writes
from acopio.portal.fields import checks
from acopio.portal.fields import package as fields
from acopio.portal.fields.checks import Invalid
from acopio.portal.fields.reading import Errors
from acopio.portal.moments import now
from acopio.portal.packages import Package
from acopio.portal.problems import NotAuthorized, NotFound, ValidationError
from acopio.portal.site import Asked, Call

_TAKEN = "That URL is already in use."


@reads
def package_show(call: Call, asked: Asked) -> Any:
    """Return one dataset. ``id``: its id or name."""
    with call.store.read() as connection:
        package = visible(connection, call, _wanted(asked, "name_or_id"))
        return packages.shown(connection, [package], call.base)[0]


@writes
def package_create(call: Call, asked: Asked) -> Any:
    """Create a dataset; return it. Only an admin may choose its ``id``."""
    may_create(call, asked)
    errors: Errors = {}
    moment = now()
    with call.store.write() as connection:
        name = _name(connection, asked, "", errors)
        number = _new_id(connection, call, asked, errors)
        package = Package(
            id=number,
            name=name,
            state=str(asked.get("state") or "active"),
            private=_private(asked),
            owner_org=_owner(connection, call, asked, errors),
            creator=call.caller.id,
            created=moment,
            modified=moment,
            body=fields.body(asked, name, errors)
            | {"resources": fields.resources(asked, (), errors)},
        )
        _refuse(errors)
        _stored(lambda: packages.create(connection, package))
        membership.set_groups(connection, package.id, asked)
        return packages.shown(connection, [package], call.base)[0]


@writes
def package_update(call: Call, asked: Asked) -> Any:
    """Replace a dataset's fields; return it. Resources and groups that are not given stay."""
    wanted = asked.get("id") or asked.get("name")
    if not wanted:
        raise ValidationError({"id": "Missing value"})
    with call.store.write() as connection:
        before = packages.find(connection, str(wanted))
        if before is None:
            raise NotFound("Package was not found.")
        return _change(connection, call, before, asked)


@writes
def package_patch(call: Call, asked: Asked) -> Any:
    """Change the given fields of a dataset; return it."""
    with call.store.write() as connection:
        before = _editable(connection, call, asked)
        now_shown = packages.shown(connection, [before], call.base)[0]
        return _change(connection, call, before, {**now_shown, **asked, "id": before.id})


@writes
def package_delete(call: Call, asked: Asked) -> None:
    """Hide a dataset from everyone; its name is free again. ``id``: its id or name."""
    with call.store.write() as connection:
        before = _editable(connection, call, asked)
        packages.save(connection, replace(before, state="deleted", modified=now()), before)
        # What was withdrawn may hold persons: only what it shows when it returns is shown again.
        files.forget_older(connection, [one["id"] for one in before.resources])


def _editable(connection: Connection, call: Call, asked: Asked) -> Package:
    package = packages.find(connection, _wanted(asked, "id"))
    if package is None:
        raise NotFound("Package was not found.")
    may_change(call, package)
    return package


def change(connection: Connection, package: Package, before: Package) -> None:
    """Write a dataset anew. Raises ValidationError for a name taken meanwhile."""
    _stored(lambda: packages.save(connection, package, before))


def _change(connection: Connection, call: Call, before: Package, asked: Asked) -> Any:
    may_change(call, before)
    errors: Errors = {}
    name = _name(connection, {"name": before.name, **asked}, before.id, errors)
    owner = before.owner_org
    if "owner_org" in asked:
        owner = _owner(connection, call, asked, errors)
    body = fields.body(asked, name, errors)
    kept = list(before.resources)
    body["resources"] = fields.resources(asked, kept, errors) if "resources" in asked else kept
    _refuse(errors)
    after = replace(
        before,
        name=name,
        state=str(asked.get("state") or before.state),
        private=_private(asked) if "private" in asked else before.private,
        owner_org=owner,
        body=body,
    )
    if after != before:
        after = replace(after, modified=now())
        change(connection, after, before)
        _links_have_no_files(connection, after)
    membership.set_groups(connection, after.id, asked)
    return packages.shown(connection, [after], call.base)[0]


def _links_have_no_files(connection: Connection, package: Package) -> None:
    for one in package.resources:
        if one.get("url_type") != "upload":
            files.detach(connection, one["id"], package.modified)


# --- who may ------------------------------------------------------------------------------------


def may_create(call: Call, asked: Asked) -> None:
    """Raise NotAuthorized unless the caller may create datasets at all."""
    capacities = call.caller.capacities.values()
    if not (call.caller.is_sysadmin or {"editor", "admin"} & set(capacities)):
        who = call.caller.name or ""
        raise NotAuthorized(f"User {who} not authorized to create packages")


def may_change(call: Call, package: Package) -> None:
    """Raise NotAuthorized unless the caller may change this dataset."""
    if not call.caller.writes_to(package.owner_org):
        who = call.caller.name or ""
        raise NotAuthorized(f"User {who} not authorized to edit package {package.id}")


def visible(connection: Connection, call: Call, wanted: str) -> Package:
    """Return a dataset the caller may see. Raises NotFound, NotAuthorized."""
    package = packages.find(connection, wanted)
    if package is None:
        raise NotFound("Not found")
    may_see(call, package)
    return package


def may_see(call: Call, package: Package) -> None:
    """Raise NotAuthorized unless the caller may see this dataset."""
    caller = call.caller
    if package.is_public or caller.is_sysadmin:
        return
    if package.state == "active" and caller.reads_private_of(package.owner_org):
        return
    if package.state == "draft" and caller.writes_to(package.owner_org):
        return
    raise NotAuthorized(f"User {caller.name} not authorized to read package {package.id}")


# --- fields that need the catalogue -------------------------------------------------------------


def _wanted(asked: Asked, field: str) -> str:
    wanted = asked.get("id") or asked.get("name_or_id")
    if not wanted or not isinstance(wanted, str):
        raise ValidationError({field: ["Missing value"]})
    return wanted


def _name(connection: Connection, asked: Asked, own: str, errors: Errors) -> str:
    given = asked.get("name")
    if given is None or given == "":
        errors["name"] = ["Missing value"]
        return ""
    try:
        name = checks.name(given)
    except Invalid as error:
        errors["name"] = [str(error)]
        return ""
    there = packages.find(connection, name)
    if there is not None and there.id != own:
        errors["name"] = [_TAKEN]
    return name


def _new_id(connection: Connection, call: Call, asked: Asked, errors: Errors) -> str:
    given = asked.get("id")
    if not given:
        return str(uuid4())
    if not call.caller.is_sysadmin:
        errors["id"] = ["The input field id was not expected."]
        return ""
    try:
        number = checks.identifier(given)
    except Invalid as error:
        errors["id"] = [str(error)]
        return ""
    if packages.find(connection, number) is not None:
        errors["id"] = ["Dataset id already exists"]
    return number


def _owner(connection: Connection, call: Call, asked: Asked, errors: Errors) -> str:
    given = asked.get("owner_org")
    if not given:
        errors["owner_org"] = ["An organization must be provided"]
        return ""
    owner = groups.find(connection, str(given), is_organization=True)
    if owner is None:
        errors["owner_org"] = ["Organization does not exist"]
        return ""
    if not call.caller.writes_to(owner.id):
        errors["owner_org"] = ["You cannot add a dataset to this organization"]
    return owner.id


def _private(asked: Mapping[str, Any]) -> bool:
    return checks.boolean(asked.get("private") or False)


def _refuse(errors: Errors) -> None:
    if errors:
        raise ValidationError(errors)


def _stored(write: Any) -> None:
    """Write, or say what another took between our look and our writing."""
    try:
        write()
    except IntegrityError as error:
        if "catalog_resource" in str(error.orig):
            raise ValidationError({"resources": ["Resource id already exists."]}) from None
        raise ValidationError({"name": [_TAKEN]}) from None
