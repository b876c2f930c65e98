"""Find where rows begin, in bytes, so that evidence can be cut out of a file with any tool."""

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from acopio.validators.columns import field_limit

# Encodings in which a byte below 128 is that ASCII character wherever it stands.
_OVER_ASCII = frozenset(
    {"utf-8", "utf-8-sig", "ascii", "cp1252", "cp850", "latin-1", "iso-8859-1", "iso8859-1"}
)
_BOM = b"\xef\xbb\xbf".decode("latin-1")


def row_offsets(
    path: Path, encoding: str, dialect: Mapping[str, Any], rows: Collection[int]
) -> dict[int, int]:
    """Return the byte at which each of ``rows`` begins, counted from 0; rows count from 1.

    Records are those frictionless reads with ``dialect``. Empty for encodings in which bytes are
    not characters; rows after a record that cannot be read are left out. Raises OSError.
    """
    if encoding.lower() not in _OVER_ASCII or not rows:
        return {}
    # A character a byte: what splits a file into records is ASCII.
    with path.open(encoding="latin-1", newline="") as file, field_limit():
        return _found(file, dialect, frozenset(rows))


def _found(file: TextIO, dialect: Mapping[str, Any], rows: frozenset[int]) -> dict[int, int]:
    from frictionless import Dialect
    from frictionless.formats.csv import CsvControl

    begin = len(_BOM) if file.read(len(_BOM)) == _BOM else 0
    file.seek(begin)
    control = CsvControl.from_dialect(Dialect.from_descriptor(dict(dialect)))
    lines = _Counted(file, begin)
    records = csv.reader(lines, dialect=control.to_python())
    found: dict[int, int] = {}
    for row in range(1, max(rows) + 1):
        if row in rows:
            found[row] = lines.read
        try:
            next(records)
        except (StopIteration, csv.Error):
            found.pop(row, None)
            break
    return found


class _Counted:
    """The lines of a file; ``read`` is how many characters those given have."""

    def __init__(self, lines: Iterable[str], begin: int) -> None:
        self.read = begin
        self._lines = lines

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.read += len(line)
            yield line
