"""The portal itself: what it is, what it knows, what can be asked of it."""

import inspect
from typing import Any

from acopio.portal import licences
from acopio.portal.actions import asking
from acopio.portal.actions.registry import ACTIONS, reads
from acopio.portal.problems import NotFound
from acopio.portal.site import Asked, Call
from acopio.store import sequence

# Whose behaviour the actions follow; clients decide by it what they may ask.
CKAN_VERSION = "2.12.0"


@reads
def status_show(call: Call, asked: Asked) -> Any:
    """Return what this portal is."""
    with call.store.read() as connection:  # one that cannot read its catalogue is none
        sequence.latest(connection)
    return {
        "site_title": "acopio",
        "site_description": "",
        "site_url": call.base,
        "error_emails_to": "",
        "locale_default": call.site.settings.lang,
        "extensions": ["datastore"],
        "ckan_version": CKAN_VERSION,
    }


@reads
def license_list(call: Call, asked: Asked) -> Any:
    """Return the licences a dataset can be given by id."""
    return [one.document() for one in licences.known().values()]


@reads
def help_show(call: Call, asked: Asked) -> Any:
    """Return what an action does. ``name``: the action."""
    action = ACTIONS.get(asking.wanted(asked, "name"))
    if action is None:
        raise NotFound("Action function not found")
    return inspect.getdoc(action.function)
