"""Choose the reader for a format."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from acopio.tables import parquet, records, workbook
from acopio.tables.sheet import Sheet, Unreadable

_READERS: Mapping[str, Callable[[Path], Iterator[Sheet]]] = {
    "xlsx": workbook.excel_sheets,
    "xls": workbook.old_excel_sheets,
    "ods": workbook.open_document_sheets,
    "parquet": parquet.parquet_table,
    "jsonl": records.json_lines,
    "geojson": records.features,
}
FORMATS = frozenset(_READERS)


def sheets(path: Path, format: str) -> Generator[Sheet, None, None]:  # noqa: A002 - frictionless's word
    """Yield the tables of a file in one of ``FORMATS``, one at a time, in their order.

    Raises Unreadable, here or while a sheet's rows are read; OSError; KeyError for another format.
    """
    yield from _READERS[format](path)


@contextmanager
def sheet_named(path: Path, format: str, name: str) -> Iterator[Sheet]:  # noqa: A002
    """Give the one sheet called ``name``. Raises as ``sheets``, and Unreadable without it."""
    with closing(sheets(path, format)) as all_sheets:
        for sheet in all_sheets:
            if sheet.name == name:
                yield sheet
                return
    raise Unreadable("damaged", name)
