"""The schemas kept in the configuration are sound, and tables find theirs."""

import csv
import json
import re
from io import StringIO
from typing import Any

import pytest

from acopio.model import Pinned
from acopio.validators.drift import plain
from acopio.validators.known_schemas import KnownSchema, choose, known, match, named, referred
from acopio.validators.tabular.judge import checked, judge
from tests.validators.samples import Write, codes, examined

KNOWN = known()
NAMES = {
    "catalogo-servicios", "infomidis", "inventario-datos", "pac", "redes-sociales", "siaf-gasto",
    "ubigeo",
}  # fmt: skip
DIALECT = {"csv": {"delimiter": ","}}
each = pytest.mark.parametrize("one", KNOWN, ids=lambda one: one.name)


def header(one: KnownSchema) -> list[str]:
    return next(csv.reader(StringIO(one.example())))


def seen(*names: str, type_: str = "string") -> dict[str, Any]:
    return {"fields": [{"name": name, "type": type_} for name in names]}


def test_the_country_keeps_these() -> None:
    assert {one.name for one in KNOWN} == NAMES
    assert known("atlantida") == ()


@each
def test_it_is_a_table_schema_that_says_what_it_is(one: KnownSchema) -> None:
    schema = checked(one.schema)
    assert schema["name"] == one.name
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", one.version)
    assert one.descriptor["basis"] in ("observed", "proposed")
    for key in ("title", "title_en", "description", "description_en"):
        assert one.descriptor[key].strip(), key
    assert all(source["title"] and source["path"] for source in one.descriptor["sources"])
    assert all(field["title"] for field in one.fields)
    assert not {"match", "basis", "sources"} & schema.keys()
    assert all("aliases" not in field for field in schema["fields"])


@each
def test_no_two_columns_go_by_the_same_name(one: KnownSchema) -> None:
    called = [plain(name) for name in one.names] + list(one.aliases)
    assert len(called) == len(set(called))
    assert set(one.descriptor["match"]["identifying"]) <= set(one.names)


@each
def test_its_example_is_valid_and_whole(one: KnownSchema, write: Write) -> None:
    assert header(one) == one.names
    path = write("f.csv", one.example())
    report = judge(path, "f.csv", "utf-8", DIALECT, one.schema).report
    assert report["valid"], report["tasks"][0]["errors"][:3]
    assert report["stats"]["errors"] == 0
    assert report["tasks"][0]["stats"]["rows"] >= 2


@each
def test_its_example_holds_no_persons(one: KnownSchema, write: Write) -> None:
    assert "personal-data" not in codes(examined(write("f.csv", one.example())))


@each
def test_its_header_finds_it_however_it_is_written(one: KnownSchema) -> None:
    for labels in (header(one), [name.lower() for name in one.names], list(reversed(one.names))):
        found = match(labels)
        assert found is not None
        assert (found.known.name, found.share, found.confidence) == (one.name, 1, 1)


@each
def test_without_an_identifying_column_it_is_another_table(one: KnownSchema) -> None:
    for name in one.descriptor["match"]["identifying"]:
        others = {plain(alias) for alias, of in one.aliases.items() if of == name}
        left = [label for label in one.names if label != name and plain(label) not in others]
        assert match(left) is None


@pytest.mark.parametrize(
    "labels",
    [
        [],
        ["", "", ""],
        ["ubigeo", "departamento", "provincia", "distrito", "fecha", "casos"],
        ["ENTIDAD", "RUC", "MONTO"],
        [f"c{n}" for n in range(2000)],
    ],
)
def test_columns_many_tables_have_are_no_match(labels: list[str]) -> None:
    assert match(labels) is None


def test_a_share_of_the_columns_is_enough_and_told() -> None:
    siaf = named("siaf-gasto")
    assert siaf is not None
    found = match([*siaf.names[:-6], "OTRA"])
    assert found is not None
    assert found.known == siaf
    assert found.share == pytest.approx(57 / 63, abs=0.001)
    assert found.confidence == pytest.approx(2 * 57 / (63 + 58), abs=0.001)


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("pac", "pac"),
        (" pac ", "pac"),
        ("pac@1.0.0", "pac"),
        ("pac@9.0.0", None),
        ("https://portal.example/schemas/pac", "pac"),
        ("https://portal.example/schemas/pac.json", "pac"),
        ("https://elsewhere.example/data/pac", None),
        ("../pac", None),
        ("nada", None),
        ("", None),
        ("x" * 5000, None),
    ],
)
def test_a_reference_names_a_schema(reference: str, found: str | None) -> None:
    one = named(reference)
    assert (one.name if one else None) == found


def test_a_declared_reference_is_one_without_fields() -> None:
    pac = named("pac")
    assert referred({"name": "pac"}) == pac
    assert referred({"url": "https://x.example/schemas/pac", "name": "otro"}) == pac
    assert referred({"name": "pac", "fields": []}) is None
    assert referred({"name": 7}) is referred({}) is None


def _never() -> dict[str, Any]:
    raise AssertionError("inferred though nothing was left to infer")


def test_a_declared_schema_comes_first_and_is_not_touched() -> None:
    declared = seen("a")
    pinned = Pinned(schema=seen("b"), rows=1)
    chosen = choose(declared, pinned, _never)
    assert (chosen.schema, chosen.source) == (declared, "declared")


def test_a_declared_name_comes_before_what_was_published() -> None:
    chosen = choose({"name": "pac"}, Pinned(schema=seen("MES"), rows=1), lambda: seen("MES", "x"))
    assert chosen.source == "declared pac 1.0.0"
    fields = {field["name"]: field for field in chosen.schema["fields"]}
    assert fields["MES"]["type"] == "integer"
    assert fields["x"]["type"] == "string"
    # What the schema requires and the file lacks is for frictionless to miss.
    assert {"ENTIDAD", "NRO_REFERENCIA"} <= fields.keys()


def test_what_was_published_comes_before_a_match() -> None:
    pac = named("pac")
    assert pac is not None
    pinned = Pinned(schema=seen(*pac.names), rows=1)
    chosen = choose(None, pinned, lambda: seen(*pac.names, type_="integer"))
    assert chosen.source == "pinned"
    assert {field["type"] for field in chosen.schema["fields"]} == {"string"}


def test_a_header_is_matched_else_the_file_speaks_for_itself() -> None:
    pac = named("pac")
    assert pac is not None
    assert choose(None, None, lambda: seen(*pac.names)).source == "matched pac 1.0.0"
    alone = choose({"name": "desconocido"}, None, lambda: seen("a", "b"))
    assert (alone.schema, alone.source) == (seen("a", "b"), "inferred")


def test_a_matched_file_is_judged_by_the_standards_rules(write: Write) -> None:
    one = named("infomidis")
    assert one is not None
    text = one.example().replace("010102", "10102")
    labels = header(one)
    chosen = choose(None, None, lambda: seen(*labels))
    report = judge(write("f.csv", text), "f.csv", "utf-8", DIALECT, chosen.schema).report
    (error,) = report["tasks"][0]["errors"]
    assert (error["type"], error["fieldName"]) == ("constraint-error", "UBIGEO")


def test_every_schema_is_one_line_a_field() -> None:
    """So that a change of one column is a change of one line."""
    from tests.sources import ROOT

    for one in KNOWN:
        text = (ROOT / "config" / "peru" / "schemas" / f"{one.name}.json").read_text("utf-8")
        lines = [line.strip().removesuffix(",") for line in text.splitlines()]
        assert all(json.dumps(field, ensure_ascii=False) in lines for field in one.fields), one.name
