"""A resource keeps its identity when a portal gives it another id, address or dated name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.matching import match, plain_name
from acopio.model import Resource
from acopio.store.resources import KnownResource


def known(number: str, url: str, name: str) -> KnownResource:
    return KnownResource(id=f"our-{number}", remote_id=number, url=url, name=name)


def described(number: str, url: str, name: str) -> Resource:
    return Resource(id=number, url=url, name=name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("RENIPRESS_31-08-2026.csv", "RENIPRESS_30-09-2026.csv"),
        ("obras_30-09-2026.csv", "obras_30-09-2026_0.csv"),
        ("gasto 20260831.csv", "gasto 20260930.csv"),
        ("padron_2026-08.xlsx", "padron_2026-09.xlsx"),
        ("Centros de salud (2)", "centros de salud"),
        ("reporte_0.csv", "reporte.csv"),
    ],
)
def test_dates_and_upload_suffixes_do_not_count(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gasto 2025", "Gasto 2026"),
        ("ABRIL 2026", "MAYO 2026"),
        ("anexo 1", "anexo 2"),
        ("ordenanza-1234-2026", "ordenanza-1235-2026"),
        ("resolución 2001-10-2026", "resolución 2002-10-2026"),
        ("lote 1901_01-10-2026", "lote 1902_01-10-2026"),
        ("acta 20481234", "acta 20481235"),
    ],
)
def test_what_tells_two_files_apart_counts(one: str, other: str) -> None:
    assert plain_name(one) != plain_name(other)


def test_id_comes_before_address_and_address_before_name() -> None:
    old = [known("1", "http://a/x.csv", "x"), known("2", "http://a/y.csv", "y")]
    new = [described("2", "http://a/x.csv", "x"), described("9", "http://a/x.csv", "y")]
    found = match(new, old)
    assert found["2"].id == "our-2"
    assert found["9"].id == "our-1"


def test_a_dated_name_is_recognised_when_id_and_address_changed() -> None:
    old = [known("1", "http://a/r_31-08-2026.csv", "r_31-08-2026.csv")]
    assert match([described("7", "http://a/r_30-09-2026.csv", "r_30-09-2026.csv")], old)["7"]


def test_an_ambiguous_name_matches_nothing() -> None:
    old = [known("1", "http://a/1", "datos"), known("2", "http://a/2", "datos")]
    assert match([described("3", "http://a/3", "datos")], old) == {}


NAMES = st.sampled_from(["a", "b", "a_2026-01", "a_2026-02", "", "c (1)"])
TRIPLES = st.lists(st.tuples(st.sampled_from("123"), NAMES, NAMES), max_size=5)


@given(TRIPLES, TRIPLES)
def test_nothing_known_is_given_twice(
    old: list[tuple[str, str, str]], new: list[tuple[str, str, str]]
) -> None:
    remembered = [known(str(n), url, name) for n, (_, url, name) in enumerate(old)]
    arriving = {f"{n}": described(f"{n}", url, name) for n, (_, url, name) in enumerate(new)}
    given_to = [one.id for one in match(list(arriving.values()), remembered).values()]
    assert len(given_to) == len(set(given_to))
