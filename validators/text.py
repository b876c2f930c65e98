"""Find what makes a text table hard to open: encoding, delimiter, header, marks in numbers."""

from collections.abc import Iterator
from typing import Any, ClassVar

from acopio.model import File, Finding, Snapshot
from acopio.validators.columns import Column, Survey
from acopio.validators.dialect import Layout
from acopio.validators.encoding import Encoding
from acopio.validators.files import data_files
from acopio.validators.finding import finding
from acopio.validators.hiding import hidden_label, hidden_title
from acopio.validators.lines import line_at
from acopio.validators.persons import personal_columns
from acopio.validators.preflight import profile
from acopio.validators.quoting import row_of_unclosed_quote
from acopio.validators.shapes import Shape
from acopio.validators.surveys import survey
from acopio.validators.tabular.schema import COMMAS, is_decimal_comma

# Numbers with marks between thousands that cannot be anything else.
_GROUPED = (Shape.THOUSANDS, Shape.MILLIONS_COMMA)
_WORDS = (
    Shape.TEXT,
    Shape.PERSON,
    Shape.FULL_NAME,
    Shape.MENTION,
    Shape.RUC_MENTION,
    Shape.KIND,
    Shape.IDENTITY,
    Shape.EIGHT_APART,
)


class TextValidator:
    """Reports how a table in text departs from UTF-8, comma-separated, header first (RFC 4180)."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "5"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield one finding per departure; what is wrong with numbers once a column."""
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name, file.reading)
            if found.encoding is not None:
                yield from _encoding(file, found.encoding)
            table = survey(file.path, found)
            if found.encoding is None or found.layout is None or table is None:
                continue
            yield from _layout(file, found.layout, found.declared)
            yield from _numbers(file, table)
            yield from _quotes(file, found.encoding.name, found.layout, table)


def _encoding(file: File, encoding: Encoding) -> Iterator[Finding]:
    if not encoding.exact:
        yield finding(
            "encoding-error", resource=file.resource, row=encoding.first_other, note="not-unicode"
        )
    elif encoding.mixed:
        yield finding(
            "encoding-mixed",
            resource=file.resource,
            encoding=encoding.name,
            line=encoding.first_other or 1,
            utf8_lines=encoding.utf8_lines,
            other_lines=encoding.other_lines,
        )
    elif not encoding.is_utf8:
        yield finding(
            "encoding-not-utf8",
            resource=file.resource,
            encoding=encoding.name,
            line=encoding.first_other or 1,
        )
    elif encoding.name == "utf-8-sig":
        yield finding("bom", resource=file.resource)
    if encoding.damage is not None:
        yield finding(
            "mojibake",
            resource=file.resource,
            evidence=encoding.damage.shown,
            meant=encoding.damage.meant,
            count=encoding.damage.count,
            line=line_at(file.path, encoding.damage.offset),
        )
    if encoding.nul_bytes:
        yield finding("nul-bytes", resource=file.resource, count=encoding.nul_bytes)


def title_rows(layout: Layout, resource: str) -> Iterator[Finding]:
    """Yield what stands above the header of a table, whatever kind of file it is in."""
    if layout.header_row > 1:
        yield finding(
            "title-rows",
            resource=resource,
            row=1,
            evidence=" / ".join(hidden_title(title) for title in layout.titles if title),
            count=layout.header_row - 1,
            header=layout.header_row,
        )


def _layout(file: File, layout: Layout, declared: str) -> Iterator[Finding]:
    expected = "\t" if declared in ("tsv", "tab") else ","
    if layout.delimiter != expected and layout.width > 1:
        yield finding(
            "delimiter-not-comma",
            resource=file.resource,
            evidence=layout.delimiter,
            delimiter="TAB" if layout.delimiter == "\t" else layout.delimiter,
        )
    yield from title_rows(layout, file.resource)
    if layout.merged:
        yield finding(
            "merged-header",
            resource=file.resource,
            row=layout.header_row,
            evidence=" | ".join(hidden_label(label.strip()) for label in layout.labels),
        )


def _quotes(file: File, encoding: str, layout: Layout, table: Survey) -> Iterator[Finding]:
    row = row_of_unclosed_quote(file.path, encoding, layout, table)
    if row is not None:
        yield finding("unclosed-quote", resource=file.resource, row=row, quote=layout.quote)


def _numbers(file: File, table: Survey) -> Iterator[Finding]:
    for column in table.columns:
        if is_decimal_comma(column):
            yield finding("decimal-comma", resource=file.resource, **_cells(column, COMMAS))
    # What is grouped like 12,345,678 may be somebody's number; that is said elsewhere.
    persons = {person.number for person in personal_columns(table)}
    for column in table.columns:
        grouped = _grouped(column)
        if grouped and column.number not in persons:
            mark = "." if Shape.GROUPED_COMMA in grouped else ","
            yield finding(
                "thousands-separator",
                resource=file.resource,
                mark=mark,
                **_cells(column, grouped),
            )


def _grouped(column: Column) -> tuple[Shape, ...]:
    """Return the shapes of numbers with marks between thousands, beyond doubt; empty if none."""
    if is_decimal_comma(column):
        return (Shape.GROUPED_COMMA,) if column.count(Shape.GROUPED_COMMA) else ()
    numbers = column.filled - column.count(*_WORDS)
    if column.count(*_GROUPED) and numbers * 10 >= column.filled * 9:
        # ``5,234`` alone may have a decimal comma; beside ``1,234.50`` it has not.
        return (*_GROUPED, Shape.EITHER)
    return ()


def _cells(column: Column, shapes: tuple[Shape, ...]) -> dict[str, Any]:
    """Return where a column has cells of ``shapes``, as a finding says it."""
    row, example = min(column.first[shape] for shape in shapes if shape in column.first)
    return {
        "row": row,
        "field": column.label or f"field{column.number}",
        "evidence": example,
        "number": column.number,
        "count": column.count(*shapes),
    }
