"""What a query without field names says."""

import pytest

from acopio.portal.problems import SearchError
from acopio.portal.search.dismax import enough, parse
from acopio.portal.search.syntax import All, Budget, Everything, Node, Not, Phrase, Some, Word

AGUA, RIOS = Word(None, "agua"), Word(None, "rios")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("", Everything()),
        ('""', Everything()),
        ("''", Everything()),
        ("agua", All((Some((AGUA,)),))),
        ("agua rios", All((Some((AGUA, RIOS), 2),))),
        ("agua agua", All((Some((AGUA,)),))),
        ("+agua rios", All((AGUA, Some((RIOS,))))),
        ("agua -rios", All((Some((AGUA,)), Not(RIOS)))),
        ('"agua de rios"', All((Some((Phrase(None, "agua de rios"),)),))),
        ('-"agua de rios"', All((Not(Phrase(None, "agua de rios")),))),
        ('agua "rios', All((Some((AGUA, RIOS), 2),))),
        ("agua - rios &", All((Some((AGUA, RIOS), 2),))),
        ("???", All(())),
        ("agua~1", All((Some((AGUA,)),))),
        ('agua~ "agua de rios"~0.5', All((Some((AGUA, Phrase(None, "agua de rios")), 2),))),
        ("agua ~2", All((Some((AGUA,)),))),
    ],
)
def test_words_phrases_and_signs(text: str, means: Node) -> None:
    assert parse(text, Budget()) == means


def test_operators_and_wildcards_are_words() -> None:
    words = ("agua", "OR", "(rios*)")
    assert parse(" ".join(words), Budget()) == All((Some(tuple(Word(None, w) for w in words), 2),))


def test_how_many_words_must_be_found_is_what_ckan_asks_of_solr() -> None:
    # mm = 2<-1 5<80%
    asked = {1: 1, 2: 2, 3: 2, 4: 3, 5: 4, 6: 4, 7: 5, 8: 6, 10: 8}
    assert {words: enough(words) for words in asked} == asked


@pytest.mark.parametrize(
    "text", ["a " * 500_000, " ".join(f"w{n}" for n in range(2_000)), "{!dismax}agua"]
)
def test_hostile_queries_are_refused(text: str) -> None:
    with pytest.raises(SearchError):
        parse(text, Budget())
