"""Rules of officers' own, broken and not to be checked."""

from collections.abc import Mapping

from acopio.model import RowRule
from tests.validators.examples.example import Example, FileExample

_SPENT = b"codigo,pim,devengado\nx,100,80\ny,100,180\n"

CASES: Mapping[str, Example] = {
    "own-rule": FileExample(
        what="A row that a rule of the source's officers calls wrong.",
        content=_SPENT,
        rules=(
            RowRule(
                name="devengado-sobre-pim",
                where="devengado > pim",
                es="el devengado supera al PIM",
                en="more is accrued than the modified budget has",
            ),
        ),
    ),
    "own-rule-of-table": FileExample(
        what="A table that lacks a value which the rule asks for.",
        content=_SPENT,
        rules=(
            RowRule(
                name="pliego-z",
                check={"type": "required-value", "fieldName": "codigo", "values": ["z"]},
                es="falta el pliego z",
                en="the entity z is missing",
            ),
        ),
    ),
    "own-rule-not-checked": FileExample(
        what="A rule about a column that is not there.",
        content=_SPENT,
        rules=(RowRule(name="girado", where="girado > devengado", es="se giró de más"),),
    ),
}
