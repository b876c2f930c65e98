"""With the same schema, dialect and encoding, our report is frictionless's own, times aside."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from frictionless import Dialect, Schema
from frictionless.resources import TableResource
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acopio.model import Table
from tests.validators.samples import Write, examined

SCHEMA = {
    "fields": [
        {"name": "id", "type": "integer", "constraints": {"unique": True, "required": True}},
        {"name": "fecha", "type": "date"},
        {"name": "monto", "type": "number", "constraints": {"minimum": 0}},
        {"name": "tipo", "type": "string", "constraints": {"enum": ["a", "b"], "maxLength": 1}},
        {"name": "cod", "type": "string", "constraints": {"pattern": "[A-Z]{2}|x"}},
    ],
    "primaryKey": ["id"],
}

DIRTY: dict[str, str | bytes] = {
    "clean.csv": "a,b\n1,x\n2,y\n",
    "bom.csv": "\ufeffa,b\n1,x\n",
    "types.csv": "a,b\n" + "1,2\n" * 120 + "x,2\n1,y\n,\n",
    "ragged.csv": "a,b,c\n1,2\n1,2,3,4\n1,2,3,4,5\n,,\n\n1,2,3\n",
    "blank end.csv": "a,b\n1,2\n\n\n",
    "duplicates.csv": "a,a,,b,\n1,2,3,4,5\n",
    "one column.csv": "codigo\n001\n002\n",
    "thousand.csv": "a,b\n" + "1,1\n" * 200 + "x,y\n" * 499 + "x,1\n",
    "thousand and one.csv": "a,b\n" + "1,1\n" * 200 + "x,y\n" * 600,
    "header only.csv": "a,b\n",
    "numbers.csv": "a,b\n1_000,NaN\n\u0661,inf\n\u00a07,1e5\n01,+1\n1.0,sNaN\n",
    "cr.csv": b"a,b\r1,2\rx,4\r",
    "mixed ends.csv": b"a,b\r\n1,2\n3,4\r5,6\r\n",
    "nul.csv": b"a,b\n1,\x00\n2,3\n",
    "quote.csv": 'a,b\n1,"x\n2,y\n3,z\n',
    "broken line.csv": 'a,b\n1,"x\r\ny"\n2,"say ""hi"""\n',
    "late accent.csv": "a,b\n" + "1,x\n" * 40_000 + "2,ñ\n",
    "titles.csv": "REPORTE,,,\n,,,\na,b,c,d\n1,2,3,x\n1,2,3,4\n",
    "cp1252.csv": "año;monto\n2024;1.234,56\n2023;12,5\n2022;x\n".encode("cp1252"),
    "mixed.csv": "a,b\nPerú,1\n".encode() + "Junín,2\n".encode("latin-1") * 2,
    "wide.csv": "a;b\nñ;1\nx;y\n".encode("utf-16"),
    "wide unmarked.csv": "a;b\nñ;1\nx;y\n".encode("utf-16-be"),
    "cp850.csv": "año;sección\n2024;1\nx;y\n".encode("cp850"),
    "tabs.tsv": 'a\tb\n1\t"x\r\ny"\n2\tz\tw\n',
    "braces.csv": "a,b\n" + "1,2\n" * 30 + "{x},{0}\n",
    "years.csv": "periodo,anio\n2024-01,2024\n2024-02,x\n",
    "json.csv": 'a,b\n"{""x"": 1}",1\n"[1, 2]",2\n',
}


def ours(path: Path, schema: Mapping[str, Any] | None = None) -> Table:
    (table,) = examined(path, schema=schema).tables
    return table


def theirs(path: Path, table: Table) -> dict[str, Any]:
    resource = TableResource(
        path=path.name,
        basepath=str(path.parent),
        encoding=table.encoding,
        dialect=Dialect.from_descriptor(dict(table.dialect)),
    )
    resource.schema = Schema.from_descriptor(dict(table.schema))
    report: dict[str, Any] = resource.validate().to_descriptor()
    return report


def timeless(report: Mapping[str, Any]) -> dict[str, Any]:
    plain = copy.deepcopy(dict(report))
    for part in (plain, *plain["tasks"]):
        part["stats"].pop("seconds")
    return plain


@pytest.mark.parametrize("name", DIRTY)
def test_same_report_with_the_schema_the_file_shows(write: Write, name: str) -> None:
    path = write(name, DIRTY[name])
    table = ours(path)
    assert timeless(table.report) == timeless(theirs(path, table))


@pytest.mark.parametrize("name", DIRTY)
def test_same_report_with_a_declared_schema(write: Write, name: str) -> None:
    path = write(name, DIRTY[name])
    table = ours(path, SCHEMA)
    assert table.schema == SCHEMA
    assert timeless(table.report) == timeless(theirs(path, table))


CELL = st.one_of(
    st.integers(-5, 30).map(str),
    st.sampled_from(["", " ", "x", "AB", "a", "b", "1.5", "-0", "1e3", "2024-1-5", "2024-02-30"]),
    st.text(alphabet='a1 ,;|"\n\rñé.-', max_size=6),
)


def quoted(cell: str) -> str:
    wrapped = cell.replace('"', '""')
    return f'"{wrapped}"' if any(mark in cell for mark in ',;|"\r\n') else cell


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(st.lists(CELL, min_size=1, max_size=7), min_size=1, max_size=12),
    delimiter=st.sampled_from(",;|\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"]),
    declared=st.booleans(),
)
def test_same_report_on_anything(
    tmp_path: Path, rows: list[list[str]], delimiter: str, encoding: str, declared: bool
) -> None:
    path = tmp_path / "f.csv"
    lines = [["id", "fecha", "monto", "tipo", "cod"], *rows]
    text = "\n".join(delimiter.join(map(quoted, row)) for row in lines) + "\n"
    path.write_bytes(text.encode(encoding))
    table = ours(path, SCHEMA if declared else None)
    assert timeless(table.report) == timeless(theirs(path, table))


def test_foreign_lines_are_read_as_if_they_had_been_repaired(write: Write) -> None:
    schema = {"fields": [{"name": "año", "type": "string", "constraints": {"enum": ["Ñandú"]}}]}
    right, foreign = "año\nÑandú\nx\n", "Ñandú\nÁ\n"
    mixed = examined(write("m.csv", right.encode() + foreign.encode("cp1252")), schema=schema)
    (repaired,) = examined(write("m.csv", right + foreign), schema=schema).tables
    (table,) = mixed.tables
    assert table.encoding == "utf-8"
    assert table.report["tasks"][0]["errors"] == repaired.report["tasks"][0]["errors"] != []
    assert "encoding-mixed" in [finding.code for finding in mixed.findings]


def test_name_and_place_follow_the_given_name(write: Write) -> None:
    path = write("0" * 64, "a,b\n1,2\n")
    (table,) = examined(path, name="Gasto Diario 2026.csv").tables
    (task,) = table.report["tasks"]
    assert (task["name"], task["place"]) == ("gasto-diario-2026", "Gasto Diario 2026.csv")


def test_a_csv_with_the_name_of_an_archive_is_still_read(write: Write) -> None:
    path = write("http:x.zip", "a,b\n" + "1,2\n" * 30 + "x,y\n")
    (table,) = examined(path).tables
    assert table.report["stats"]["errors"] == 2


def test_a_snan_in_a_unique_column_is_a_finding(write: Write) -> None:
    schema = {"fields": [{"name": "a", "type": "number", "constraints": {"unique": True}}]}
    report = examined(write("f.csv", "a\n1\nsNaN\nsNaN\n"), schema=schema)
    assert [f.code for f in report.findings] == ["examination-failed"]


def test_findings_repeat_the_reports_errors(write: Write) -> None:
    path = write("f.csv", "a,b\n" + "".join(f"{n},2\n" for n in range(30)) + "x,2\n1\n")
    report = examined(path)
    assert [(f.code, f.row, f.field, f.evidence) for f in report.findings] == [
        ("type-error", 32, "a", "x"),
        ("missing-cell", 33, "b", ""),
    ]


def test_reaching_the_error_limit_is_said(write: Write) -> None:
    report = examined(write("f.csv", DIRTY["thousand and one.csv"]))
    assert len([f for f in report.findings if f.code == "type-error"]) == 1000
    assert "report-cut" in [finding.code for finding in report.findings]
