"""Which of a dataset's fields are ours to write, and which an editor has taken over.

A field whose value at the target differs from what the target gave back when we last wrote it was
changed by an editor there and is theirs: it is sent back as they left it. What they added stays. A
resource that we no longer publish goes all the same: it may hold what must not be seen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from acopio.matching import plain_name
from acopio.model import ReleaseResource
from acopio.publishers.ckansite.record import MARK, Fields, editors_in, extra, mark, read


@dataclass(frozen=True, slots=True)
class Memory:
    """What we last wrote to a dataset: ``Published.written``, read.

    ``fields`` as the target gave them back; ``sent`` those that were sent otherwise; ``resources``
    our resource ids to the target's.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    sent: Mapping[str, Any] = field(default_factory=dict)
    resources: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> "Memory":
        """Read ``Published.written``; unknown or missing parts are nothing."""
        parts = (written.get(name) for name in ("fields", "sent", "resources"))
        return cls(*(dict(part) if isinstance(part, Mapping) else {} for part in parts))

    def written(self) -> dict[str, Any]:
        """Return it as ``Publication.written``."""
        return {
            "fields": dict(self.fields),
            "sent": dict(self.sent),
            "resources": dict(self.resources),
        }

    def naming(self, ours: Mapping[str, str]) -> "Memory":
        """Return the same memory with the target's resource ids (mapped to ours) as they are."""
        return replace(self, resources={mine: theirs for theirs, mine in ours.items()})

    def keeping(self, before: "Memory", merged: "Merged") -> "Memory":
        """Return this memory with, of ``before``, what it held of an editor's fields.

        They stay theirs for as long as they differ from what we once wrote.
        """
        theirs = {
            key: value
            for key, value in before.fields.items()
            if key in merged.edited or _resource_of(key) in merged.removed
        }
        sent = {key: value for key, value in before.sent.items() if key in theirs}
        return replace(self, fields={**self.fields, **theirs}, sent={**self.sent, **sent})

    def edited(self, now: Mapping[str, Any]) -> frozenset[str]:
        """Return the fields that are not as we left them."""
        return frozenset(key for key, left in self.fields.items() if now.get(key, "") != left)


def remember(sent: Fields, package: Mapping[str, Any], ours: Mapping[str, str]) -> Memory:
    """Return the memory of a write: ``sent`` was written, ``package`` is what came of it."""
    now = read(package, ours)
    fields = {key: now.get(key, "") for key in sent}
    return Memory(
        fields=fields,
        sent={key: value for key, value in sent.items() if value != fields[key]},
        resources={mine: theirs for theirs, mine in ours.items()},
    )


def paired(
    package: Mapping[str, Any], resources: Sequence[ReleaseResource], known: Mapping[str, str]
) -> dict[str, str]:
    """Return the package's resource ids mapped to ours: by id, URL, name without dates.

    The last two only where unambiguous, and only for resources we once wrote (``known``): what an
    editor adds under the same name is theirs.
    """
    there = {resource["id"]: resource for resource in package.get("resources") or ()}
    found = {theirs: mine for mine, theirs in known.items() if theirs in there}
    left = {r.id: r for r in resources if r.id not in found.values()}
    found |= {mine: mine for mine in left if mine in there and mine not in found}
    for by in (_by_url, _by_name):
        free = {r["id"]: by(r.get) for theirs, r in there.items() if theirs not in found}
        ours = [
            r for r in left.values() if r.id not in found.values() and (not known or r.id in known)
        ]
        names = _unique(free)
        here = _unique({r.id: by({"url": r.url, "name": r.name}.get) for r in ours})
        found |= {names[key]: mine for key, mine in here.items() if key in names}
    return found


def _by_url(attribute: Callable[[str], Any]) -> str:
    return attribute("url") or ""


def _by_name(attribute: Callable[[str], Any]) -> str:
    return plain_name(attribute("name") or "")


def _unique(keys: Mapping[str, str]) -> dict[str, str]:
    values = list(keys.values())
    return {key: one for one, key in keys.items() if key and values.count(key) == 1}


@dataclass(frozen=True, slots=True)
class Merged:
    """What to write: every field, which of them are an editor's, whether anything changes."""

    fields: Fields
    edited: tuple[str, ...]
    changed: bool
    removed: frozenset[str]  # our ids of resources that an editor removed

    def ours(self, wanted: Fields) -> Fields:
        """Return the wanted fields that were written as wanted."""
        return {
            key: value
            for key, value in wanted.items()
            if key not in self.edited and _resource_of(key) not in self.removed
        }


UNTOUCHED = Merged(fields={}, edited=(), changed=True, removed=frozenset())


def recall(memory: Memory, package: Mapping[str, Any], now: Fields, wanted: Fields) -> Memory:
    """Return what was last written, also when its answer never came.

    The dataset carries a mark of what was written; if its fields still have that mark, they are
    ours, save those that were an editor's already.
    """
    marked = extra(package, MARK)
    theirs = editors_in(marked)
    strange = (key for key in memory.edited(now) if not _is_among(key, theirs))
    if memory.fields and not any(strange):
        return memory
    relevant = {key: now.get(key, "") for key in wanted if key not in theirs}
    if marked != mark(relevant, theirs):
        return memory
    before = {key: value for key, value in memory.fields.items() if key in theirs}
    sent = {key: value for key, value in memory.sent.items() if key in theirs}
    return replace(memory, fields={**relevant, **before}, sent=sent)


def merge(wanted: Fields, memory: Memory, now: Fields) -> Merged:
    """Decide each field; ``now`` is the target's."""
    final, edited = dict(now), []
    removed = _removed(memory, now)
    changed = False
    for key, value in wanted.items():
        if _resource_of(key) in removed:
            continue
        theirs, left = now.get(key, ""), memory.fields.get(key)
        if value == theirs or (theirs == left and memory.sent.get(key, left) == value):
            continue  # as it should be, or as the target makes it of what we send
        if _is_theirs(key, theirs, left, memory):
            edited.append(key)
        else:
            final[key], changed = value, True
    for key in memory.fields.keys() - wanted.keys():
        if key.startswith("extras.") and key in now and now[key] == memory.fields[key]:
            del final[key]
            changed = True
    gone = {_resource_of(key) for key in now} - {_resource_of(key) for key in wanted}
    final = {key: value for key, value in final.items() if _resource_of(key) not in gone - {""}}
    edited += [f"resources.{one}" for one in sorted(removed)]
    return Merged(final, tuple(edited), changed or bool(gone - {""}), frozenset(removed))


def _is_theirs(key: str, theirs: Any, left: Any, memory: Memory) -> bool:
    if not memory.fields:
        return False  # adopted: ours by its acopio_id, and nothing says otherwise
    if left is None:  # never written by us: an extra they made up, or a new resource's attribute
        return bool(theirs) and not key.startswith("resources.")
    return bool(theirs != left)


def _is_among(key: str, theirs: frozenset[str]) -> bool:
    """Tell whether a field, or the resource it is of, is an editor's."""
    return key in theirs or f"resources.{_resource_of(key)}" in theirs


def _removed(memory: Memory, now: Fields) -> set[str]:
    there = {_resource_of(key) for key in now}
    written = {_resource_of(key) for key in memory.fields}
    return written - there - {""}


def _resource_of(key: str) -> str:
    return key.split(".", 2)[1] if key.startswith("resources.") else ""
