"""Who may see and change what: a refusal tells the user's name and what was refused, as CKAN."""

from typing import NoReturn

from sqlalchemy import Connection

from acopio.portal import groups, packages
from acopio.portal.fields.reading import dicts
from acopio.portal.groups import Group
from acopio.portal.packages import Package
from acopio.portal.problems import NotAuthorized, NotFound
from acopio.portal.site import Asked, Call


def denied(call: Call, what: str) -> NoReturn:
    """Raise NotAuthorized: ``what`` completes "User ... not authorized to"."""
    raise NotAuthorized(f"User {call.caller.name} not authorized to {what}")


def only_sysadmin(call: Call) -> None:
    """Raise NotAuthorized for anyone but a sysadmin."""
    if not call.caller.is_sysadmin:
        raise NotAuthorized


# --- datasets -----------------------------------------------------------------------------------


def may_create(connection: Connection, call: Call, asked: Asked) -> None:
    """Raise NotAuthorized unless the caller may create a dataset, and in this organization."""
    if call.caller.is_sysadmin:
        return
    if not call.caller.writes_somewhere:
        denied(call, "create packages")
    owner = asked.get("owner_org")
    if not owner:
        return
    found = groups.find(connection, str(owner), is_organization=True)
    if found is None or not call.caller.writes_to(found.id):
        denied(call, "add dataset to this organization")


def may_change(call: Call, package: Package, refused: str = "") -> None:
    """Raise NotAuthorized unless the caller may change this dataset."""
    if not call.caller.writes_to(package.owner_org):
        denied(call, refused or f"edit package {package.id}")


def visible(connection: Connection, call: Call, wanted: str) -> Package:
    """Return a dataset the caller may see. Raises NotFound, NotAuthorized."""
    package = packages.find(connection, wanted)
    if package is None:
        raise NotFound
    may_see(call, package)
    return package


def may_see(call: Call, package: Package, refused: str = "") -> None:
    """Raise NotAuthorized unless the caller may see this dataset."""
    if not sees(call, package):
        denied(call, refused or f"read package {package.id}")


def sees(call: Call, package: Package) -> bool:
    """Tell whether the caller may see this dataset."""
    return package.is_public or call.caller.reads_private_of(package.owner_org)


def may_use_groups(connection: Connection, call: Call, asked: Asked, package: str = "") -> None:
    """Raise NotAuthorized unless the caller may put a dataset into the groups given.

    Raises NotFound for one that is not there; a sysadmin's mistakes are passed over, as in CKAN.
    """
    if call.caller.is_sysadmin:
        return
    there = {one.id for one in groups.of_packages(connection, [package]).get(package, [])}
    for one in dicts(asked, "groups"):
        found = groups.find(
            connection, str(one.get("id") or one.get("name") or ""), is_organization=False
        )
        if found is None:
            raise NotFound("Group was not found.")
        if found.id not in there and found.id not in call.caller.capacities:
            denied(call, "edit these groups")


# --- organizations and groups -------------------------------------------------------------------


def may_see_group(call: Call, group: Group) -> None:
    """Raise NotAuthorized unless the caller may see an organization or group."""
    if group.state != "active" and not call.caller.administers(group.id):
        denied(call, f"read group {group.id}")


def may_change_group(call: Call, group: Group, refused: str) -> None:
    """Raise NotAuthorized unless the caller administers an organization or group."""
    if not call.caller.administers(group.id):
        denied(call, f"{refused} {group.id}")
