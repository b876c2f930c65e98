"""Tables and files nobody would make on purpose, or only on purpose."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from acopio.portal.problems import ValidationError
from acopio.portal.rows import Rows
from tests.portal.rows.sample import write

NAMES = [
    "_id", "a", "A", "a", 'a"b', "x'); DROP TABLE rows_of; --", "line\nbreak", "n" * 500, "",
    "file_row_number", "FILE_ROW_NUMBER", "filename", "c0", "rows_of", "$path", "año\t☃",
    "a b desc", "rank", "_full_text", "first", "Año, mes",
]  # fmt: skip


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("x=1 [ab] it's ü")
    arrays = [pa.array([number, number + 100]) for number in range(len(NAMES))]
    path = folder / "t*?.parquet"
    pq.write_table(pa.Table.from_arrays(arrays, names=NAMES), path)
    return path


def test_every_column_has_a_name_of_its_own(rows: Rows, table: Path) -> None:
    found = rows.search(table, {})
    names = [field["id"] for field in found["fields"]]
    expected = [*NAMES]
    expected[0], expected[3] = "_id_2", "a_2"
    assert names == ["_id", *expected]
    values = [*range(len(NAMES))]
    assert found["records"][0] == dict(zip(names, [1, *values], strict=True))
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_every_column_can_be_asked_for(number: int, rows: Rows, table: Path) -> None:
    name = {0: "_id_2", 3: "a_2"}.get(number, NAMES[number])
    asked: dict[str, Any] = {"fields": [name], "filters": {name.replace("$", "$$"): number + 100}}
    asked |= {"q": {name: str(number + 100)}, "sort": [f'"{name}" desc'], "distinct": True}
    found = rows.search(table, asked)
    assert (found["records"], found["total"]) == ([{name: number + 100}], 1)
    dumped = b"".join(rows.dump(table, "json", {"fields": [name], "sort": [f'"{name}" desc']}))
    assert json.loads(dumped)["records"] == [[number + 100], [number]]


def test_two_thousand_columns_are_answered(tmp_path: Path) -> None:
    path = write(tmp_path / "t.parquet", {f"c {n}": ["x", "y"] for n in range(2000)})
    rows = Rows()
    found = rows.search(path, {"sort": "c 1999 desc", "filters": {"c 5": ["x", "y"]}})
    assert [len(record) for record in found["records"]] == [2001, 2001]
    assert found["records"][0]["c 0"] == "y"
    shown = rows.first(path, limit=1, offset=0, columns=30)
    assert (len(shown.rows[0][1]), shown.hidden) == (30, 1970)


def test_wide_cells_are_answered_until_they_are_too_many(rows: Rows, tmp_path: Path) -> None:
    path = write(tmp_path / "t.parquet", {"a": ["x" * 1_000_000] * 80})
    assert len(rows.search(path, {"limit": 10})["records"][9]["a"]) == 1_000_000
    with pytest.raises(ValidationError) as refused:
        rows.search(path, {})
    assert "too large" in refused.value.errors["limit"][0]
    assert rows.first(path, limit=80, offset=0, width=10).rows[79] == (80, ("xxxxxxxxxx…",))
    assert sum(map(len, rows.dump(path, "csv", {}))) > 80_000_000


def damaged(path: Path, how: str) -> None:
    good = write(path, {"a": [f"valor {number}" for number in range(50_000)]}).read_bytes()
    bad = {
        "gone": None,
        "empty": b"",
        "text": b"hola\n" * 1000,
        "cut": good[: len(good) // 2],
        "zeros inside": good[:100] + bytes(len(good) - 1100) + good[-1000:],
        "tail only": good[-1000:],
    }[how]
    if bad is None:
        path.unlink()
    else:
        path.write_bytes(bad)


@pytest.mark.parametrize("how", ["gone", "empty", "text", "cut", "zeros inside", "tail only"])
def test_a_damaged_file_is_refused_with_a_sentence(how: str, rows: Rows, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    damaged(path, how)
    for asked in ({}, {"sort": "a"}, {"filters": {"a": "valor 3"}}):
        with pytest.raises(ValidationError, match="cannot be read at the moment"):
            rows.search(path, asked)
    with pytest.raises(ValidationError, match="cannot be read at the moment"):
        rows.dump(path, "csv", {})


def test_a_folder_is_no_table(rows: Rows, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="cannot be read"):
        rows.search(tmp_path, {})


def test_a_file_written_anew_is_read_anew(rows: Rows, tmp_path: Path) -> None:
    path = write(tmp_path / "t.parquet", {"a": [1]})
    assert rows.search(path, {})["total"] == 1
    write(path, {"b": ["x", "y"]})
    assert rows.search(path, {"sort": "b desc"})["records"][0] == {"_id": 2, "b": "y"}
