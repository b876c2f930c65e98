"""Tables that are not text: judged as frictionless judges them, from one sheet, persons masked."""

import copy
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from frictionless import Dialect, Schema
from frictionless.resources import TableResource
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acopio.messages import about, speaking
from acopio.model import Report, Severity, Table
from acopio.tables import inflation
from tests.validators.books import (
    Rows,
    write_features,
    write_lines,
    write_ods,
    write_parquet,
    write_xlsx,
)
from tests.validators.samples import Write, codes, examined, only

SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "id", "type": "integer", "constraints": {"unique": True, "required": True}},
        {"name": "fecha", "type": "date"},
        {"name": "monto", "type": "number", "constraints": {"minimum": 0}},
        {"name": "tipo", "type": "string", "constraints": {"enum": ["a", "b"]}},
    ],
    "primaryKey": ["id"],
}
# What frictionless counts for texts and Excel only.
HASHES = ("md5", "sha256", "bytes")
LABELS = ["id", "fecha", "monto", "tipo"]
MOMENT = datetime.fromisoformat("2024-01-05T10:30")
BOOKS: dict[str, Rows] = {
    "clean": [LABELS, [1, date(2024, 1, 5), 1.5, "a"], [2, date(2024, 1, 6), 2, "b"]],
    "types": [LABELS, [1, "x", "y", 5], [2.5, 3, date(2024, 1, 1), "a"], [True, False, True, "b"]],
    "blank rows": [LABELS, [1, None, 2, "a"], [None] * 4, [3, None, -1, "c"]],
    "keys": [LABELS, [1, None, 1, "a"], [1, None, 1, "a"], [None, None, 1, "a"]],
    "labels": [["id", "id", None, 2024], [1, 2, 3, 4], [5, 6, 7, 8]],
    "moments": [LABELS, [1, MOMENT, 0.1 + 0.2, "a"], [2, time(10, 30), 1e20]],
    "texts": [LABELS, ["1", "2024-01-05", " 1.5 ", " a"], ["01", "x", "1,5", "a\nb"]],
    "titles": [["REPORTE DE PAGOS"], [], LABELS, [1, date(2024, 1, 5), 1, "a"], ["x", 1, 1, "b"]],
    "thousand": [LABELS, *([n, "x", "y", 5] for n in range(400))],
    "errors": [LABELS, [1, None, "#N/A", "a"], [2, None, "=1/0", "a"]],
}


def ours(path: Path, declared: str, schema: Mapping[str, Any] | None = None) -> Table:
    (table,) = examined(path, declared=declared, schema=schema).tables
    return table


def theirs(path: Path, table: Table) -> dict[str, Any]:
    resource = TableResource(
        path=path.name,
        basepath=str(path.parent),
        dialect=Dialect.from_descriptor(dict(table.dialect)),
    )
    resource.schema = Schema.from_descriptor(dict(table.schema))
    report: dict[str, Any] = resource.validate().to_descriptor()
    return report


def timeless(report: Mapping[str, Any], *left_out: str) -> dict[str, Any]:
    plain = copy.deepcopy(dict(report))
    for part in (plain, *plain["tasks"]):
        for name in ("seconds", *left_out):
            part["stats"].pop(name, None)
    return plain


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("name", BOOKS)
def test_an_excel_sheet_gets_the_report_of_frictionless(
    tmp_path: Path, name: str, declared: bool
) -> None:
    path = write_xlsx(tmp_path / "libro.xlsx", {"Hoja 1": BOOKS[name]})
    table = ours(path, "xlsx", SCHEMA if declared else None)
    assert timeless(table.report) == timeless(theirs(path, table))


@pytest.mark.parametrize("name", sorted(BOOKS.keys() - {"errors", "moments", "texts", "thousand"}))
def test_an_open_document_gets_the_report_of_frictionless(tmp_path: Path, name: str) -> None:
    path = write_ods(tmp_path / "libro.ods", {"Hoja 1": [row or [None] for row in BOOKS[name]]})
    table = ours(path, "ods", SCHEMA)
    assert timeless(table.report, *HASHES) == timeless(theirs(path, table), *HASHES)


def test_json_lines_get_the_report_of_frictionless(tmp_path: Path) -> None:
    records = [{"id": n, "monto": n / 2, "tipo": "a"} for n in range(20)]
    path = write_lines(tmp_path / "f.jsonl", [*records, {"id": "x", "monto": None, "tipo": "a"}])
    table = ours(path, "jsonl")
    assert table.report["stats"]["errors"] == 1
    assert timeless(table.report, *HASHES) == timeless(theirs(path, table), *HASHES)


def test_parquet_gets_the_report_of_frictionless(tmp_path: Path) -> None:
    path = write_parquet(
        tmp_path / "f.parquet",
        {"id": [1, 2, 2], "monto": [1.5, -2.0, 3.25], "tipo": ["a", "c", "b"]},
    )
    fields = [field for field in SCHEMA["fields"] if field["name"] != "fecha"]
    table = ours(path, "parquet", {"fields": fields, "primaryKey": ["id"]})
    assert table.report["stats"]["errors"] == 4
    assert timeless(table.report, *HASHES) == timeless(theirs(path, table), *HASHES)


CELL = st.one_of(
    st.none(),
    st.integers(-5, 30),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3)),
    st.booleans(),
    st.dates(date(1950, 1, 1), date(2050, 1, 1)),
    st.sampled_from(["x", "a", "b", "01", " ", "1.5", "2024-01-05", "ñ\n"]),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=1, max_size=9))
def test_any_cells_get_the_report_of_frictionless(tmp_path: Path, rows: Rows) -> None:
    last = [99, date(2024, 1, 1), 1, "a"]
    path = write_xlsx(tmp_path / "libro.xlsx", {"Hoja": [LABELS, *rows, last]})
    table = ours(path, "xlsx", SCHEMA)
    assert timeless(table.report) == timeless(theirs(path, table))


def test_features_are_rows_of_their_properties(tmp_path: Path) -> None:
    properties = [{"nombre": "Ñaña", "nivel": 1}, {"nivel": "x", "nuevo": True}, None]
    table = ours(write_features(tmp_path / "f.geojson", properties), "geojson")
    assert [field["name"] for field in table.schema["fields"]] == ["nombre", "nivel", "nuevo"]
    assert table.rows == 3
    assert [error["type"] for error in table.report["tasks"][0]["errors"]] == ["blank-row"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["ubigeo", "n"], ["010101", 1], ["150101", 2]], "string"),
        ([["ubigeo", "n"], [150101, 1], [150102, 2]], "integer"),
        ([["ubigeo", "n"], ["010101", 1], [150101, 2]], "any"),
        ([["fecha", "n"], [date(2024, 1, 5), 1], [date(2024, 1, 6), 2]], "date"),
        ([["fecha", "n"], [MOMENT, 1], [date(2024, 1, 6), 2]], "datetime"),
    ],
)
def test_the_inferred_schema_follows_what_cells_are(
    tmp_path: Path, rows: Rows, expected: str
) -> None:
    table = ours(write_xlsx(tmp_path / "f.xlsx", {"Hoja": rows}), "xlsx")
    assert table.schema["fields"][0]["type"] == expected
    assert table.report["valid"]


def test_title_rows_and_places_are_counted_from_the_top_of_the_sheet(tmp_path: Path) -> None:
    rows = [[], [None, "REPORTE", None, None], [], [None, "a", "b", "c", "d", "e", "f", "g"]]
    data = [[None, *range(7)] for _ in range(30)]
    path = write_xlsx(tmp_path / "f.xlsx", {"Hoja": [*rows, *data, [None, "x", *range(6)]]})
    report = examined(path, declared="xlsx")
    assert only(report, "title-rows").params["header"] == 4
    assert report.tables[0].title_rows == 3
    assert only(report, "type-error").row == 35
    assert only(report, "type-error").params["number"] == 2


COVER: Rows = [["Contenido"], ["Hoja de datos de prueba"]]
TABLE: Rows = [["a", "b"], [1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("sheets", "hidden", "judged"),
    [
        ({"Carátula": COVER, "Datos": TABLE}, [], "Datos"),
        ({"Nada": [[]], "Datos": TABLE, "Más": TABLE}, [], "Datos"),
        ({"Oculta": TABLE, "Datos": TABLE}, ["Oculta"], "Datos"),
        ({"Lista": COVER}, [], "Lista"),
    ],
)
def test_the_first_sheet_with_a_table_is_judged(
    tmp_path: Path, sheets: Mapping[str, Rows], hidden: Sequence[str], judged: str
) -> None:
    report = examined(write_xlsx(tmp_path / "f.xlsx", sheets, hidden=hidden), declared="xlsx")
    assert report.tables[0].dialect["excel"] == {"sheet": judged}
    assert "not-examined" not in codes(report)
    several = [one for one in report.findings if one.code == "archive-several-tables"]
    assert len(several) == (list(sheets.values()).count(TABLE) > 1)


def people(sheet: str = "") -> list[list[Any]]:
    rows: list[list[Any]] = [[41234567 + n, n * 10, "2024"] for n in range(30)]
    rows[7][1] = "x"
    return [["DNI", "monto", "periodo"], *rows]


def personal(report: Report) -> list[tuple[str | None, int | None]]:
    return [(one.field, one.row) for one in report.findings if one.code == "personal-data"]


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_numbers_typed_as_numbers_are_persons_and_masked(tmp_path: Path, ending: str) -> None:
    write = write_xlsx if ending == "xlsx" else write_ods
    report = examined(write(tmp_path / f"f.{ending}", {"Hoja": people()}), declared=ending)
    found = only(report, "personal-data")
    assert (found.field, found.row, found.severity) == ("DNI", 2, Severity.ERROR)
    assert found.evidence == "4******7"
    (error,) = report.tables[0].report["tasks"][0]["errors"]
    assert error["cells"][0] == "4******4"
    assert "4123457" not in str(report)


def test_persons_are_looked_for_in_every_sheet(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {"Datos": TABLE, "Padrón": people(), "Oculta": people()}
    report = examined(write_xlsx(tmp_path / "f.xlsx", sheets, hidden=["Oculta"]), declared="xlsx")
    assert personal(report) == [("Padrón!DNI", 2), ("Oculta!DNI", 2)]


def test_persons_in_columns_and_lines_are_found(tmp_path: Path) -> None:
    numbers = [f"{41234567 + n}" for n in range(30)]
    parquet = write_parquet(tmp_path / "f.parquet", {"dni": numbers, "monto": list(range(30))})
    lines = write_lines(tmp_path / "f.jsonl", [{"dni": one, "monto": 1} for one in numbers])
    points = write_features(tmp_path / "f.geojson", [{"dni": one, "monto": 1} for one in numbers])
    for path in (parquet, lines, points):
        report = examined(path, declared=path.suffix)
        assert only(report, "personal-data").evidence == "4******7", path


@pytest.mark.parametrize("rows", [[["a", "b"]], [[]]])
def test_a_header_alone_is_an_empty_table(tmp_path: Path, rows: Rows) -> None:
    report = examined(write_xlsx(tmp_path / "f.xlsx", {"Hoja": rows}), declared="xlsx")
    assert "empty-table" in codes(report)
    assert report.tables == ()


def failed(report: Report) -> tuple[Any, Any]:
    found = only(report, "examination-failed")
    for language in ("es", "en"):
        with speaking(language):
            assert f": {found.params['limit']} (" not in about(found), "a limit without words"
    assert report.tables == ()
    return found.params["limit"], found.params["value"]


def rewritten(path: Path, member: str, content: bytes) -> Path:
    """Replace one member of a zip."""
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in {**kept, member: content}.items():
            # What says that it is OpenDocument stands first and as it is.
            archive.writestr(name, body, zipfile.ZIP_STORED if name == "mimetype" else None)
    return path


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    "{}</sheetData></worksheet>"
)


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1'><c r = 'A1'><v>1</v></c><c s='1' r='XFD999999'><v>1</v></c></row>",
        '<row r="1">' + "<c><v>1</v></c>" * 9000 + '</row><row r="800000"><c><v>1</v></c></row>',
    ],
)
def test_a_sheet_with_far_corners_is_not_unpacked(tmp_path: Path, cells: str) -> None:
    path = write_xlsx(tmp_path / "f.xlsx", {"Hoja": TABLE})
    rewritten(path, "xl/worksheets/sheet1.xml", SHEET.format(cells).encode())
    assert failed(examined(path, declared="xlsx"))[0] == "cells"


def test_a_cell_repeated_a_million_times_is_not_unpacked(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "f.ods", {"Hoja": TABLE})
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    cell = '<table:table-cell office:value-type="float" office:value="1" {}/>'
    wide = cell.format('table:number-columns-repeated="16384"')
    many = f"<table:table-row>{wide}</table:table-row>" * 3000
    assert "</table:table>" in content
    content = content.replace("</table:table>", many + "</table:table>")
    rewritten(path, "content.xml", content.encode())
    assert failed(examined(path, declared="ods"))[0] == "cells"


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "f.xlsx", {"Hoja": TABLE})
    rewritten(path, "xl/sharedStrings.xml", b"\0" * (1 << 20))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inflation, "INFLATED", 1 << 19)
        assert failed(examined(path, declared="xlsx"))[0] == "inflated"


def test_more_columns_than_anyone_reads_are_a_limit(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "f.xlsx", {"Hoja": [list(range(3000)), list(range(3000))]})
    assert failed(examined(path, declared="xlsx"))[0] == "columns"


@pytest.mark.parametrize("ending", ["xlsx", "ods", "parquet"])
def test_a_damaged_file_is_a_finding(tmp_path: Path, ending: str) -> None:
    rows: dict[str, Rows] = {"Hoja": [["a", "b"], *([n, f"texto {n}"] for n in range(3000))]}
    if ending == "parquet":
        path = write_parquet(tmp_path / "f.parquet", {"a": list(range(90_000))})
    else:
        path = (write_xlsx if ending == "xlsx" else write_ods)(tmp_path / f"f.{ending}", rows)
    body = bytearray(path.read_bytes())
    middle = len(body) // 2
    body[middle : middle + 2000] = bytes(2000)
    path.write_bytes(body)
    assert failed(examined(path, declared=ending))[0] == "damaged"


def test_a_line_that_is_no_json_is_a_finding(write: Write) -> None:
    report = examined(write("f.jsonl", '{"a": 1}\n{"a": 2}\n{"a": \n'), declared="jsonl")
    assert failed(report) == ("damaged", failed(report)[1])
    assert str(failed(report)[1]).startswith("3:")


def test_an_old_workbook_is_read(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "f.xls", {"Hoja": TABLE})
    assert ours(path, "xls").rows == 2


def test_a_cell_far_beyond_any_sheet_is_told_as_a_limit(tmp_path: Path) -> None:
    sound = write_xlsx(tmp_path / "sound.xlsx", {"a": [["x", "y"], [1, 2]]})
    path = tmp_path / "far.xlsx"
    far = b'<row r="4294967295"><c r="ZZZZZZ4294967295"><v>1</v></c></row></sheetData>'
    with zipfile.ZipFile(sound) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"</sheetData>", far))
    found = only(examined(path, declared="xlsx"), "examination-failed")
    assert found.params["limit"] == "cells"
