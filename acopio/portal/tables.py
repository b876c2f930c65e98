"""The Parquet file that holds the rows of a resource: its own, or its twin's."""

from pathlib import Path

from sqlalchemy import Connection

from acopio.portal import files, packages
from acopio.portal.actions.access import sees
from acopio.portal.problems import NotAuthorized, NotFound
from acopio.portal.site import Call
from acopio.publishers.ckansite.record import twin_id

_PARQUET = ".parquet"


def path(call: Call, resource: str, called: str = "Resource") -> Path:
    """Return the Parquet file of a resource the caller may see. Raises NotFound, NotAuthorized.

    What was deleted is gone for everyone: it may hold what nobody is to have. ``called``: what CKAN
    says is not found.
    """
    missing = f'{called} "{resource[:100]}" was not found.'
    with call.store.read() as connection:
        package = packages.find_by_resource(connection, resource)
        gone = package is None or package.state == "deleted"
        stored = None if gone else _stored(connection, resource)
    if package is None or stored is None:
        raise NotFound(missing)
    if not sees(call, package):
        raise NotAuthorized(f"User {call.caller.name} not authorized to read resource {resource}")
    try:
        return call.site.archive.path(stored.sha256)
    except FileNotFoundError:
        raise NotFound(missing) from None


def _stored(connection: Connection, resource: str) -> files.Stored | None:
    for number in (twin_id(resource), resource):
        stored = files.current(connection, number)
        if stored is not None and stored.name.endswith(_PARQUET):
            return stored
    return None
