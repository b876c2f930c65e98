"""A table changes between two cuts: what its officer is told, and what readers still see."""

from typing import Any

import pytest

from acopio.model import FileKind, ReleaseResource
from tests.pipeline.world import World, shown, types

ROWS = 30


def cut(amount: str = "{}") -> str:
    """Return a cut of the table, its amounts written in a form."""
    numbers = range(1, ROWS)
    lines = [f"1501{n:02},{amount.format(n)},{n % 12 + 1}" for n in numbers]
    return "\n".join(["ubigeo,monto,mes", *lines, ""])


FIRST = cut()


def run(here: World) -> dict[str, Any]:
    """Run, and return what the document says of the one dataset."""
    (row,) = here.run()["datasets"]
    return dict(row)


def put(here: World, text: str) -> None:
    here.put(0, text.encode())


def codes(row: dict[str, Any]) -> list[str]:
    """Return what is told but for the dictionary, which no sample has."""
    return [one["code"] for one in row["findings_list"] if one["code"] != "dictionary-missing"]


def found(row: dict[str, Any], code: str) -> list[dict[str, Any]]:
    return [one for one in row["findings_list"] if one["code"] == code]


@pytest.fixture
def published(here: World) -> World:
    """A world whose one table was published."""
    here.fill(1)
    put(here, FIRST)
    row = run(here)
    assert (row["outcome"], codes(row)) == ("created", [])
    assert types() == {"ubigeo": "string", "monto": "integer", "mes": "integer"}
    assert shown().rows == ROWS - 1
    return here


def test_the_same_bytes_have_nothing_to_tell(published: World) -> None:
    row = run(published)
    assert (row["outcome"], codes(row)) == ("unchanged", [])


def test_a_type_that_widens_is_taken_over_and_told(published: World) -> None:
    put(published, cut(amount="{}.5"))
    row = run(published)
    assert row["outcome"] == "updated"
    (one,) = found(row, "schema-changed")
    assert one["severity"] == "info"
    assert "monto (integer → number)" in one["message"]
    assert types()["monto"] == "number"


def test_a_renamed_column_is_told_and_stays_told(published: World) -> None:
    put(published, FIRST.replace("monto", "importe") + "150130,1,1\n")
    rows = [run(published) for _ in range(3)]
    assert [row["outcome"] for row in rows] == ["updated", "unchanged", "unchanged"]
    for row in rows:
        (one,) = found(row, "schema-changed")
        assert (one["severity"], one["evidence"]) == ("error", "monto → importe")
    # What came after the renaming is compared with it.
    put(published, FIRST.replace("monto", "importe") + "150130,2,1\n")
    assert found(run(published), "schema-changed") == []


def test_under_a_strict_gate_a_renamed_column_waits_for_an_officer(published: World) -> None:
    published.change(gate="strict")
    put(published, FIRST.replace("monto", "importe"))
    for _ in range(2):
        row = run(published)
        assert row["outcome"] == "kept_last_good"
        assert len(found(row, "schema-changed")) == 1
    assert "monto" in types()


@pytest.mark.parametrize("gate", ["strict", "standard", "lenient"])
def test_rows_gone_never_replace_what_was_published(published: World, gate: str) -> None:
    published.change(gate=gate)
    before = shown()
    put(published, "".join(FIRST.splitlines(keepends=True)[: int(ROWS * 0.4)]))
    row = run(published)
    assert row["outcome"] == "kept_last_good"
    (one,) = found(row, "rows-dropped")
    assert f"{ROWS - 1}" in one["message"]
    assert row["reason"].endswith("(rows-dropped).")
    after = shown()
    assert (after.state, after.rows) == ("kept_last_good", ROWS - 1)
    assert _data(after) == _data(before)
    # A whole file again is published again.
    put(published, FIRST)
    assert codes(run(published)) == []
    assert shown().state == "published"


def _data(resource: ReleaseResource) -> set[str]:
    return {one.sha256 for one in resource.files if one.kind is FileKind.DATA}


def test_another_file_altogether_is_no_cut_of_the_first(published: World) -> None:
    """What was withheld for persons left nothing to compare with."""
    persons = "dni,apellidos,nombres\n" + "".join(
        f"{99999900 + n},PRUEBA SINTETICA,PERSONA UNO\n" for n in range(40)
    )
    put(published, persons)
    assert run(published)["outcome"] == "withheld"
    put(published, "region,total\nNorte,1\nSur,2\n")
    row = run(published)
    assert row["outcome"] in ("created", "updated")
    assert found(row, "schema-changed") == found(row, "rows-dropped") == []
