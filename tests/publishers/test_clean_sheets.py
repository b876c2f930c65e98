"""The clean copies of what is no text: every cell of the sheet that was judged."""

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from acopio.archive import Archive
from acopio.errors import PublishError
from acopio.model import FileKind, Table
from acopio.publishers.clean import CleanJob, clean
from tests.validators.books import (
    Rows,
    write_features,
    write_lines,
    write_ods,
    write_parquet,
    write_xlsx,
)
from tests.validators.samples import examined

MOMENT = datetime.fromisoformat("2024-01-05T10:30")


class Copied:
    """What cleaning made of the table found in a file."""

    def __init__(self, path: Path, declared: str, **more: Any) -> None:
        scratch = path.parent / "scratch"
        self.archive = Archive(f"file://{path.parent}/archive", scratch)
        (self.table,) = examined(path, declared=declared, **more).tables
        job = CleanJob(
            archive_url=self.archive.url,
            scratch=str(scratch),
            sha256=self.archive.add_bytes(path.read_bytes()),
            name="datos",
            table=self.table,
        )
        self.cleaned = clean(job)

    def body(self, kind: FileKind) -> bytes:
        (file,) = [one for one in self.cleaned.files if one.kind is kind]
        with self.archive.open(file.sha256) as body:
            return body.read()

    def rows(self) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.body(FileKind.DATA).decode(), newline="")))

    def twin(self) -> pa.Table:
        return pq.read_table(pa.BufferReader(self.body(FileKind.PARQUET)))

    def changes(self) -> list[str]:
        return [one["change"] for one in json.loads(self.body(FileKind.LOG))["changes"]]


def test_a_workbook_becomes_csv_and_its_twin(tmp_path: Path) -> None:
    rows: Rows = [
        ["REPORTE"],
        ["ubigeo", "fecha", "momento", "monto", "activo", "n"],
        ["010101", date(2024, 1, 5), MOMENT, 274.66, True, 1],
        ["150101", date(2024, 1, 6), date(2024, 1, 7), 3, False, None],
    ]
    copied = Copied(write_xlsx(tmp_path / "f.xlsx", {"Datos": rows}), "xlsx")
    assert copied.rows() == [
        ["ubigeo", "fecha", "momento", "monto", "activo", "n"],
        ["010101", "2024-01-05", "2024-01-05T10:30:00", "274.66", "true", "1"],
        ["150101", "2024-01-06", "2024-01-07T00:00:00", "3", "false", ""],
    ]
    twin = copied.twin().to_pylist()
    assert twin[0] == {
        "ubigeo": "010101",
        "fecha": date(2024, 1, 5),
        "momento": MOMENT,
        "monto": Decimal("274.66"),
        "activo": True,
        "n": 1,
    }
    assert copied.changes() == ["format", "title-rows"]


def test_the_clean_copy_is_valid_where_the_sheet_is(tmp_path: Path) -> None:
    schema = {
        "fields": [
            {"name": "fecha", "type": "date", "format": "%d/%m/%Y"},
            {"name": "monto", "type": "number", "decimalChar": ",", "groupChar": "."},
        ]
    }
    rows: Rows = [["fecha", "monto"], [date(2024, 1, 5), 1234.5], ["06/01/2024", "1.234,5"]]
    path = write_xlsx(tmp_path / "f.xlsx", {"Datos": rows})
    copied = Copied(path, "xlsx", schema=schema)
    assert copied.rows()[1:] == [["05/01/2024", "1234.5"], ["06/01/2024", "1234.5"]]
    assert copied.cleaned.rejects == 0
    clean_path = tmp_path / "clean.csv"
    clean_path.write_bytes(copied.body(FileKind.DATA))
    (judged,) = examined(clean_path, schema=copied.cleaned.schema).tables
    assert judged.report["valid"]


def test_broken_cells_are_kept_and_listed(tmp_path: Path) -> None:
    rows: Rows = [["n", "x"], *([n, n] for n in range(30)), ["S/D", 1]]
    copied = Copied(write_ods(tmp_path / "f.ods", {"Datos": rows}), "ods")
    assert copied.rows()[-1] == ["S/D", "1"]
    assert copied.twin()["n"][30].as_py() is None
    assert copied.body(FileKind.REJECTS).decode() == "row,field,original\r\n32,n,S/D\r\n"


def test_the_sheet_that_was_judged_is_copied(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {
        "Carátula": [["Contenido"]],
        "Datos": [["a", "b"], [1, 2]],
        "Más": [["c", "d"], [3, 4]],
    }
    copied = Copied(write_xlsx(tmp_path / "f.xlsx", sheets), "xlsx")
    assert copied.rows() == [["a", "b"], ["1", "2"]]


def test_columns_lines_and_features_become_csv(tmp_path: Path) -> None:
    expected = [["a", "b"], ["1", "x"], ["2", ""]]
    records = [{"a": 1, "b": "x"}, {"a": 2, "b": None}]
    parquet = write_parquet(tmp_path / "f.parquet", {"a": [1, 2], "b": ["x", None]})
    for path in (
        parquet,
        write_lines(tmp_path / "f.jsonl", records),
        write_features(tmp_path / "f.geojson", records),
    ):
        assert Copied(path, path.suffix).rows() == expected, path


@pytest.mark.parametrize("ending", ["xlsx", "parquet"])
def test_a_damaged_original_has_no_clean_copy(tmp_path: Path, ending: str) -> None:
    archive = Archive(f"file://{tmp_path}/archive", tmp_path)
    sha256 = archive.add_bytes(b"PK\x03\x04 no workbook")
    table = Table(
        resource="r", format=ending, encoding="utf-8", dialect={}, schema={}, report={}, rows=0
    )
    job = CleanJob(
        archive_url=archive.url, scratch=str(tmp_path), sha256=sha256, name="f", table=table
    )
    with pytest.raises(PublishError, match="clean-unreadable"):
        clean(job)
    archive.path(sha256).chmod(0o644)
    archive.path(sha256).write_bytes(b"another")
    with pytest.raises(PublishError, match="archive-damaged"):
        clean(job)
