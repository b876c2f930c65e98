"""Names are safe whatever they are made from, and keep what they can."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.publishers.names import LONGEST, candidates, safe_name

ANYTHING = st.text(max_size=300)


@given(text=ANYTHING)
def test_a_file_name_is_one_harmless_component(text: str) -> None:
    name = safe_name(text)
    assert 0 < len(name) <= LONGEST + 1
    assert not set(name) & set('/\\:*?"<>|\x00')
    assert name.strip(" .")
    assert len(name.encode()) < 255
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("gasto.csv", "gasto.csv"),
        ("Ejecución año 2024.csv", "Ejecución año 2024.csv"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("CON", "_CON"),
        ("lpt1.csv", "_lpt1.csv"),
        ("\u202egpj.csv", "gpj.csv"),
        ("...", "archivo"),
        ("", "archivo"),
    ],
)
def test_a_good_name_is_kept_and_a_bad_one_mended(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(text=ANYTHING)
def test_every_candidate_is_a_name_for_ckan_and_for_a_folder(text: str) -> None:
    names = list(islice(candidates(text), 12))
    assert len(set(names)) == 12
    for name in names:
        assert 2 <= len(name) <= 100
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")
        assert name not in {"new", "edit", "search", "con", "nul"}


def test_a_name_that_was_given_once_is_the_first_candidate_again() -> None:
    for first in ("a" * 100, "a--b", "gasto-2", "_x"):
        assert next(candidates(first)) == first
        third = list(islice(candidates(first), 3))[2]
        assert next(candidates(third)) == third
