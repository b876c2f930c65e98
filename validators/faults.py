"""Count what is wrong by kind, so that a million equal faults are one finding."""

from collections.abc import Iterator
from dataclasses import dataclass

from acopio.model import Finding
from acopio.validators.finding import finding

# Kinds of faults kept apart; beyond it they are counted as the last one met.
_KINDS = 100


@dataclass(slots=True)
class _Fault:
    count: int
    place: str
    field: str | None
    row: int | None


class Faults:
    """The faults of one file: per problem and field how often, and where first."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str | None], _Fault] = {}

    def __bool__(self) -> bool:
        """Whether anything is wrong."""
        return bool(self._found)

    def add(
        self, problem: str, place: str, *, field: str | None = None, row: int | None = None
    ) -> None:
        """Count one fault; ``problem`` is a word of the catalogue (``problem-<problem>``)."""
        key = (problem, field)
        known = self._found.get(key)
        if known is None and len(self._found) >= _KINDS:
            known = next(reversed(self._found.values()))
        if known is None:
            self._found[key] = _Fault(1, place, field, row)
        else:
            known.count += 1

    def findings(self, code: str, resource: str, real: str) -> Iterator[Finding]:
        """Yield one finding a problem and field.

        ``params``: ``problem``, ``real`` (the format), ``count`` and ``place`` of the first.
        """
        for (problem, field), fault in self._found.items():
            yield finding(
                code,
                resource=resource,
                row=fault.row,
                field=field,
                problem=problem,
                real=real,
                count=fault.count,
                place=fault.place,
            )
