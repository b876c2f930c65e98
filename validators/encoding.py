"""Decide how a whole text file is encoded, in one streaming pass.

frictionless guesses from the first 100 kB, so one accent further down makes it fail; and it reads
a file that mixes two encodings as if nothing had happened. Here every byte is looked at.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

BLOCK = 1 << 20
# A longer line is not a row of a table that anyone can open, and would not fit in memory twice.
LONGEST_LINE = 16 << 20

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The codec error handler all who read a table use: see ``_as_windows``.
FOREIGN = "acopio-foreign"
# How Python's "surrogateescape" shows a byte that is not UTF-8.
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
# Bytes that Windows-1252 leaves undefined: a file with them is read as Latin-1, which has all 256.
_NOT_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How a file's bytes become text. ``name`` is Python's, normalised as frictionless does.

    Of a file that mixes two encodings it is the one most lines have; with the error handler
    ``FOREIGN`` that reads every byte, and the other lines right where they are fewer and not UTF-8.
    ``utf8_lines`` counts lines with characters beyond ASCII that are valid UTF-8, ``other_lines``
    those that are not; ``first_other`` is the physical line, from 1, where the latter begin.
    ``longest_line`` is in bytes (in characters for UTF-16 and UTF-32); ``exact`` is false when
    a UTF-16 or UTF-32 body cannot be decoded to its end.
    """

    name: str
    lines: int = 0
    longest_line: int = 0
    nul_bytes: int = 0
    utf8_lines: int = 0
    other_lines: int = 0
    first_other: int | None = None
    exact: bool = True

    @property
    def mixed(self) -> bool:
        """Whether some lines are UTF-8 and others are not: no single encoding is right."""
        return bool(self.other_lines and (self.utf8_lines or self.name.startswith("utf-8")))

    @property
    def is_utf8(self) -> bool:
        """Whether every byte is UTF-8, with or without a byte order mark."""
        return self.name in ("utf-8", "utf-8-sig") and not self.other_lines


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read what is not of the file's encoding as Windows-1252, else as Latin-1.

    Rows appended on another machine are like that. The cleaner reads by the same rule.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    data = error.object[error.start : error.end]
    try:
        return data.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return data.decode("latin-1"), error.end


codecs.register_error(FOREIGN, _as_windows)


def decide(path: Path) -> Encoding:
    """Return the encoding of the text file at ``path``; memory stays within a few blocks."""
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        named = next((name for bom, name in _BOMS if start.startswith(bom)), "")
        if named.startswith(("utf-16", "utf-32")):
            return _wide(file, named)
        return _bytewise(file, named or "utf-8")


def _bytewise(file: BinaryIO, utf8: str) -> Encoding:
    count = _Count()
    for block in _blocks(file):
        count.add(block)
    single_byte = "iso8859-1" if count.beyond_cp1252 else "cp1252"
    # A byte order mark is the file's own word for UTF-8.
    foreign = utf8 == "utf-8" and count.other_lines > count.utf8_lines
    return Encoding(
        name=single_byte if foreign else utf8,
        lines=count.lines,
        longest_line=count.longest,
        nul_bytes=count.nul,
        utf8_lines=count.utf8_lines,
        other_lines=count.other_lines,
        first_other=count.first_other,
    )


class _Count:
    """What is known after the blocks seen so far."""

    def __init__(self) -> None:
        self.lines = self.longest = self.nul = self.utf8_lines = self.other_lines = 0
        self.first_other: int | None = None
        self.beyond_cp1252 = False

    def add(self, block: bytes) -> None:
        self.nul += block.count(0)
        lines = _lines(block)
        self.longest = max(self.longest, max(map(len, lines)))
        if not block.isascii():
            self.beyond_cp1252 = self.beyond_cp1252 or bool(_NOT_IN_CP1252.search(block))
            self._judge(block, lines)
        self.lines += len(lines)

    def _judge(self, block: bytes, lines: list[bytes]) -> None:
        accented = [number for number, line in enumerate(lines, 1) if not line.isascii()]
        if not _is_utf8(block):
            # Python marks each byte that is not UTF-8, so a whole block is decoded at once.
            words = b"\n".join(lines).decode("utf-8", "surrogateescape").split("\n")
            others = [number for number in accented if _NOT_UTF8.search(words[number - 1])]
            self.other_lines += len(others)
            self.first_other = self.first_other or self.lines + others[0]
            accented = accented[len(others) :]
        self.utf8_lines += len(accented)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _lines(block: bytes) -> list[bytes]:
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = block.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return lines or [b""]


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the file in pieces that end where a line ends, unless the line is beyond the limit.

    CRLF, LF and a lone CR all end a line, as in Python's csv module.
    """
    rest = b""
    while chunk := file.read(BLOCK):
        block = rest + chunk
        # A CR at the very end may be half of a CRLF: it waits for the next chunk.
        cut = max(block.rfind(b"\n"), block.rfind(b"\r", 0, len(block) - 1)) + 1
        if not cut and len(block) <= LONGEST_LINE:
            rest = block
            continue
        cut = cut or len(block)
        yield block[:cut]
        rest = block[cut:]
    if rest:
        yield rest


def _wide(file: BinaryIO, name: str) -> Encoding:
    """Measure a UTF-16 or UTF-32 file; its byte order mark was seen."""
    decoder = codecs.getincrementaldecoder(name)()
    lines = longest = current = 0
    for chunk in chain(iter(lambda: file.read(BLOCK), b""), (b"",)):
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            return Encoding(name=name, lines=lines, longest_line=longest, exact=False)
        first, *others = text.split("\n")
        current += len(first)
        longest = max(longest, current)
        if others:
            longest = max(longest, *map(len, others))
            current = len(others[-1])
        lines += len(others)
    return Encoding(name=name, lines=lines + bool(current), longest_line=longest)
