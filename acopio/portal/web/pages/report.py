"""What was found in a dataset, by rule, the worst first, in its publisher's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from acopio.canonical import from_json
from acopio.documents import finding_in_words
from acopio.messages import about, text
from acopio.model import Finding, Report
from acopio.portal.site import Site
from acopio.portal.web.pages import words
from acopio.reporting.rules import grouped
from acopio.store import payloads

# What a finding shows of a cell, a row, a message.
_LONGEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """All cases of one rule. ``cases`` are those shown, each as ``finding_in_words`` gives it."""

    code: str
    severity: str
    title: str
    fix: str
    count: int
    cases: Sequence[Mapping[str, Any]]
    rest: int = 0


def findings(site: Site, payload: str | None) -> Sequence[Finding]:
    """Return kept findings; bodies never change, so the last ones stay at hand."""
    return _findings(site, payload) if payload else ()


@lru_cache(maxsize=32)
def _findings(site: Site, payload: str) -> Sequence[Finding]:
    with site.store.read() as connection:
        return from_json(Report, payloads.body(connection, payload)).findings


def by_rule(
    found: Sequence[Finding], names: Mapping[str, str], *, cases: int, most: int
) -> tuple[list[Rule], int]:
    """Return the first findings by rule, and how many rules there are besides.

    The worst rules come first, then those with most cases. ``names`` says what resources are
    called, by the source's ids.
    """
    groups = grouped(found)
    shown = [_rule(every, names, cases) for every in groups[:most]]
    return shown, len(groups) - len(shown)


def _rule(every: Sequence[Finding], names: Mapping[str, str], cases: int) -> Rule:
    first = every[0]
    titled = words.known(f"rule-{first.code}")
    return Rule(
        code=first.code,
        severity=first.severity.value,
        title=text(f"rule-{first.code}") if titled else about(first),
        fix=about(first, part="fix_") if words.known(first.code) else "",
        count=len(every),
        cases=[case(one, names) for one in every[:cases]],
        rest=max(0, len(every) - cases),
    )


def case(one: Finding, names: Mapping[str, str]) -> dict[str, Any]:
    """Return one finding in words, with the name of its resource."""
    found = finding_in_words(one)
    message = found["message"]
    if len(message) > _LONGEST:
        message = message[:_LONGEST] + "…"
    return found | {"message": message, "file": names.get(one.resource or "", "")}
