"""The rows of resources, for reading: CKAN's DataStore over the Parquet twins of clean files."""

from typing import Any

from acopio.portal import tables
from acopio.portal.actions import asking
from acopio.portal.actions.registry import reads
from acopio.portal.site import Asked, Call


@reads
def datastore_search(call: Call, asked: Asked) -> Any:
    """Return rows of a resource. ``resource_id``: its id.

    ``filters``, ``q``, ``distinct``: which rows. ``fields``, ``sort``, ``limit`` (at most 32000),
    ``offset``, ``include_total``, ``records_format``: how they are given.
    """
    resource = asking.wanted(asked, "id", "resource_id")
    return call.site.rows.search(tables.path(call, resource), {**asked, "resource_id": resource})


@reads
def datastore_info(call: Call, asked: Asked) -> Any:
    """Return the number of rows of a resource, and its columns. ``id``: its id."""
    resource = asking.wanted(asked, "id", "resource_id")
    return call.site.rows.info(
        tables.path(call, resource, "Resource/Alias"), {**asked, "resource_id": resource}
    )
