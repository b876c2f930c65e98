"""What a search answers: values, paging, order, the forms of records."""

import json
import math
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest

from acopio.portal.problems import ValidationError
from acopio.portal.rows import Rows, exact
from tests.portal.rows.sample import ROWS, SCHEMA, at, write


def ids(found: dict[str, Any]) -> list[int]:
    return [record["_id"] for record in found["records"]]


def test_every_digit_reaches_json(rows: Rows, tmp_path: Path) -> None:
    columns = {
        "monto": pa.array([Decimal("12345678901234567890123456789012345.678")]),
        "grande": pa.array([Decimal(10**37)], pa.decimal128(38, 0)),
        "largo": pa.array([2**63 - 1]),
        "corto": pa.array([0.1], pa.float32()),
        "sin_signo": pa.array([2**64 - 1], pa.uint64()),
    }
    found = rows.search(write(tmp_path / "t.parquet", columns), {"records_format": "lists"})
    sent = orjson.dumps(found, default=exact)
    assert json.loads(sent, parse_float=str, parse_int=str)["records"] == [
        ["1", "12345678901234567890123456789012345.678", str(10**37), str(2**63 - 1), "0.1",
         str(2**64 - 1)]
    ]  # fmt: skip
    types = [field["type"] for field in found["fields"]]
    assert types == ["int", "numeric", "numeric", "int8", "float4", "numeric"]


def test_what_is_no_number_is_null_in_json_and_named_in_csv(rows: Rows, tmp_path: Path) -> None:
    path = write(tmp_path / "t.parquet", {"x": [math.nan, math.inf, -math.inf, 1.5, None]})
    found = rows.search(path, {"fields": "x", "records_format": "lists"})
    assert found["records"] == [[None], [None], [None], [1.5], [None]]
    assert b"".join(rows.dump(path, "csv", {"fields": "x"})).split() == (
        [b"x", b"NaN", b"Infinity", b"-Infinity", b"1.5"]
    )
    dumped = json.loads(b"".join(rows.dump(path, "json", {"fields": "x"})))
    assert dumped["records"] == found["records"]


def test_moments_keep_their_microseconds(rows: Rows, tmp_path: Path) -> None:
    moments = [at("2024-01-02T03:04:05.123456"), at("2024-01-02T03:04:05")]
    path = write(tmp_path / "t.parquet", {"t": moments})
    found = rows.search(path, {"fields": ["t"], "records_format": "lists"})
    assert found["records"] == [["2024-01-02T03:04:05.123456"], ["2024-01-02T03:04:05.000"]]


def test_other_types_are_text(rows: Rows, tmp_path: Path) -> None:
    columns = {"lista": [[1, 2]], "dura": [time(1)], "nada": [None]}
    path = write(tmp_path / "t.parquet", columns)
    found = rows.search(path, {"filters": {"lista": "[1, 2]"}, "q": "01:00:00"})
    assert found["records"] == [{"_id": 1, "lista": "[1, 2]", "dura": "01:00:00", "nada": None}]
    assert {field["type"] for field in found["fields"][1:]} == {"text"}
    assert b"".join(rows.dump(path, "json", {})).count(b'"[1, 2]"') == 1


def test_an_empty_table_is_answered(rows: Rows, tmp_path: Path) -> None:
    path = write(tmp_path / "t.parquet", {"a": pa.array([], pa.string())})
    found = rows.search(path, {"q": "x", "sort": "a"})
    assert (found["records"], found["total"]) == ([], 0)
    assert rows.search(path, {"records_format": "csv"})["records"] == ""
    assert b"".join(rows.dump(path, "csv", {})) == b"_id,a\r\n"
    assert rows.first(path, limit=5, offset=0).rows == []


def test_all_columns_are_in_the_answer_when_none_is_named(rows: Rows, sample: Path) -> None:
    nothing: tuple[Any, ...] = ("", [])
    for none in nothing:
        found = rows.search(sample, {"fields": none})
        assert [field["id"] for field in found["fields"]] == list(found["records"][0])


def test_a_column_named_twice_is_given_once(rows: Rows, sample: Path) -> None:
    found = rows.search(sample, {"fields": ["Año", "Año"], "records_format": "lists", "limit": 1})
    assert found["records"] == [[2020]]
    assert len(found["fields"]) == 1


def test_distinct_rows_come_in_the_order_they_first_appear(rows: Rows, sample: Path) -> None:
    found = rows.search(sample, {"fields": "activo", "distinct": True, "records_format": "lists"})
    assert (found["records"], found["total"]) == ([[True], [False], [None]], 3)
    part = {"fields": "activo", "distinct": True, "limit": 1, "offset": 1}
    assert rows.search(sample, part)["records"] == [{"activo": False}]
    assert rows.search(sample, part)["total"] == 3


def test_equal_rows_are_sorted_by_their_number(rows: Rows, sample: Path) -> None:
    assert ids(rows.search(sample, {"sort": "activo desc"})) == [3, 1, 4, 5, 2, 6]
    assert ids(rows.search(sample, {"sort": "activo", "offset": 4})) == [5, 3]


def test_pages_of_the_next_page_filter_hold_every_row_once(rows: Rows, sample: Path) -> None:
    for sort, expected in (("_id", [1, 2, 3, 4, 5, 6]), ("_id desc", [6, 5, 4, 3, 2, 1])):
        asked: dict[str, Any] = {"limit": 4, "sort": sort, "include_next_page": True}
        seen: list[int] = []
        while (found := rows.search(sample, asked))["records"]:
            seen += ids(found)
            asked["filters"] = found["next_page"]
        assert seen == expected


def test_parameters_that_are_not_given_are_not_repeated(rows: Rows, sample: Path) -> None:
    found = rows.search(sample, {"id": "una", "q": None, "limit": ""})
    assert found["resource_id"] == "una"
    assert "q" not in found
    assert found["limit"] == 100


@pytest.mark.parametrize("value", ["\ud800", ["\ud800"], {"nombre": "\ud800"}])
@pytest.mark.parametrize("name", ["q", "filters", "sort", "fields", "full_text", "nada\udfff"])
def test_text_that_cannot_be_sent_is_not_sent_back(
    name: str, value: Any, rows: Rows, sample: Path
) -> None:
    try:
        found = rows.search(sample, {name: value})
    except ValidationError as refused:
        found = refused.errors
    assert orjson.dumps(found, default=exact)


def test_whole_numbers_of_any_length_can_be_repeated(rows: Rows, sample: Path) -> None:
    digits = "9" * 3000
    found = rows.search(sample, {"filters": f'{{"importe": {{"lt": {digits}}}}}'})
    assert found["total"] == 5
    assert digits.encode() in orjson.dumps(found, default=exact)


def test_only_decimals_are_given_to_orjson() -> None:
    with pytest.raises(orjson.JSONEncodeError):
        orjson.dumps({1, 2}, default=exact)


def test_labels_and_notes_come_from_the_schema(rows: Rows, sample: Path) -> None:
    fields = rows.search(sample, {"fields": ["_id", "nombre", "Año"]}, schema=SCHEMA)["fields"]
    info = {"label": "Nombre", "notes": "De la entidad."}
    assert fields[1] == {"id": "nombre", "type": "text", "info": info}
    assert all("info" not in field for field in (fields[0], fields[2]))


def test_the_first_rows_are_text_cut_to_a_width(rows: Rows, sample: Path) -> None:
    shown = rows.first(sample, limit=2, offset=0, columns=3, width=8, schema=SCHEMA)
    assert [column["id"] for column in shown.columns] == ["nombre", "Año", "importe"]
    assert (shown.hidden, shown.total) == (5, len(ROWS))
    assert shown.rows == [
        (1, ("José Peñ…", "2020", "10.50")),
        (2, ("Hospital…", "90071992…", "12345678…")),
    ]
    last = rows.first(sample, limit=20, offset=5).rows
    assert last == [
        (6, ("tránsito pesado", "2021", "1000.00", "1e-07", "2021-05-05",
             "2021-05-05T10:00:00.000", "2021-05-05T10:00:00+00:00", "false"))
    ]  # fmt: skip


def test_a_negative_offset_of_the_first_rows_is_refused(rows: Rows, sample: Path) -> None:
    with pytest.raises(ValidationError):
        rows.first(sample, limit=2, offset=-1)
