"""What a query in Lucene's language says."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.portal.problems import SearchError
from acopio.portal.search.lucene import parse
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
)

A, B, C = (Word("t", letter) for letter in "abc")


def read(text: str) -> Node:
    return parse(text, Budget())


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("t:a", A),
        ("t : a", A),
        ("(t:a)", A),
        ("agua", Word(None, "agua")),
        ("t:a t:b", All((A, B))),
        ("t:a AND t:b", All((A, B))),
        ("t:a && t:b", All((A, B))),
        ("t:a OR t:b", Some((A, B))),
        ("t:a || t:b", Some((A, B))),
        ("NOT t:a", Not(A)),
        ("!t:a", Not(A)),
        ("-t:a", Not(A)),
        ("NOT NOT t:a", A),
        ("+t:a -t:b", All((All((A,)), Not(B)))),
        ("t:a OR t:b AND t:c", Some((A, All((B, C))))),
        ("t:a AND t:b OR t:c", Some((All((A, B)), C))),
        ("t:a t:b OR t:c", All((A, Some((B, C))))),
        ("t:a OR NOT t:b", Some((A, Not(B)))),
        ("t:a OR -t:b", All((A, Not(B)))),
        ("t:a OR +t:b", All((B,))),
        ("t:a AND -t:b", All((A, Not(B)))),
        ("t:a AND (t:b OR t:c)", All((A, Some((B, C))))),
        ("t:(a OR b)", Some((A, B))),
        ("t:(a b)", Words("t", ("a", "b"))),
        ("t:(a b OR c)", All((A, Some((B, C))))),
        ("t:(a b -c)", All((Words("t", ("a", "b")), Not(C)))),
        ("t:(a u:b)", All((A, Word("u", "b")))),
        ("t:ORO AND t:ANDES", All((Word("t", "ORO"), Word("t", "ANDES")))),
    ],
)
def test_operators_bind_as_in_logic(text: str, means: Node) -> None:
    assert read(text) == means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ('t:"dos palabras"', Phrase("t", "dos palabras")),
        ('t:"dos palabras"~3', Phrase("t", "dos palabras", 3)),
        (r't:"con \" y \\"', Phrase("t", 'con " y \\')),
        ("t:[1 TO 2]", Range("t", "1", "2", with_low=True, with_high=True)),
        ("t:{1 TO 2]", Range("t", "1", "2", with_low=False, with_high=True)),
        ("t:[1 TO 2}", Range("t", "1", "2", with_low=True, with_high=False)),
        ("t:[ * TO NOW-1DAY ]", Range("t", None, "NOW-1DAY", with_low=True, with_high=True)),
        ('t:["a b" TO -5]', Range("t", "a b", "-5", with_low=True, with_high=True)),
        ("t:ab*", Pattern("t", ("ab", "*", ""))),
        ("t:?b*c", Pattern("t", ("", "?", "b", "*", "c"))),
        (r"t:a\*b*", Pattern("t", ("a*b", "*", ""))),
        (r"t:a\*b", Word("t", "a*b")),
        ("t:*", Present("t")),
        ("*:*", Everything()),
        ("*", Everything()),
        ("t:hola~", Fuzzy("t", "hola", 2)),
        ("t:hola~1", Fuzzy("t", "hola", 1)),
        ("t:hola~9", Fuzzy("t", "hola", 2)),
        ("t:hola~0.75", Fuzzy("t", "hola", 1)),
        ("t:a^2.5", Boosted(A, 2.5)),
        ("(t:a OR t:b)^3", Boosted(Some((A, B)), 3.0)),
        ("t:hola~1^2", Boosted(Fuzzy("t", "hola", 1), 2.0)),
        (r"t:a\ b", Word("t", "a b")),
        (r"t:a\:b", Word("t", "a:b")),
        (r"a\:b:c", Word("a:b", "c")),
        ("t:a-b+c", Word("t", "a-b+c")),
        (r"t:https\://x.example/?z=1", Pattern("t", ("https://x.example/", "?", "z=1"))),
        (r"t:2024-01-01T00\:00\:00Z", Word("t", "2024-01-01T00:00:00Z")),
        ("t:O'Higgins", Word("t", "O'Higgins")),
        ("año:niñez", Word("año", "niñez")),
    ],
)  # fmt: skip
def test_clauses_say_what_they_say_in_lucene(text: str, means: Node) -> None:
    assert read(text) == means


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "t:", "t:(", "t:)", "t:()", "(", ")", "t:a)", "(t:a", 't:"a', "t:[a TO",
        "t:[a b]", "t:[a TO b", "AND t:a", "t:a AND", "OR", "t:a OR OR t:b", "NOT", "-", "+", ":",
        ":a", "t:a^x",
        "t:a\\", "t:^2", "~", "]", "t:}", "{!term f=t}a", "t:a {!x}", "_query_:a", "_val_:a",
        r"\_query_:a", "t:/a.*/", "a:b:c", "t:(a:b:c)", "t:https://x.example",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_search_error(text: str) -> None:
    with pytest.raises(SearchError) as refused:
        read(text)
    assert 10 < len(refused.value.message) < 120


HOSTILE = {
    "long": "t:" + "a" * 1_000_000,
    "many clauses": " OR ".join(["t:a"] * 10_000),
    "many small clauses": " ".join(["a"] * 1_100),
    "deep": "(" * 5_000 + "t:a" + ")" * 5_000,
    "a little too deep": "(" * 33 + "t:a" + ")" * 33,
    "brackets": "[" * 60_000,
    "quotes": 't:"' + '"' * 60_000,
    "backslashes": "t:" + "\\" * 60_001,
    "carets": "t:a" + "^2" * 20_000,
    "unended range": "t:[" + "x" * 50_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_queries_are_refused_in_a_short_sentence(name: str) -> None:
    with pytest.raises(SearchError) as refused:
        read(HOSTILE[name])
    assert len(refused.value.message) < 120


@pytest.mark.parametrize(
    "text", ["(" * 32 + "t:a" + ")" * 32, "NOT " * 15_000 + "t:a", "-" * 60_000 + "t:a"]
)
def test_what_is_only_odd_is_read(text: str) -> None:
    assert read(text) in (A, Not(A))


@given(st.text(alphabet=' ab:()[]{}"*?~^+-!&|\\/.0TOANDR', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(SearchError):
        assert read(text)
