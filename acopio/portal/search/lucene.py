"""The query language of Lucene, as Solr and CKAN users write it.

``field:word``, ``"phrase"~slop``, ``[a TO b}``, ``w*ld?``, ``fuzzy~``, ``boost^2``, groups, AND OR
NOT, ``&& || !``, ``+ -``. Side by side is AND. Operators bind as in logic: NOT, then AND, then OR,
then side by side; docs/decisions/0020 says where that is not what Solr does, and why this is
written by hand.
"""

import re
from dataclasses import dataclass

from acopio.portal.problems import SearchError
from acopio.portal.search.syntax import (
    All,
    Boosted,
    Budget,
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
    every,
)

DEEPEST = 32
_BOUND = r'("(?:\\.|[^"\\])*"|(?:\\.|[^\s\]}"\\])+)'
_SPACE = re.compile(r"\s*")
_OR = re.compile(r"(?:OR(?![^\s()])|\|\|)\s*")
_AND = re.compile(r"(?:AND(?![^\s()])|&&)\s*")
_NOT = re.compile(r"(?:NOT(?![^\s()])|!)\s*")
_SIGN = re.compile(r"([+-])\s*")
_OPERATOR = re.compile(r"(?:OR|AND|NOT)(?![^\s()])|&&|\|\|")
_FIELD = re.compile(r'((?:\\.|[^\s:()\[\]{}"^~!+\-\\])(?:\\.|[^\s:()\[\]{}"^~\\])*)\s*:\s*')
_PHRASE = re.compile(r'"((?:\\.|[^"\\])*)"')
_RANGE = re.compile(rf"([\[{{])\s*{_BOUND}\s+TO\s+{_BOUND}\s*([\]}}])")
_WORD = re.compile(r'(?:\\.|[^\s:()\[\]{}"^~\\])+')
_REGEX = re.compile(r"/.+/")
_FUZZ = re.compile(r"~(\d*(?:\.\d+)?)")
_BOOST = re.compile(r"\^(\d+(?:\.\d+)?)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PIECE = re.compile(r"\\(.)|([*?])|([^\\*?]+)", re.DOTALL)


def parse(text: str, budget: Budget) -> Node:
    """Return what ``text`` asks for. Raises ``SearchError`` for what cannot be read."""
    budget.read(text)
    parser = _Parser(text, budget)
    parser.take(_SPACE)
    node = parser.sequence(None)
    if parser.place < len(text):
        raise parser.error()
    return node


@dataclass(slots=True)
class _Parser:
    text: str
    budget: Budget
    place: int = 0
    depth: int = 0

    def take(self, what: re.Pattern[str]) -> re.Match[str] | None:
        """Pass over ``what`` and the space behind it, when it stands here."""
        found = what.match(self.text, self.place)
        if found:
            self.place = found.end()
        return found

    def error(self) -> SearchError:
        if self.place >= len(self.text):
            return SearchError("The query ends where more was expected")
        around = self.text[self.place : self.place + 20]
        return SearchError(f"The query cannot be read at character {self.place + 1}: {around!r}")

    def sequence(self, field: str | None) -> Node:
        nodes = [self.either(field)]
        while self.place < len(self.text) and self.text[self.place] != ")":
            nodes.append(self.either(field))
        return every(nodes if field is None else _listed(nodes, field))

    def either(self, field: str | None) -> Node:
        """Read ``a OR b``; there a sign still says what must be and what must not."""
        operands = [self.both(field)]
        while self.take(_OR):
            operands.append(self.both(field))
        optional = [node for sign, node in operands if not sign]
        signed: list[Node] = [All((node,)) for sign, node in operands if sign == "+"]
        if optional and not signed:
            signed.append(optional[0] if len(optional) == 1 else Some(tuple(optional)))
        return every([*signed, *(Not(node) for sign, node in operands if sign == "-")])

    def both(self, field: str | None) -> tuple[str, Node]:
        sign, first = self.signed(field)
        if not _AND.match(self.text, self.place):
            return sign, first
        nodes = [Not(first) if sign == "-" else first]
        while self.take(_AND):
            sign, node = self.signed(field)
            nodes.append(Not(node) if sign == "-" else node)
        return "", every(nodes)

    def signed(self, field: str | None) -> tuple[str, Node]:
        sign, negated = "", False
        while found := self.take(_SIGN) or self.take(_NOT):
            if found[0].strip() in ("+", "-"):
                sign = found[1]
            else:
                negated = not negated
        node = self.suffixed(field)
        return sign, Not(node) if negated else node

    def suffixed(self, field: str | None) -> Node:
        """Read one clause with its ``^boost``."""
        node = self.clause(field)
        boost = self.take(_BOOST)
        self.take(_SPACE)
        return Boosted(node, min(float(boost[1]), 1e6)) if boost else node

    def clause(self, field: str | None) -> Node:
        if _OPERATOR.match(self.text, self.place):
            raise self.error()
        named = self.take(_FIELD)
        if named:
            field = _named(named[1])
        if self.text.startswith("(", self.place):
            return self.group(field)
        self.budget.clause()
        return self.phrase(field) or self.range(field) or self.word(field)

    def group(self, field: str | None) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise SearchError(f"The query has parentheses more than {DEEPEST} deep")
        self.place += 1
        self.take(_SPACE)
        node = self.sequence(field)
        if not self.text.startswith(")", self.place):
            raise self.error()
        self.place += 1
        self.depth -= 1
        return node

    def phrase(self, field: str | None) -> Node | None:
        found = self.take(_PHRASE)
        if not found:
            return None
        slop = self.take(_FUZZ)
        return Phrase(field, _plain(found[1]), int(float(slop[1] or 0)) if slop else 0)

    def range(self, field: str | None) -> Node | None:
        found = self.take(_RANGE)
        if not found:
            return None
        opening, low, high, closing = found.groups()
        return Range(field, _bound(low), _bound(high), opening == "[", closing == "]")

    def word(self, field: str | None) -> Node:
        found = self.take(_WORD)
        if not found:
            raise self.error()
        if _REGEX.fullmatch(found[0]):
            raise SearchError("Regular expressions are not supported: * and ? are")
        fuzz = self.take(_FUZZ)
        if fuzz:
            text = _plain(found[0])
            return Fuzzy(field, text, _edits(text, fuzz[1]))
        return _plain_or_pattern(field, found[0])


def _named(written: str) -> str:
    name = _plain(written)
    if name in ("_query_", "_val_"):
        raise SearchError("Magic fields are not supported")
    return name


def _plain_or_pattern(field: str | None, written: str) -> Node:
    parts = _parts(written)
    if len(parts) == 1:
        return Word(field, parts[0])
    if parts == ("", "*", ""):
        return Everything() if field in (None, "*") else Present(field)
    return Pattern(field, parts)


def _plain(written: str) -> str:
    return _ESCAPED.sub(r"\1", written)


def _bound(written: str) -> str | None:
    if written == "*":
        return None
    return _plain(written[1:-1] if written.startswith('"') else written)


def _edits(text: str, given: str) -> int:
    """Return the letters that may differ: given as such, or as the share that must be alike."""
    number = float(given) if given else 2.0
    return min(2, int(number) if number >= 1 else int((1 - number) * len(text)))


def _parts(written: str) -> tuple[str, ...]:
    parts = [""]
    for escaped, wild, literal in _PIECE.findall(written):
        if wild:
            parts += [wild, ""]
        else:
            parts[-1] += escaped or literal
    return tuple(parts)


def _listed(nodes: list[Node], field: str) -> list[Node]:
    """Join neighbouring bare words of a field's parentheses."""
    joined: list[Node] = []
    for node in nodes:
        last = joined[-1] if joined else None
        if isinstance(node, Word) and node.field == field:
            if isinstance(last, Words) and last.field == field:
                joined[-1] = Words(field, (*last.texts, node.text))
            elif isinstance(last, Word) and last.field == field:
                joined[-1] = Words(field, (last.text, node.text))
            else:
                joined.append(node)
        else:
            joined.append(node)
    return joined
