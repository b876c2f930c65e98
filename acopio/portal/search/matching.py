"""From a query's tree to what tantivy answers.

A node that asks for nothing at all, such as a word of punctuation, is None: it is left out of
what it is part of, as Solr does.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import singledispatchmethod

import tantivy

from acopio.portal.search import schema
from acopio.portal.search.fields import Ask, Fields, is_text
from acopio.portal.search.schema import ANYWHERE, ANYWHERE_EXACT
from acopio.portal.search.syntax import (
    All,
    Boosted,
    Everything,
    Fuzzy,
    Node,
    Not,
    Pattern,
    Phrase,
    Present,
    Range,
    Some,
    Word,
    Words,
)

# What the second best field adds to the best one's score: CKAN's ``tie``.
TIE = 0.1
LARGEST_SLOP = 1_000
_ANY_FIELD = (None, "*", "text")
_MUST, _SHOULD = tantivy.Occur.Must, tantivy.Occur.Should


class Matcher:
    """Turns the trees of one search into queries."""

    def __init__(self, fields: Fields) -> None:
        """Ask ``fields`` about single fields."""
        self._fields = fields

    @singledispatchmethod
    def query(self, node: Node) -> tantivy.Query | None:
        """Return what matches ``node``. Raises ``SearchError``."""
        raise TypeError(node)

    @query.register
    def _(self, node: Everything) -> tantivy.Query:
        return self._fields.term(schema.KIND, schema.DATASET)

    @query.register
    def _(self, node: Present) -> tantivy.Query:
        return self._fields.term(schema.PRESENT, node.field.removeprefix("extras_"))

    @query.register
    def _(self, node: Not) -> tantivy.Query | None:
        return self.query(All((node,)))

    @query.register
    def _(self, node: All) -> tantivy.Query | None:
        unwanted = [self.query(part.node) for part in node.nodes if isinstance(part, Not)]
        wanted = [self.query(part) for part in node.nodes if not isinstance(part, Not)]
        without = [(tantivy.Occur.MustNot, one) for one in unwanted if one is not None]
        found = _joined(_MUST, wanted)
        if not without:
            return found
        everything = self._fields.term(schema.KIND, schema.DATASET)
        return tantivy.Query.boolean_query([(_MUST, found or everything), *without])

    @query.register
    def _(self, node: Some) -> tantivy.Query | None:
        return _joined(_SHOULD, [self.query(part) for part in node.nodes], node.least)

    @query.register
    def _(self, node: Boosted) -> tantivy.Query | None:
        inner = self.query(node.node)
        return inner and tantivy.Query.boost_query(inner, node.factor)

    @query.register
    def _(self, node: Word) -> tantivy.Query | None:
        return self._said(node.field, node.text, self._fields.all_words)

    @query.register
    def _(self, node: Words) -> tantivy.Query | None:
        parts = [self.query(Word(node.field, text)) for text in node.texts]
        return _joined(_MUST if is_text(node.field) else _SHOULD, parts)

    @query.register
    def _(self, node: Phrase) -> tantivy.Query | None:
        slop = min(node.slop, LARGEST_SLOP)

        def in_a_row(column: str, words: list[str]) -> tantivy.Query:
            if len(words) == 1:
                return self._fields.term(column, words[0])
            return tantivy.Query.phrase_query(self._fields.schema, column, list(words), slop)

        return self._said(node.field, node.text, in_a_row)

    @query.register
    def _(self, node: Pattern) -> tantivy.Query | None:
        fields = ANYWHERE if node.field in _ANY_FIELD else (str(node.field),)
        return _joined(_SHOULD, [self._fields.pattern(field, node.parts) for field in fields])

    @query.register
    def _(self, node: Fuzzy) -> tantivy.Query | None:
        fields = ANYWHERE if node.field in _ANY_FIELD else (str(node.field),)
        near = [self._fields.near(field, node.text, node.edits) for field in fields]
        return _joined(_SHOULD, near)

    @query.register
    def _(self, node: Range) -> tantivy.Query | None:
        fields = ANYWHERE if node.field in _ANY_FIELD else (str(node.field),)
        within = [self._fields.between(replace(node, field=field)) for field in fields]
        return _joined(_SHOULD, within)

    def _said(self, field: str | None, text: str, ask: Ask) -> tantivy.Query | None:
        if field not in _ANY_FIELD:
            return self._fields.said(str(field), text, ask)
        words = self._fields.words(text)
        if not words:
            return None
        self._fields.budget.clause(len(ANYWHERE))
        weighed = [(ask(column, words), weight) for column, weight in ANYWHERE.items()]
        weighed += [(self._fields.term(name, text), by) for name, by in ANYWHERE_EXACT.items()]
        best = [tantivy.Query.boost_query(query, weight) for query, weight in weighed]
        return tantivy.Query.disjunction_max_query(best, TIE)


def relevance_differs(node: Node) -> bool:
    """Return whether some matches are more relevant than others; by exact values none is."""
    if isinstance(node, Word | Words | Phrase | Fuzzy):
        return node.field in _ANY_FIELD or is_text(str(node.field))
    if isinstance(node, All):
        return any(map(relevance_differs, node.nodes))
    return isinstance(node, Some | Boosted)


def narrowed(
    wanted: tantivy.Query | None, filters: Iterable[tantivy.Query | None]
) -> tantivy.Query | None:
    """Return what all match, as relevant as ``wanted`` says; with a None among them, nothing."""
    clauses = [wanted]
    for one in filters:
        if one is None:
            return None
        clauses.append(tantivy.Query.const_score_query(one, 0.0))
    return _joined(_MUST, clauses) if wanted else None


def _joined(
    occur: tantivy.Occur, queries: Iterable[tantivy.Query | None], least: int = 1
) -> tantivy.Query | None:
    given = [query for query in queries if query is not None]
    if len(given) < 2:
        return given[0] if given else None
    enough = min(least, len(given)) if occur == _SHOULD else None
    return tantivy.Query.boolean_query([(occur, query) for query in given], enough)
