"""What is said of how a table is written: each fact with its confidence, and whose word it is."""

import json
from typing import Any

import pytest

from acopio.model import UNPINNED, Reading
from acopio.validators.detected import detected
from acopio.validators.preflight import profile
from acopio.validators.surveys import survey
from tests.validators.samples import Write


def facts(write: Write, content: str | bytes, pinned: Reading = UNPINNED) -> dict[str, Any]:
    path = write("f.csv", content)
    found = profile(path, "csv", path.name, pinned)
    table = survey(path, found)
    assert table is not None
    return detected(found, table)


def values(write: Write, content: str | bytes, pinned: Reading = UNPINNED) -> dict[str, Any]:
    return {name: fact["value"] for name, fact in facts(write, content, pinned).items()}


PERUVIAN = (
    "REPORTE DE GASTO\n"
    "ubigeo;fecha;monto;avance\n"
    "010101;31/01/2024;1.234,50;7,5\n"
    "150101;01/02/2024;2.000,25;S.I.\n"
    "150102;02/02/2024;30,00;0,5\n"
)


def test_what_a_table_shows_is_said(write: Write) -> None:
    assert values(write, PERUVIAN.encode("cp1252")) == {
        "encoding": "utf-8",
        "delimiter": ";",
        "quote": '"',
        "header_row": 2,
        "title_rows": 1,
        "decimal": ",",
        "thousands": ".",
        "date_order": "dmy",
        "missing_words": ["S.I."],
        "identifiers": [1],
    }


def test_what_a_table_does_not_show_is_left_out(write: Write) -> None:
    assert set(facts(write, "a,b\nx,y\n")) == {
        "encoding", "delimiter", "quote", "header_row", "title_rows",
    }  # fmt: skip


def test_points_and_commas_between_thousands(write: Write) -> None:
    found = values(write, 'a,b\n"1,234.50",1.5\n"2,000.25",2.5\n')
    assert (found["decimal"], found["thousands"]) == (".", ",")


@pytest.mark.parametrize("content", [PERUVIAN, "Año;n\nÁncash;1\n".encode("cp1252"), "a,b\n"])
def test_each_fact_is_json_with_a_confidence(write: Write, content: str | bytes) -> None:
    found = facts(write, content)
    assert json.loads(json.dumps(found)) == found
    for name, fact in found.items():
        assert set(fact) == {"value", "confidence", "by"}, name
        assert 0 <= fact["confidence"] <= 1, name
        assert fact["by"] == "acopio", name


def test_what_an_officer_pins_is_the_officers(write: Write) -> None:
    content = b"codigo;pe\xa4a\n7;1,5\n8;\xa2\n"
    pinned = Reading(encoding="cp850", delimiter=";", decimal=",", date_order="mdy", header_row=1)
    found = facts(write, content, pinned)
    by_officer = {name: fact["value"] for name, fact in found.items() if fact["by"] == "officer"}
    assert by_officer == {
        "encoding": "cp850",
        "delimiter": ";",
        "header_row": 1,
        "title_rows": 0,
        "decimal": ",",
        "date_order": "mdy",
    }
    assert all(found[name]["confidence"] == 1 for name in by_officer)


def test_what_could_not_be_followed_is_not_the_officers(write: Write) -> None:
    content = "a,b\n1,ñ\n".encode("utf-8-sig")
    found = facts(write, content, Reading(encoding="cp1252", header_row=90))
    assert found["encoding"] == {"value": "utf-8-sig", "confidence": 1.0, "by": "acopio"}
    assert found["header_row"]["by"] == "acopio"


def test_a_pinned_encoding_reads_the_file(write: Write) -> None:
    path = write("f.csv", b"a\xa4o,b\n1,2\n")
    found = profile(path, "csv", "f.csv", Reading(encoding="cp850"))
    assert found.layout is not None
    assert found.layout.labels == ("año", "b")


def test_pinned_as_utf8_what_is_not_stays_a_mixture(write: Write) -> None:
    path = write("f.csv", b"a\n\xf1\n\xf1\n")
    found = profile(path, "csv", "f.csv", Reading(encoding="utf-8")).encoding
    assert found is not None
    assert (found.name, found.mixed, found.other_lines) == ("utf-8", True, 2)
