"""Dumps: whole tables as a stream, page after page."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from acopio.portal.problems import ValidationError
from acopio.portal.rows import Rows, dump
from tests.portal.rows.sample import write

COUNT = 1000


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    columns = {
        "n": [number * 7 % COUNT for number in range(COUNT)],
        "t": [f'a "{number}",\r\n;\tñ' if number % 3 else None for number in range(COUNT)],
        "g": [number % 10 for number in range(COUNT)],
    }
    return write(tmp_path_factory.mktemp("volcado") / "t.parquet", columns, row_group_size=70)


@pytest.fixture(params=[(300, 10**9), (10**6, 2000)], ids=["rows", "bytes"])
def small_pages(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, size = request.param
    monkeypatch.setattr(dump, "_ROWS", rows)
    monkeypatch.setattr(dump, "_BYTES", size)
    monkeypatch.setattr(dump, "_BYTES_SORTED", size)


ASKED: list[dict[str, Any]] = [
    {},
    {"sort": "_id"},
    {"sort": "_id desc"},
    {"sort": "n desc"},
    {"sort": "g, n"},
    {"filters": '{"g": [1, 2, 3]}', "offset": 5},
    {"q": "ñ", "fields": "n,t"},
    {"offset": 400, "limit": 301},
    {"limit": 300, "sort": "g desc"},
    {"distinct": "true", "fields": "g"},
    {"distinct": "true", "fields": "t,g", "sort": "g"},
]


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_pages_put_together_are_what_one_search_finds(
    asked: dict[str, Any], rows: Rows, table: Path
) -> None:
    answer = rows.search(table, {"limit": 32_000, **asked, "records_format": "lists"})
    dumped = [*rows.dump(table, "json", asked)]
    assert len(dumped) > 2
    assert json.loads(b"".join(dumped))["records"] == answer["records"]
    for form, separator in (("csv", ","), ("tsv", "\t")):
        text = b"".join(rows.dump(table, form, asked)).decode()
        header, *lines = csv.reader(StringIO(text, newline=""), delimiter=separator)
        assert header == [field["id"] for field in answer["fields"]]
        expected = [
            ["" if cell is None else str(cell) for cell in row] for row in answer["records"]
        ]
        assert lines == expected


def test_null_and_empty_text_differ_in_csv(rows: Rows, tmp_path: Path) -> None:
    path = write(tmp_path / "t.parquet", {"a": [None, "", " ", '"']})
    assert b"".join(rows.dump(path, "csv", {"fields": "a"})) == b'a\r\n\n""\n \n""""\n'


def test_a_byte_order_mark_comes_first_and_once(rows: Rows, table: Path) -> None:
    dumped = b"".join(rows.dump(table, "csv", {"bom": "true"}))
    assert dumped.startswith(b"\xef\xbb\xbf_id,n")
    assert dumped.count(b"\xef\xbb\xbf") == 1


def test_no_rows_are_a_header(rows: Rows, table: Path) -> None:
    assert b"".join(rows.dump(table, "csv", {"limit": 0})) == b"_id,n,t,g\r\n"
    assert json.loads(b"".join(rows.dump(table, "json", {"limit": "0"})))["records"] == []


@pytest.mark.parametrize(
    ("form", "asked", "key"),
    [
        ("xml", {}, "format"),
        ("csv", {"limit": -1}, "limit"),
        ("csv", {"filters": {"nope": 1}}, "filters"),
        ("csv", {"fields": "nope"}, "fields"),
        ("json", {"filters": {"n": "x"}}, "query"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_sent(
    form: str, asked: dict[str, Any], key: str, rows: Rows, table: Path
) -> None:
    with pytest.raises(ValidationError) as refused:
        rows.dump(table, form, asked)
    assert key in refused.value.errors


@pytest.mark.usefixtures("small_pages")
def test_a_file_that_goes_while_it_is_sent_ends_the_dump(rows: Rows, tmp_path: Path) -> None:
    path = write(tmp_path / "t.parquet", {"a": ["x" * 50] * 2000})
    pieces = rows.dump(path, "csv", {})
    assert next(pieces) == b"_id,a\r\n"
    path.unlink()
    with pytest.raises(ValidationError, match="cannot be read"):
        list(pieces)
