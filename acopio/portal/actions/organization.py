"""Organizations and groups: show and create."""

from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from acopio.canonical import dumps
from acopio.portal import groups
from acopio.portal.actions.registry import reads, writes
from acopio.portal.fields import checks
from acopio.portal.fields.checks import Invalid
from acopio.portal.fields.package import extras
from acopio.portal.fields.reading import Errors, read
from acopio.portal.groups import Group
from acopio.portal.moments import now, stamp
from acopio.portal.problems import NotAuthorized, NotFound, ValidationError
from acopio.portal.site import Asked, Call
from acopio.store import catalog

_BODY = {"description": checks.text, "image_url": checks.text, "type": checks.text}


@reads
def organization_show(call: Call, asked: Asked) -> Any:
    """Return one organization. ``id``: its id or name."""
    if not asked.get("id"):
        raise ValidationError({"id": ["Missing value"]})
    with call.store.read() as connection:
        found = groups.find(connection, str(asked["id"]), is_organization=True)
        if found is None or found.state == "deleted":
            raise NotFound("Not found")
        return _shown(connection, found)


@writes
def organization_create(call: Call, asked: Asked) -> Any:
    """Create an organization; return it."""
    if not call.caller.is_sysadmin:
        raise NotAuthorized(f"User {call.caller.name} not authorized to create organizations")
    errors: Errors = {}
    body = read(asked, _BODY, errors) | {"extras": extras(asked, errors)}
    try:
        name = checks.name(asked["name"]) if asked.get("name") else ""
    except Invalid as error:
        errors["name"] = [str(error)]
        name = ""
    if not asked.get("name"):
        errors["name"] = ["Missing value"]
    if errors:
        raise ValidationError(errors)
    made = Group(
        id=str(asked.get("id") or uuid4()),
        name=name,
        title=checks.stripped(asked.get("title") or "") or name,
        is_organization=True,
        state="active",
        created=now(),
        body=body,
    )
    with call.store.write() as connection:
        row = {key: getattr(made, key) for key in Group.__dataclass_fields__ if key != "body"}
        try:
            connection.execute(insert(catalog.group).values(**row, body=dumps(body)))
        except IntegrityError:
            raise ValidationError({"name": ["Group name already exists in database"]}) from None
        return _shown(connection, made)


def _shown(connection: Connection, one: Group) -> dict[str, Any]:
    package = catalog.package
    mine = (
        package.c.owner_org == one.id,
        package.c.state == "active",
        package.c.private.is_(False),
    )
    count = connection.execute(select(func.count()).select_from(package).where(*mine)).scalar_one()
    return groups.brief(one) | {
        "approval_status": "approved",
        "created": stamp(one.created),
        "image_url": one.body.get("image_url") or "",
        "is_organization": one.is_organization,
        "num_followers": 0,
        "package_count": count,
        "state": one.state,
        "type": one.body.get("type") or "organization",
        "extras": one.body.get("extras") or [],
        "users": [],
        "groups": [],
    }
