"""The gate's table, and what stands above it."""

import pytest

from acopio import gate
from acopio.errors import ConfigError
from acopio.model import Action, Decision, Finding, Resource, Role, Severity

PERSONS, HTML, EMPTY, RAGGED = "personal-data", "html-instead-of-data", "empty-file", "extra-cell"
ONE = Resource(id="r", url="http://a/r.csv")


def found(code: str, severity: Severity = Severity.ERROR, resource: str | None = "r") -> Finding:
    return Finding(code=code, severity=severity, resource=resource)


def judged(code: str, name: str, **case: frozenset[str] | str) -> Decision:
    return gate.decide(gate.Case(resources=[ONE], **case), [found(code)], name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "withheld_by"),
    [
        (PERSONS, {"strict", "standard", "lenient", "report-only"}),
        (HTML, {"strict", "standard", "report-only"}),
        ("format-mismatch", {"strict", "standard", "report-only"}),
        (EMPTY, {"strict", "standard", "lenient", "report-only"}),
        ("truncated-download", {"strict", "standard", "lenient", "report-only"}),
        (RAGGED, {"strict", "report-only"}),
        ("type-error", {"strict", "report-only"}),
        ("link-broken", {"strict", "report-only"}),
    ],
)
def test_the_table(code: str, withheld_by: set[str]) -> None:
    assert {name for name in gate.table() if judged(code, name).withhold} == withheld_by


@pytest.mark.parametrize("name", ["strict", "standard", "lenient"])
def test_warnings_stop_nothing(name: str) -> None:
    findings = [found(HTML, Severity.WARNING), found(PERSONS, Severity.WARNING)]
    assert not gate.decide(gate.Case(resources=[ONE]), findings, name).withhold


def test_report_only_publishes_nothing_even_clean() -> None:
    assert gate.decide(gate.Case(resources=[ONE]), [], "report-only").withhold


def test_report_only_publishes_nothing_of_a_dataset_without_data_either() -> None:
    guide = Resource(id="g", url="http://a/g.pdf", role=Role.DOCUMENTATION)
    decision = gate.decide(gate.Case(resources=[guide]), [], "report-only")
    assert (decision.withhold, decision.family) == (True, "gate")


def test_a_worse_file_leaves_the_last_good_version() -> None:
    decision = judged(HTML, "standard", good=frozenset("r"))
    assert decision.verdicts[0].action is Action.KEEP_LAST_GOOD
    assert not decision.withhold


def test_persons_never_leave_an_older_version() -> None:
    decision = judged(PERSONS, "lenient", good=frozenset("r"), ruling="publish")
    assert decision.withhold
    assert decision.purge == {"r"}


def test_what_can_no_longer_be_fetched_keeps_its_last_good_version() -> None:
    case = gate.Case(resources=[ONE], missing=frozenset("r"), good=frozenset("r"))
    decision = gate.decide(case, [found("blocked", Severity.WARNING)], "standard")
    assert decision.verdicts[0].action is Action.KEEP_LAST_GOOD


def test_a_dead_link_without_a_good_version_is_published_with_its_finding() -> None:
    case = gate.Case(resources=[ONE], missing=frozenset("r"))
    decision = gate.decide(case, [found("link-broken")], "standard")
    assert decision.verdicts[0].action is Action.PUBLISH


def test_an_officers_publish_passes_what_the_table_stops() -> None:
    assert not judged(HTML, "strict", ruling="publish").withhold


def test_an_officers_withhold_stops_what_is_clean() -> None:
    assert gate.decide(gate.Case(resources=[ONE], ruling="withhold"), [], "lenient").withhold


def test_one_good_resource_is_enough() -> None:
    other = Resource(id="s", url="http://a/s.csv")
    decision = gate.decide(gate.Case(resources=[ONE, other]), [found(HTML)], "standard")
    assert not decision.withhold
    assert [one.action for one in decision.verdicts] == [Action.WITHHOLD, Action.PUBLISH]


def test_a_dataset_without_data_resources_passes() -> None:
    guide = Resource(id="g", url="http://a/g.pdf", role=Role.DOCUMENTATION)
    assert not gate.decide(gate.Case(resources=[guide]), [], "strict").withhold


def test_an_unknown_gate_is_refused() -> None:
    with pytest.raises(ConfigError, match="unknown-gate"):
        gate.decide(gate.Case(resources=[]), [], "loose")
