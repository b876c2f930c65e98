"""Compare a table with what was published of it: columns, types, rows.

Readers wrote programs for the published schema. A type that only widened still lets those run;
anything else is for an officer to see.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from acopio.model import Finding, Pinned, Severity, Table
from acopio.validators.finding import finding
from acopio.validators.lexicon import fold

# Every value of the first type, as it is written, is one of the others too.
_WIDER: Mapping[str, frozenset[str]] = {
    "year": frozenset({"integer", "number"}),
    "integer": frozenset({"number"}),
}
# Names told in one finding, and letters of each.
_TOLD, _LETTERS = 20, 60

Fields = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeChange:
    """A column, by the name it has now, that has another Table Schema type than before."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """How one Table Schema differs from an earlier one. Without differences it is false.

    ``renamed`` are pairs (before, after). A type is ``widened`` where each old value is a value
    of the new type as it is written, ``narrowed`` where the contrary holds, else ``changed``.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    widened: tuple[TypeChange, ...] = ()
    narrowed: tuple[TypeChange, ...] = ()
    changed: tuple[TypeChange, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything differs."""
        return any((self.added, self.removed, self.renamed, *self._types))

    @property
    def _types(self) -> tuple[tuple[TypeChange, ...], ...]:
        return self.widened, self.narrowed, self.changed

    @property
    def automatic(self) -> bool:
        """Whether a run may take it over by itself: nothing but widened types (contract, 3)."""
        return bool(self) and self == Diff(widened=self.widened)


def is_wider(before: str, after: str) -> bool:
    """Tell whether each value of type ``before``, as written, is one of type ``after``."""
    return after != before and (after == "any" or after in _WIDER.get(before, ()))


def drift(before: Mapping[str, Any], after: Mapping[str, Any]) -> Diff:
    """Return how the Table Schema ``after`` differs from ``before``, in the order of its columns.

    A column that went and one that came are one renamed where only letter case, accents or
    signs differ, or where they stand in the same place among columns that stayed, which must be
    as many, and have types that agree. The order of columns alone is no difference.
    """
    old, new = _types_by_name(before), _types_by_name(after)
    renamed = _renamed(old, new)
    names = dict(renamed)
    kept = [(name, names.get(name, name)) for name in old if name in new or name in names]
    types = _Types()
    for was, now in kept:
        types.compare(now, old[was], new[now])
    return Diff(
        added=tuple(name for name in new if name not in old and name not in names.values()),
        removed=tuple(name for name in old if name not in new and name not in names),
        renamed=renamed,
        widened=tuple(types.widened),
        narrowed=tuple(types.narrowed),
        changed=tuple(types.changed),
    )


@dataclass(slots=True)
class _Types:
    widened: list[TypeChange] = field(default_factory=list[TypeChange])
    narrowed: list[TypeChange] = field(default_factory=list[TypeChange])
    changed: list[TypeChange] = field(default_factory=list[TypeChange])

    def compare(self, name: str, before: str, after: str) -> None:
        if before == after:
            return
        change = TypeChange(name=name, before=before, after=after)
        if is_wider(before, after):
            self.widened.append(change)
        elif is_wider(after, before):
            self.narrowed.append(change)
        else:
            self.changed.append(change)


def _types_by_name(schema: Mapping[str, Any]) -> dict[str, str]:
    fields: Fields = schema.get("fields") or ()
    return {str(one.get("name", "")): str(one.get("type") or "any") for one in fields}


def _renamed(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    gone = [name for name in old if name not in new]
    came = [name for name in new if name not in old]
    alike = _alike(gone, came)
    taken = set(alike.values())
    moved = {
        was: now
        for was, now in _same_place(list(old), list(new))
        if was not in new and now not in old and was not in alike and now not in taken
        if _agree(old[was], new[now])
    }
    # Where hardly anything stayed, a place says nothing: that is another table.
    if len(moved) <= len(old) - len(gone) + len(alike):
        alike |= moved
    return tuple((name, alike[name]) for name in gone if name in alike)


@lru_cache(maxsize=8192)
def plain(name: str) -> str:
    """Return a column's name without letter case, accents and signs: ``Monto S/`` is ``montos``."""
    return "".join(letter for letter in fold(name) if letter.isalnum())


def _alike(gone: Sequence[str], came: Sequence[str]) -> dict[str, str]:
    left = {plain(name): name for name in reversed(came)}
    return {name: left.pop(plain(name)) for name in gone if plain(name) in left and plain(name)}


def _same_place(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the columns that stand where others stood, block by block of the same width."""
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "replace" and j - i == m - k:
            yield from zip(old[i:j], new[k:m], strict=True)


def _agree(before: str, after: str) -> bool:
    return before == after or is_wider(before, after) or is_wider(after, before)


def compared(before: Pinned, table: Table) -> Iterator[Finding]:
    """Yield what readers of the published version must know of ``table``, its newest cut.

    A type widened is information, a column more a warning, the rest errors. What a cut happens
    to need less of (an amount without cents this time) is a difference only if it is declared.
    """
    diff = drift(before.schema, table.schema)
    if not table.schema_source.startswith("declared"):
        diff = replace(diff, narrowed=())
    for change, names in _told(diff):
        yield finding(
            "schema-changed",
            resource=table.resource,
            evidence=", ".join(names),
            severity=_SEVERITIES.get(change, Severity.ERROR),
            drift=change,
            names=_list(names),
            count=len(names),
        )
    if table.rows * 2 < before.rows:
        yield finding("rows-dropped", resource=table.resource, before=before.rows, after=table.rows)


_SEVERITIES = {"widened": Severity.INFO, "added": Severity.WARNING}


def _told(diff: Diff) -> Iterator[tuple[str, list[str]]]:
    told = {
        "renamed": [f"{_short(was)} → {_short(now)}" for was, now in diff.renamed],
        "removed": [_short(name) for name in diff.removed],
        "added": [_short(name) for name in diff.added],
        "changed": _typed(diff.changed),
        "narrowed": _typed(diff.narrowed),
        "widened": _typed(diff.widened),
    }
    yield from ((change, names) for change, names in told.items() if names)


def _typed(changes: Sequence[TypeChange]) -> list[str]:
    return [f"{_short(one.name)} ({one.before} → {one.after})" for one in changes]


def _short(name: str) -> str:
    return name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…"


def _list(names: Sequence[str]) -> str:
    rest = len(names) - _TOLD
    return ", ".join(names[:_TOLD]) + (f", … (+{rest})" if rest > 0 else "")
