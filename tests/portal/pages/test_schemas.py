"""The pages of the country's schemas, and the files publishers take from them."""

import csv
import re
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest

from acopio.validators.known_schemas import KnownSchema, known
from tests.portal.pages.world import World

each = pytest.mark.parametrize("one", known(), ids=lambda one: one.name)


def test_the_list_leads_to_every_schema_and_its_templates(world: World) -> None:
    html = world.get("/schemas").text
    for one in known():
        assert f'href="/schemas/{one.name}"' in html
        assert f'href="/schemas/{one.name}/template.xlsx"' in html
    assert 'href="/schemas"' in world.get("/").text


@each
def test_a_schema_tells_its_columns_in_both_languages(world: World, one: KnownSchema) -> None:
    for language, word in (("es", "Plantillas"), ("en", "Templates")):
        html = world.get(f"/schemas/{one.name}", Accept_Language=language).text
        assert word in html
        assert all(f"<code>{name}</code>" in html.replace("<wbr>", "") for name in one.names)
        assert not re.search("schema-[a-z]", html)


@each
def test_templates_are_what_the_command_line_gives(world: World, one: KnownSchema) -> None:
    answer = world.get(f"/schemas/{one.name}/template.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert f'filename="{one.name}.csv"' in answer.headers["Content-Disposition"]
    (header,) = csv.reader(StringIO(answer.content.decode()))
    assert header == one.names
    book = world.get(f"/schemas/{one.name}/template.xlsx")
    assert ZipFile(BytesIO(book.content)).testzip() is None


def test_a_workbooks_notes_speak_the_readers_language(world: World) -> None:
    def sheets(language: str) -> str:
        body = world.get("/schemas/pac/template.xlsx", Accept_Language=language).content
        return ZipFile(BytesIO(body)).read("xl/workbook.xml").decode()

    assert 'name="notas"' in sheets("es")
    assert 'name="notes"' in sheets("en")


def test_the_schema_and_its_example_can_be_had(world: World) -> None:
    (pac,) = (one for one in known() if one.name == "pac")
    assert world.get("/schemas/pac.json").json() == pac.schema
    assert world.get("/schemas/pac/example.csv").content.decode() == pac.example()


def test_who_has_a_file_is_not_sent_it_again(world: World) -> None:
    mark = world.get("/schemas/pac/template.xlsx").headers["ETag"]
    again = world.get("/schemas/pac/template.xlsx", If_None_Match=mark)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["/schemas/nada", "/schemas/nada.json", "/schemas/nada/template.csv", "/schemas/pac@1.0.0",
     "/schemas/pac/template.pdf", "/schemas/..%2f..%2fpac", "/schemas/PAC/example.csv"],
)  # fmt: skip
def test_what_is_no_schema_is_not_found(world: World, path: str) -> None:
    answer = world.get(path)
    assert answer.status_code == 404
    assert "text/html" in answer.headers["Content-Type"]
