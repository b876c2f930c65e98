"""The actions of CKAN's Action API, version 3, each a function in one of these modules."""

from acopio.portal.actions import organization, package, resource, search, site
from acopio.portal.actions.registry import ACTIONS, Action

__all__ = ["ACTIONS", "Action"]

# Importing a module registers its actions.
_MODULES = (organization, package, resource, search, site)
