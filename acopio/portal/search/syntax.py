"""What a query's text says, as a tree; and the bounds on what is read.

The leaves name a field, or None for any. ``acopio.portal.search.lucene`` and ``dismax`` make
these trees, ``acopio.portal.search.matching`` turns them into what tantivy answers.
"""

import re
from dataclasses import dataclass

from acopio.portal.problems import SearchError

# All texts of one search together. A thousand ids with their field and OR are 50 kB.
LONGEST = 65_536
# Lucene's own bound on the clauses of one query.
CLAUSES = 1_024
# Each looks through a field's whole vocabulary.
SCANS = 12

_LOCAL = re.compile(r"(?<!\\)\{!")


@dataclass(slots=True)
class Budget:
    """What a search may still ask for, over all its texts."""

    characters: int = LONGEST
    clauses: int = CLAUSES
    scans: int = SCANS

    def read(self, text: str) -> None:
        """Raise ``SearchError`` for more text than a search may have, or other parsers' text."""
        if _LOCAL.search(text):
            raise SearchError("Local parameters are not supported")
        self.characters -= len(text)
        if self.characters < 0:
            raise SearchError(f"The query is longer than {LONGEST} characters")

    def clause(self, count: int = 1) -> None:
        """Raise ``SearchError`` when there are more clauses than a search may have."""
        self.clauses -= count
        if self.clauses < 0:
            raise SearchError(f"The query has more than {CLAUSES} clauses")

    def scan(self) -> None:
        """Raise ``SearchError`` when too many clauses look through whole vocabularies."""
        self.scans -= 1
        if self.scans < 0:
            raise SearchError(
                f"The query has more than {SCANS} wildcards, fuzzy words or ranges of words"
            )


@dataclass(frozen=True, slots=True)
class Everything:
    """``*:*``."""


@dataclass(frozen=True, slots=True)
class Word:
    """``field:text``."""

    field: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """``field:(one two)``: any of them in an exact field, all of them in text."""

    field: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """``field:"some words"~slop``."""

    field: str | None
    text: str
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """``field:ab*c?``: literal text at even places, ``*`` or ``?`` at odd ones."""

    field: str | None
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """``field:text~edits``, with up to two letters added, left out, changed or swapped."""

    field: str | None
    text: str
    edits: int


@dataclass(frozen=True, slots=True)
class Range:
    """``field:[low TO high]``; None is ``*``."""

    field: str | None
    low: str | None
    high: str | None
    with_low: bool
    with_high: bool


@dataclass(frozen=True, slots=True)
class Present:
    """``field:*``: there is a value."""

    field: str


@dataclass(frozen=True, slots=True)
class Not:
    """All that its node does not match."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class All:
    """What each of its nodes matches."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """What at least so many of its nodes match."""

    nodes: tuple["Node", ...]
    least: int = 1


@dataclass(frozen=True, slots=True)
class Boosted:
    """The same matches, ``factor`` times as relevant."""

    node: "Node"
    factor: float


Leaf = Everything | Word | Words | Phrase | Pattern | Fuzzy | Range | Present
Node = Leaf | Not | All | Some | Boosted


def every(nodes: list[Node]) -> Node:
    """Return what all of them match: the only one, or an ``All``."""
    return nodes[0] if len(nodes) == 1 else All(tuple(nodes))
