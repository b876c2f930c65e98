"""A sheet, too, is judged by the schema declared, published or matched, in this order."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from acopio.model import File, Finding, Pinned, Resource, Table
from acopio.validators.known_schemas import named
from acopio.validators.sheets.validator import sheet_tables

Found = tuple[list[Finding], Table]


def sheet(folder: Path, *rows: list[Any]) -> Path:
    from xlsxwriter import Workbook

    path = folder / "f.xlsx"
    with Workbook(path) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return path


def judged(
    path: Path, schema: Mapping[str, Any] | None = None, pinned: Pinned | None = None
) -> Found:
    """Return the findings about the one table, and the table."""
    file = File(resource="r", sha256="", size=0, url="", path=path, name=path.name)
    found = list(sheet_tables(file, Resource(id="r", url="", schema=schema), pinned))
    (table,) = (one for one in found if isinstance(one, Table))
    return [one for one in found if isinstance(one, Finding)], table


def codes(found: Found) -> list[tuple[str, int | None, str | None]]:
    return [(one.code, one.row, one.field) for one in found[0]]


HEADER = ["RED", "CUENTA", "ENLACE", "ENTIDAD", "ESTADO", "FECHA_REVISION"]
ROW = ["facebook", "muni", "https://www.example.org/muni", "Muni", "activa", "2026-09-30"]


def test_a_known_header_brings_its_rules(tmp_path: Path) -> None:
    path = sheet(tmp_path, HEADER, ROW, ["myspace", *ROW[1:]])
    found = judged(path)
    assert found[1].schema_source == "matched redes-sociales 1.0.0"
    assert codes(found) == [("constraint-error", 3, "RED")]


def test_a_declared_name_brings_them_to_any_header(tmp_path: Path) -> None:
    found = judged(sheet(tmp_path, ["CUENTA", "x"], ["muni", 1]), {"name": "redes-sociales"})
    assert found[1].schema_source == "declared redes-sociales 1.0.0"
    missing = {one.field for one in found[0] if one.code == "missing-label"}
    assert missing == {"RED", "ENLACE", "ENTIDAD"}


def test_what_was_published_comes_before_a_match(tmp_path: Path) -> None:
    fields = [{"name": name, "type": "string"} for name in HEADER]
    pinned = Pinned(schema={"fields": fields}, rows=1)
    found = judged(sheet(tmp_path, HEADER, ["myspace", *ROW[1:]]), None, pinned)
    assert (found[1].schema_source, codes(found)) == ("pinned", [])


def test_a_broken_schema_is_said_and_the_next_one_judges(tmp_path: Path) -> None:
    path = sheet(tmp_path, HEADER, ROW)
    found = judged(path, {"fields": [{"name": "a", "type": "ente"}]})
    assert codes(found) == [("schema-error", None, None)]
    assert found[1].schema_source == "matched redes-sociales 1.0.0"


@pytest.mark.parametrize("schema", [{}, {"$schema": "http://127.0.0.1:9/p.json", "fields": []}])
def test_what_is_no_reference_must_be_a_schema(tmp_path: Path, schema: dict[str, Any]) -> None:
    found = judged(sheet(tmp_path, ["a", "b"], [1, 2]), schema)
    assert codes(found) == [("schema-error", None, None)]
    assert found[1].schema_source == "inferred"


def test_keys_to_other_tables_are_said_not_to_be_checked(tmp_path: Path) -> None:
    key = {"fields": ["a"], "reference": {"resource": "distritos", "fields": ["id"]}}
    schema = {"fields": [{"name": "a", "type": "integer"}], "foreignKeys": [key]}
    found = judged(sheet(tmp_path, ["a"], [1]), schema)
    assert codes(found) == [("keys-not-checked", None, None)]
    assert found[1].schema_source == "declared"


def test_a_version_other_than_ours_is_not_ours() -> None:
    assert named("redes-sociales@2.0.0") is None


def test_a_sheet_with_links_is_no_larger_than_its_cells(tmp_path: Path) -> None:
    """``r:id="rId1"`` and a code name look like the address of a far cell."""
    from xlsxwriter import Workbook

    path = tmp_path / "f.xlsx"
    with Workbook(path) as book:
        page = book.add_worksheet()
        page.set_vba_name("Hoja1")
        page.write_row(0, 0, ["a", "b"])
        page.write_row(1, 0, ["https://www.example.org/", 1])
    assert codes(judged(path)) == []
