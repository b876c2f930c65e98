"""Groups: collections of datasets of several organizations."""

from typing import Any

from acopio.portal.actions import group_lists, grouping
from acopio.portal.actions.grouping import GROUP
from acopio.portal.actions.registry import reads, writes
from acopio.portal.site import Asked, Call


@reads
def group_show(call: Call, asked: Asked) -> Any:
    """Return one group. Parameters as of ``organization_show``."""
    return grouping.show(call, asked, GROUP)


@reads
def group_list(call: Call, asked: Asked) -> Any:
    """Return the names of the groups, by title. Parameters as of ``organization_list``.

    ``groups``: only those of these names.
    """
    return group_lists.listed(call, asked, GROUP, "groups")


@reads
def group_list_authz(call: Call, asked: Asked) -> Any:
    """Return the groups the caller may put datasets into."""
    return group_lists.of_caller(call, asked, GROUP)


@reads
def group_package_show(call: Call, asked: Asked) -> Any:
    """Return the datasets in a group. ``id``: its id or name. ``limit``: how many at most."""
    return group_lists.packages_of(call, asked, GROUP)


@reads
def group_autocomplete(call: Call, asked: Asked) -> Any:
    """Return id, name and title of groups with ``q`` in name or title."""
    return group_lists.autocompleted(call, asked, GROUP)


@writes
def group_create(call: Call, asked: Asked) -> Any:
    """Create a group; return it. Only a sysadmin may."""
    return grouping.create(call, asked, GROUP)


@writes
def group_update(call: Call, asked: Asked) -> Any:
    """Change a group; return it. Extras not given go, other fields stay."""
    return grouping.update(call, asked, GROUP)


@writes
def group_patch(call: Call, asked: Asked) -> Any:
    """Change the given fields of a group; return it."""
    return grouping.patch(call, asked, GROUP)


@writes
def group_delete(call: Call, asked: Asked) -> None:
    """Hide a group; the datasets in it leave it. ``id``: its id or name."""
    grouping.delete(call, asked, GROUP)


@writes
def group_purge(call: Call, asked: Asked) -> None:
    """Delete a group for good. Only a sysadmin may."""
    grouping.purge(call, asked, GROUP)
