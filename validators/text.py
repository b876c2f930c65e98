"""Find what makes a text table hard to open: encoding, delimiter, title rows, decimal commas."""

from collections.abc import Iterator
from typing import ClassVar

from acopio.model import File, Finding, Snapshot
from acopio.validators.columns import survey
from acopio.validators.dialect import Layout
from acopio.validators.encoding import Encoding
from acopio.validators.files import data_files
from acopio.validators.finding import finding
from acopio.validators.masking import hidden_title
from acopio.validators.preflight import Profile, profile
from acopio.validators.tabular.schema import COMMAS, is_decimal_comma


class TextValidator:
    """Reports how a table in text departs from UTF-8, comma-separated, header first (RFC 4180)."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "2"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield one finding per departure; decimal commas once a column."""
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name)
            if found.encoding is not None:
                yield from _encoding(file, found.encoding)
            if found.layout is not None:
                yield from _layout(file, found.layout, found.declared)
                yield from _decimals(file, found)
                yield from _quotes(file, found, found.layout)


def _encoding(file: File, encoding: Encoding) -> Iterator[Finding]:
    if encoding.mixed or not encoding.exact:
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
    if encoding.nul_bytes:
        yield finding("nul-bytes", resource=file.resource, count=encoding.nul_bytes)


def _layout(file: File, layout: Layout, declared: str) -> Iterator[Finding]:
    expected = "\t" if declared in ("tsv", "tab") else ","
    if layout.delimiter != expected and layout.width > 1:
        yield finding(
            "delimiter-not-comma",
            resource=file.resource,
            evidence=layout.delimiter,
            delimiter="TAB" if layout.delimiter == "\t" else layout.delimiter,
        )
    if layout.header_row > 1:
        yield finding(
            "title-rows",
            resource=file.resource,
            row=1,
            evidence=" / ".join(hidden_title(title) for title in layout.titles if title),
            count=layout.header_row - 1,
            header=layout.header_row,
        )


def _quotes(file: File, found: Profile, layout: Layout) -> Iterator[Finding]:
    """Say that a quote never closes: all that follows it is one cell, and no error elsewhere."""
    table = survey(file.path, found)
    if table is None or found.encoding is None or not set(table.last_cell) & {"\n", "\r"}:
        return
    if not _end(file, found.encoding.name).endswith(layout.quote):
        yield finding(
            "unclosed-quote",
            resource=file.resource,
            row=layout.header_row + table.rows,
            quote=layout.quote,
        )


def _end(file: File, encoding: str) -> str:
    with file.path.open("rb") as body:
        size = body.seek(0, 2)
        body.seek(max(0, size - 64))
        return body.read().decode(encoding, "replace").rstrip("\x00\r\n")


def _decimals(file: File, found: Profile) -> Iterator[Finding]:
    table = survey(file.path, found)
    for column in table.columns if table else ():
        if is_decimal_comma(column):
            row, example = min(column.first[shape] for shape in COMMAS if shape in column.first)
            yield finding(
                "decimal-comma",
                resource=file.resource,
                row=row,
                field=column.label or f"field{column.number}",
                evidence=example,
                number=column.number,
                count=column.count(*COMMAS),
            )
