"""What is a table: by its form, by what its publisher declares, and by a schema's columns."""

import csv
from collections.abc import Iterator
from typing import Any

import pytest

from acopio.validators.columns import WIDEST
from tests.validators.samples import Write, codes, examined, only


def schema(*names: str, **constraints: Any) -> dict[str, Any]:
    return {
        "fields": [{"name": name, "type": "integer", "constraints": constraints} for name in names]
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("codigo\n1\nx\n", ("codigo",)),
        # As its label is written elsewhere.
        ("CÓDIGO\n1\nx\n", ("codigo",)),
        # One of several columns.
        ("codigo\n1\nx\n", ("codigo", "nombre")),
        # Another label: one column is still one column.
        ("nombre\n1\nx\n", ("codigo",)),
    ],
)
def test_a_text_of_one_column_with_a_schema_is_a_table(
    write: Write, text: str, names: tuple[str, ...]
) -> None:
    report = examined(write("f.txt", text), declared="txt", schema=schema(*names))
    (table,) = report.tables
    assert (table.rows, table.schema_source) == (2, "declared")
    assert "not-examined" not in codes(report)
    assert [f.row for f in report.findings if f.code == "type-error"] == [3]


def test_so_is_one_whose_schema_is_known_by_name(write: Write) -> None:
    path = write("f.txt", "cuenta\nmuni\n")
    (table,) = examined(path, declared="txt", schema={"name": "redes-sociales"}).tables
    assert table.schema_source.startswith("declared redes-sociales")


@pytest.mark.parametrize(
    ("text", "declared", "given"),
    [
        ("codigo\n1\n", "txt", None),
        ("codigo\n1\n", "txt", {"fields": []}),
        ("codigo\n1\n", "txt", {"fields": "codigo"}),
        ("codigo\n1\n", "txt", {"fields": [1, {"type": "string"}]}),
        ("codigo\n1\n", "md", schema("codigo")),
        ("Notas de la reunión\n\nSe acordó\n", "txt", schema("codigo", "nombre")),
        (" \n\n", "txt", schema("codigo")),
    ],
)
def test_other_text_is_not(write: Write, text: str, declared: str, given: Any) -> None:
    report = examined(write(f"f.{declared}", text), declared=declared, schema=given)
    assert report.tables == ()


@pytest.fixture(params=[131_072, 1 << 30])
def _cells(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a cell hold what it may by default, or what frictionless lets it, once imported."""
    found = csv.field_size_limit(request.param)
    yield
    csv.field_size_limit(found)


@pytest.mark.usefixtures("_cells")
@pytest.mark.parametrize("mark", [",", ";", "|"])
def test_a_header_of_millions_of_delimiters_is_too_wide(write: Write, mark: str) -> None:
    report = examined(write("f.csv", mark * 5_000_000 + f"\n1{mark}2\n"))
    failed = only(report, "examination-failed")
    assert (failed.params["limit"], failed.params["value"]) == ("columns", WIDEST)
    assert "not-examined" not in codes(report)


def test_a_cell_beyond_what_is_read_is_no_header_of_blanks(write: Write) -> None:
    report = examined(write("f.csv", "x" * 400_000 + "," * 400_000 + "\n1,2\n"))
    assert [f.params["limit"] for f in report.findings if f.code == "examination-failed"] != [
        "columns"
    ]
