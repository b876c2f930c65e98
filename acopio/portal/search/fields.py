"""What one field is asked for, in tantivy's terms, however the field is indexed."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import tantivy

from acopio.portal.problems import SearchError
from acopio.portal.search import schema
from acopio.portal.search.dates import period
from acopio.portal.search.schema import DATES, EXACT, EXTRAS, NUMBERS, OTHERS, TEXT
from acopio.portal.search.syntax import Budget, Range

# A range of words is the set of those in it.
MOST_TERMS = 100_000
LONGEST_PATTERN, MOST_WILD = 100, 6
# The bounds of an open range: any number that the index can hold.
_LEAST, _MOST = -(2**63), 2**63 - 1
_WILD = {"*": "(?s:.*)", "?": "(?s:.)"}

# What is asked of a text field about these words.
Ask = Callable[[str, list[str]], tantivy.Query]


@dataclass(frozen=True, slots=True)
class Fields:
    """Makes queries about fields, on one state of the index, within a search's budget."""

    schema: tantivy.Schema
    searcher: tantivy.Searcher
    budget: Budget

    def said(self, field: str, text: str, ask: Ask) -> tantivy.Query | None:
        """Return what has ``text`` in the field; in text fields, as ``ask`` says."""
        if is_counted(field):
            return self.between(Range(field, text, text, with_low=True, with_high=True))
        if is_text(field):
            words = self.words(text)
            return ask(_text_column(field), words) if words else None
        return self.term(*_column(field, text))

    def words(self, text: str) -> list[str]:
        """Return the words of ``text`` as they are indexed."""
        words = schema.words(text)
        self.budget.clause(max(0, len(words) - 1))
        return words

    def term(self, column: str, value: str) -> tantivy.Query:
        """Return what has exactly this in a column of the index."""
        return tantivy.Query.term_query(self.schema, column, schema.valid(value))

    def all_words(self, column: str, words: list[str]) -> tantivy.Query:
        """Return what has each of the words in a column."""
        every = [(tantivy.Occur.Must, self.term(column, word)) for word in words]
        return every[0][1] if len(every) == 1 else tantivy.Query.boolean_query(every)

    def near(self, field: str, text: str, edits: int) -> tantivy.Query | None:
        """Return what has a word, or an exact value, at most ``edits`` letters from ``text``."""

        def like(column: str, words: list[str]) -> tantivy.Query:
            self.budget.scan()
            fuzzy = tantivy.Query.fuzzy_term_query
            every = [
                (tantivy.Occur.Must, fuzzy(self.schema, column, word, min(edits, len(word) // 3)))
                for word in words
            ]
            return tantivy.Query.boolean_query(every)

        if is_text(field) or is_counted(field):
            return self.said(field, text, like)
        column, value = _column(field, text)
        return like(column, [value])

    def pattern(self, field: str, parts: Sequence[str]) -> tantivy.Query:
        """Return what has a word, or an exact value, like ``*`` and ``?`` at odd places say."""
        if is_counted(field):
            raise SearchError(f"{field} takes no wildcards")
        if len(parts) // 2 > MOST_WILD or sum(map(len, parts)) > LONGEST_PATTERN:
            raise SearchError(f"A pattern is too long, or has more than {MOST_WILD} wildcards")
        if field not in TEXT:
            column, first = _column(field, parts[0])
            return self._like(column, (first, *parts[1:]))
        folded = [part if part in _WILD else schema.folded(part) for part in parts]
        return self._like(schema.whole(field), folded)

    def _like(self, column: str, parts: Iterable[str]) -> tantivy.Query:
        self.budget.scan()
        pieces = [_WILD[part] if n % 2 else _literal(part) for n, part in enumerate(parts)]
        try:
            return tantivy.Query.regex_query(self.schema, column, "".join(pieces))
        except ValueError as error:
            raise SearchError("A pattern is too wide to be looked for") from error

    def between(self, asked: Range) -> tantivy.Query:
        """Return what has a value within a range: of time, of numbers, else of letters."""
        field = str(asked.field)
        if is_counted(field):
            return tantivy.Query.range_query(
                self.schema,
                field,
                tantivy.FieldType.Integer,
                _LEAST if asked.low is None else _number(field, asked.low, last=not asked.with_low),
                _MOST if asked.high is None else _number(field, asked.high, last=asked.with_high),
                include_lower=asked.low is None or asked.with_low,
                include_upper=asked.high is None or asked.with_high,
            )
        self.budget.scan()
        column, begin = (schema.whole(field), "") if field in TEXT else _column(field, "")
        values = _as_they_are
        if is_text(field):
            values = _folded_words
            asked = replace(asked, low=_folded(asked.low), high=_folded(asked.high))
        terms = self.searcher.terms_with_prefix(column, begin, limit=MOST_TERMS + 1)
        if len(terms) > MOST_TERMS:
            raise SearchError(f"{field} has too many values to look for a range of them")
        within = [
            term
            for term, _ in terms
            if any(_within(value, asked) for value in values(term[len(begin) :]))
        ]
        return tantivy.Query.term_set_query(self.schema, column, within)


def is_text(field: str) -> bool:
    """Return whether the field is cut into words."""
    return field in TEXT or field.startswith("extras_")


def is_counted(field: str) -> bool:
    """Return whether the field has a date or a number."""
    return field in DATES or field in NUMBERS


def _text_column(field: str) -> str:
    return field if field in TEXT else f"{EXTRAS}.{field.removeprefix('extras_')}"


def _column(field: str, value: str) -> tuple[str, str]:
    """Return the column and the term of an exact value."""
    if field in EXACT:
        return field, value
    return OTHERS, schema.other(field.removeprefix("extras_"), value)


def _literal(text: str) -> str:
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", schema.valid(text))


def _as_they_are(value: str) -> list[str]:
    return [value]


def _folded_words(value: str) -> list[str]:
    return schema.folded(value).split()


def _folded(bound: str | None) -> str | None:
    return None if bound is None else schema.folded(bound)


def _within(term: str, asked: Range) -> bool:
    above = asked.low is None or (term >= asked.low if asked.with_low else term > asked.low)
    below = asked.high is None or (term <= asked.high if asked.with_high else term < asked.high)
    return above and below


def _number(field: str, text: str, *, last: bool) -> int:
    """Return a bound as a number; of a period, such as a year, its first or last moment."""
    try:
        found = period(text, datetime.now(UTC))[last] if field in DATES else int(text)
    except ValueError as error:
        raise SearchError(f"{field} cannot be {text[:40]!r}") from error
    return max(_LEAST, min(_MOST, found))
