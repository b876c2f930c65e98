"""Tell Windows-1252 from code page 850, DOS's, by what a byte would be among the letters around it.

Any bytes are text in both: 0xA1 is ``¡`` in one and ``í`` in the other. Within ``Apur·mac`` only
one of them is Spanish.
"""

import re
from collections import Counter
from functools import lru_cache

WINDOWS, DOS = "cp1252", "cp850"
# Bytes beyond ASCII that are asked; more of them do not change what so many say.
_ENOUGH = 50_000
# Bytes of a block in which they are looked for: one line may be megabytes of nothing else.
_LOOKED_AT = 64 << 10
_BEYOND = bytes(range(128, 256))
_ASCII = bytes(range(128))
# What people of this continent write beyond ASCII.
_USUAL = "áéíóúñüÁÉÍÓÚÑÜãõâêôçÃÕÂÊÔÇàèÀ°ºª¿¡«»·"
# Word processors write more under Windows: quotes, dashes, an ellipsis, a hard space, a euro.
_MARKS = b"\x80\x85\x91\x92\x93\x94\x95\x96\x97\xb4\xa0"
_IN_USE = {WINDOWS: _USUAL.encode(WINDOWS) + _MARKS, DOS: _USUAL.encode(DOS)}
_LOWER, _UPPER, _ORDINALS = "áéíóúüñ", "ÁÉÍÓÚÜÑ", "°ºª"
_OPENING = "¡¿µ¢£¥¤"
# The hard space of Windows stands between words more often than DOS's á alone within them.
_SILENT = b"\xa0"
_WINDOW = re.compile(rb"([\x80-\xff])(?<=(.)(.).)(?=(.))", re.DOTALL)
_SMALL, _CAPITAL, _DIGIT, _OTHER = b"a", b"A", b"0", b" "
_LETTERS = (_SMALL, _CAPITAL)


def _kind(byte: int) -> bytes:
    """Return what a byte is to the one beside it; beyond ASCII it is itself."""
    one = bytes([byte])
    if byte > 127:
        return one
    if one.isdigit():
        return _DIGIT
    return _SMALL if one.islower() else _CAPITAL if one.isupper() else _OTHER


_KINDS = b"".join(map(_kind, range(256)))


class Vote:
    """What the bytes beyond ASCII of the blocks added so far say; memory does not grow."""

    def __init__(self) -> None:
        self._votes: Counter[str] = Counter()
        self._strange: Counter[str] = Counter()
        self._beyond = 0

    def add(self, block: bytes) -> None:
        """Hear the next block of whole lines."""
        if self._beyond < _ENOUGH:
            self._votes.update(_heard(block[:_LOOKED_AT]))
        beyond = block.translate(None, _ASCII)
        self._beyond += len(beyond)
        for page, in_use in _IN_USE.items():
            self._strange[page] += len(beyond.translate(None, in_use))

    @property
    def page(self) -> str:
        """The code page most bytes speak for: ``cp850``, or ``cp1252`` also where none does.

        What is mostly no letters in ``cp850`` is of neither, and stays what it was without asking.
        """
        usual = self._strange[DOS] * 2 <= self._beyond
        return DOS if usual and self._votes[DOS] > self._votes[WINDOWS] else WINDOWS

    @property
    def confidence(self) -> float:
        """How sure that is, 0 to 1: its share of the votes, and of bytes that are letters in it."""
        votes = self._votes.total()
        lead = self._votes[self.page] / votes if votes else 1.0
        usual = 1 - self._strange[self.page] / self._beyond if self._beyond else 1.0
        return lead * usual


def _heard(block: bytes) -> Counter[str]:
    """Return how many bytes of ``block`` vote for each code page."""
    votes: Counter[str] = Counter()
    windows = Counter(_WINDOW.findall(b"  " + block.translate(_KINDS) + b" "))
    for (byte, *around), times in windows.items():
        page = _voted(byte, *around)
        if page:
            votes[page] += times
    return votes


@lru_cache(maxsize=4096)
def _voted(byte: bytes, second: bytes, before: bytes, after: bytes) -> str:
    """Return the code page in which ``byte`` stands better where it is; none if in neither.

    Around it, ``second`` before ``before``, are kinds of ASCII. Behind another byte beyond ASCII
    it may be half a character of UTF-8, and is not asked.
    """
    if byte == _SILENT or before in _BEYOND:
        return ""
    windows, dos = (
        _fit(byte.decode(page, "replace"), second, before, after) for page in (WINDOWS, DOS)
    )
    if windows == dos:
        return ""
    return WINDOWS if windows > dos else DOS


def _fit(character: str, second: bytes, before: bytes, after: bytes) -> int:
    """Return 2 where Spanish has such a character, 1 for a small letter among capitals, else 0."""
    if character in _LOWER:
        return _fit_of_small(second, before, after)
    if character in _UPPER:
        within = before == _CAPITAL and after != _SMALL
        return 2 * (within or (before == _OTHER and after in _LETTERS))
    if character in _ORDINALS:
        alone = before == _DIGIT or (before in _LETTERS and second not in _LETTERS)
        return 2 * (alone and after not in _LETTERS)
    if character in _OPENING:
        return 2 * (before not in _LETTERS and after != _OTHER)
    return 0


def _fit_of_small(second: bytes, before: bytes, after: bytes) -> int:
    if before == _CAPITAL and (after == _CAPITAL or (second == _CAPITAL and after != _SMALL)):
        # As programs write that know capitals of ASCII only.
        return 1
    within = before in _LETTERS and after != _CAPITAL
    return 2 * (within or (before == _OTHER and after == _SMALL))
