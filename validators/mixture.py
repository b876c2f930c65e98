"""Count the lines of a file that are UTF-8 and those that are not.

Nothing here makes a line: blocks are decoded, filtered and counted whole.
"""

import re

from acopio.validators.codepages import DOS, Vote
from acopio.validators.lines import has_too_long_a_line, line_ends, nul_bytes

# A line from its first byte on that is not UTF-8, as Python's "surrogateescape" shows it.
_NOT_UTF8_LINE = re.compile("[\udc80-\udcff][^\r\n]*")
# Bytes that Windows-1252 leaves undefined: a file with them is read as Latin-1, which has all 256.
_NOT_IN_CP1252 = b"\x81\x8d\x8f\x90\x9d"
_ASCII = bytes(range(128))
_ASCII_WITHIN_LINES = bytes(set(_ASCII) - set(b"\r\n"))
_MARKED = bytes(ord("\n") if byte < 128 else ord("x") for byte in range(256))


class Mixture:
    """What is known after the blocks added so far; ``blocks`` made them.

    ``utf8_lines`` are lines with characters beyond ASCII that are valid UTF-8, ``other_lines``
    those that are not; ``first_other`` is the physical line, from 1, where the latter begin.
    ``beyond_cp1252`` when a byte occurs that Windows-1252 leaves undefined.
    """

    def __init__(self) -> None:
        self.lines = self.nul = self.utf8_lines = self.other_lines = 0
        self.vote = Vote()
        self.first_other: int | None = None
        self.beyond_cp1252 = self.too_long = False

    def add(self, block: bytes) -> None:
        """Count the next block of whole lines."""
        self.nul += nul_bytes(block)
        self.too_long = self.too_long or has_too_long_a_line(block)
        if not block.isascii():
            self.beyond_cp1252 = self.beyond_cp1252 or any(one in block for one in _NOT_IN_CP1252)
            self._judge(block)
        self.lines += line_ends(block)

    def _judge(self, block: bytes) -> None:
        accented = _accented_lines(block)
        try:
            block.decode("utf-8")
        except UnicodeDecodeError as error:
            others = accented if _nothing_is_utf8(block) else _other_lines(block)
            if self.first_other is None:
                self.first_other = self.lines + line_ends(block[: error.start]) + 1
            self.other_lines += others
            self.utf8_lines += accented - others
            self.vote.add(block)
        else:
            self.utf8_lines += accented

    @property
    def single_byte(self) -> str:
        """The encoding of the lines that are not UTF-8: ``cp850``, ``cp1252`` or ``iso8859-1``."""
        if self.vote.page == DOS:
            return DOS
        return "iso8859-1" if self.beyond_cp1252 else self.vote.page

    def confidence(self, *, foreign: bool) -> float:
        """Return, 0 to 1, how much speaks for a single-byte encoding, or else for UTF-8.

        It is the share of lines beyond ASCII that are so encoded. Any bytes are Windows-1252:
        how they stand among letters counts too.
        """
        lines = self.utf8_lines + self.other_lines
        share = (self.other_lines if foreign else self.utf8_lines) / lines
        return round(share * self.vote.confidence if foreign else share, 2)


def _accented_lines(block: bytes) -> int:
    """Return how many lines of ``block`` have a byte beyond ASCII."""
    # What is left of such a line is its bytes beyond ASCII and its end.
    rest = block.translate(_MARKED, _ASCII_WITHIN_LINES)
    return rest.count(b"x\n") + rest.endswith(b"x")


def _nothing_is_utf8(block: bytes) -> bool:
    """Tell whether no byte of ``block`` beyond ASCII is part of a character in UTF-8."""
    return block.decode("utf-8", "ignore").isascii()


def _other_lines(block: bytes) -> int:
    """Return how many lines of ``block`` have a byte that is not UTF-8."""
    # Python marks each byte that is not UTF-8, so a whole block is decoded at once.
    return len(_NOT_UTF8_LINE.findall(block.decode("utf-8", "surrogateescape")))
