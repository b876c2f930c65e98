"""The dataset that a call describes, checked against the catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from acopio.portal import files, groups, packages
from acopio.portal.fields import checks
from acopio.portal.fields import package as fields
from acopio.portal.fields.checks import Invalid
from acopio.portal.fields.reading import Errors
from acopio.portal.moments import now
from acopio.portal.packages import Package
from acopio.portal.site import Asked, Call

TAKEN = "That URL is already in use."
_STATES = ("active", "draft", "deleted")


def new(connection: Connection, call: Call, asked: Asked, errors: Errors) -> Package:
    """Return the dataset a call wants to create; note what is wrong."""
    moment = now()
    name = _name(connection, asked, "", errors)
    body = fields.body(asked, name, errors)
    return Package(
        id=_new_id(connection, call, asked, errors),
        name=name,
        state=_state(asked, "active", errors),
        private=checks.boolean(asked.get("private") or False),
        owner_org=_owner(connection, call, asked, "", errors),
        creator=call.caller.id,
        created=moment,
        modified=moment,
        body=body | {"resources": fields.resources(asked, None, (), errors)},
    )


def changed(
    connection: Connection, call: Call, before: Package, asked: Asked, errors: Errors
) -> Package:
    """Return a dataset as a call wants it to be; note what is wrong."""
    name = before.name
    if asked.get("name") is not None:
        name = _name(connection, asked, before.id, errors)
    body = fields.body(asked, name, errors)
    kept: Sequence[Mapping[str, Any]] = list(before.resources)
    if "resources" in asked:
        stored = files.stored(connection, [one["id"] for one in kept])
        kept = fields.resources(asked, kept, stored, errors)
    body["resources"] = kept
    body["type"] = before.body["type"]
    owner = before.owner_org
    if asked.get("owner_org") is not None:
        owner = _owner(connection, call, asked, owner, errors)
    state = _state(asked, before.state, errors)
    private = before.private
    if "private" in asked:
        private = checks.boolean(asked["private"])
    return replace(before, name=name, state=state, private=private, owner_org=owner, body=body)


def _name(connection: Connection, asked: Asked, own: str, errors: Errors) -> str:
    given = asked.get("name")
    if given is None or given == "":
        errors["name"] = ["Missing value"]
        return ""
    try:
        name = checks.name(given if own else checks.text(given))
    except Invalid as error:
        errors["name"] = [str(error), *_length(checks.text(given))]
        return ""
    if packages.is_taken(connection, name, own):
        errors["name"] = [TAKEN]
    return name


def _length(name: str) -> list[str]:
    """Return what CKAN says a second time of a name too short or too long."""
    if len(name) < checks.NAME_LENGTHS[0]:
        return [f'Name "{name}" length is less than minimum {checks.NAME_LENGTHS[0]}']
    if len(name) > checks.NAME_LENGTHS[1]:
        said = name[: checks.QUOTED]
        return [f'Name "{said}" length is more than maximum {checks.NAME_LENGTHS[1]}']
    return []


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
    if packages.is_taken(connection, number, ""):
        errors["id"] = ["Dataset id already exists"]
    return number


def _owner(connection: Connection, call: Call, asked: Asked, before: str, errors: Errors) -> str:
    given: Any = asked.get("owner_org")
    if not given:
        errors["owner_org"] = ["An organization must be provided"]
        return ""
    owner = groups.find(connection, str(given), is_organization=True)
    if owner is None:
        errors["owner_org"] = ["Organization does not exist"]
        return ""
    if owner.id != before and not call.caller.writes_to(owner.id):
        errors["owner_org"] = ["You cannot add a dataset to this organization"]
    return owner.id


def _state(asked: Asked, default: str, errors: Errors) -> str:
    state = asked.get("state") or default
    if state not in _STATES:
        errors["state"] = [f"Must be one of {', '.join(_STATES)}"]
        return default
    return str(state)
