"""Read the file of a data dictionary as sheets of texts: CSV, or a spreadsheet."""

import csv
from collections.abc import Iterator
from pathlib import Path

from acopio.tables.cells import text_of
from acopio.tables.reading import sheets as read_sheets
from acopio.tables.sheet import Sheet
from acopio.validators.columns import field_limit
from acopio.validators.dictionaries.entries import COLUMNS, LETTERS, Row
from acopio.validators.encoding import FOREIGN
from acopio.validators.preflight import Profile

# A dictionary is written by hand: what is larger is something else.
LARGEST = 32 << 20
_SPREADSHEETS = frozenset({"xlsx", "xls", "ods"})


def sheets(path: Path, profile: Profile) -> Iterator[tuple[str, Iterator[Row]]]:
    """Yield each sheet's name and its rows, from the first on; nothing for any other format.

    Raises acopio.tables.sheet.Unreadable for a spreadsheet beyond its limits, or damaged. A sheet
    is of use until the next one is asked for.
    """
    if profile.format in _SPREADSHEETS and not profile.kind.encrypted:
        for sheet in read_sheets(path, profile.format):
            yield sheet.name, _texts(sheet)
    elif profile.lines is not None:
        yield "", _lines(path, profile)


def _texts(sheet: Sheet) -> Iterator[Row]:
    for row in sheet.rows():
        yield [text_of(cell)[:LETTERS] for cell in row[:COLUMNS]]


def _lines(path: Path, profile: Profile) -> Iterator[Row]:
    layout, encoding = profile.lines, profile.encoding
    if layout is None or encoding is None:
        return
    with path.open("r", encoding=encoding.name, errors=FOREIGN, newline="") as file, field_limit():
        try:
            yield from csv.reader(
                file,
                delimiter=layout.delimiter,
                quotechar=layout.quote,
                skipinitialspace=layout.skip_space,
            )
        except csv.Error:
            # A cell beyond the limit: what was read before it still counts.
            return
