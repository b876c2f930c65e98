"""CKAN 2.12's ``filters``: what may be asked, read into a tree of comparisons.

``{"a": 1}`` equals; ``{"a": [1, 2]}`` any of; ``{"a": {"gte": 1, "lt": 5}}`` both; a list of such
objects, for a column or as a whole, any of them; ``$or`` and ``$and`` take lists of filters.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from acopio.portal.problems import ValidationError
from acopio.portal.rows.refusals import quoted, refused

OPERATORS = ("eq", "in", "gt", "gte", "lt", "lte")
_GROUPS = ("$or", "$and")
_DEPTH = 10
_COUNT = 100
_VALUES = 10_000


@dataclass(frozen=True, slots=True)
class Compare:
    """A column's value beside one given, or for ``in`` a list of them."""

    op: str
    field: str
    value: Any

    def as_dict(self) -> dict[str, Any]:
        """Return it as CKAN echoes it in ``filterops``."""
        return {"op": self.op, "field": self.field, "value": self.value}


@dataclass(frozen=True, slots=True)
class Group:
    """All (``$and``) or any (``$or``) of several."""

    op: str
    members: "tuple[Filter, ...]"

    def as_dict(self) -> dict[str, Any]:
        """Return it as CKAN echoes it in ``filterops``."""
        return {"op": self.op, "field": None, "value": [each.as_dict() for each in self.members]}


Filter = Compare | Group


def read_filters(asked: Any, known: Collection[str]) -> Filter | None:
    """Return the tree for ``asked``, None where it is empty.

    Raises ValidationError, with everything that is wrong, or at once where there is too much.
    """
    if not isinstance(asked, dict) and not _are_dicts(asked):
        raise refused("filters", "Filters must be defined as a dict or a list of dicts")
    reader = _Reader(known)
    found = reader.all_of(asked, 0) if isinstance(asked, dict) else reader.group("$or", asked, 0)
    if reader.errors:
        raise ValidationError({"filters": reader.errors})
    return found


def _are_dicts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


class _Reader:
    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        self._count = 0
        self.errors: list[str] = []

    def all_of(self, asked: Mapping[str, Any], depth: int) -> Filter | None:
        if len(asked) >= _COUNT:
            raise _too_many()
        return _joined("$and", tuple(self._members(asked, depth)))

    def group(self, op: str, asked: Any, depth: int) -> Filter | None:
        if depth >= _DEPTH:
            raise refused("filters", "Maximum nesting depth for filter operations reached")
        if not _are_dicts(asked):
            said = f"Filter operations must be defined as a list of dicts: {quoted(asked)}"
            self.errors.append(said)
            return None
        found = (self.all_of(each, depth + 1) for each in asked)
        members = tuple(each for each in found if each is not None)
        return Group(op, members) if members else None

    def _members(self, asked: Mapping[str, Any], depth: int) -> Iterator[Filter]:
        for key, value in asked.items():
            found = self._member(key, value, depth)
            if found is not None:
                yield found

    def _member(self, key: str, value: Any, depth: int) -> Filter | None:
        if not key.startswith("$") or key.startswith("$$"):
            return self._field(key.removeprefix("$") if key.startswith("$$") else key, value)
        if key in _GROUPS:
            return self.group(key, value, depth)
        self.errors.append(f"Unknown operators (must be one of $or, $and): {quoted(key)}")
        return None

    def _field(self, name: str, value: Any) -> Filter | None:
        if name not in self._known:
            self.errors.append(f"Unknown field: {quoted(name)}")
            return None
        if isinstance(value, dict):
            return self._operations(name, value)
        if not isinstance(value, list):
            return self._compare("eq", name, value)
        ranges = [self._operations(name, each) for each in value if isinstance(each, dict)]
        if not ranges:
            return self._compare("in", name, value)
        plain = [each for each in value if not isinstance(each, dict)]
        either = [*ranges, self._compare("in", name, plain) if plain else None]
        return _joined("$or", tuple(each for each in either if each is not None))

    def _operations(self, name: str, asked: Mapping[str, Any]) -> Filter | None:
        if not asked:
            self.errors.append(f"No filter operation for field: {quoted(name)}")
        found = (self._compare(op, name, value) for op, value in asked.items())
        return _joined("$and", tuple(each for each in found if each is not None))

    def _compare(self, op: str, name: str, value: Any) -> Filter | None:
        self._count += 1
        if self._count > _COUNT:
            raise _too_many()
        several = isinstance(value, list)
        if op not in OPERATORS or isinstance(value, dict) or several != (op == "in"):
            said = f"FilterOp(field={name!r}, op={op!r}, value={value!r})"
            self.errors.append(f"Unknown filter operation: {quoted(said)}")
            return None
        if several and len(value) > _VALUES:
            raise refused("filters", f"More than {_VALUES} values for field: {quoted(name)}")
        return Compare(op, name, value)


def _too_many() -> ValidationError:
    return refused("filters", "Maximum number of filter operations exceeded")


def _joined(op: str, members: tuple[Filter, ...]) -> Filter | None:
    if len(members) < 2:
        return members[0] if members else None
    return Group(op, members)
