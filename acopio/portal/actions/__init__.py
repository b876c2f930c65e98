"""The actions of CKAN's Action API, version 3, each a function in one of these modules."""

from acopio.portal.actions import (
    datastore,
    group,
    member,
    organization,
    package,
    package_lists,
    resource,
    resource_search,
    search,
    site,
    tag,
    user,
)
from acopio.portal.actions.registry import ACTIONS, Action

__all__ = ["ACTIONS", "Action"]

# Importing a module registers its actions.
_MODULES = (
    *(datastore, group, member, organization, package, package_lists),
    *(resource, resource_search, search, site, tag, user),
)
