"""What a CKAN answers to the actions we read: whatever stands at a target's address may answer us.

Only what is read is looked at, so that a portal's extensions may add what they like.
"""

from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints, TypeAdapter, ValidationError

Id = Annotated[str, StringConstraints(min_length=1)]


class _Named(BaseModel):
    id: Id


class _Tag(BaseModel):
    name: str


class _Extra(BaseModel):
    key: str
    value: Any


class _Resource(BaseModel):
    id: Id
    name: str | None = None
    url: str | None = None


class _Package(BaseModel):
    id: Id
    name: Id
    state: str
    resources: list[_Resource]
    extras: list[_Extra] | None = None
    tags: list[_Tag] | None = None


class _Found(BaseModel):
    results: list[_Package]


class _Licence(BaseModel):
    id: Id
    title: str | None = None
    url: str | None = None


class _Status(BaseModel):
    ckan_version: str | None = None


# Of other actions nothing is read: deleting, for one, answers null.
_SHAPES: dict[str, Any] = {
    "status_show": _Status,
    "license_list": list[_Licence],
    "organization_show": _Named,
    "package_create": _Package,
    "package_search": _Found,
    "package_show": _Package,
    "package_update": _Package,
    "resource_patch": _Named,
}


def is_sound(action: str, answer: Any) -> bool:
    """Tell whether an answer has all that is read of it, in the types it is read in."""
    if action not in _SHAPES:
        return True
    try:
        _adapter(action).validate_python(answer, strict=True)
    except ValidationError:
        return False
    return True


@cache
def _adapter(action: str) -> "TypeAdapter[Any]":
    return TypeAdapter(_SHAPES[action])
