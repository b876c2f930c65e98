"""The clean copies keep every cell; the judge and the cleaner agree on which are broken."""

import csv
import hashlib
import io
import json
import pickle
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acopio.archive import Archive
from acopio.errors import PublishError
from acopio.model import FileKind, Table
from acopio.publishers.clean import Cleaned, CleanJob, clean
from acopio.validators.encoding import FOREIGN
from tests.validators.samples import examined

Rows = list[list[str]]


class Bench:
    """An archive, and what cleaning made of a text put into it."""

    def __init__(self, folder: Path) -> None:
        self.scratch = folder / "scratch"
        self.archive = Archive(f"file://{folder}/archive", self.scratch)

    def job(
        self,
        data: bytes,
        fields: list[dict[str, Any]],
        dialect: Mapping[str, Any] | None = None,
        encoding: str = "utf-8",
        title_rows: int = 0,
        **schema: Any,
    ) -> CleanJob:
        sha256 = self.archive.add_bytes(data)
        table = Table(
            resource="r",
            encoding=encoding,
            dialect=dialect or {},
            schema={"fields": fields, **schema},
            report={},
            rows=0,
            title_rows=title_rows,
        )
        return CleanJob(
            archive_url=self.archive.url,
            scratch=str(self.scratch),
            sha256=sha256,
            name="gasto",
            table=table,
            author="Municipalidad de Villa Nueva",
            source_url="http://datos.example/gasto.csv",
            licence="ODC-By",
        )

    def clean(self, *args: Any, **kwargs: Any) -> "Result":
        return Result(self.archive, clean(self.job(*args, **kwargs)))


class Result:
    def __init__(self, archive: Archive, cleaned: Cleaned) -> None:
        self.archive = archive
        self.cleaned = cleaned
        self.files = {file.kind: file for file in cleaned.files}

    def body(self, kind: FileKind) -> bytes:
        with self.archive.open(self.files[kind].sha256) as body:
            return body.read()

    def rows(self, kind: FileKind = FileKind.DATA) -> Rows:
        return list(csv.reader(io.StringIO(self.body(kind).decode("utf-8"), newline="")))

    def rejects(self) -> Rows:
        return self.rows(FileKind.REJECTS)[1:] if FileKind.REJECTS in self.files else []

    def parquet(self) -> pa.Table:
        return pq.read_table(pa.BufferReader(self.body(FileKind.PARQUET)))

    def log(self) -> Any:
        return json.loads(self.body(FileKind.LOG))

    def changes(self) -> dict[str, Any]:
        return {change["change"]: change for change in self.log()["changes"]}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def field(name: str, type_: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type_, **more}


@pytest.mark.parametrize("data", [b"a,b\r\n1,2\r\n", b"a,b\r\n" + b"1,2\r\n" * 300_000])
def test_a_damaged_original_has_no_clean_copy(bench: Bench, data: bytes) -> None:
    job = bench.job(data, [field("a"), field("b")])
    assert clean(job).rows == data.count(b"1,2")
    kept = bench.archive.path(job.sha256)
    kept.write_bytes(data[:-3] + b"3" + data[-2:])
    with pytest.raises(PublishError, match="archive-damaged"):
        clean(job)


UTC_MOMENT = pa.timestamp("us", "UTC")
COMMA = {"decimalChar": ",", "groupChar": "."}


def test_commas_between_thousands_are_taken_out(bench: Bench) -> None:
    result = bench.clean(
        b'monto\r\n"1,234,567.50"\r\n"5,234"\r\nx\r\n', [field("monto", "number", groupChar=",")]
    )
    assert result.body(FileKind.DATA) == b"monto\r\n1234567.50\r\n5234\r\nx\r\n"
    assert result.parquet().to_pydict() == {"monto": [Decimal("1234567.50"), Decimal(5234), None]}


def test_a_ministry_export_becomes_a_plain_csv(bench: Bench) -> None:
    text = (
        "REPORTE DE GASTO;;\r\n"
        "Código;Región;Monto;\r\n"
        "010101;Áncash;1.234,50;\r\n"
        '020201;"La\r\nLibertad; norte";0,05;\r\n'
    )
    result = bench.clean(
        text.encode("cp1252"),
        [field("Código"), field("Región"), field("Monto", "number", **COMMA), field("field4")],
        {"headerRows": [2], "csv": {"delimiter": ";"}},
        encoding="cp1252",
        title_rows=1,
    )
    assert (
        result.body(FileKind.DATA)
        == (
            "Código,Región,Monto,field4\r\n"
            "010101,Áncash,1234.50,\r\n"
            '020201,"La\r\nLibertad; norte",0.05,\r\n'
        ).encode()
    )
    assert result.parquet().to_pydict() == {
        "Código": ["010101", "020201"],
        "Región": ["Áncash", "La\r\nLibertad; norte"],
        "Monto": [Decimal("1234.50"), Decimal("0.05")],
        "field4": [None, None],
    }
    changes = result.changes()
    assert changes["encoding"] == {"change": "encoding", "from": "cp1252", "to": "utf-8"}
    assert changes["delimiter"]["from"] == ";"
    assert changes["title-rows"] == {"change": "title-rows", "rows": 1, "numbers": [1]}
    assert changes["number-form"] | {"cells": 2} == changes["number-form"]
    assert changes["columns-named"]["columns"] == ["field4"]
    assert "line-ends" not in changes


def test_the_log_says_whose_data_and_from_which_bytes(bench: Bench) -> None:
    data = b"a\n1\n"
    log = bench.clean(data, [field("a", "integer")]).log()
    assert log["author"] == "Municipalidad de Villa Nueva"
    assert log["source"] == "http://datos.example/gasto.csv"
    assert log["sha256"] == hashlib.sha256(data).hexdigest()
    assert log["licence"] == "ODC-By"
    assert log["changes"] == [{"change": "line-ends", "from": {"\\n": 2}, "to": "\\r\\n"}]


def test_the_log_quotes_no_row_it_took_away(bench: Bench) -> None:
    data = b"Responsable: FLORES ROJAS ROSA DNI 42345678\r\na\r\n#RUC 10423456781\r\n1\r\n"
    result = bench.clean(data, [field("a")], {"commentChar": "#", "headerRows": [2]}, title_rows=1)
    assert result.rows() == [["a"], ["1"]]
    log = result.body(FileKind.LOG).decode()
    assert not [word for word in ("ROSA", "42345678", "10423456781") if word in log]
    assert result.changes()["title-rows"]["numbers"] == [1]
    assert result.changes()["comment-rows"]["numbers"] == [3]


def test_a_break_inside_a_cell_is_no_line_end(bench: Bench) -> None:
    result = bench.clean(b'a,b\r\n1,"x\ny"\r\n"p\rq",2\r\n', [field("a"), field("b")])
    assert result.rows()[1:] == [["1", "x\ny"], ["p\rq", "2"]]
    assert "line-ends" not in result.changes()
    mixed = bench.clean(b'a,b\n1,"x\r\ny"\r\n2,3', [field("a"), field("b")])
    assert mixed.changes()["line-ends"]["from"] == {"\\r\\n": 1, "\\n": 1}


def test_the_parquet_twin_names_its_origin(bench: Bench) -> None:
    metadata = bench.clean(b"a\r\n1\r\n", [field("a")]).parquet().schema.metadata
    assert metadata[b"acopio.author"].decode() == "Municipalidad de Villa Nueva"
    assert metadata[b"acopio.sha256"] == hashlib.sha256(b"a\r\n1\r\n").hexdigest().encode()


def test_a_broken_cell_stays_is_null_and_is_listed_with_its_row(bench: Bench) -> None:
    result = bench.clean(
        b"a,b\n1,x\ndos,2024-13-01\n\n3,2024-01-31\n", [field("a", "integer"), field("b", "date")]
    )
    assert result.rows()[1:] == [["1", "x"], ["dos", "2024-13-01"], ["", ""], ["3", "2024-01-31"]]
    assert result.rejects() == [["2", "b", "x"], ["3", "a", "dos"], ["3", "b", "2024-13-01"]]
    assert result.parquet().column("a").to_pylist() == [1, None, None, 3]
    assert result.cleaned.rejects == 3


def test_a_clean_table_has_no_list_of_rejects(bench: Bench) -> None:
    result = bench.clean(b"a\n1\n", [field("a", "integer")])
    assert FileKind.REJECTS not in result.files
    assert [file.name for file in result.cleaned.files] == [
        "gasto.csv",
        "gasto.parquet",
        "gasto.schema.json",
        "gasto.log.json",
    ]


def test_ragged_rows_keep_their_cells(bench: Bench) -> None:
    result = bench.clean(
        b"a,b\n1,2,,\n1,2,,x\n1\n",
        [field("a"), field("b", constraints={"required": True})],
    )
    assert result.rows()[1:] == [["1", "2"], ["1", "2", "", "x"], ["1", ""]]
    assert result.rejects() == [["3", "", "x"], ["4", "b", ""]]
    changes = result.changes()
    assert changes["trailing-empty-cells"]["cells"] == 2
    assert changes["extra-cells-kept"]["cells"] == 2
    assert changes["missing-cells-filled"]["cells"] == 1


def test_a_blank_line_in_a_table_of_one_column_stays_a_row(bench: Bench) -> None:
    result = bench.clean(b"a\n1\n\n2\n", [field("a", "integer")])
    assert result.rows() == [["a"], ["1"], [""], ["2"]]
    assert result.parquet().num_rows == 3


def test_repeated_names_are_kept_in_the_csv_and_unique_in_the_twin(bench: Bench) -> None:
    result = bench.clean(b"a,a\n1,2\n", [field("a"), field("a2")])
    assert result.rows()[0] == ["a", "a"]
    assert result.parquet().column_names == ["a", "a2"]
    assert result.cleaned.schema["fields"][1] == {"name": "a2", "type": "string", "title": "a"}


def test_labels_beyond_the_schema_are_kept_as_text(bench: Bench) -> None:
    result = bench.clean(b"a,b,a\n1,2,3\n", [field("a", "integer")])
    assert result.rows() == [["a", "b", "a"], ["1", "2", "3"]]
    assert result.parquet().to_pylist() == [{"a": 1, "b": "2", "a2": "3"}]


def test_fields_matched_by_name_type_their_own_columns(bench: Bench) -> None:
    result = bench.clean(
        b"b,a\nx,1\n",
        [field("a", "integer"), field("c")],
        fieldsMatch="subset",
        **{"$schema": "https://datapackage.org/profiles/2.0/tableschema.json"},
    )
    assert result.parquet().to_pylist() == [{"b": "x", "a": 1}]


def test_a_file_without_a_header_gets_its_fields_names(bench: Bench) -> None:
    result = bench.clean(b"1,2\n", [field("a"), field("b")], {"header": False})
    assert result.rows() == [["a", "b"], ["1", "2"]]
    assert "header-added" in result.changes()


def test_a_byte_order_mark_goes(bench: Bench) -> None:
    result = bench.clean("\ufeffaño\r\n1\r\n".encode(), [field("año", "year")])
    assert result.rows()[0] == ["año"]
    assert result.changes()["byte-order-mark"]["bytes"] == "efbbbf"


@pytest.mark.parametrize("codec", ["utf-32-le", "utf-32-be"])
def test_utf_32_is_not_taken_for_utf_16(bench: Bench, codec: str) -> None:
    data = "\ufeffñ\r\n1\r\n".encode(codec)
    result = bench.clean(data, [field("ñ", "integer")], encoding="utf-32")
    assert result.rows() == [["ñ"], ["1"]]
    assert result.parquet().to_pylist() == [{"ñ": 1}]


def test_utf_16_is_read_whichever_way_its_bytes_go(bench: Bench) -> None:
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        result = bench.clean(mark + "ñ\r\n1\r\n".encode(codec), [field("ñ")], encoding=codec)
        assert result.rows() == [["ñ"], ["1"]]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "cp850"])
def test_what_names_no_encoding_is_cleaned_as_it_was_judged(
    bench: Bench, tmp_path: Path, codec: str
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes("región;año\nÁncash;2024\nJunín;2025\n".encode(codec))
    (table,) = examined(path).tables
    result = Result(bench.archive, clean(replace(bench.job(path.read_bytes(), []), table=table)))
    assert result.rows() == [["región", "año"], ["Áncash", "2024"], ["Junín", "2025"]]
    assert result.changes()["encoding"] == {"change": "encoding", "from": codec, "to": "utf-8"}
    assert "foreign-bytes" not in result.changes()


def test_bytes_of_another_encoding_are_read_as_windows_and_counted(bench: Bench) -> None:
    result = bench.clean(b"a\r\nC\xc3\xa1diz\r\nC\xe1diz\r\n\x81\r\n", [field("a")])
    assert result.rows()[1:] == [["Cádiz"], ["Cádiz"], ["\x81"]]
    assert result.changes()["foreign-bytes"]["bytes"] == 2


def test_one_foreign_line_does_not_spoil_the_others(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "mixto.csv"
    lines = ["año,señor", *(f"{n},Peñá" for n in range(1000))]
    path.write_bytes("\n".join([*lines, ""]).encode() + "1000,Ñandú\n".encode("cp1252"))
    (table,) = examined(path).tables
    job = replace(bench.job(path.read_bytes(), []), table=table)
    result = Result(bench.archive, clean(job))
    assert [",".join(row) for row in result.rows()] == [*lines, "1000,Ñandú"]
    assert result.changes()["foreign-bytes"]["bytes"] == 2
    assert "encoding" not in result.changes()


@given(data=st.binary(max_size=40))
def test_judge_and_cleaner_read_foreign_bytes_alike(data: bytes) -> None:
    assert data.decode("utf-8", FOREIGN) == data.decode("utf-8", "acopio-windows")


def test_what_spreadsheets_take_for_a_formula_is_left_alone(bench: Bench) -> None:
    cells = ["=1+1", "@SUM(A1)", "-1", "+51 1", "\t=1"]
    data = "a\r\n" + "\r\n".join(cells) + "\r\n"
    assert [row[0] for row in bench.clean(data.encode(), [field("a")]).rows()[1:]] == cells


@pytest.mark.parametrize(
    ("type_", "cells", "expected"),
    [
        ("integer", ["1", "-9223372036854775808"], pa.int64()),
        ("integer", ["9223372036854775807"], pa.int64()),
        ("integer", ["9223372036854775808"], pa.decimal128(38, 0)),
        ("integer", ["-9223372036854775809"], pa.decimal128(38, 0)),
        ("integer", ["9" * 38], pa.decimal128(38, 0)),
        ("integer", ["9" * 39], pa.string()),
        ("number", ["0.10", "1234567890123.99"], pa.decimal128(18, 2)),
        ("number", ["0.1234567890123456789"], pa.decimal128(38, 19)),
        ("number", ["1e-30", "1e30"], pa.float64()),
        ("number", ["1.5", "NaN"], pa.float64()),
        ("number", ["1.5", "sNaN", "-inf"], pa.float64()),
        ("number", ["0.1234567890123456789", "inf"], pa.string()),
        ("number", ["9" * 39], pa.string()),
        ("number", ["1e999999999999999999"], pa.string()),
        ("year", ["2024"], pa.int64()),
        ("date", ["2024-02-29"], pa.date32()),
        ("boolean", ["true", "false"], pa.bool_()),
        ("datetime", ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00-05:00"], UTC_MOMENT),
        ("datetime", ["2024-01-01T00:00:00"], pa.timestamp("us")),
        ("datetime", ["2024-01-01T00:00:00", "2024-01-01T00:00:00Z"], pa.string()),
        ("yearmonth", ["2024-01"], pa.string()),
        ("any", ["x"], pa.string()),
    ],
)  # fmt: skip
def test_a_type_is_chosen_that_holds_every_value(
    bench: Bench, type_: str, cells: list[str], expected: pa.DataType
) -> None:
    result = bench.clean("\r\n".join(["a", *cells, ""]).encode(), [field("a", type_)])
    assert result.parquet().schema.field("a").type == expected
    assert result.parquet().column("a").null_count == 0
    assert result.cleaned.rejects == 0


def test_no_amount_loses_a_cent(bench: Bench) -> None:
    amounts = ["0.10", "0.20", "99999999999999.99", "-0.01"]
    result = bench.clean("\n".join(["a", *amounts]).encode(), [field("a", "number")])
    total = sum(result.parquet().column("a").to_pylist())
    assert total == Decimal("100000000000000.28")


def test_missing_values_are_null_and_no_rejects(bench: Bench) -> None:
    result = bench.clean(b"a\ns/d\n1\n", [field("a", "integer")], missingValues=["", "s/d"])
    assert result.rows()[1:] == [["s/d"], ["1"]]
    assert result.parquet().column("a").to_pylist() == [None, 1]
    assert result.cleaned.rejects == 0
    assert result.cleaned.schema["missingValues"] == ["", "s/d"]


def test_a_constraint_is_no_matter_of_form(bench: Bench) -> None:
    result = bench.clean(b"a\n-1\n", [field("a", "integer", constraints={"minimum": 0})])
    assert result.parquet().column("a").to_pylist() == [-1]
    assert result.cleaned.rejects == 0


def test_the_schema_is_of_the_clean_csv(bench: Bench, tmp_path: Path) -> None:
    from frictionless import Schema
    from frictionless.resources import TableResource

    result = bench.clean(
        b"f;m\n1.000,5;S/ 12\n",
        [field("f", "number", **COMMA), field("m", "integer", bareNumber=False)],
        {"csv": {"delimiter": ";"}},
    )
    assert result.rows()[1:] == [["1000.5", "12"]]
    (tmp_path / "gasto.csv").write_bytes(result.body(FileKind.DATA))
    schema = Schema.from_descriptor(json.loads(result.body(FileKind.SCHEMA)))
    report = TableResource(path="gasto.csv", basepath=str(tmp_path), schema=schema).validate()
    assert report.valid


def test_the_same_input_gives_the_same_bytes(bench: Bench) -> None:
    job = bench.job(b"a,b\n1,x\nz,y\n", [field("a", "integer"), field("b")])
    assert clean(job) == clean(job)


def test_it_runs_in_a_spawned_process(bench: Bench) -> None:
    job = bench.job(b"a\n1\n", [field("a", "integer")])
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(clean, job).result()
    assert there == clean(pickle.loads(pickle.dumps(job)))  # noqa: S301


def test_many_batches_are_one_table(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acopio.publishers.cleaning.copying.BATCH_ROWS", 7)
    monkeypatch.setattr("acopio.publishers.cleaning.twin.GROUP_ROWS", 20)
    lines = [f"{n},{'x' if n == 50 else n}" for n in range(100)]
    result = bench.clean("\n".join(["a,b", *lines]).encode(), [field("a"), field("b", "integer")])
    assert result.parquet().column("a").to_pylist() == [str(n) for n in range(100)]
    assert result.rejects() == [["52", "b", "x"]]
    assert len(result.rows()) == 101


def test_nothing_is_left_in_the_scratch_folder(bench: Bench) -> None:
    bench.clean(b"a\n1\n", [field("a")])
    assert not list(bench.scratch.glob("clean-*"))


CELLS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8
) | st.sampled_from(
    ["", "1", "1,5", "1.234,5", "010101", "x", "2024-01-31", "NaN", " 2 ", "1_0", "\r", "\n"]
)
TYPES = st.sampled_from(
    ["string", "integer", "number", "date", "boolean", "datetime", "year", "comma"]
)


def _field_of(kind: str, name: str) -> dict[str, Any]:
    return field(name, "number", **COMMA) if kind == "comma" else field(name, kind)


@given(
    types=st.lists(TYPES, min_size=1, max_size=4),
    rows=st.lists(st.lists(CELLS, max_size=5), max_size=12),
    delimiter=st.sampled_from(",;|\t"),
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_cell_is_found_again(
    bench: Bench, types: list[str], rows: Rows, delimiter: str
) -> None:
    names = [f"c{n}" for n in range(len(types))]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([names, *rows])
    before = list(csv.reader(io.StringIO(text.getvalue(), newline=""), delimiter=delimiter))
    result = bench.clean(
        text.getvalue().encode(),
        [_field_of(kind, name) for kind, name in zip(types, names, strict=True)],
        {"csv": {"delimiter": delimiter}},
    )
    after = result.rows()
    assert len(after) == len(before) == result.parquet().num_rows + 1
    for old, new in zip(before[1:], after[1:], strict=True):
        assert _kept(old, new, types)
    _check_nulls(result, before[1:], names)


def _kept(old: list[str], new: list[str], types: list[str]) -> bool:
    padded = old + [""] * (len(types) - len(old))
    while len(padded) > len(types) and not padded[-1]:
        padded.pop()
    kinds = [*types, *["string"] * (len(padded) - len(types))]
    same: dict[bool, Callable[[str, str], bool]] = {
        False: lambda a, b: a == b,
        True: lambda a, b: b in {a, a.strip().replace(".", "").replace(",", ".")},
    }
    return len(padded) == len(new) and all(
        same[kind == "comma"](a, b) for kind, a, b in zip(kinds, padded, new, strict=True)
    )


def _check_nulls(result: Result, before: Rows, names: list[str]) -> None:
    rejected = [(row, name) for row, name, _ in result.rejects() if name]
    table = result.parquet()
    for place, name in enumerate(names):
        missing = sum(not row[place : place + 1] or row[place] == "" for row in before)
        broken = sum(where == name for _, where in rejected)
        assert table.column(name).null_count == missing + broken
    for row, name, original in result.rejects():
        cells = before[int(row) - 2]
        assert original in (cells[len(names) :] if not name else [cells[names.index(name)]])


@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=8))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_judge_and_cleaner_reject_the_same_cells(bench: Bench, tmp_path: Path, rows: Rows) -> None:
    from frictionless import Dialect, Schema
    from frictionless.resources import TableResource

    text = io.StringIO(newline="")
    csv.writer(text).writerows([["a", "b"], *rows])
    (tmp_path / "x.csv").write_bytes(text.getvalue().encode())
    fields = [field("a", "integer"), field("b", "number", **COMMA)]
    dialect = {"csv": {"delimiter": ",", "quoteChar": '"', "skipInitialSpace": False}}
    judged = TableResource(
        path="x.csv",
        basepath=str(tmp_path),
        schema=Schema.from_descriptor({"fields": fields}),
        dialect=Dialect.from_descriptor(dialect),
        encoding="utf-8",
    ).validate()
    errors = judged.flatten(["rowNumber", "fieldName", "type"])
    wrong = {(str(row), name) for row, name, kind in errors if kind == "type-error"}
    result = bench.clean(text.getvalue().encode(), fields, dialect)
    assert {(row, name) for row, name, _ in result.rejects()} == wrong
