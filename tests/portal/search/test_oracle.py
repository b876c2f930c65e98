"""Random datasets and questions: the index against a plain reading of what they mean."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acopio.portal.search import Query
from acopio.portal.search.schema import folded
from tests.portal.search.catalogue import Catalogue, shown

Package = Mapping[str, Any]
Meaning = Callable[[Package], bool]
Question = tuple[str, Meaning]

TAGS = ["agua", "Agua", "dos palabras", "ñandú", 'con "comillas"', "a:b (c)"]
FORMATS = ["CSV", "XLSX", "csv"]
YEARS = ["2018", "2019", "2020", "2021"]
LETTERS = st.text("aábcñ ", min_size=1, max_size=4)

packages = st.builds(
    lambda title, tags, formats, year: {
        "title": title,
        "tags": [{"name": tag} for tag in sorted(tags)],
        "resources": [{"format": form, "name": "", "url": ""} for form in formats],
        "extras": [{"key": "anio", "value": year}] if year else [],
    },
    LETTERS,
    st.sets(st.sampled_from(TAGS), max_size=3),
    st.lists(st.sampled_from(FORMATS), max_size=2),
    st.sampled_from([*YEARS, ""]),
)


def tags(package: Package) -> list[str]:
    return [tag["name"] for tag in package["tags"]]


def formats(package: Package) -> list[str]:
    return [resource["format"] for resource in package["resources"]]


def year(package: Package) -> str:
    return package["extras"][0]["value"] if package["extras"] else ""


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def tagged(tag: str) -> Question:
    return f"tags:{quoted(tag)}", lambda package: tag in tags(package)


def formatted(form: str) -> Question:
    return f"res_format:{form}", lambda package: form in formats(package)


def between(low: str, high: str, opening: str, closing: str) -> Question:
    def within(package: Package) -> bool:
        above = year(package) >= low if opening == "[" else year(package) > low
        below = year(package) <= high if closing == "]" else year(package) < high
        return bool(year(package)) and above and below

    return f"anio:{opening}{low} TO {high}{closing}", within


def resources(low: int | None, high: int | None, opening: str, closing: str) -> Question:
    def within(package: Package) -> bool:
        number = len(package["resources"])
        above = low is None or number > low or (number == low and opening == "[")
        below = high is None or number < high or (number == high and closing == "]")
        return above and below

    bounds = " TO ".join("*" if bound is None else str(bound) for bound in (low, high))
    return f"num_resources:{opening}{bounds}{closing}", within


def since(low: str, high: str, opening: str, closing: str) -> Question:
    """All datasets are older than now, and none is without a date."""
    everything = (low, high) not in (("NOW", "*"), ("NOW", "NOW"))
    return f"metadata_modified:{opening}{low} TO {high}{closing}", lambda _: everything


OTHERS: list[Question] = [
    ("anio:*", lambda package: bool(year(package))),
    ("anio:20?0", lambda package: year(package) == "2020"),
    ("tags:*a*", lambda package: any("a" in tag for tag in tags(package))),
    ("*:*", lambda _: True),
]

leaves = st.one_of(
    st.builds(tagged, st.sampled_from(TAGS)),
    st.builds(formatted, st.sampled_from(FORMATS)),
    st.builds(
        between,
        st.sampled_from(YEARS),
        st.sampled_from(YEARS),
        st.sampled_from("[{"),
        st.sampled_from("]}"),
    ),
    st.builds(
        resources,
        st.none() | st.integers(0, 3),
        st.none() | st.integers(0, 3),
        st.sampled_from("[{"),
        st.sampled_from("]}"),
    ),
    st.builds(
        since,
        st.sampled_from(["*", "NOW", "2000"]),
        st.sampled_from(["*", "NOW"]),
        st.sampled_from("[{"),
        st.sampled_from("]}"),
    ),
    st.sampled_from(OTHERS),
)


def both(sign: str) -> Callable[[Question, Question], Question]:
    def joined(one: Question, other: Question) -> Question:
        return f"({one[0]}{sign}{other[0]})", lambda p: one[1](p) and other[1](p)

    return joined


def either(one: Question, other: Question) -> Question:
    return f"({one[0]} OR {other[0]})", lambda p: one[1](p) or other[1](p)


def negated(sign: str, one: Question) -> Question:
    return f"{sign}({one[0]})", lambda p: not one[1](p)


questions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(both(" "), inner, inner),
        st.builds(both(" AND "), inner, inner),
        st.builds(both(" && +"), inner, inner),
        st.builds(either, inner, inner),
        # A minus has a meaning of its own in an OR: there NOT is meant.
        st.builds(negated, st.sampled_from(["NOT ", "!"]), inner),
    ),
    max_leaves=8,
)


def named(given: Sequence[Package]) -> list[Package]:
    return [shown({"name": f"n{n:02}", **package}, n // 3) for n, package in enumerate(given)]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Eighty datasets with each tag, format and year in many combinations."""
    made = [
        {
            "title": "aábcñ"[n % 5] * (n % 3 + 1),
            "tags": [{"name": TAGS[k]} for k in range(6) if n >> (k % 4) & 1 and n % (k + 2)],
            "resources": [{"format": FORMATS[(n + k) % 3]} for k in range(n % 3)],
            "extras": [{"key": "anio", "value": YEARS[n % 4]}] if n % 5 else [],
        }
        for n in range(80)
    ]  # fmt: skip
    return Catalogue(tmp_path_factory.mktemp("many"), named(made))


@given(question=questions)
@settings(max_examples=150, deadline=None)
def test_boolean_questions_find_exactly_what_they_mean(many: Catalogue, question: Question) -> None:
    text, means = question
    expected = {package["name"] for package in many.packages.values() if means(package)}
    assert many.found(text) == expected
    assert many.found(fq=(text,)) == expected


@given(given_=st.lists(packages, max_size=12), asked=st.lists(questions, min_size=3, max_size=3))
@settings(max_examples=15, deadline=None)
def test_any_datasets_are_found_by_what_they_hold(
    given_: list[Package], asked: list[Question]
) -> None:
    with TemporaryDirectory() as folder:
        catalogue = Catalogue(Path(folder), named(given_))
        for text, means in asked:
            expected = {p["name"] for p in catalogue.packages.values() if means(p)}
            assert catalogue.found(text) == expected
        catalogue.index.settle()


@given(question=questions, limit=st.integers(-1, 5), least=st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_facets_are_counts(many: Catalogue, question: Question, limit: int, least: int) -> None:
    text, means = question
    found = [package for package in many.packages.values() if means(package)]
    expected = {
        "tags": Counter(tag for package in found for tag in set(tags(package))),
        "res_format": Counter(form for package in found for form in set(formats(package))),
        "anio": Counter(year(package) for package in found if year(package)),
    }
    query = Query(q=text, facets=tuple(expected), facet_limit=limit, facet_mincount=least, rows=0)
    facets = many.index.search(query).facets
    for field, counts in expected.items():
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        shown_ = ordered if limit < 0 else ordered[:limit]
        assert facets[field] == [(value, n) for value, n in shown_ if n >= least]


KEYS: dict[str, Callable[[Package], Any]] = {
    "title": lambda package: folded(package["title"]),
    "num_resources": lambda package: len(package["resources"]),
    "metadata_modified": lambda package: package["metadata_modified"],
    "name": lambda package: package["name"],
}


@given(
    order=st.lists(
        st.tuples(st.sampled_from(sorted(KEYS)), st.booleans()),
        max_size=3,
        unique_by=lambda key: key[0],
    ),
    start=st.integers(0, 90),
    rows=st.integers(1, 40),
)
@settings(max_examples=100, deadline=None)
def test_pages_are_in_the_order_of_all_keys(
    many: Catalogue, order: list[tuple[str, bool]], start: int, rows: int
) -> None:
    wanted = [f"{name} {'desc' if down else 'asc'}" for name, down in order]
    sort = ", ".join([*wanted, "name asc"])
    expected = sorted(many.packages.values(), key=KEYS["name"])
    for name, down in reversed(order):
        expected.sort(key=KEYS[name], reverse=down)
    page = [package["name"] for package in expected][start : start + rows]
    assert many.names(sort=sort, start=start, rows=rows) == page
