"""Have frictionless judge the rows of a sheet, typed as its own reader types them."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from acopio.tables.reading import sheet_named
from acopio.validators.sheets.book import Book, Surveyed, Typing
from acopio.validators.tabular.judge import Judgement, checked
from acopio.validators.tabular.schema import corrected

# frictionless's name for the control that chooses a table in a file of each format.
_CONTROLS = {"xlsx": "excel", "xls": "excel", "ods": "ods", "parquet": "parquet"}
_SPREADSHEETS = frozenset({"excel", "ods"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFile:
    """A file and the sheet of it that is judged. ``name`` is what the file is called."""

    path: Path
    name: str
    book: Book
    sheet: Surveyed

    def dialect(self) -> dict[str, Any]:
        """Return the frictionless dialect by which the sheet is found, nothing left to guess."""
        control = _CONTROLS.get(self.book.format, "json")
        chosen = {"sheet": self.sheet.name} if control in _SPREADSHEETS else {}
        if self.book.format == "geojson":
            chosen = {"property": "features"}
        return {"headerRows": [self.sheet.layout.header_row], control: chosen}


def infer_sheet(file: SheetFile) -> dict[str, Any]:
    """Return the schema frictionless infers, corrected as that of a text is.

    Raises FrictionlessException and Unreadable.
    """
    inferred: dict[str, Any] = {}
    with sheet_named(file.path, file.book.format, file.sheet.name) as sheet:
        resource = _resource(file, sheet.rows, None)
        with resource:
            inferred = resource.schema.to_descriptor()
    fixed = corrected(inferred, file.sheet.survey)
    return {
        **fixed,
        "fields": [
            _typed(before, after, typing)
            for before, after, typing in zip(
                inferred["fields"],
                fixed["fields"],
                _padded(file.sheet.typing, len(fixed["fields"])),
                strict=True,
            )
        ],
    }


def _padded(typing: Sequence[Typing], width: int) -> list[Typing]:
    return [*typing, *(Typing() for _ in range(width - len(typing)))][:width]


def _typed(
    before: Mapping[str, Any], after: Mapping[str, Any], typing: Typing
) -> Mapping[str, Any]:
    """Return a field as the cells' own types allow: a number is no string, whatever it codes.

    A column of codes that are all numbers has no zeros to lose; one of both kinds is left alone.
    Moments that are all at midnight are dates.
    """
    if after["type"] == "string" != before["type"] and typing.others + typing.dates:
        return {"name": after["name"], "type": "any"} if typing.texts else before
    if after["type"] == "datetime" and typing.dates and not typing.others:
        return {"name": after["name"], "type": "date"}
    return after


def judge_sheet(file: SheetFile, schema: Mapping[str, Any]) -> Judgement:
    """Return frictionless's report on the sheet.

    Stops at a thousand errors, as frictionless does. Raises SchemaProblem and Unreadable, and
    whatever a defect of frictionless's own lets out: the caller turns that into a finding.
    """
    started = time.monotonic()
    valid = checked(schema)
    with sheet_named(file.path, file.book.format, file.sheet.name) as sheet:
        report = _resource(file, sheet.rows, valid).validate().to_descriptor()
    for task in report["tasks"]:
        task["place"] = file.name
    return Judgement(report=report, schema=schema, seconds=round(time.monotonic() - started, 3))


@contextmanager
def opened_sheet(file: SheetFile, schema: Mapping[str, Any]) -> Iterator[Any]:
    """Give the sheet as frictionless reads it by ``schema``, open. Raises as ``judge_sheet``."""
    with (
        sheet_named(file.path, file.book.format, file.sheet.name) as sheet,
        _resource(file, sheet.rows, schema) as resource,
    ):
        yield resource


def _resource(file: SheetFile, rows: Any, schema: Mapping[str, Any] | None) -> Any:
    from frictionless import Dialect, Schema
    from frictionless.helpers import slugify
    from frictionless.resources import TableResource

    from acopio.validators.sheets.parser import Streamed

    stem = PurePosixPath(file.name).stem
    resource = TableResource(
        name=str(slugify(stem, regex_pattern=r"[^-a-z0-9._/]")) or "name",
        path=f"table.{file.book.format}",
        scheme="file",
        format=file.book.format,
        encoding="utf-8",
        dialect=Dialect.from_descriptor(file.dialect()),
        detector=Streamed(file.path, rows),
    )
    if schema is not None:
        resource.schema = Schema.from_descriptor(dict(schema))
    return resource
