"""The fields of an organization or a group."""

from collections.abc import Mapping
from typing import Any

from acopio.portal.fields import checks
from acopio.portal.fields.checks import Check
from acopio.portal.fields.package import pairs
from acopio.portal.fields.reading import Errors, read

PLAIN: Mapping[str, Check] = {
    "description": checks.text,
    "image_url": checks.text,
    "title": checks.text,
}
# What an extra may not be called.
FIELDS = frozenset(
    {*PLAIN, "approval_status", "created", "extras", "groups", "id", "image_display_url"}
    | {"is_organization", "name", "packages", "state", "type", "users"}
)


def fields(given: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    """Return the given fields, None for what was not given; note what is wrong."""
    return read(given, PLAIN, errors)


def extras(given: Mapping[str, Any], errors: Errors) -> list[dict[str, Any]]:
    """Return the extras by key; of one that stands twice, the last."""
    found = dict(pairs(given, FIELDS, errors))
    return [{"key": key, "value": value} for key, value in sorted(found.items())]
