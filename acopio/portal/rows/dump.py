"""A whole table, or what a query finds of it, as one stream of CSV, TSV or JSON.

It is read page by page, each a search of its own, so that a slow reader keeps nothing waiting and
memory holds one page. In the file's order a page follows the last row of the one before.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from io import StringIO
from typing import Any, Literal, get_args

from acopio.portal.rows import cells
from acopio.portal.rows.engine import Engine, Row
from acopio.portal.rows.fields import Schema, described
from acopio.portal.rows.parameters import Query
from acopio.portal.rows.queries import by_number, page
from acopio.portal.rows.refusals import refused
from acopio.portal.rows.tables import Column, Table

Form = Literal["csv", "tsv", "json"]
FORMS: tuple[str, ...] = get_args(Form)
SEPARATORS = {"csv": ",", "tsv": "\t"}
_ROWS = 65_536
_BYTES = 8_000_000
# Each page of a sorted dump is a sort: they are fewer.
_BYTES_SORTED = 32_000_000

Pages = Iterator[list[str]]


def checked(form: str) -> str:
    """Return ``form``. Raises ValidationError where it is none of ours."""
    if form not in FORMS:
        raise refused("format", f"Value must be one of {list(FORMS)}")
    return form


def lines(columns: Iterable[Column], form: str) -> str:
    """Return the SQL of a row as one text."""
    if form == "json":
        return f"'[' || concat_ws(',', {', '.join(map(cells.literal, columns))}) || ']'"
    separator = SEPARATORS[form]
    each = ", ".join(cells.quoted(column, separator) for column in columns)
    return f"concat_ws('{separator}', {each})"


def pages(engine: Engine, table: Table, query: Query, form: str, limit: int | None) -> Pages:
    """Yield the rows' texts, a page at a time, none empty. Raises ValidationError."""
    followed = by_number(query) == "gt"
    last, left = (cells.value(table.columns["_id"]) if followed else "0"), limit
    after: int | None = None
    while left is None or left > 0:
        most = _ROWS if left is None else min(_ROWS, left)
        asked = page(query, table, [last, lines(query.columns, form)], limit=most, after=after)
        with engine.session(table) as session:
            size = _BYTES if followed else _BYTES_SORTED
            found, whole = session.rows(asked.sql, asked.values, size=size)
        if found:
            yield [row[1] for row in found]
        if whole and len(found) < most:
            return
        query, after = _next(query, followed, found)
        left = None if left is None else left - len(found)


def _next(query: Query, followed: bool, found: list[Row]) -> tuple[Query, int | None]:
    if followed:
        return replace(query, offset=0), found[-1][0]
    return replace(query, offset=query.offset + len(found)), None


def written(
    pages: Pages, query: Query, form: str, *, schema: Schema | None, bom: bool
) -> Iterator[bytes]:
    """Yield the file: what stands before the rows, the rows, what stands after."""
    write: Callable[..., Iterator[str]] = _json if form == "json" else _csv
    mark = "\ufeff" if bom else ""
    for text in write(pages, query, form, schema):
        yield (mark + text).encode("utf-8", "replace")
        mark = ""


def _csv(pages: Pages, query: Query, form: str, _schema: Schema | None) -> Iterator[str]:
    header = StringIO()
    csv.writer(header, delimiter=SEPARATORS[form]).writerow(each.name for each in query.columns)
    yield header.getvalue()
    for found in pages:
        yield "\n".join(found) + "\n"


def _json(pages: Pages, query: Query, _form: str, schema: Schema | None) -> Iterator[str]:
    fields: Any = described(query.columns, schema)
    described_ = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    yield f'{{\n  "fields": {described_},\n  "records": ['
    separator = "\n    "
    for found in pages:
        yield separator + ",\n    ".join(found)
        separator = ",\n    "
    yield "\n]}\n"
