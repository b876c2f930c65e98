"""Check the rules that officers wrote for the rows of a source's tables, without code."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar

from acopio.model import Finding, Judged, Severity, Table
from acopio.tables.cells import text_of
from acopio.tables.reading import sheet_named
from acopio.tables.sheet import Unreadable
from acopio.validators.columns import Survey, field_limit
from acopio.validators.finding import examination_failed, finding
from acopio.validators.masking import Mask, mask_of
from acopio.validators.preflight import Profile, profile
from acopio.validators.records import below, cells_kept, over_cells, register_cells, shared
from acopio.validators.row_rules.checks import check_rows
from acopio.validators.row_rules.expressions import check_expressions
from acopio.validators.row_rules.outcome import Broken, Case, Outcome, Unchecked
from acopio.validators.sheets.book import Book, book_of
from acopio.validators.sheets.judge import SheetFile, opened_sheet
from acopio.validators.tabular.judge import opened, plain

# What all expressions of a table may take together, and all checks: so long, and a second more for
# so many bytes of the file.
SECONDS, BYTES_A_SECOND = 20.0, 1_000_000


class OwnRulesValidator:
    """Checks row rules as expressions of DuckDB's and as checks of frictionless's."""

    scope: ClassVar[str] = "rows"
    version: ClassVar[str] = "1"

    def validate(self, judged: Judged) -> Iterator[Finding]:
        """Yield ``own-rule`` for each row that breaks a rule, a thousand a rule at most.

        ``own-rule-of-table`` is of a rule about the table as a whole;
        ``own-rule-not-checked`` says of a rule that it could not be worked out, and why.
        """
        try:
            outcomes = list(_outcomes(judged))
        except Unreadable as problem:
            yield examination_failed(judged.file.resource, problem.limit, problem.value)
            return
        if not outcomes:
            return
        file, schemas = judged.file, [judged.table.schema]
        mask = mask_of(file.path, judged.format, file.name, file.reading, schemas)
        for outcome in outcomes:
            yield from _findings(judged, outcome, mask)


def _outcomes(judged: Judged) -> Iterator[Outcome]:
    file = judged.file
    found = profile(file.path, judged.format, file.name, file.reading)
    seconds = SECONDS + found.size / BYTES_A_SECOND
    written = [rule for rule in judged.rules if rule.where]
    checks = [rule for rule in judged.rules if rule.check]
    book = None if found.layout else book_of(file.path, found)
    if written:
        asked = partial(_asked, judged, found, book)
        yield from check_expressions(
            asked, judged.table.schema, judged.table.rows, written, seconds
        )
    if checks:
        yield from check_rows(partial(_opened, judged, found, book), checks, seconds)


def _asked(
    judged: Judged, found: Profile, book: Book | None, columns: Sequence[int], ask: Any
) -> Any:
    """Answer a question about the table's cells as text."""
    path, table = judged.file.path, judged.table
    if book is None:
        width = len(found.layout.labels) if found.layout else 0
        # Whether all rows are as wide nobody counted again: DuckDB, reading strictly, will tell.
        counted = Survey(columns=(), rows=table.rows, width=width, widest=width)
        return over_cells(path, found, counted, columns, ask)
    main = book.main
    if main is None:
        return None
    with sheet_named(path, book.format, main.name) as sheet, shared() as connection:
        rows = ([text_of(cell) for cell in row] for row in sheet.rows())
        register_cells(connection, cells_kept(columns), below(rows, main.layout.header_row))
        return ask(connection)[1]


@contextmanager
def _opened(judged: Judged, found: Profile, book: Book | None) -> Iterator[Any]:
    """Give the table as frictionless reads it, open."""
    file, table = judged.file, judged.table
    name = file.name or file.path.name
    if book is None or book.main is None:
        with (
            plain(file.path) as place,
            field_limit(),
            opened(place, name, table.encoding, table.dialect, table.schema) as resource,
        ):
            yield resource
        return
    of_book = SheetFile(path=file.path, name=name, book=book, sheet=book.main)
    with opened_sheet(of_book, table.schema) as resource:
        yield resource


def _findings(judged: Judged, outcome: Outcome, mask: Mask) -> Iterator[Finding]:
    rule = outcome.rule
    if isinstance(outcome, Unchecked):
        yield finding(
            "own-rule-not-checked",
            resource=judged.file.resource,
            # A rule for any table need not fit each of them.
            severity=None if outcome.obstacle != "column" or rule.resources else Severity.INFO,
            rule=rule.name,
            obstacle=outcome.obstacle,
            value=outcome.value,
        )
        return
    places = _places(judged.table, outcome.columns)
    for case in outcome.cases:
        yield _broken(judged, outcome, case, places, mask)


def _broken(
    judged: Judged, outcome: Broken, case: Case, places: Sequence[int], mask: Mask
) -> Finding:
    rule, columns = outcome.rule, outcome.columns
    says = {"es": rule.es, "en": rule.en or rule.es}
    severity = rule.severity
    if case.row is None:
        return finding(
            "own-rule-of-table",
            resource=judged.file.resource,
            severity=severity,
            rule=rule.name,
            says=says,
        )
    alone = len(columns) == 1
    shown = [
        f"{name}: {_hidden(mask, place, cell)}"
        for name, place, cell in zip(columns, places, case.cells, strict=False)
    ]
    return finding(
        "own-rule",
        resource=judged.file.resource,
        row=case.row,
        field=columns[0] if alone else None,
        # Of one column the cell itself, which is masked like any other.
        evidence=case.cells[0] if alone and case.cells else "; ".join(shown),
        severity=severity,
        number=places[0] if alone else 0,
        rule=rule.name,
        says=says,
        count=outcome.count,
    )


def _places(table: Table, columns: Sequence[str]) -> list[int]:
    """Return the numbers of columns from 1, 0 for one that is not there."""
    names = [str(field.get("name", "")).casefold() for field in table.schema.get("fields", [])]
    folded = [name.casefold() for name in columns]
    return [names.index(name) + 1 if name in names else 0 for name in folded]


def _hidden(mask: Mask, place: int, cell: str) -> str:
    return mask.finding(finding("own-rule", evidence=cell, number=place)).evidence
