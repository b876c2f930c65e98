"""Organizations."""

from typing import Any

from acopio.portal.actions import group_lists, grouping
from acopio.portal.actions.grouping import ORGANIZATION
from acopio.portal.actions.registry import reads, writes
from acopio.portal.site import Asked, Call


@reads
def organization_show(call: Call, asked: Asked) -> Any:
    """Return one organization.

    ``id``: its id or name. ``include_datasets``, ``include_dataset_count``, ``include_extras``,
    ``include_users``, ``include_groups``, ``include_member_count``: what stands in it.
    """
    return grouping.show(call, asked, ORGANIZATION)


@reads
def organization_list(call: Call, asked: Asked) -> Any:
    """Return the names of the organizations, by title.

    ``all_fields``: their documents instead, at most 25. ``organizations``: only those of these
    names. ``sort``: ``name``, ``title`` or ``package_count``, ``asc`` or ``desc``. ``limit``,
    ``offset``, ``q``: a page of them, those with this text in their name or title.
    """
    return group_lists.listed(call, asked, ORGANIZATION, "organizations")


@reads
def organization_list_for_user(call: Call, asked: Asked) -> Any:
    """Return the organizations where the caller has ``permission``, with its capacity there."""
    return group_lists.of_caller(call, asked, ORGANIZATION)


@reads
def organization_autocomplete(call: Call, asked: Asked) -> Any:
    """Return id, name and title of organizations with ``q`` in name or title."""
    return group_lists.autocompleted(call, asked, ORGANIZATION)


@writes
def organization_create(call: Call, asked: Asked) -> Any:
    """Create an organization; return it. Only a sysadmin may."""
    return grouping.create(call, asked, ORGANIZATION)


@writes
def organization_update(call: Call, asked: Asked) -> Any:
    """Change an organization; return it. Extras not given go, other fields stay."""
    return grouping.update(call, asked, ORGANIZATION)


@writes
def organization_patch(call: Call, asked: Asked) -> Any:
    """Change the given fields of an organization; return it."""
    return grouping.patch(call, asked, ORGANIZATION)


@writes
def organization_delete(call: Call, asked: Asked) -> None:
    """Hide an organization that owns no datasets. ``id``: its id or name."""
    grouping.delete(call, asked, ORGANIZATION)


@writes
def organization_purge(call: Call, asked: Asked) -> None:
    """Delete an organization that owns no datasets for good. Only a sysadmin may."""
    grouping.purge(call, asked, ORGANIZATION)
