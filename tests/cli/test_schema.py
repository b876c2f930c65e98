"""``acopio schema``: what schemas there are, and templates to fill in."""

import csv
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from acopio.validators.known_schemas import known
from tests.cli.desk import Desk


@pytest.fixture
def bare(tmp_path: Path) -> Desk:
    """A desk nothing was ever done at."""
    return Desk(tmp_path, "", portal=None)  # type: ignore[arg-type]


def test_the_list_tells_each_schema(bare: Desk) -> None:
    found = bare.json("schema", "list")["schemas"]
    assert [one["name"] for one in found] == [one.name for one in known()]
    (siaf,) = (one for one in found if one["name"] == "siaf-gasto")
    assert (siaf["columns"], siaf["basis"], siaf["title"]) == (
        63,
        "observed",
        "Gasto público del SIAF",
    )
    told = bare.type("schema", "list", ACOPIO_LANG="en").stdout
    assert "Public spending (SIAF)" in told
    assert not (bare.home / "state").exists()


def test_a_schema_is_shown_in_words_as_a_page_and_as_itself(bare: Desk) -> None:
    told = bare.type("schema", "show", "pac").stdout
    assert "NRO_REFERENCIA" in told
    assert "Es una propuesta" in told
    page = bare.type("schema", "show", "pac", "--markdown", ACOPIO_LANG="en").stdout
    assert page.startswith("# Annual procurement plan (PAC)\n")
    schema = bare.json("schema", "show", "pac@1.0.0")
    assert schema["fields"][0] == {
        "name": "ANIO", "type": "year", "title": "Año del plan", "constraints": {"required": True}
    }  # fmt: skip


def test_templates_go_to_standard_output_or_to_a_new_file(bare: Desk) -> None:
    said = bare.type("schema", "template", "ubigeo", "--format", "csv")
    (header,) = csv.reader(StringIO(said.stdout))
    assert header[:2] == ["inei", "reniec"]
    book = bare.type("schema", "template", "ubigeo", "--format", "xlsx").stdout_bytes
    assert ZipFile(BytesIO(book)).testzip() is None
    out = bare.home / "u.csv"
    words = ("schema", "template", "ubigeo", "--format", "csv", "--out", str(out))
    assert bare.type(*words).exit_code == 0
    before = out.read_bytes()
    again = bare.type(*words)
    assert (again.exit_code, again.stdout) == (2, "")
    assert "u.csv" in again.stderr
    assert out.read_bytes() == before


def test_an_unknown_schema_names_those_there_are(bare: Desk) -> None:
    for words in (("show", "nada"), ("template", "nada", "--format", "csv")):
        answer = bare.type("schema", *words)
        assert answer.exit_code == 2
        assert "siaf-gasto" in answer.stderr
    assert bare.type("schema", "template", "pac").exit_code == 2
    assert bare.type("schema", "template", "pac", "--format", "pdf").exit_code == 2
