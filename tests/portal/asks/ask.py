"""One call to send to two portals.

``{p}`` is a name of the run's own, ``{org}`` and the like an id that an earlier call gave
(``keep``), on each side its own.
"""

from dataclasses import dataclass, field
from typing import Any

STRANGER, EDITOR = "", "editor"
MINE = "+organization:{p}-org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One call. ``ours``: of a list, only what the run made is compared.

    ``body``, of type ``kind``, is sent as it is instead of ``asked``; ``upload``, a name and
    content, along with it.
    """

    label: str
    action: str
    asked: Any = field(default_factory=dict)
    body: bytes | None = None
    kind: str = "application/json"
    upload: tuple[str, bytes] | None = None
    path: str = "/api/3/action/"
    who: str = "admin"
    keep: str = ""
    method: str = "POST"
    ours: bool = False


def several(
    action: str, cases: dict[str, Any], who: str = "admin", *, ours: bool = False
) -> list[Ask]:
    """Return one call a case; its label says the action and the case."""
    return [
        Ask(label=f"{action}: {said}", action=action, asked=asked, who=who, ours=ours)
        for said, asked in cases.items()
    ]


def dataset(called: str, **fields: Any) -> dict[str, Any]:
    """Return the least that makes a dataset, and these fields."""
    return {"name": f"{{p}}-{called}", "owner_org": "{p}-org", **fields}
