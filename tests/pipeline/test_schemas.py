"""Which schema judges a table in a run: declared by name, known by its header, published before."""

from typing import Any

from acopio.validators.known_schemas import named
from tests.pipeline.world import World, shown, types

ROWS = 40


def pac(month: str = "3") -> str:
    """Return a table of the schema ``pac``, its second row with a given month."""
    one = named("pac")
    assert one is not None
    return one.example().replace(",6,010101", f",{month},010101")


def run(here: World, text: str) -> dict[str, Any]:
    """Serve these bytes, run, and return what the document says of the one dataset."""
    here.put(0, text.encode())
    (row,) = here.run()["datasets"]
    return dict(row)


def found(row: dict[str, Any]) -> list[tuple[str, int | None, str | None]]:
    told = [(one["code"], one["row"], one["field"]) for one in row["findings_list"]]
    # Of no sample is there a dictionary.
    return [one for one in told if one[0] != "dictionary-missing"]


def test_a_header_that_is_known_brings_its_rules(here: World) -> None:
    here.fill(1)
    assert ("constraint-error", 3, "MES_PREVISTO") in found(run(here, pac(month="13")))
    assert types()["MES_PREVISTO"] == "integer"
    assert types()["ANIO"] == "year"


def test_a_name_declared_brings_its_rules(here: World) -> None:
    here.fill(1)
    resource = here.portal.packages[0]["resources"][0]
    resource["schema"] = "redes-sociales"
    row = run(here, "RED,CUENTA\nfacebook,muni\nmyspace,muni\n")
    assert ("constraint-error", 3, "RED") in found(row)
    assert "missing-label" in {code for code, _, _ in found(row)}


def test_a_schema_nobody_knows_counts_for_nothing(here: World) -> None:
    here.fill(1)
    here.portal.packages[0]["resources"][0]["schema"] = "https://elsewhere.example/other.json"
    assert found(run(here, "RED,CUENTA\nmyspace,muni\n")) == []
    assert types() == {"RED": "string", "CUENTA": "string"}


def test_later_cuts_are_judged_by_what_was_published(here: World) -> None:
    here.fill(1)
    head, months = "codigo,mes\n", [f"0{n:02},{n % 12 + 1}" for n in range(ROWS)]
    assert found(run(here, head + "\n".join(months) + "\n")) == []
    words = [f"0{n:02},enero" for n in range(ROWS)]
    row = run(here, head + "\n".join([*words, "040,1"]) + "\n")
    assert row["outcome"] == "updated"
    assert found(row)[:2] == [("type-error", 2, "mes"), ("type-error", 3, "mes")]
    assert types() == {"codigo": "string", "mes": "integer"}
    assert shown().pinned is not None


def test_codes_that_come_later_stay_text(here: World) -> None:
    here.fill(1)
    rows = [f"{n},{n}" for n in range(1, ROWS)]
    run(here, "nivel,total\n" + "\n".join(rows) + "\n")
    assert types()["nivel"] == "integer"
    row = run(here, "nivel,total\n" + "\n".join(f"{n:03},{n}" for n in range(1, ROWS)) + "\n")
    assert types()["nivel"] == "string"
    assert "type-error" not in {code for code, _, _ in found(row)}
