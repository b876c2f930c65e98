"""docs/findings.md is what the validators say now, and every code has an example that yields it."""

import pytest

from acopio.gate import table
from tests.validators.examples.every import EXAMPLES, PASSED_ON, described, findings_of
from tests.validators.examples.page import PAGE, missing, page

RENEW = "python -m tests.validators.examples.page"


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_the_example_yields_its_code(code: str) -> None:
    assert code in [finding.code for finding in findings_of(code)]


def test_every_code_has_an_example() -> None:
    assert missing(described()) == []


def test_what_has_an_example_is_described_and_not_passed_on() -> None:
    assert set(EXAMPLES) <= set(described())
    assert not set(EXAMPLES) & set(PASSED_ON)
    assert set(PASSED_ON) <= set(described())


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), f"the page is old: {RENEW}"


def test_the_page_says_what_every_gate_does_of_every_code() -> None:
    written = PAGE.read_text("utf-8")
    assert written.count(f"| {' | '.join(table())} |") == len(EXAMPLES)
    for code in (*EXAMPLES, *PASSED_ON):
        assert code in written
