"""Run checks of frictionless's own, that an officer chose, on the rows of a table as it types them.

They are given the rows one by one, without the checks that frictionless makes of every table: those
have been made.
"""

import ast
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from acopio.model import RowRule
from acopio.validators.row_rules.expression import LONGEST, BadExpression
from acopio.validators.row_rules.outcome import MOST, SHOWN, Broken, Case, Outcome, Unchecked
from acopio.validators.tabular.judge import LET_OUT

# Some of the checks remember something of every row.
MOST_ROWS = 2_000_000
_BETWEEN_CLOCKS = 200
_ROW = re.compile(r'\brow(?: at position)? "([0-9]{1,12})"')
# The properties each type takes; no other type is run.
TYPES: Mapping[str, frozenset[str]] = {
    "row-constraint": frozenset({"formula"}),
    "forbidden-value": frozenset({"fieldName", "values"}),
    "required-value": frozenset({"fieldName", "values"}),
    "sequential-value": frozenset({"fieldName"}),
    "deviated-value": frozenset({"fieldName", "interval", "average"}),
    "deviated-cell": frozenset({"interval", "ignoreFields"}),
    "truncated-value": frozenset(),
    "ascii-value": frozenset(),
    "duplicate-row": frozenset(),
    "table-dimensions": frozenset(
        {"numRows", "minRows", "maxRows", "numFields", "minFields", "maxFields"}
    ),
}
_FORMULA = (
    *(ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Compare),
    *(ast.cmpop, ast.IfExp, ast.Name, ast.Load, ast.Constant, ast.List, ast.Tuple, ast.Set),
)

Open = Callable[[], AbstractContextManager[Any]]


def check_descriptor(descriptor: Mapping[str, Any]) -> None:
    """Raise BadExpression for what is not the descriptor of a check that may be run."""
    from frictionless import Check, FrictionlessException

    kind = str(descriptor.get("type"))
    if kind not in TYPES:
        raise BadExpression("file-rule-check", what=kind[:60], known=", ".join(sorted(TYPES)))
    if unknown := sorted(set(descriptor) - TYPES[kind] - {"type"}):
        known = ", ".join(sorted(TYPES[kind])) or "-"
        raise BadExpression("file-rule-check-key", what=unknown[0][:60], known=known)
    if "formula" in descriptor:
        _check_formula(str(descriptor["formula"]))
    try:
        Check.from_descriptor(dict(descriptor))
    except FrictionlessException as error:
        notes = [reason.note for reason in error.reasons or [error.error]]
        raise BadExpression("file-rule-check-refused", reason="; ".join(notes)[:300]) from None
    except LET_OUT as error:
        raise BadExpression("file-rule-check-refused", reason=type(error).__name__) from None


def _check_formula(formula: str) -> None:
    """Let through what compares and adds up names and constants: simpleeval could do more."""
    if len(formula) > LONGEST:
        raise BadExpression("file-rule-too-long", limit=LONGEST)
    try:
        tree = ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise BadExpression("file-rule-syntax", detail=formula[:60]) from None
    for node in ast.walk(tree):
        if not isinstance(node, _FORMULA):
            raise BadExpression("file-rule-not-allowed", what=type(node).__name__)


def check_rows(opened: Open, rules: Sequence[RowRule], seconds: float) -> Iterator[Outcome]:
    """Yield what becomes of rules that have a ``check``, in one reading of the table.

    ``opened`` gives it as an open resource of frictionless's. Raises what opening it raises.
    """
    ends = time.monotonic() + seconds
    with opened() as table:
        running, failed = _started(table, rules)
        yield from failed
        limit = _run(table, running, ends) if running else None
    for check, broken in running:
        if limit:
            yield Unchecked(rule=broken.rule, obstacle=limit, value=_limits(seconds)[limit])
        else:
            for error in check.validate_end():
                broken.add(_case(error, broken))
        if broken.count:
            yield broken


def _limits(seconds: float) -> Mapping[str, int]:
    return {"seconds": round(seconds), "rows": MOST_ROWS}


_Running = list[tuple[Any, Broken]]


def _started(table: Any, rules: Sequence[RowRule]) -> tuple[_Running, list[Unchecked]]:
    """Return the checks that can be made of the table, and the rules that cannot."""
    from frictionless import Check, errors

    running: _Running = []
    failed = []
    for rule in rules:
        check: Any = Check.from_descriptor(dict(rule.check))
        check.connect(table)
        columns = rule.columns or tuple(_spoken_of(rule.check))
        absent = [name for name in columns if name not in table.schema.field_names]
        broken = Broken(rule=rule, columns=columns)
        found = list(check.validate_start())
        if absent or any(isinstance(error, errors.CheckError) for error in found):
            failed.append(_not_started(rule, absent))
            continue
        for error in found:
            broken.add(_case(error, broken))
        running.append((check, broken))
    return running, failed


def _not_started(rule: RowRule, absent: Sequence[str]) -> Unchecked:
    if absent:
        return Unchecked(rule=rule, obstacle="column", value=", ".join(absent)[:SHOWN])
    return Unchecked(rule=rule, obstacle="value", value=str(rule.check["type"]))


def _spoken_of(check: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the columns a check's descriptor speaks of, each once."""
    if "fieldName" in check:
        yield str(check["fieldName"])
    if "formula" in check:
        tree = ast.parse(str(check["formula"]).strip(), mode="eval")
        names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
        yield from dict.fromkeys(names)


def _run(table: Any, running: _Running, ends: float) -> str | None:
    """Give each row to each check; return the limit at which that ended, if there was one."""
    for number, row in enumerate(table.row_stream):
        if number >= MOST_ROWS:
            return "rows"
        if not number % _BETWEEN_CLOCKS and time.monotonic() > ends:
            return "seconds"
        for check, broken in running:
            for error in check.validate_row(row):
                broken.add(_case(error, broken, row))
    return None


def _case(error: Any, broken: Broken, row: Any = None) -> Case:
    """Return where an error of frictionless's is, with the cells of its row if they are to hand."""
    number = getattr(error, "row_number", None)
    if number is None and (told := _ROW.search(error.note)):
        number = int(told[1])
    if row is None or len(broken.cases) >= MOST:
        return Case(row=number)
    return Case(row=number, cells=[_text(row, name) for name in broken.columns])


def _text(row: Any, name: str) -> str:
    """Return a cell as it is written in the file."""
    place = row.field_names.index(name)
    cell = row.cells[place] if place < len(row.cells) else None
    return "" if cell is None else str(cell)[:SHOWN]
