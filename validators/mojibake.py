"""Find letters that were broken before the file was saved: UTF-8 once read as Windows-1252.

Such a file is valid UTF-8, so no decoder objects to ``PerÃº``. Only pairs that no language writes
are looked for: ``Ã`` before ``O`` is Portuguese, ``Ã`` before ``º`` is a broken ``ú``.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# What Spanish and Portuguese texts hold beyond ASCII.
_LETTERS = "áéíóúñüÁÉÍÓÚÑÜãõâêôçÃÕÂÊÇ°ºª¿¡·²³½¼“…•€™"
# Quotes, dashes and the acute accent, which look like others.
_MARKS = "\u2018\u2019\u2013\u2014\u00b4"
# What a decoder writes where it gave up. Which letter stood there is lost.
_LOST = "\ufffd"
_SOME_LETTER = "á, é, ñ…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Broken letters: how many, and the first one's offset in bytes, its look and its meaning."""

    count: int
    offset: int
    shown: str
    meant: str


class Search:
    """Looks for broken letters in a text that comes in pieces; a piece holds whole letters."""

    def __init__(self) -> None:
        self._count = 0
        self._first: tuple[int, str] | None = None

    def add(self, text: str, offset: int) -> None:
        """Look through the next piece, which begins ``offset`` bytes into the file."""
        found = [match for pattern in _suspects(text) for match in pattern.finditer(text)]
        if found and self._first is None:
            first = min(found, key=lambda match: match.start())
            before = len(text[: first.start()].encode())
            self._first = (offset + before, first.group())
        self._count += len(found)

    @property
    def damage(self) -> Damage | None:
        """Return what was found so far; None if nothing is broken."""
        if self._first is None:
            return None
        offset, shown = self._first
        return Damage(count=self._count, offset=offset, shown=shown, meant=_MEANT[shown])


def _suspects(text: str) -> Iterator[re.Pattern[str]]:
    # One letter is found at the speed of memory, so a sound text costs next to nothing.
    return (pattern for first, pattern in _PATTERNS.items() if first in text)


def _broken_forms() -> Iterator[tuple[str, str]]:
    """Yield each letter's broken forms with the letter: as Windows-1252 and as Latin-1 show it."""
    for letter in _LETTERS + _MARKS:
        data = letter.encode()
        yield data.decode("latin-1"), letter
        yield "".join(_as_windows(byte) for byte in data), letter


def _as_windows(byte: int) -> str:
    # Programs read the five bytes that Windows-1252 leaves undefined as Latin-1 does.
    data = bytes([byte])
    return data.decode("latin-1" if byte in b"\x81\x8d\x8f\x90\x9d" else "cp1252")


def _patterns(forms: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    """Return one expression for each first letter of ``forms``."""
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for form in forms:
        grouped[form[0]].append(re.escape(form[1:]))
    return {first: re.compile(f"{first}(?:{'|'.join(rests)})") for first, rests in grouped.items()}


_MEANT = dict(_broken_forms()) | {_LOST: _SOME_LETTER}
_PATTERNS = _patterns(_MEANT)
