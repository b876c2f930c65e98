"""Cut a table in text into blocks of whole rows, as UTF-8, without splitting it into rows.

A block may end only where a row ends. Without quotes that is any line end; with them, what stands
between a pair must be stepped over, by the rules Python's csv module reads quotes by: a quote opens
a cell only at its start, and inside a cell two quotes are one. Where quotes stand otherwise
(``5" pipe``), pairs mean nothing, and the module itself finds where rows end.
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from acopio.validators.encoding import FOREIGN

if TYPE_CHECKING:
    import numpy as np

SIZE = 4 << 20
_READ = 1 << 20
# Looked through at once for where a row ends.
_WINDOW = 1 << 20
_LF, _CR = 10, 13
# One row, quoted line breaks and all. Beyond it nothing is proved.
LONGEST_ROW = 64 << 20
_BYTEWISE = ("utf-8", "utf-8-sig", "cp1252", "iso8859-1")
_BOM = b"\xef\xbb\xbf"


class Unproved(Exception):  # noqa: N818
    """A file of which nothing can be proved; the text is the reason's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The two characters that split a table, as bytes of one length each."""

    delimiter: bytes
    quote: bytes


class Reads(Protocol):
    """Bytes that come in order."""

    def read(self, size: int, /) -> bytes:
        """Return the next ``size`` bytes at most; none at the end."""
        ...


class Body:
    """The bytes of a file on their way, counted as they pass, and ``hashed`` if somebody asks."""

    def __init__(self, file: BinaryIO, hashed: bool = True) -> None:
        self._file = file
        self._hashed = hashed
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self.size = 0

    def read(self, size: int, /) -> bytes:
        """Return the next ``size`` bytes at most."""
        data = self._file.read(size)
        if self._hashed:
            self._md5.update(data)
            self._sha256.update(data)
        self.size += len(data)
        return data

    def stats(self) -> dict[str, Any]:
        """Return frictionless's ``stats`` of what was read; those of nothing are left out."""
        hashes = {"md5": self._md5, "sha256": self._sha256}
        stats = {name: made.hexdigest() if self._hashed else "" for name, made in hashes.items()}
        return stats | ({"bytes": self.size} if self.size else {})


def blocks(
    body: Reads, encoding: str, marks: Marks, header_rows: int, size: int = SIZE
) -> Iterator[bytes]:
    """Yield what follows the header, in blocks of about ``size`` bytes, each of whole rows.

    Bytes that are not of the encoding are read by the rule ``FOREIGN``. Raises Unproved for a row
    beyond ``LONGEST_ROW``, for a quote that never closes, and for text that cannot be decoded.
    """
    left = header_rows
    for block in _of_rows(body, encoding, marks, size):
        below = block
        if left:
            below, left = _below(block, marks, left)
        if below:
            yield _plain(below, encoding)


def _of_rows(body: Reads, encoding: str, marks: Marks, size: int) -> Iterator[bytes]:
    """Yield the whole file in blocks of whole rows."""
    pieces: list[bytes] = []
    held, enough = 0, size
    for piece in _as_utf8(body, encoding, enough):
        pieces.append(piece)
        held += len(piece)
        if held < enough:
            continue
        data = b"".join(pieces)
        cut = last_row_end(data, marks)
        if cut:
            yield data[:cut]
        elif held > LONGEST_ROW:
            raise Unproved("row-too-long")
        # Where no row ends yet, it is looked for again when as much again has come.
        pieces, held = [data[cut:]], held - cut
        enough = size if cut else 2 * held
    rest = b"".join(pieces)
    if open_at_end(rest, marks):
        raise Unproved("unclosed-quote")
    if rest:
        yield rest


def _as_utf8(body: Reads, encoding: str, size: int) -> Iterator[bytes]:
    """Yield the file in pieces: as it stands where a line end is one byte, else transcoded."""
    if encoding in _BYTEWISE:
        start = body.read(size)
        yield start.removeprefix(_BOM) if encoding == "utf-8-sig" else start
        while data := body.read(_READ):
            yield data
        return
    import codecs

    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while data := body.read(_READ):
            yield decoder.decode(data).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        raise Unproved("encoding") from None


def _plain(block: bytes, encoding: str) -> bytes:
    """Return a block as UTF-8."""
    if block.isascii() or encoding not in _BYTEWISE:
        return block
    try:
        text = block.decode(encoding.removesuffix("-sig"))
    except UnicodeDecodeError:
        if not encoding.startswith("utf-8"):
            raise Unproved("encoding") from None
        return block.decode("utf-8", FOREIGN).encode()
    return block if encoding.startswith("utf-8") else text.encode()


def _below(block: bytes, marks: Marks, header_rows: int) -> tuple[bytes, int]:
    """Return what follows the first ``header_rows`` rows, and how many are still to come."""
    rows = Records(block, marks)
    skipped = sum(1 for _ in islice(rows, header_rows))
    return block[rows.end :], header_rows - skipped


class Records(Iterator[list[str]]):
    """The rows at the start of some bytes, by Python's csv; ``end`` is where the last one ended.

    Bytes are read as Latin-1, which keeps their number.
    """

    def __init__(self, data: bytes, marks: Marks) -> None:
        self.end = 0
        self._lines = io.StringIO(data.decode("latin-1"), newline="")
        self._reader = csv.reader(
            self._taken(),
            delimiter=marks.delimiter.decode(),
            quotechar=marks.quote.decode(),
        )

    def _taken(self) -> Iterator[str]:
        for line in self._lines:
            self.end += len(line)
            yield line

    def __next__(self) -> list[str]:
        try:
            return next(self._reader)
        except csv.Error:
            # A cell beyond the limit.
            raise Unproved("unreadable") from None


def last_row_end(data: bytes, marks: Marks) -> int:
    """Return where the last row that surely ends in ``data`` ends; 0 if none does.

    ``data`` begins where a row begins. Its very last byte settles nothing: a CR may be half of a
    CRLF, a quote half of two.
    """
    if marks.quote not in data:
        return _line_end(data, len(data) - 1)
    quotes = _pairs(data, marks)
    return _walked(data, marks) if quotes is None else _outside(data, quotes)


def _line_end(data: bytes, before: int) -> int:
    # A CR that is the last byte looked at may be half of a CRLF.
    return max(data.rfind(b"\n", 0, before), data.rfind(b"\r", 0, max(0, before - 1))) + 1


def open_at_end(data: bytes, marks: Marks) -> bool:
    """Tell whether ``data``, which begins where a row begins, ends inside a pair of quotes."""
    if marks.quote not in data:
        return False
    quotes = _pairs(data, marks)
    if quotes is not None:
        return len(quotes) % 2 == 1
    last: list[str] = []
    for row in Records(data + b"\n\n" + marks.delimiter, marks):
        last = row
    return last != ["", ""]


def _pairs(data: bytes, marks: Marks) -> "np.ndarray[Any, Any] | None":
    """Return the places of the quotes if they all stand in pairs around cells, else None."""
    import numpy as np

    text = np.frombuffer(data, dtype=np.uint8)
    quotes = np.flatnonzero(text == marks.quote[0])
    opening = quotes[::2]
    before = text[np.maximum(opening - 1, 0)]
    at_start = np.isin(before, np.frombuffer(marks.delimiter + b"\r\n", dtype=np.uint8))
    doubled = np.zeros(len(opening), dtype=bool)
    doubled[1:] = opening[1:] - 1 == quotes[1::2][: len(opening) - 1]
    return quotes if (at_start | doubled | (opening == 0)).all() else None


def _outside(data: bytes, quotes: "np.ndarray[Any, Any]") -> int:
    """Return the last row end that is not between a pair of quotes."""
    import numpy as np

    text = np.frombuffer(data, dtype=np.uint8)
    # Where the quotes are odd the last pair is open: rows end before it.
    end = len(data) - 1 if len(quotes) % 2 == 0 else int(quotes[-1])
    while end > 0:
        start = max(0, end - _WINDOW)
        window = text[start:end]
        # A CR that is the last byte looked at may be half of a CRLF.
        cuts = np.flatnonzero((window[:-1] == _LF) | (window[:-1] == _CR)) + start + 1
        if window[-1] == _LF:
            cuts = np.append(cuts, end)
        outside = cuts[np.searchsorted(quotes, cuts) % 2 == 0]
        if len(outside):
            return int(outside[-1])
        end = start
    return 0


def _walked(data: bytes, marks: Marks) -> int:
    """Return where the last row but one ends: the very last may go on."""
    rows = Records(data, marks)
    before = end = 0
    for _ in rows:
        before, end = end, rows.end
    return before
