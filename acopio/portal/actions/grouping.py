"""Organizations and groups: what their actions have in common, which is nearly all."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from acopio.portal import groups, membership
from acopio.portal.actions import asking
from acopio.portal.actions.access import denied, may_change_group, may_see_group, only_sysadmin
from acopio.portal.actions.group_document import document
from acopio.portal.fields import checks
from acopio.portal.fields import group as fields
from acopio.portal.fields.checks import Invalid
from acopio.portal.fields.reading import Errors
from acopio.portal.groups import Group
from acopio.portal.moments import now
from acopio.portal.problems import NotFound, ValidationError
from acopio.portal.site import Asked, Call
from acopio.store import catalog

_TAKEN = "Group name already exists in database"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """``word``: ``organization`` or ``group``, as CKAN's sentences and types say."""

    word: str
    is_organization: bool


ORGANIZATION = Kind(word="organization", is_organization=True)
GROUP = Kind(word="group", is_organization=False)


def show(call: Call, asked: Asked, kind: Kind) -> Any:
    """Return one, by ``id`` or name. Raises NotFound, NotAuthorized."""
    wanted = asking.wanted(asked, "id")
    with call.store.read() as connection:
        found = groups.find(connection, wanted, is_organization=kind.is_organization)
        if found is None:
            raise NotFound
        may_see_group(call, found)
        return document(connection, call, found, asked)


def create(call: Call, asked: Asked, kind: Kind) -> Any:
    """Create one; return it. Only a sysadmin may."""
    if not call.caller.is_sysadmin:
        denied(call, f"create {kind.word}s")
    errors: Errors = {}
    given = fields.fields(asked, errors)
    with call.writing() as connection:
        made = Group(
            id=_new_id(connection, asked, errors),
            name=_name(connection, asked, "", errors),
            title=given.pop("title") or "",
            is_organization=kind.is_organization,
            state=_state(asked, "active", errors),
            created=now(),
            body=given | {"type": kind.word, "extras": fields.extras(asked, errors)},
        )
        _stored(errors, lambda: groups.create(connection, made))
        membership.join(connection, made.id, call.caller.id, "admin")
        return document(connection, call, made, {})


def update(call: Call, asked: Asked, kind: Kind) -> Any:
    """Replace the given fields and all extras; return it. What is not given stays."""
    wanted = asking.wanted(asked, "id")
    with call.writing() as connection:
        before = _found(connection, wanted, kind)
        may_change_group(call, before, f"edit {kind.word}")
        return _change(connection, call, before, asked)


def patch(call: Call, asked: Asked, kind: Kind) -> Any:
    """Change the given fields; return it."""
    wanted = asking.wanted(asked, "id")
    with call.writing() as connection:
        before = groups.find(connection, wanted, is_organization=kind.is_organization)
        if before is None:
            raise NotFound
        may_change_group(call, before, f"edit {kind.word}")
        return _change(connection, call, before, {"extras": before.body.get("extras"), **asked})


def _change(connection: Connection, call: Call, before: Group, asked: Asked) -> Any:
    if asked.get("type") not in (None, before.body.get("type")):
        raise ValidationError({"type": "Type cannot be updated"})
    errors: Errors = {}
    given = fields.fields(asked, errors)
    kept = {name: value for name, value in given.items() if value is not None}
    title = kept.pop("title", before.title)
    after = replace(
        before,
        name=_name(connection, {"name": before.name, **asked}, before.id, errors),
        title=title,
        state=_state(asked, before.state, errors),
        body={**before.body, **kept, "extras": fields.extras(asked, errors)},
    )
    _stored(errors, lambda: groups.save(connection, after) if after != before else None)
    return document(connection, call, after, {})


def delete(call: Call, asked: Asked, kind: Kind) -> None:
    """Hide one from everyone, who and what was in it leaves. One that owns datasets stays."""
    wanted = asking.wanted(asked, "id")
    with call.writing() as connection:
        before = _found(connection, wanted, kind)
        may_change_group(call, before, f"delete {kind.word}")
        _refuse_with_datasets(connection, before, kind, "deleted")
        groups.save(connection, replace(before, state="deleted"))
        membership.empty(connection, before.id)


def purge(call: Call, asked: Asked, kind: Kind) -> None:
    """Delete one for good. Only a sysadmin may; one that owns datasets stays."""
    wanted = asking.wanted(asked, "id")
    with call.writing() as connection:
        before = groups.find(connection, wanted, is_organization=kind.is_organization)
        if before is None:
            raise NotFound(f"{kind.word.title()} was not found")
        only_sysadmin(call)
        _refuse_with_datasets(connection, before, kind, "purged")
        groups.purge(connection, before)


def _found(connection: Connection, wanted: str, kind: Kind) -> Group:
    found = groups.find(connection, wanted, is_organization=kind.is_organization)
    if found is None:
        raise NotFound("Group was not found.")
    return found


def _refuse_with_datasets(connection: Connection, one: Group, kind: Kind, what: str) -> None:
    package = catalog.package
    mine = (package.c.owner_org == one.id) & (package.c.state != "deleted")
    if kind.is_organization and connection.execute(select(package.c.id).where(mine)).first():
        said = f"Organization cannot be {what} while it still has datasets"
        raise ValidationError({"message": said})


def _name(connection: Connection, asked: Asked, own: str, errors: Errors) -> str:
    given = asked.get("name")
    if given is None or given == "":
        errors["name"] = ["Missing value"]
        return ""
    try:
        name = checks.name(given if own else checks.text(given))
    except Invalid as error:
        errors["name"] = [str(error)]
        return ""
    there = groups.find_any(connection, name)
    if there is not None and there.name == name and there.id != own:
        errors["name"] = [_TAKEN]
    return name


def _new_id(connection: Connection, asked: Asked, errors: Errors) -> str:
    given = asked.get("id")
    if not given:
        return str(uuid4())
    try:
        number = checks.identifier(given)
    except Invalid as error:
        errors["id"] = [str(error)]
        return ""
    if groups.find_any(connection, number) is not None:
        errors["id"] = ["Id already exists"]
    return number


def _state(asked: Asked, default: str, errors: Errors) -> str:
    state = asked.get("state") or default
    if state not in ("active", "deleted"):
        errors["state"] = ["Must be active or deleted"]
        return default
    return str(state)


def _stored(errors: Errors, write: Any) -> None:
    """Write, or say what is wrong, or what another took between our look and our writing."""
    if errors:
        raise ValidationError(errors)
    try:
        write()
    except IntegrityError:
        raise ValidationError({"name": [_TAKEN]}) from None
