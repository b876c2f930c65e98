"""Which rules a table has, and what becomes of one: rows that break it, or why it is unknown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from acopio.model import RowRule

# Rows of one rule that are told; all of them are counted.
MOST = 1000
# What each cell shown may have, in characters.
SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A place where a rule is broken: its row (None where it is the table) and its cells."""

    row: int | None
    cells: Sequence[str] = ()


@dataclass(slots=True, kw_only=True)
class Broken:
    """A rule that was checked. ``columns`` names what each case's cells are of."""

    rule: RowRule
    columns: Sequence[str] = ()
    count: int = 0
    cases: list[Case] = field(default_factory=list[Case])

    def add(self, case: Case) -> None:
        """Count a case, and keep it while there are few."""
        self.count += 1
        if len(self.cases) < MOST:
            self.cases.append(case)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked:
    """A rule that was not checked to the end.

    ``obstacle`` is ``column`` (not in the table), ``value`` (one it cannot be worked out for),
    ``seconds``, ``rows`` or ``memory``; ``value`` is the column's name, the
    expression or the limit.
    """

    rule: RowRule
    obstacle: str
    value: str | int = ""


def applicable(rules: Sequence[RowRule], name: str) -> tuple[RowRule, ...]:
    """Return those of ``rules`` that are meant for a resource called ``name``."""
    folded = name.casefold()
    return tuple(rule for rule in rules if fnmatchcase(folded, (rule.resources or "*").casefold()))


Outcome = Broken | Unchecked
