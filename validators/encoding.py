"""Decide how a whole text file is encoded, by its every byte.

frictionless guesses from the first 100 kB, so one accent further down makes it fail; and it reads
a file that mixes two encodings as if nothing had happened. Here every byte is looked at.
"""

import codecs
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from acopio.validators.lines import BLOCK, LONGEST_LINE, blocks, has_too_long_a_line, nul_bytes
from acopio.validators.mixture import Mixture
from acopio.validators.mojibake import Damage, Search
from acopio.validators.wide import HEAD, utf16_without_mark

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The codec error handler all who read a table use: see ``_as_windows``.
FOREIGN = "acopio-foreign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How a file's bytes become text. ``name`` is Python's, normalised as frictionless does.

    Of a file that mixes two encodings it is the one most lines have; with the error handler
    ``FOREIGN`` that reads every byte, and the other lines right where they are fewer and not UTF-8.
    Unless every byte is UTF-8, ``utf8_lines`` counts lines with characters beyond ASCII that are
    valid UTF-8, ``other_lines`` those that are not; ``first_other`` is the physical line, from 1,
    where the latter begin. ``exact`` is false when a UTF-16 or UTF-32 body cannot be decoded to its
    end; then that is where it ends. ``confidence`` is 0 to 1: UTF-8 proves itself, while any
    bytes are Windows-1252, and how they stand among letters speaks for it.
    ``too_long_a_line`` when one is beyond ``LONGEST_LINE`` (characters in UTF-16 and UTF-32).
    """

    name: str
    too_long_a_line: bool = False
    nul_bytes: int = 0
    utf8_lines: int = 0
    other_lines: int = 0
    first_other: int | None = None
    exact: bool = True
    confidence: float = 1.0
    damage: Damage | None = None

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


def decide(path: Path, pinned: str = "") -> Encoding:
    """Return the encoding of the text file at ``path``; memory stays within a few blocks.

    A ``pinned`` name (UTF-8 or a single-byte encoding) is believed, but for a file that shows by
    its byte order mark, or as UTF-16 by its structure, what it is.

    A file in UTF-8, which most are, is only decoded; where it stops being UTF-8 it is read again
    from its beginning and lines are counted. Raises OSError.
    """
    with path.open("rb", buffering=0) as file:
        start = file.read(HEAD)
        file.seek(0)
        named = next((name for bom, name in _BOMS if start.startswith(bom)), "")
        wide = named if named.startswith(("utf-16", "utf-32")) else utf16_without_mark(start)
        if wide:
            return _wide(file, wide, sure=bool(named))
        if pinned not in ("", "utf-8") and not named:
            return _as_pinned(file, pinned)
        utf8 = _as_utf8(file, named or "utf-8")
        if utf8 is not None:
            return utf8
        file.seek(0)
        # A byte order mark is the file's own word for UTF-8.
        return _in_two_ways(file, named or "utf-8", sure=bool(named or pinned))


def _as_utf8(file: BinaryIO, name: str) -> Encoding | None:
    """Return the encoding if every byte is UTF-8; None at the first block that is not."""
    nul = offset = 0
    too_long = False
    search = Search()
    for block in blocks(file):
        if not block.isascii():
            try:
                search.add(block.decode("utf-8"), offset)
            except UnicodeDecodeError:
                return None
        nul += nul_bytes(block)
        too_long = too_long or has_too_long_a_line(block)
        offset += len(block)
    return Encoding(name=name, too_long_a_line=too_long, nul_bytes=nul, damage=search.damage)


def _in_two_ways(file: BinaryIO, utf8: str, *, sure: bool) -> Encoding:
    """Count the lines that are UTF-8 and those that are not; unless ``sure``, most decide."""
    count = Mixture()
    for block in blocks(file):
        count.add(block)
    foreign = not sure and count.other_lines > count.utf8_lines
    return Encoding(
        name=count.single_byte if foreign else utf8,
        too_long_a_line=count.too_long,
        nul_bytes=count.nul,
        utf8_lines=count.utf8_lines,
        other_lines=count.other_lines,
        first_other=count.first_other,
        confidence=count.confidence(foreign=foreign),
    )


def _as_pinned(file: BinaryIO, name: str) -> Encoding:
    """Measure a file of which an officer says that it is all in one single-byte encoding."""
    count = Mixture()
    for block in blocks(file):
        count.add(block)
    return Encoding(
        name=name,
        too_long_a_line=count.too_long,
        nul_bytes=count.nul,
        other_lines=count.utf8_lines + count.other_lines,
        first_other=count.first_other,
    )


def _wide(file: BinaryIO, name: str, *, sure: bool) -> Encoding:
    """Measure a UTF-16 or UTF-32 file; ``sure`` when it has a byte order mark.

    Without one, it is as sure as characters with a NUL, which show that it is so, are many.
    """
    decoder = codecs.getincrementaldecoder(name)()
    count = _Characters()
    for chunk in chain(iter(lambda: file.read(BLOCK), b""), (b"",)):
        try:
            count.add(decoder.decode(chunk, final=not chunk))
        except UnicodeDecodeError as error:
            # What comes before it in this chunk is text.
            count.add(error.object[: error.start].decode(error.encoding, "ignore"))
            return Encoding(
                name=name,
                too_long_a_line=count.longest > LONGEST_LINE,
                first_other=count.lines + 1,
                exact=False,
                confidence=0.5,
            )
    return Encoding(
        name=name,
        too_long_a_line=count.longest > LONGEST_LINE,
        confidence=1.0 if sure else count.narrow_share,
    )


class _Characters:
    """Counts the line ends of a text that comes in pieces, and how long its longest line is."""

    def __init__(self) -> None:
        self.lines = self.longest = 0
        self._current = self._all = self._narrow = 0

    def add(self, text: str) -> None:
        first, *others = text.split("\n")
        self._current += len(first)
        self.longest = max(self.longest, self._current)
        if others:
            self.longest = max(self.longest, *map(len, others))
            self._current = len(others[-1])
        self.lines += len(others)
        self._all += len(text)
        self._narrow += len(text.encode("latin-1", "ignore"))

    @property
    def narrow_share(self) -> float:
        """The share of characters below U+0100, by the rule of succession: few prove less."""
        return round((self._narrow + 1) / (self._all + 2), 2)
