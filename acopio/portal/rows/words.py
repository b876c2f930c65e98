"""Full-text search: which rows hold the words asked for.

Accents and case make no difference. A word of letters is found where a word of the row begins so
(``hospital`` finds ``hospitales``), a word with digits only as a whole (``15`` is not ``150101``).
A number or a date is also found where it is a column's value. Every word must occur in the row,
in whichever column; ``tsquery`` reads PostgreSQL's own syntax.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from acopio.portal.rows.figures import FIGURE, written
from acopio.portal.rows.refusals import refused
from acopio.portal.rows.statement import FALSE, Values, all_of, any_of
from acopio.portal.rows.tables import Column
from acopio.portal.text import folded

_WORDS = 32
_LENGTH = 1000
_TESTS = 64
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
        parts = [bare] if FIGURE.fullmatch(bare) else _WORD.findall(folded(bare))
        found |= {Word(part, any(map(str.isdigit, part))): None for part in parts}
    if len(found) > _WORDS:
        raise refused("q", f"Must have at most {_WORDS} words")
    return list(found)


def has_all(asked: str, columns: Sequence[Column], values: Values) -> str:
    """Return the condition that every word of ``asked`` occurs; that of no words is never met."""
    found = words(asked)
    return all_of([has(word, columns, values) for word in found]) if found else FALSE


def has(word: Word, columns: Sequence[Column], values: Values) -> str:
    """Return the condition that one of ``columns`` holds ``word``.

    In a column of numbers or dates that is its value: no text need be made of each cell.
    """
    tests = []
    if texts := list(_texts(columns)):
        pattern = values.add(word.pattern)
        tests = [f"regexp_matches({text}, {pattern})" for text in texts]
    for column in columns:
        tests += [f"{left} = {values.add(value)}" for left, value in written(column, word.text)]
    return any_of(tests)


def _texts(columns: Sequence[Column]) -> Iterator[str]:
    """Yield the texts to look into, some joined where they are many: a test takes time to make."""
    forms = {"text": "{}", "other": "CAST({} AS VARCHAR)"}
    found = [forms[each.kind].format(each.ref) for each in columns if each.kind in forms]
    size = 1 + len(found) // _TESTS
    for start in range(0, len(found), size):
        group = found[start : start + size]
        yield group[0] if size == 1 else f"concat_ws(chr(10), {', '.join(group)})"


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
