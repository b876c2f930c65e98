"""Full-text search: which rows hold the words asked for.

Accents and case make no difference. A word of letters is found where a word of the row begins so
(``hospital`` finds ``hospitales``), a word with digits only as a whole (``15`` is not ``150101``).
Every word must occur in the row, in whichever column; ``tsquery`` reads PostgreSQL's own syntax.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from acopio.portal.rows.refusals import refused
from acopio.portal.rows.statement import FALSE, Values, all_of, any_of
from acopio.portal.rows.tables import Column

_WORDS = 32
_LENGTH = 1000
# Dates and amounts, which are one word with what is between their digits.
_FIGURE = re.compile(r"[0-9]+([.,:/-][0-9]+)*")
_WORD = re.compile(r"[^\W_]+")
_OUTSIDE = r"[^\p{L}\p{N}]"
_MARKS = r"[\x{300}-\x{36f}]*"
_LATIN = (range(0xC0, 0x250), range(0x1E00, 0x1F00))


@dataclass(frozen=True, slots=True)
class Word:
    """A word as asked; ``whole`` where a longer one is another."""

    text: str
    whole: bool

    @property
    def pattern(self) -> str:
        """Return the regular expression, RE2's, for a cell that has the word."""
        end = rf"(?:$|{_OUTSIDE})" if self.whole else ""
        return rf"(?i)(?:^|{_OUTSIDE}){''.join(map(_letter, self.text))}{end}"


def words(asked: str) -> list[Word]:
    """Return the words of ``asked``. Raises ValidationError where there are too many."""
    if len(asked) > _LENGTH:
        raise refused("q", f"Must be at most {_LENGTH} characters long")
    found: dict[Word, None] = {}
    for chunk in asked.split():
        bare = chunk.strip("\"'()[],.;:!?¿¡«»“”")
        parts = [bare] if _FIGURE.fullmatch(bare) else _WORD.findall(folded(bare))
        found |= {Word(part, any(map(str.isdigit, part))): None for part in parts}
    if len(found) > _WORDS:
        raise refused("q", f"Must have at most {_WORDS} words")
    return list(found)


def folded(text: str) -> str:
    """Return ``text`` in lower case without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def has_all(asked: str, columns: Iterable[Column], values: Values) -> str:
    """Return the condition that every word of ``asked`` occurs; that of no words is never met."""
    searched = list(columns)
    found = words(asked)
    return all_of([has(word, searched, values) for word in found]) if found else FALSE


def has(word: Word, columns: Iterable[Column], values: Values) -> str:
    """Return the condition that one of ``columns`` holds ``word``."""
    pattern = values.add(word.pattern)
    figures = any(map(str.isdigit, word.text))
    tests = []
    for column in columns:
        if column.kind == "text":
            tests.append(f"regexp_matches({column.ref}, {pattern})")
        elif column.kind == "exact" and column.scale == 0 and word.text.isdecimal():
            tests.extend(_equals(column, word, values))
        elif column.kind == "other" or figures:
            tests.append(f"regexp_matches(CAST({column.ref} AS VARCHAR), {pattern})")
    return any_of(tests)


def _equals(column: Column, word: Word, values: Values) -> list[str]:
    """Compare a whole number as one: no text need be made of each cell."""
    asked = int(word.text)
    fits = asked <= column.top and word.text == str(asked)
    return [f"{column.ref} = {values.add(asked)}"] if fits else []


def _letter(letter: str) -> str:
    alike = _alike().get(letter)
    if alike:
        return f"[{letter}{alike}]{_MARKS}"
    return re.escape(letter)


@cache
def _alike() -> dict[str, str]:
    """Return, for each letter from a to z, the Latin letters that are it with an accent."""
    found: dict[str, str] = {}
    for code in (code for block in _LATIN for code in block):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and base.islower():
            found[base] = found.get(base, "") + chr(code)
    return {letter: found.get(letter, "") for letter in map(chr, range(97, 123))} | found
