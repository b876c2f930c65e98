"""Empty tables to fill in: a schema's header as CSV or as a workbook.

In the workbook columns of text are formatted as text before anything is typed, so that a
spreadsheet keeps the zeros of ``010101``; lists of values are offered; a second sheet has the
rules. The same schema gives the same bytes.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import Any

from acopio.messages import text
from acopio.schemas.columns import Column, columns, description, title
from acopio.validators.known_schemas import KnownSchema

_ROWS = 1_048_575  # the last row of a sheet, from 0
_WIDTH = 60
_LIST = 255  # letters of a list of values that Excel takes
_THEN = datetime(2026, 1, 1, tzinfo=UTC)


def csv_template(one: KnownSchema) -> bytes:
    """Return the header alone: UTF-8, RFC 4180."""
    out = StringIO()
    csv.writer(out).writerow(one.names)
    return out.getvalue().encode()


def xlsx_template(one: KnownSchema) -> bytes:
    """Return a workbook: a sheet to fill in, and one with notes in the reader's language."""
    from xlsxwriter import Workbook

    out = BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        book.set_properties(
            {"title": title(one), "comments": f"{one.name} {one.version}", "created": _THEN}
        )
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        shown = columns(one)
        _data(book, shown, bold)
        _notes(book, one, shown, bold)
    return out.getvalue()


FORMATS: Mapping[str, tuple[Callable[[KnownSchema], bytes], str]] = {
    "csv": (csv_template, "text/csv; charset=utf-8; header=present"),
    "xlsx": (xlsx_template, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
"""By format: what makes the template, and its media type."""


def _data(book: Any, shown: Sequence[Column], bold: Any) -> None:
    sheet = book.add_worksheet(text("schema-sheet-data"))
    sheet.freeze_panes(1, 0)
    formats = {form: book.add_format({"num_format": form}) for form in sorted(set(_cells(shown)))}
    for place, (column, form) in enumerate(zip(shown, _cells(shown), strict=True)):
        width = max(12, min(_WIDTH, len(column.name) + 2))
        sheet.set_column(place, place, width, formats[form])
        sheet.write_string(0, place, column.name, bold)
        if column.choices and len(",".join(column.choices)) <= _LIST:
            rule = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
            sheet.data_validation(1, place, _ROWS, place, rule)


def _cells(shown: Sequence[Column]) -> list[str]:
    """Return each column's number format, so that what is typed is saved as the schema has it."""
    return [_DATES.get(one.form, "@") if one.kind == "date" else _FORMS[one.kind] for one in shown]


_DATES = {"": "yyyy-mm-dd", "%Y%m%d": "yyyymmdd"}
_FORMS = {"string": "@", "integer": "0", "year": "0", "number": "General"}


def _notes(book: Any, one: KnownSchema, shown: Sequence[Column], bold: Any) -> None:
    sheet = book.add_worksheet(text("schema-sheet-notes"))
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    lines = [f"{title(one)} ({one.name} {one.version})", description(one), text("schema-how")]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, bold if row == 0 else None)
    headings = text("schema-notes-columns").split("|")
    for place, (heading, width) in enumerate(zip(headings, (34, 22, 40, 40, 40), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(len(lines) + 1, place, heading, bold)
    for row, column in enumerate(shown, len(lines) + 2):
        cells = (column.name, column.type, "; ".join(column.rules), column.example, column.holds)
        for place, cell in enumerate(cells):
            sheet.write_string(row, place, cell, wrap)
