"""Which words are the same word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.portal.search.schema import folded, words

SAME = """\
hospital hospitales
HOSPITAL hospitales
tránsito transito
educación educaciones
EDUCACION educación
población poblaciones
economía ECONOMIAS
interés intereses
país países
mes meses
mujer mujeres
niño niños
juez jueces
luz luces
vez veces
lápiz lápices
índice índices
volumen volúmenes
estudiante estudiantes
cliente clientes
nivel niveles
hogar hogares
calidad calidades
comisaría comisarias
ley leyes
análisis analisis
virus virus
río ríos
school schools
service services
city cities
water waters
tax taxes
expenditure expenditures
report reports"""
DIFFERENT = """\
gasto gas
año anual
región regidor
consejo concejo
municipio municipal
salud saldo
pesca peso
mina mineral
casa cosa
papel papa"""


@pytest.mark.parametrize("pair", SAME.splitlines())
def test_forms_of_one_word_are_alike(pair: str) -> None:
    one, other = pair.split()
    assert words(one) == words(other) != []


@pytest.mark.parametrize("pair", DIFFERENT.splitlines())
def test_other_words_are_not(pair: str) -> None:
    one, other = pair.split()
    assert words(one) != words(other)


def test_digits_signs_and_underscores_divide() -> None:
    assert words("covid19") == words("COVID-19") == words("covid_19") == ["cov", "19"]
    assert words("PM2.5: ¿qué?") == ["pm", "2", "5", "que"]


def test_letters_with_loose_accents_are_letters() -> None:
    assert words("tra\u0301nsito") == words("tránsito")


@given(st.text())
def test_any_text_is_cut_into_words(text: str) -> None:
    assert all(word == word.lower() and word.strip() for word in words(text))
    assert folded(text) == folded(text.upper()) or not text.isascii()


def test_half_a_surrogate_pair_is_no_obstacle() -> None:
    assert words("salud \ud800") == ["salud"]
