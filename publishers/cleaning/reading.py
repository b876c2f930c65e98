"""Read the records of an original as frictionless reads them, with their true numbers."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from itertools import islice
from typing import Any, BinaryIO, cast

Record = tuple[int, list[str]]

# How many bytes were not of the encoding. Codec error handlers are global and take no argument.
_foreign: ContextVar[int] = ContextVar("_foreign", default=0)

# Byte order marks, and the codec that takes each away. UTF-32 goes before UTF-16: its little-endian
# mark begins with that of the other.
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are not of the file's encoding as Windows-1252, else as Latin-1.

    Such files are rows appended on another machine. No byte is lost by this reading.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    data = error.object[error.start : error.end]
    _foreign.set(_foreign.get() + len(data))
    try:
        return data.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return data.decode("latin-1"), error.end


codecs.register_error("acopio-windows", _as_windows)


def _mark(body: BinaryIO) -> bytes:
    start = body.read(max(map(len, _MARKS)))
    body.seek(0)
    return next((mark for mark in _MARKS if start.startswith(mark)), b"")


class Original:
    """The records of one delimited text, numbered from 1, the header included.

    ``encoding`` and ``dialect`` (a frictionless descriptor) are those the judge used, so that both
    split the same bytes into the same cells; ``title_rows`` matters only where the dialect does not
    name its header rows. ``labels`` are the column names, without the space around them; ``above``
    the numbers of the records over the header, ``comments`` those of comment rows. ``ends`` counts
    how records end, not the breaks inside cells; it and ``foreign_bytes`` are complete once
    ``records`` is exhausted.
    """

    def __init__(
        self, body: BinaryIO, encoding: str, dialect: Mapping[str, Any], title_rows: int
    ) -> None:
        from frictionless import Dialect
        from frictionless.formats.csv import CsvControl

        described = dict(dialect)
        if title_rows:
            described.setdefault("headerRows", [title_rows + 1])
        self._dialect = cast("Any", Dialect.from_descriptor(described))  # half untyped
        self.control = CsvControl.from_dialect(self._dialect)
        self.mark = _mark(body)
        self.ends = {"\r\n": 0, "\n": 0, "\r": 0}
        self.comments: list[int] = []
        self._line = ""
        _foreign.set(0)
        # newline="": a line break inside a cell belongs to the cell.
        codec = _MARKS.get(self.mark, encoding) if self.mark else encoding
        # Kept until the caller has closed the body: a wrapper that dies first closes it, loudly.
        self._text = io.TextIOWrapper(body, codec, errors="acopio-windows", newline="")
        numbered = self._numbered()
        header_ends = self._dialect.create_first_content_row() - 1
        head = list(islice(numbered, header_ends))
        self.has_header = bool(self._dialect.header)
        self.labels = self._dialect.read_labels([cells for _, cells in head])
        header_rows = self._dialect.header_rows if self.has_header else []
        self.above = [number for number, _ in head if number not in header_rows]
        self.header_rows = len(head) - len(self.above)
        self._rest: Iterator[Record] = numbered

    @property
    def foreign_bytes(self) -> int:
        """Return how many bytes met so far were not of the encoding."""
        return _foreign.get()

    def records(self) -> Iterator[Record]:
        """Yield the data records; what the dialect calls a comment is kept in ``comments``."""
        is_data = self._dialect.create_comment_filter()
        for number, cells in self._rest:
            if is_data and not is_data(number, cells):
                self.comments.append(number)
            else:
                yield number, cells

    def _numbered(self) -> Iterator[Record]:
        reader = csv.reader(self._lines(), dialect=self.control.to_python())
        for number, cells in enumerate(reader, 1):
            end = "\r\n" if self._line.endswith("\r\n") else self._line[-1]
            if end in self.ends:
                self.ends[end] += 1
            yield number, cells

    def _lines(self) -> Iterator[str]:
        """Yield lines; the reader takes no more of them than its record needs."""
        for line in self._text:
            self._line = line
            yield line
