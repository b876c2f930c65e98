"""Read spreadsheets: XLSX, XLS and OpenDocument by calamine.

Cells come as openpyxl types them, which is what frictionless judges. calamine shows a cell with an
error (``#N/A``) as blank; a workbook that has some is read by openpyxl itself, many times slower.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acopio.tables.cells import plain_number
from acopio.tables.inflation import has_errors
from acopio.tables.sheet import CELLS, SHEETS, Row, Sheet, Unreadable

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

Typed = Callable[[Any], Any]
# How calamine's panic begins over a cell whose place makes the sheet larger than any memory.
_TOO_LARGE = "capacity overflow"


def excel_sheets(path: Path) -> Iterator[Sheet]:
    """Yield the sheets of an XLSX workbook. Raises Unreadable."""
    stat = path.stat()
    if has_errors(path, stat.st_size, stat.st_mtime_ns):
        return _by_openpyxl(path)
    return _by_calamine(path, _as_openpyxl)


def old_excel_sheets(path: Path) -> Iterator[Sheet]:
    """Yield the sheets of an XLS workbook, whose format bounds them. Raises Unreadable."""
    return _by_calamine(path, _as_openpyxl)


def open_document_sheets(path: Path) -> Iterator[Sheet]:
    """Yield the sheets of an ODS workbook. Raises Unreadable."""
    stat = path.stat()
    has_errors(path, stat.st_size, stat.st_mtime_ns)
    return _by_calamine(path, _as_ezodf)


def _by_calamine(path: Path, typed: Typed) -> Iterator[Sheet]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    # Given a path it goes by the ending, which need not be the truth.
    with path.open("rb") as file, _guarded(partial(CalamineWorkbook.from_filelike, file)) as book:
        described = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
        _check_count(len(described))
        for one in described:
            sheet = _guarded(partial(book.get_sheet_by_name, one.name))
            if (sheet.total_height or 0) * (sheet.total_width or 0) > CELLS:
                raise Unreadable("cells", CELLS)
            yield Sheet(
                name=one.name,
                rows=partial(_rows, sheet, typed),
                hidden=one.visible != SheetVisibleEnum.Visible,
            )


def _rows(sheet: "CalamineSheet", typed: Typed) -> Iterator[Row]:
    # calamine leaves out the columns left of the first one that is not blank.
    left = [None] * (sheet.start[1] if sheet.start else 0)
    for cells in sheet.iter_rows():
        yield left + [typed(cell) for cell in cells]


def _as_openpyxl(cell: Any) -> Any:
    if cell == "":
        return None
    if isinstance(cell, float):
        return plain_number(cell)
    if type(cell) is date:
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - spreadsheets know no zone
    return cell


def _as_ezodf(cell: Any) -> Any:
    if cell == "":
        return None
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _by_openpyxl(path: Path) -> Iterator[Sheet]:
    import warnings

    import openpyxl

    with warnings.catch_warnings():
        # It warns of what it does not read: drawings, validation lists, conditional formats.
        warnings.simplefilter("ignore")
        book = _guarded(partial(openpyxl.load_workbook, path, read_only=True, data_only=True))
        with closing(book):
            _check_count(len(book.worksheets))
            for sheet in book.worksheets:
                sheet.reset_dimensions()
                yield Sheet(
                    name=sheet.title,
                    rows=partial(_openpyxl_rows, sheet),
                    hidden=sheet.sheet_state != "visible",
                )


def _openpyxl_rows(sheet: Any) -> Iterator[Row]:
    """Yield the rows up to the last that is not blank, as wide as the widest."""
    width = height = 0
    for number, cells in enumerate(_guarded_rows(sheet), 1):
        filled = [place for place, cell in enumerate(cells, 1) if cell is not None]
        if filled:
            width, height = max(width, filled[-1]), number
    for _, cells in zip(range(height), _guarded_rows(sheet), strict=False):
        yield [*cells[:width], *repeat(None, width - len(cells))]


def _guarded_rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    rows = iter(sheet.iter_rows(values_only=True))
    while (row := _guarded(partial(next, rows, None))) is not None:
        yield row


def _check_count(sheets: int) -> None:
    if sheets > SHEETS:
        raise Unreadable("sheets", SHEETS)


def _guarded(read: Callable[[], Any]) -> Any:
    """Return what a library reads; whatever it raises over a broken file is Unreadable.

    A panic of calamine's is no Exception, and neither library says what it may raise.
    """
    try:
        return read()
    except (KeyboardInterrupt, SystemExit, MemoryError, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - see above
        if _TOO_LARGE in str(error):
            raise Unreadable("cells", CELLS) from None
        raise Unreadable("damaged", f"{type(error).__name__}: {error}"[:200]) from None
