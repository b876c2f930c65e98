"""A query as people type it: words, "phrases", +required and -unwanted, no field names.

Solr calls it DisMax. ``AND``, ``OR`` and ``*`` are words like any other; a ``~1`` after one, which
with field names lets a word be spelt otherwise, is passed over.
"""

import re

from acopio.portal.search.syntax import All, Budget, Everything, Node, Not, Phrase, Some, Word

_PART = re.compile(r'([+-]?)(?:"([^"]*)"|([^\s"]+))')
_FUZZ = re.compile(r"~[0-9.]*(?!\S)")
_SPEAKS = re.compile(r"\w")


def parse(text: str, budget: Budget) -> Node:
    """Return what ``text`` asks for; what has neither letter nor digit is passed over.

    Raises ``SearchError`` when it has more words than a search may have.
    """
    if text in ("", '""', "''"):
        return Everything()
    budget.read(text)
    text = _FUZZ.sub(" ", text)
    balanced = text if text.count('"') % 2 == 0 else text.replace('"', " ")
    signed: dict[str, list[Node]] = {"": [], "+": [], "-": []}
    for sign, phrase, word in _PART.findall(balanced):
        if _SPEAKS.search(phrase or word):
            budget.clause()
            signed[sign].append(Phrase(None, phrase) if phrase else Word(None, word))
    wanted = list(dict.fromkeys(signed[""]))
    if wanted:
        signed["+"].append(Some(tuple(wanted), enough(len(wanted))))
    return All((*signed["+"], *map(Not, signed["-"])))


def enough(words: int) -> int:
    """Return how many of so many words must be found.

    CKAN's ``2<-1 5<80%``: both of two, all but one of up to five, four fifths of more.
    """
    if words <= 2:
        return words
    return words - 1 if words <= 5 else words * 4 // 5
