"""Findings by rule, the worst first, with a few cases and the remedy: how people read a report."""

from collections.abc import Sequence
from dataclasses import dataclass

from acopio.messages import about, catalogue, text
from acopio.model import Finding, Severity

# How many cases of a rule are shown; all of them are in the tables and lines beside the report.
EXAMPLES = 5
_WORST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """All cases of one rule. ``examples`` are the first of them, ``count`` is how many there are.

    ``title`` and ``fix`` are in the reader's language.
    """

    code: str
    severity: Severity
    title: str
    fix: str
    count: int
    examples: Sequence[Finding]

    @property
    def rest(self) -> int:
        """Return how many cases are not among the examples."""
        return self.count - len(self.examples)


def by_rule(findings: Sequence[Finding]) -> list[Rule]:
    """Return ``findings`` as rules, in the order of ``grouped``."""
    return [_rule(every) for every in grouped(findings)]


def grouped(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Return ``findings`` by code and severity: the worst first, then those with most cases."""
    groups: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.code), []).append(finding)
    ordered = sorted(
        groups.items(), key=lambda group: (_WORST_FIRST.index(group[0][0]), -len(group[1]))
    )
    return [every for _, every in ordered]


def rule_name(code: str) -> str:
    """Return a rule's short name in the reader's language, or its code where it has none."""
    return text(f"rule-{code}") if f"rule-{code}" in catalogue() else code


def _rule(every: Sequence[Finding]) -> Rule:
    first = every[0]
    return Rule(
        code=first.code,
        severity=first.severity,
        title=rule_name(first.code),
        fix=about(first, part="fix_") if first.code in catalogue() else "",
        count=len(every),
        examples=tuple(every[:EXAMPLES]),
    )
