"""Templates: what a publisher fills in passes the checks of what is published."""

import csv
import re
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from acopio.messages import speaking, text
from acopio.schemas.columns import columns
from acopio.schemas.template import csv_template, xlsx_template
from acopio.validators.known_schemas import KnownSchema, known, match
from tests.validators.samples import codes, examined

each = pytest.mark.parametrize("one", known(), ids=lambda one: one.name)


@each
def test_a_csv_template_is_the_header_and_nothing_to_put_right_but_rows(
    one: KnownSchema, tmp_path: Path
) -> None:
    body = csv_template(one)
    path = tmp_path / "f.csv"
    path.write_bytes(body)
    (header,) = csv.reader(StringIO(body.decode()))
    assert header == one.names
    assert codes(examined(path)) == ["empty-table"]
    found = match(header)
    assert found is not None
    assert found.known == one


@each
def test_a_workbook_has_a_sheet_to_fill_in_and_one_of_notes(one: KnownSchema) -> None:
    body = xlsx_template(one)
    names, data, notes = read(body)
    assert names == ["datos", "notas"]
    assert data == [one.names]
    assert notes[4] == text("schema-notes-columns").split("|")
    assert [row[0] for row in notes[5:]] == one.names
    examples = next(csv.DictReader(StringIO(one.example())))
    assert [row[3] for row in notes[5:]] == list(examples.values())


def read(body: bytes) -> tuple[list[str], list[list[str]], list[list[str]]]:
    """Return a workbook's sheet names, and the texts of its first two sheets."""
    from xml.etree import ElementTree

    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with ZipFile(BytesIO(body)) as zipped:
        book, strings, first, second = (
            ElementTree.fromstring(zipped.read(f"xl/{name}.xml"))  # noqa: S314 - as above
            for name in ("workbook", "sharedStrings", "worksheets/sheet1", "worksheets/sheet2")
        )
    words = [one.findtext("m:t", "", space) for one in strings.iterfind("m:si", space)]

    def rows(sheet: ElementTree.Element) -> list[list[str]]:
        found: list[list[str]] = []
        for row in sheet.iterfind("m:sheetData/m:row", space):
            found += [[]] * (int(row.attrib["r"]) - 1 - len(found))
            cells = (cell.findtext("m:v", "", space) for cell in row.iterfind("m:c", space))
            found.append([words[int(cell)] if cell else "" for cell in cells])
        return found

    sheets = [one.attrib["name"] for one in book.iterfind("m:sheets/m:sheet", space)]
    return sheets, rows(first), rows(second)


def test_columns_of_codes_are_text_before_anything_is_typed() -> None:
    (pac,) = (one for one in known() if one.name == "pac")
    with ZipFile(BytesIO(xlsx_template(pac))) as zipped:
        sheet = zipped.read("xl/worksheets/sheet1.xml").decode()
        styles = zipped.read("xl/styles.xml").decode()
    ways = re.findall(r'<col min="([0-9]+)".*? style="([0-9]+)"', sheet)
    by_name = {pac.names[int(place) - 1]: style for place, style in ways}
    assert list(by_name) == pac.names
    texts = {one["name"] for one in pac.fields if one["type"] == "string"}
    assert {name for name, way in by_name.items() if way == by_name["RUC_ENTIDAD"]} == texts
    assert 'formatCode="@"' in styles
    assert "bien,servicio,obra,consultoría de obra" in sheet


@each
def test_the_same_schema_gives_the_same_bytes(one: KnownSchema) -> None:
    assert xlsx_template(one) == xlsx_template(one)


@each
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_column_is_told_in_words(one: KnownSchema, language: str) -> None:
    with speaking(language):
        for column in columns(one):
            assert column.type
            assert "schema-" not in column.type
            assert all(rule and "{" not in rule for rule in column.rules), column.name
            assert column.holds
    kinds = {column.kind for column in columns(one)}
    assert kinds <= {"string", "integer", "number", "year", "date"}


def test_notes_speak_the_readers_language() -> None:
    (pac,) = (one for one in known() if one.name == "pac")
    with speaking("en"):
        names, _, notes = read(xlsx_template(pac))
    assert names == ["data", "notes"]
    assert notes[0] == ["Annual procurement plan (PAC) (pac 1.0.0)"]
