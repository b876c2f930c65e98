"""Judge spreadsheets, Parquet, JSON Lines and GeoJSON as tables."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from acopio.model import File, Finding, Pinned, Resource, Snapshot, Table
from acopio.tables.sheet import Unreadable
from acopio.validators.dates_inside import Span, dated, dates_inside
from acopio.validators.files import data_files
from acopio.validators.finding import examination_failed, finding
from acopio.validators.hiding import hidden_label, hidden_title
from acopio.validators.preflight import profile
from acopio.validators.reported import findings_of
from acopio.validators.schema_choice import chosen
from acopio.validators.sheets.book import Book, book_of
from acopio.validators.sheets.judge import SheetFile, infer_sheet, judge_sheet
from acopio.validators.text import title_rows

# Names of sheets shown in one sentence, in characters and in number.
_NAMES, _SHEETS = 200, 10


class SheetValidator:
    """Reads typed cells of tables that are not text, and has frictionless judge them."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "2"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding | Table]:
        """Yield what ``sheet_tables`` finds in each file of data."""
        for file, resource in data_files(snapshot):
            yield from sheet_tables(file, resource, snapshot.pinned.get(file.resource))


def sheet_tables(
    file: File, resource: Resource, pinned: Pinned | None = None
) -> Iterator[Finding | Table]:
    """Yield the ``Table`` of one file's main sheet and the findings about it.

    Nothing for a file of another kind. Of a workbook with several tables one is judged, and
    ``archive-several-tables`` says so. With the same schema the report equals frictionless's own.
    """
    book = book_of(file.path, profile(file.path, resource.format, file.name, file.reading))
    if book is None:
        return
    if book.limit:
        yield examination_failed(file.resource, book.limit, book.value)
        return
    yield from _several(file, book)
    sheet = book.main
    if sheet is None or not sheet.survey.rows:
        labels = sheet.layout.labels if sheet else ()
        columns, evidence = len(labels), ", ".join(map(hidden_label, labels))
        yield finding("empty-table", resource=file.resource, evidence=evidence, columns=columns)
        return
    yield from title_rows(sheet.layout, file.resource)
    name = file.name or file.path.name
    try:
        yield from _judged(
            file, resource, SheetFile(path=file.path, name=name, book=book, sheet=sheet), pinned
        )
    except Unreadable as problem:
        yield examination_failed(file.resource, problem.limit, problem.value)


def _several(file: File, book: Book) -> Iterator[Finding]:
    tables = [sheet for sheet in book.sheets if sheet.survey.rows and sheet.layout.width > 1]
    if len(tables) > 1:
        yield finding(
            "archive-several-tables",
            resource=file.resource,
            evidence=", ".join(hidden_title(sheet.name) for sheet in tables[:_SHEETS]),
            count=len(tables),
        )


def _judged(
    file: File, resource: Resource, judged: SheetFile, pinned: Pinned | None
) -> Iterator[Finding | Table]:
    from frictionless import FrictionlessException

    try:
        choice = yield from chosen(file, resource, pinned, lambda: infer_sheet(judged))
        judgement = judge_sheet(judged, choice.schema)
    except FrictionlessException as error:
        yield finding(error.error.type, resource=file.resource, note=error.error.note)
        return
    yield from findings_of(judgement.report, file.resource)
    yield Table(
        resource=file.resource,
        format=judged.book.format,
        encoding="utf-8",
        dialect=judged.dialect(),
        schema=judgement.schema,
        report=judgement.report,
        rows=judged.sheet.survey.rows,
        engine_reason="format",
        title_rows=judged.sheet.layout.header_row - 1,
        seconds=judgement.seconds,
        schema_source=choice.source,
        dates=_dates(file, resource, judged),
    )


def _dates(file: File, resource: Resource, judged: SheetFile) -> Mapping[str, Span]:
    """Return the first and the last day in each column of days; none where not all were read.

    A newer day may stand in a sheet that is not judged.
    """
    others = (sheet for sheet in judged.book.sheets if sheet is not judged.sheet)
    if any(True for other in others for _ in dated(other.survey)):
        return {}
    found = profile(file.path, resource.format, file.name, file.reading)
    return dates_inside(file.path, found, judged.sheet.survey)
