"""PostgreSQL's full-text query language, which ``plain: false`` asks for.

``&``, ``|``, ``!``, parentheses, ``'quoted words'``, and ``word:*`` for a beginning. ``<->`` asks
for both words; that they stand side by side is not looked at, nor are weights.
"""

import re
from collections.abc import Iterator, Sequence

from acopio.portal.rows.refusals import impossible, quoted
from acopio.portal.rows.statement import FALSE, Values, all_of, any_of
from acopio.portal.rows.tables import Column
from acopio.portal.rows.words import Word, has, words

_TOKEN = re.compile(
    r"\s*(?:([&|!()])|(<(?:-|[0-9]+)>)|('(?:[^']|'')*'|[^\s&|!()<>:']+)(:[A-D*]+)?)"
)
_DEPTH = 20


def matches(asked: str, columns: Sequence[Column], values: Values) -> str:
    """Return ``asked`` as a condition. Raises ValidationError where it cannot be read."""
    words(asked)  # bounds its length
    reader = _Reader(asked, columns, values)
    found = reader.either(0)
    if reader.next is not None:
        raise reader.unreadable()
    return found


class _Reader:
    """Reads left to right; ``next`` is the token not yet taken, None at the end."""

    def __init__(self, asked: str, columns: Sequence[Column], values: Values) -> None:
        self._asked = asked
        self._columns = columns
        self._values = values
        self._tokens = self._split()
        self.next: re.Match[str] | None = next(self._tokens, None)

    def unreadable(self) -> Exception:
        return impossible(f'syntax error in tsquery: "{quoted(self._asked)}"')

    def either(self, depth: int) -> str:
        found = [self._both(depth)]
        while self._take("|"):
            found.append(self._both(depth))
        return any_of(found)

    def _both(self, depth: int) -> str:
        found = [self._one(depth)]
        while self._take("&") or self._take_distance():
            found.append(self._one(depth))
        return all_of(found)

    def _one(self, depth: int) -> str:
        if depth > _DEPTH or self.next is None:
            raise self.unreadable()
        if self._take("!"):
            return f"NOT coalesce({self._one(depth + 1)}, {FALSE})"
        if self._take("("):
            inner = self.either(depth + 1)
            if not self._take(")"):
                raise self.unreadable()
            return inner
        return self._word()

    def _word(self) -> str:
        token = self.next
        if token is None or token[3] is None:
            raise self.unreadable()
        self.next = next(self._tokens, None)
        whole = "*" not in (token[4] or "")
        found = words(token[3].strip("'"))
        tests = [has(Word(each.text, whole), self._columns, self._values) for each in found]
        return all_of(tests) if tests else FALSE

    def _take(self, sign: str) -> bool:
        if self.next is None or self.next[1] != sign:
            return False
        self.next = next(self._tokens, None)
        return True

    def _take_distance(self) -> bool:
        if self.next is None or self.next[2] is None:
            return False
        self.next = next(self._tokens, None)
        return True

    def _split(self) -> Iterator[re.Match[str]]:
        text, at = self._asked.rstrip(), 0
        while at < len(text):
            token = _TOKEN.match(text, at)
            if token is None:
                raise self.unreadable()
            yield token
            at = token.end()
