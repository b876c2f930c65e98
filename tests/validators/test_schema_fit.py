"""A standard or published schema on the columns a file has."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.validators.schema_fit import fitted, still, with_required


def schema(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"fields": list(fields), **more}


def field(name: str, type_: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type_, **more}


def names(found: dict[str, Any]) -> list[str]:
    return [one["name"] for one in found["fields"]]


STANDARD = schema(
    field("UBIGEO", constraints={"required": True, "pattern": "[0-9]{6}"}),
    field("MONTO", "number", groupChar=","),
    primaryKey=["UBIGEO"],
    missingValues=["", "NA"],
)


def test_the_files_names_and_order_stay() -> None:
    seen = schema(field("monto", "integer"), field("otra", "date"), field("Ubigeo", "integer"))
    found = fitted(STANDARD, seen)
    assert found["fields"] == [
        field("monto", "number", groupChar=","),
        field("otra", "date"),
        field("Ubigeo", constraints={"required": True, "pattern": "[0-9]{6}"}),
    ]
    assert found["primaryKey"] == ["Ubigeo"]
    assert found["missingValues"] == ["", "NA"]


def test_numbers_are_read_the_way_the_file_writes_them() -> None:
    seen = schema(field("MONTO", "number", decimalChar=",", groupChar="."))
    assert fitted(STANDARD, seen)["fields"] == seen["fields"]
    assert "primaryKey" not in fitted(STANDARD, seen)


def test_a_column_is_known_by_its_aliases_but_once() -> None:
    standard = schema(field("ANIO", "year", aliases=["AÑO"]))
    seen = schema(field("Año", "integer"), field("ANIO", "integer"))
    found = fitted(standard, seen, {"ano": "ANIO"})
    assert found["fields"] == [field("Año", "year"), field("ANIO", "integer")]


def test_what_is_required_and_lacking_stands_at_the_end() -> None:
    found = with_required(fitted(STANDARD, schema(field("MONTO", "number"))), STANDARD)
    assert names(found) == ["MONTO", "UBIGEO"]
    whole = fitted(STANDARD, schema(field("ubigeo")))
    assert names(with_required(whole, STANDARD)) == ["ubigeo"]


def test_the_published_types_hold_for_later_cuts() -> None:
    pinned = schema(field("id"), field("monto", "number"), field("mes", "integer"))
    seen = schema(field("id", "integer"), field("monto", "integer"), field("mes", "string"))
    assert still(pinned, seen)["fields"] == pinned["fields"]


def test_a_type_that_widened_is_taken_over_with_its_marks() -> None:
    pinned = schema(field("monto", "integer", title="Monto", constraints={"minimum": 0}))
    seen = schema(field("monto", "number", decimalChar=","))
    (found,) = still(pinned, seen)["fields"]
    assert found == field(
        "monto", "number", title="Monto", constraints={"minimum": 0}, decimalChar=","
    )


@pytest.mark.parametrize("published", ["integer", "number", "year"])
def test_codes_stay_text_whatever_was_published(published: str) -> None:
    pinned = schema(field("nivel", published, title="Nivel", constraints={"minimum": 0}))
    seen = schema(field("nivel"))
    assert still(pinned, seen, codes={"nivel"})["fields"] == [field("nivel", title="Nivel")]
    assert still(pinned, seen)["fields"] == pinned["fields"]


def test_a_key_to_a_column_that_went_goes_with_it() -> None:
    key = {"fields": ["a"], "reference": {"resource": "", "fields": ["b"]}}
    pinned = schema(field("a"), field("b"), foreignKeys=[key])
    assert fitted(pinned, schema(field("a"), field("b")))["foreignKeys"] == [key]
    assert "foreignKeys" not in fitted(pinned, schema(field("b")))


columns = st.lists(st.text("abÁ_1", min_size=1, max_size=3), unique=True).map(
    lambda found: schema(*(field(name) for name in found))
)


@given(columns, columns)
def test_there_is_always_one_field_for_each_column(
    standard: dict[str, Any], seen: dict[str, Any]
) -> None:
    assert names(fitted(standard, seen)) == names(seen)
    assert names(still(standard, seen)) == names(seen)
