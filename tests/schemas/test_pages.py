"""``docs/schemas/`` has the page of each schema as it is now, and lists them all."""

import re

import pytest

from acopio.messages import speaking
from acopio.schemas.page import markdown
from acopio.validators.known_schemas import KnownSchema, known
from tests.sources import ROOT

PAGES = ROOT / "docs" / "schemas"
each = pytest.mark.parametrize("one", known(), ids=lambda one: one.name)


@each
def test_the_page_is_current(one: KnownSchema) -> None:
    with speaking("en"):
        now = markdown(one)
    path = PAGES / f"{one.name}.md"
    assert path.read_text("utf-8") == now, (
        f"ACOPIO_LANG=en acopio schema show {one.name} --markdown > docs/schemas/{one.name}.md"
    )


@each
def test_every_row_of_the_page_has_as_many_cells(one: KnownSchema) -> None:
    rows = [line for line in markdown(one).splitlines() if line.startswith("|")]
    assert len(rows) == len(one.names) + 2
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {7}


def test_the_index_lists_every_schema_and_no_other() -> None:
    index = (PAGES / "README.md").read_text("utf-8")
    assert re.findall(r"^\| \[([a-z-]+)\]\(\1\.md\) \|", index, re.MULTILINE) == [
        one.name for one in known()
    ]
    assert {path.stem for path in PAGES.glob("*.md")} == {one.name for one in known()} | {"README"}
