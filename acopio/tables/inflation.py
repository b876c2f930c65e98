"""See how large a spreadsheet is before a library unpacks it into memory.

A sheet of a few bytes may name a cell at its far corner, or repeat one a million times; readers
make room for the whole rectangle. So the XML is read once as a stream, and only counted.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from copy import copy
from functools import lru_cache
from pathlib import Path

from acopio.tables.sheet import CELLS, INFLATED, Unreadable

_BLOCK = 1 << 20
# A tag may stand where two blocks meet; this much of a block is looked at twice.
_TAG = 2 << 10
# References beyond column Z or row 9,999: a smaller rectangle is always bearable.
# Other attributes (r:id="rId1", codeName="Hoja1") only look like them.
_FAR = re.compile(
    rb"(?<!\S)r\s*=\s*[\"']\s*(?=[A-Za-z]{2}|[A-Za-z]?[0-9]{5})([A-Za-z]{0,7})([0-9]{1,9})\s*[\"']"
)
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
# A cell that does not say where it stands.
_UNNAMED = re.compile(rb"<(?:\w+:)?c(?:\s+(?!r\s*=)[\w:]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*\s*/?>")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_ERROR = re.compile(rb"<(?:\w+:)?c\s[^<>]*\bt\s*=\s*[\"']e[\"']")
_NEAR_COLUMNS, _NEAR_ROWS = 26, 9_999
_MOST_COLUMNS, _MOST_ROWS = 16_384, 1_048_576
# An OpenDocument cell that says something and is repeated.
_REPEATED = re.compile(
    rb"<table:(?:covered-)?table-cell\b(?=[^<>]*office:|[^<>]*[^/<>]>)"
    rb"[^<>]*table:number-columns-repeated\s*=\s*[\"']([0-9]{1,9})[\"']"
)


@lru_cache(maxsize=16)
def has_errors(path: Path, _size: int, _changed: int) -> bool:
    """Tell whether a zipped spreadsheet has cells that hold an error, such as ``#N/A``.

    Raises Unreadable when it inflates beyond ``INFLATED``, a sheet's rectangle is beyond ``CELLS``,
    or it cannot be unpacked.
    """
    found, left = False, INFLATED
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                extent = _Extent()
                for block in _inflated(archive, member):
                    left -= len(block)
                    if left < 0:
                        raise Unreadable("inflated", INFLATED)
                    extent.add(block)
                found = found or extent.errors
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise Unreadable("damaged", str(error)[:200]) from None
    return found


def _inflated(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield all that a member inflates to, whatever length the directory claims for it."""
    unbounded = copy(member)
    unbounded.file_size = INFLATED + _BLOCK
    with archive.open(unbounded) as stream:
        while block := stream.read(_BLOCK):
            yield block


class _Extent:
    """How far the cells of one member reach, as seen so far."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_sheet = False
        self._columns, self._rows, self._counted, self._repeated = _NEAR_COLUMNS, _NEAR_ROWS, 0, 0
        self.errors = False

    def add(self, block: bytes) -> None:
        """Look at the next block. Raises Unreadable when a sheet is beyond ``CELLS``."""
        seen, self._rest = self._rest + block, block[-_TAG:]
        self._is_sheet = self._is_sheet or b"sheetData" in seen
        if self._is_sheet:
            marked = b'"e"' in seen or b"'e'" in seen
            self.errors = self.errors or (marked and _ERROR.search(seen) is not None)
            self._reach(seen)
        self._repeated += sum(min(_MOST_COLUMNS, int(times)) for times in _REPEATED.findall(seen))
        if max(self._columns * self._rows, self._repeated) > CELLS:
            raise Unreadable("cells", CELLS)

    def _reach(self, seen: bytes) -> None:
        far = _FAR.findall(seen)
        columns = {letters for letters, _ in far}
        rows = {digits for _, digits in far}
        self._columns = max(self._columns, *map(_column, columns), 0)
        self._rows = max(self._rows, min(_MOST_ROWS, max(map(int, rows), default=0)))
        self._counted += seen.count(b"<row") + seen.count(b":row")
        if _UNNAMED.search(seen):
            # They stand one after another.
            self._rows = max(self._rows, self._counted)
            widths = (len(_CELL.findall(row)) for row in _ROW.split(seen))
            self._columns = max(self._columns, *widths)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + letter - 64
    return min(_MOST_COLUMNS, number)
