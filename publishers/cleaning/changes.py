"""What was changed between an original and its clean copy: codes and counts, for the log.

No cell is quoted. A title may name the officer who made the file, with a DNI, and nothing here can
tell a name for sure; the log is published wherever the copy is. Rows are given by their number, and
whoever needs their text has the original beside it.
"""

from collections.abc import Iterator
from typing import Any

from acopio.model import Table
from acopio.publishers.cleaning.columns import Column
from acopio.publishers.cleaning.copying import Copy
from acopio.publishers.cleaning.reading import Original
from acopio.publishers.cleaning.typed import TypedOriginal

# The log numbers so many rows of a kind; how many there are it always says.
NUMBERED_ROWS = 50


def changes_made(
    table: Table, original: Original | TypedOriginal, copy: Copy
) -> Iterator[dict[str, Any]]:
    """Yield every change between an original and its clean copy, once it was read to its end."""
    if table.compression:
        yield {"change": "unpacked", "from": table.compression}
    if isinstance(original, TypedOriginal):
        yield {"change": "format", "from": table.format, "to": "csv"}
    else:
        yield from _form_changed(table, original)
    yield from _rows_changed(original)
    yield from _cells_changed(copy)


def _form_changed(table: Table, original: Original) -> Iterator[dict[str, Any]]:
    if original.foreign_bytes:
        yield {"change": "foreign-bytes", "bytes": original.foreign_bytes, "read_as": "cp1252"}
    encoding = table.encoding.lower().replace("_", "-")
    if encoding not in {"utf-8", "utf8", "utf-8-sig", "ascii"}:
        yield {"change": "encoding", "from": table.encoding, "to": "utf-8"}
    if original.mark:
        yield {"change": "byte-order-mark", "bytes": original.mark.hex()}
    if original.control.delimiter != ",":
        yield {"change": "delimiter", "from": original.control.delimiter, "to": ","}
    if original.control.quote_char != '"':
        yield {"change": "quote-char", "from": original.control.quote_char, "to": '"'}
    ends = {repr(end)[1:-1]: count for end, count in original.ends.items() if count}
    if set(ends) - {"\\r\\n"}:
        yield {"change": "line-ends", "from": ends, "to": "\\r\\n"}


def _rows_changed(original: Original | TypedOriginal) -> Iterator[dict[str, Any]]:
    for change, rows in (("title-rows", original.above), ("comment-rows", original.comments)):
        if rows:
            yield {"change": change, "rows": len(rows), "numbers": rows[:NUMBERED_ROWS]}
    if not original.has_header:
        yield {"change": "header-added"}
    elif original.header_rows > 1:
        yield {"change": "header-joined", "rows": original.header_rows}


def _cells_changed(copy: Copy) -> Iterator[dict[str, Any]]:
    if copy.unnamed:
        yield {"change": "columns-named", "columns": copy.unnamed}
    for column in copy.columns:
        yield from _column_changed(column)
    for change, cells in (
        ("trailing-empty-cells", copy.trailing_empty),
        ("missing-cells-filled", copy.missing_cells),
        ("extra-cells-kept", copy.extra_cells),
    ):
        if cells:
            yield {"change": change, "cells": cells}


def _column_changed(column: Column) -> Iterator[dict[str, Any]]:
    if column.changed:
        form = {
            "decimal": getattr(column.field, "decimal_char", "."),
            "group": getattr(column.field, "group_char", ""),
        }
        yield {"change": "number-form", "field": column.name, "cells": column.changed} | form
    if column.broken:
        yield {"change": "cells-rejected", "field": column.name, "cells": column.broken}
