"""The gate: from what was found in a dataset to what may be published of it.

The table is ``config/gate.toml``; a finding's family is in the message catalogue. An officer's
ruling stands above the table, and persons stand above the ruling.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from acopio.errors import ConfigError
from acopio.messages import catalogue
from acopio.model import Action, Decision, Finding, Resource, Role, Severity, Verdict

PERSONS = "persons"
# The order in which a resource's families count: the first that withholds is the reason given.
_FAMILIES = (PERSONS, "not-what-it-is", "empty", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the gate needs of one dataset besides its findings, all by the source's resource id.

    ``missing``: bodies that could not be had; ``good``: those with a last good version. ``ruling``
    is an officer's ``publish``, ``withhold`` or nothing.
    """

    resources: Sequence[Resource]
    missing: frozenset[str] = frozenset()
    good: frozenset[str] = frozenset()
    ruling: str = ""


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    """Return what each gate does with each family."""
    return tomllib.loads(files("acopio.config").joinpath("gate.toml").read_text("utf-8"))


def decide(case: Case, findings: Iterable[Finding], gate: str) -> Decision:
    """Judge each data resource, and the dataset by them. Raises ConfigError for an unknown gate.

    A dataset with data resources of which none passes is withheld; one without any passes.
    """
    if gate not in table():
        raise ConfigError("unknown-gate", name=gate, known=", ".join(table()))
    worst = _errors(findings)
    data = [one.id for one in case.resources if one.role is Role.DATA]
    verdicts = tuple(_judge(number, worst.get(number, {}), case, gate) for number in data)
    closed = table()[gate].get("none") == "withhold" and case.ruling != "publish"
    withhold = bool(verdicts) and all(one.action is Action.WITHHOLD for one in verdicts)
    return Decision(
        verdicts=verdicts,
        withhold=withhold or case.ruling == "withhold" or (closed and not case.good),
        family="ruling" if case.ruling == "withhold" else _family(verdicts) or "gate" * closed,
        purge=frozenset(one.resource for one in verdicts if one.family == PERSONS),
    )


def _errors(findings: Iterable[Finding]) -> dict[str, dict[str, str]]:
    """Return, by resource, the first error code of each family."""
    worst: dict[str, dict[str, str]] = {}
    for finding in findings:
        if finding.severity is Severity.ERROR and finding.resource is not None:
            family = catalogue().get(finding.code, {}).get("family", "other")
            worst.setdefault(finding.resource, {}).setdefault(family, finding.code)
    return worst


def _judge(number: str, worst: Mapping[str, str], case: Case, gate: str) -> Verdict:
    if PERSONS in worst:
        code = worst[PERSONS]
        return Verdict(resource=number, action=Action.WITHHOLD, family=PERSONS, code=code)
    family, code = _reason(worst, gate)
    lost = number in case.missing and number in case.good
    if case.ruling == "publish" and not lost:
        return Verdict(resource=number, action=Action.PUBLISH)
    if not family and not lost:
        return Verdict(resource=number, action=Action.PUBLISH)
    action = Action.KEEP_LAST_GOOD if number in case.good else Action.WITHHOLD
    return Verdict(resource=number, action=action, family=family or "other", code=code)


def _reason(worst: Mapping[str, str], gate: str) -> tuple[str, str]:
    """Return the family and code that stop a resource, or empty texts."""
    rules = table()[gate]
    for family in _FAMILIES:
        if family in worst and rules[family] == "withhold":
            return family, worst[family]
    if rules.get("none") == "withhold":
        return "gate", ""
    return "", next(iter(worst.values()), "")


def _family(verdicts: Iterable[Verdict]) -> str:
    families = {one.family for one in verdicts if one.action is Action.WITHHOLD}
    return next((name for name in (*_FAMILIES, "gate") if name in families), "")
