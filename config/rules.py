"""Officers' rules for rows, in a source's table (``[[NAME.rules]]``) or a file of their own."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from acopio.config.problems import raise_all
from acopio.config.refusals import Refused, problem, translated
from acopio.config.toml import Document, Keys, read
from acopio.errors import ConfigError
from acopio.model import RowRule, Severity
from acopio.validators.row_rules.checks import check_descriptor
from acopio.validators.row_rules.expression import BadExpression, columns_of

# A source's rules are worked out together, for each of its tables.
MOST = 30
_CHECK_VALUES = 200


def _let_through(check: Callable[[Any], object], value: Any) -> Any:
    try:
        check(value)
    except BadExpression as bad:
        raise PydanticCustomError(bad.key, bad.key, bad.params) from None
    return value


def _where(value: str) -> str:
    _let_through(columns_of, value)
    return value


def _descriptor(value: dict[str, Any]) -> dict[str, Any]:
    if len(str(value)) > _CHECK_VALUES * 50:
        raise PydanticCustomError("file-rule-too-long", "", {"limit": _CHECK_VALUES * 50})
    _let_through(check_descriptor, value)
    return value


Sentence = Annotated[str, Field(min_length=1, max_length=300)]


class RowRuleTable(BaseModel):
    """One rule as a file has it."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    es: Sentence
    en: Sentence | None = None
    where: Annotated[str, AfterValidator(_where)] | None = None
    check: Annotated[dict[str, Any], AfterValidator(_descriptor)] | None = None
    columns: Annotated[
        tuple[Annotated[str, Field(max_length=200)], ...], Field(strict=False, max_length=10)
    ] = ()
    resources: Annotated[str, Field(max_length=200)] = ""
    severity: Literal["error", "warning", "info"] = "error"

    @model_validator(mode="after")
    def _one_of_two(self) -> "RowRuleTable":
        if (self.where is None) == (self.check is None):
            raise PydanticCustomError("file-rule-one-of-two", "", {"at": "where"})
        return self


def row_rules(document: Document, path: Keys, given: Sequence[Any]) -> tuple[RowRule, ...]:
    """Return the rules of the array of tables at ``path``. Raises Refused telling each problem."""
    problems: list[ConfigError] = []
    if len(given) > MOST:
        problems.append(problem("file-too-many", document, path, max_length=MOST))
        given = ()
    made: dict[str, RowRule] = {}
    for number, table in enumerate(given, 1):
        where = (*path, str(number))
        try:
            rule = _row_rule(document, where, table)
        except Refused as refused:
            problems += refused.problems
            continue
        if rule.name in made:
            problems.append(problem("file-rule-twice", document, where, name=rule.name))
        made[rule.name] = rule
    if problems:
        raise Refused(problems)
    return tuple(made.values())


def _row_rule(document: Document, where: Keys, table: Any) -> RowRule:
    if not isinstance(table, Mapping):
        raise Refused([problem("file-table", document, where, value="…")])
    try:
        checked = RowRuleTable.model_validate(table)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise Refused([translated(document, where, RowRuleTable, one) for one in details]) from None
    given = {key: value for key, value in checked if value is not None}
    return RowRule(**given | {"severity": Severity(checked.severity)})


def read_rules(path: Path) -> tuple[RowRule, ...]:
    """Return the rules of a file that has ``[[rules]]`` alone.

    Raises ConfigError telling every problem with its line.
    """
    document = read(path)
    if unknown := [key for key in document.data if key != "rules"]:
        raise problem("file-unknown-key", document, (unknown[0],), known="rules")
    given = document.data.get("rules")
    if not isinstance(given, list) or not given:
        raise problem("file-rule-none", document, ("rules",))
    try:
        return row_rules(document, ("rules",), given)
    except Refused as refused:
        raise_all(refused.problems)
        raise
