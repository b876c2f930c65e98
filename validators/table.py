"""Judge tables in text: frictionless's verdict, as findings and as its own report."""

import re
from collections.abc import Generator, Iterator, Mapping
from typing import Any, ClassVar

from acopio.model import File, Finding, Resource, Snapshot, Table
from acopio.validators.columns import LONGEST_CELL, WIDEST, Survey, survey
from acopio.validators.files import data_files
from acopio.validators.finding import finding
from acopio.validators.lines import LONGEST_LINE
from acopio.validators.preflight import Profile, profile
from acopio.validators.tabular.judge import (
    Judgement,
    SchemaProblem,
    checked,
    infer,
    judge,
    within_the_table,
)
from acopio.validators.tabular.schema import corrected

# How frictionless words a type error; our sentences say the type in the reader's language.
_TYPE_NOTE = re.compile(r'type is "(\w+)/')
# Names of other tables shown in one sentence, in characters.
_NAMES = 200
_LIMITS = {"columns": WIDEST, "cell": LONGEST_CELL}


class TableValidator:
    """Runs frictionless last, on a file about which nothing is left to guess."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "2"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding | Table]:
        """Yield a ``Table`` for each table in text, and one finding per frictionless error.

        With the same schema, dialect and encoding the report equals frictionless's own.
        """
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name, file.reading)
            if found.too_long_a_line:
                yield _beyond(file, "line", LONGEST_LINE)
                continue
            table = survey(file.path, found)
            if table is None:
                continue
            if table.limit:
                yield _beyond(file, table.limit, _LIMITS[table.limit])
                continue
            yield from _judged(file, resource, found, table)


def _beyond(file: File, limit: str, value: int) -> Finding:
    return finding("examination-failed", resource=file.resource, limit=limit, value=value)


def _judged(
    file: File, resource: Resource, found: Profile, table: Survey
) -> Iterator[Finding | Table]:
    from frictionless import FrictionlessException

    if found.layout is None or found.encoding is None:
        return
    dialect = found.layout.descriptor()
    encoding = found.encoding.name
    name = file.name or file.path.name
    try:
        schema = yield from _schema(file, resource, encoding, dialect, table)
        judgement = judge(file.path, name, encoding, dialect, schema)
    except FrictionlessException as error:
        yield finding(error.error.type, resource=file.resource, note=error.error.note)
        return
    yield from _findings(file, judgement)
    yield Table(
        resource=file.resource,
        encoding=encoding,
        dialect=dialect,
        schema=judgement.schema,
        report=judgement.report,
        rows=table.rows,
        title_rows=found.layout.header_row - 1,
        seconds=judgement.seconds,
    )


def _schema(
    file: File, resource: Resource, encoding: str, dialect: Mapping[str, Any], table: Survey
) -> Generator[Finding, None, Mapping[str, Any]]:
    """Return the declared schema if it is one, else what the file itself shows."""
    if resource.schema is not None:
        try:
            declared = checked(resource.schema)
        except SchemaProblem as problem:
            yield finding("schema-error", resource=file.resource, note=str(problem))
        else:
            schema, tables = within_the_table(declared, file.name or file.path.name)
            if tables:
                names = ", ".join(tables)[:_NAMES]
                yield finding("keys-not-checked", resource=file.resource, tables=names)
            return schema
    inferred = infer(file.path, file.name or file.path.name, encoding, dialect)
    return corrected(inferred, table)


def _findings(file: File, judgement: Judgement) -> Iterator[Finding]:
    for task in judgement.report["tasks"]:
        for error in task["errors"]:
            yield _finding(file, error)
        if task["warnings"]:
            yield finding("report-cut", resource=file.resource, limit=len(task["errors"]))


def _finding(file: File, error: Mapping[str, Any]) -> Finding:
    rows = error.get("rowNumbers") or []
    note = str(error.get("note", ""))[:500]
    expected = _TYPE_NOTE.match(note)
    width: dict[str, Any] = {"cells": len(error["cells"])} if "cells" in error else {}
    return finding(
        str(error["type"]),
        resource=file.resource,
        row=error.get("rowNumber") or (rows[0] if rows else None),
        field=error.get("fieldName") or error.get("label") or None,
        evidence=str(error.get("cell", error.get("label", ""))),
        number=error.get("fieldNumber", 0),
        note=note,
        expected=expected.group(1) if expected else "",
        **width,
    )
