"""``acopio validate --clean``: a clean copy of each table in a folder, or why there is none."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acopio.cli import main
from acopio.cli.copying import CleanFolder
from acopio.subjects import Subject
from tests.http_server import serving

DIRTY = "año;monto\n2024;10\n2025;20\n2026\n".encode("cp1252")
CLEANED = "año,monto\r\n2024,10\r\n2025,20\r\n2026,\r\n"
PADRON = (
    "dni,nombres,monto\n41234567,ROSA QUISPE,1\n42345678,JUAN MAMANI,2\n43456789,ANA FLORES,3\n"
)
MAP = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"codigo": n, "nombre": "x"},
            "geometry": {"type": "Point", "coordinates": [-77.0, -12.0]},
        }
        for n in range(3)
    ],
}


@pytest.fixture(autouse=True)
def _desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACOPIO_LANG", "en")
    monkeypatch.setenv("ACOPIO_EXECUTOR", "serial")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["validate", *arguments])


def written(name: str, content: str | bytes) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def copies(result: Result) -> list[dict[str, Any]]:
    return [file["clean_copy"] for file in json.loads(result.stdout)["files"]]


def listed(folder: str) -> set[str]:
    return {path.name for path in Path(folder).iterdir()}


def test_the_copy_of_a_run_with_its_log_and_schema() -> None:
    result = run(written("gasto.csv", DIRTY), "--clean", "a/b")
    assert result.exit_code == 1
    assert Path("a/b/gasto.csv").read_bytes().decode() == CLEANED
    log = json.loads(Path("a/b/gasto.log.json").read_text("utf-8"))
    changed = [one["change"] for one in log["changes"]]
    assert {"encoding", "delimiter", "missing-cells-filled"} <= set(changed)
    schema = json.loads(Path("a/b/gasto.schema.json").read_text("utf-8"))
    assert [field["name"] for field in schema["fields"]] == ["año", "monto"]
    assert listed("a/b") == {"gasto.csv", "gasto.log.json", "gasto.schema.json"}
    assert f'"a/b/gasto.csv" ({len(changed)} changes, in "a/b/gasto.log.json")' in result.stdout
    assert Path("gasto.csv").read_bytes() == DIRTY


def test_a_cell_that_breaks_its_type_is_listed_and_stays() -> None:
    fields = [{"name": "id", "type": "integer"}, {"name": "monto", "type": "number"}]
    schema = written("s.json", json.dumps({"fields": fields}))
    result = run(written("a.csv", "id,monto\n1,x\n2,3\n"), "--schema", schema, "--clean", "out")
    assert "out/a.rejects.csv" in result.stdout
    assert "1,x" in Path("out/a.csv").read_text()
    assert "x" in Path("out/a.rejects.csv").read_text()
    # The list of an earlier time is not left beside a copy that has none.
    written("a.csv", "id,monto\n1,2\n2,3\n")
    assert run("a.csv", "--schema", schema, "--clean", "out").exit_code == 0
    assert listed("out") == {"a.csv", "a.log.json", "a.schema.json"}


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (["año", "monto"], [2024, 10], [2025, 20], [2026, None]):
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"año": [2024, 2025, 2026], "monto": [10, 20, None]}), file)
    return file.getvalue()


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("dentro.csv", DIRTY)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "stem"),
    [
        ("gasto.csv", lambda: DIRTY, "gasto"),
        ("gasto.csv.gz", lambda: gzip.compress(DIRTY), "gasto"),
        ("gasto v1.2.zip", _zip, "gasto v1.2"),
        ("gasto.xlsx", _workbook, "gasto"),
        ("gasto.parquet", _parquet, "gasto"),
    ],
)
def test_tables_of_any_kind(name: str, content: Callable[[], bytes], stem: str) -> None:
    body = content()
    (copy,) = copies(run(written(name, body), "--clean", "out", "--json"))
    assert copy["files"]["data"] == f"out/{stem}.csv"
    assert Path(copy["files"]["data"]).read_bytes().decode() == CLEANED
    assert copy["reason"] is None
    assert Path(name).read_bytes() == body


def test_persons_get_no_copy_and_it_is_said_which() -> None:
    names = [written("padron.csv", PADRON), written("gasto.csv", DIRTY)]
    result = run(*names, "--clean", "out")
    (line,) = result.stderr.splitlines()
    assert "padron.csv" in line
    assert "personal data" in line
    assert {name.partition(".")[0] for name in listed("out")} == {"gasto"}
    for path in Path("out").iterdir():
        assert "41234567" not in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", "%PDF-1.4", "no table"),
        ("a.csv", "", "no table"),
        ("a.xml", "<r/>", "no table"),
        ("a.geojson", json.dumps(MAP), "a map"),
    ],
)
def test_what_is_no_table_gets_no_copy_and_it_is_said_why(
    name: str, content: str, said: str
) -> None:
    plain = run(written(name, content))
    result = run(name, "--clean", "out", "--json")
    (copy,) = copies(result)
    assert (copy["files"], said in copy["reason"]) == ({}, True)
    assert copy["reason"] in result.stderr
    assert listed("out") == set()
    assert result.exit_code == plain.exit_code


def test_two_files_of_one_name_get_two_copies() -> None:
    names = [
        written("gasto.csv", "a,b\n1,2\n"),
        written("b/gasto.csv", "a,b\n3,4\n"),
        written("c/GASTO.csv", "a,b\n5,6\n"),
        written("gasto-2.csv", "a,b\n7,8\n"),
        # Its own name is that of another's list of rejects.
        written("gasto.rejects.csv", "a,b\n9,0\n"),
    ]
    found = copies(run(*names, "--clean", "out", "--json"))
    places = [copy["files"]["data"] for copy in found]
    assert places == [
        "out/gasto.csv", "out/gasto-2.csv", "out/GASTO-3.csv", "out/gasto-2-2.csv",
        "out/gasto.rejects-2.csv",
    ]  # fmt: skip
    rows = [Path(place).read_text().splitlines()[1] for place in places]
    assert rows == ["1,2", "3,4", "5,6", "7,8", "9,0"]
    every = [path for copy in found for path in copy["files"].values()]
    assert len({path.casefold() for path in every}) == len(every) == len(listed("out"))


@given(stems=st.lists(st.text("aA.-2é", min_size=1, max_size=12), min_size=2, max_size=12))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_two_copies_share_a_name(tmp_path: Path, stems: list[str]) -> None:
    folder = CleanFolder(tmp_path / "out", [], [])
    bases = [folder.free(stem) for stem in stems]
    endings = (".csv", ".log.json", ".rejects.csv", ".schema.json")
    names = [(base + ending).casefold() for base in bases for ending in endings]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("folder", [".", "../{here}", "other", "hard"])
def test_a_copy_does_not_take_the_place_of_what_is_read(tmp_path: Path, folder: str) -> None:
    written("gasto.csv", DIRTY)
    Path("other").symlink_to(".")
    Path("hard").mkdir()
    Path("hard/gasto.csv").hardlink_to("gasto.csv")
    result = run("gasto.csv", "--clean", folder.format(here=tmp_path.name))
    assert result.exit_code == 2
    assert "gasto.csv" in result.stderr
    assert Path("gasto.csv").read_bytes() == DIRTY
    assert listed(".") == {"gasto.csv", "other", "hard"}


def test_nor_that_of_a_schema_or_a_report() -> None:
    table = written("gasto.csv", "a,b\n1,2\n")
    fields = [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}]
    schema = written("out/gasto.schema.json", json.dumps({"fields": fields}))
    assert run(table, "--schema", schema, "--clean", "out").exit_code == 2
    assert json.loads(Path(schema).read_text())["fields"] == fields
    assert run(table, "--rows", "new/gasto.csv", "--clean", "new").exit_code == 2
    assert not Path("new").exists()


def test_a_later_time_takes_the_place_of_an_earlier() -> None:
    run(written("a.csv", "a,b\n1,2\n"), "--clean", "out")
    before = Path("out/a.csv").read_text()
    run(written("a.csv", "a,b\n3,4\n"), "--clean", "out")
    assert "1,2" in before
    assert "3,4" in Path("out/a.csv").read_text()


def test_a_copy_like_the_original_is_another_file() -> None:
    table = written("a.csv", "a,b\r\n1,2\r\n")
    run(table, "--clean", "out")
    assert Path("out/a.csv").read_bytes() == Path(table).read_bytes()
    assert not Path("out/a.csv").samefile(table)
    assert Path(table).stat().st_nlink == 1


@pytest.mark.parametrize("folder", ["a.csv", "a.csv/out", "/proc/none", "x" * 300])
def test_a_folder_that_cannot_be_written_exits_2(folder: str) -> None:
    result = run(written("a.csv", "a,b\n1,2\n"), "--clean", folder, "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "--clean" in result.stderr
    assert "Traceback" not in result.stderr


def test_what_stands_in_the_way_of_a_copy_exits_2() -> None:
    Path("out/a.csv/x").mkdir(parents=True)
    result = run(written("a.csv", "a,b\n1,2\n"), "--clean", "out")
    assert result.exit_code == 2
    assert '"out"' in result.stderr
    assert not [name for name in listed("out") if name.endswith(".part")]


def test_a_copy_that_takes_too_long_is_told_and_exits_1(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"{n},2\n" for n in range(400_000))
    table = written("a.csv", "a,b\n" + rows)
    monkeypatch.setenv("ACOPIO_EXECUTOR", "local:1")
    monkeypatch.setattr("acopio.cli.copying.seconds_for", lambda size: 0.01)
    result = run(table, written("b.csv", DIRTY), "--clean", "out")
    assert result.exit_code == 1
    assert '"a.csv": no clean copy was made, because it took more than' in result.stderr


def test_a_copy_that_fails_of_a_clean_file_exits_1(monkeypatch: pytest.MonkeyPatch) -> None:
    # In a process of its own: this one's files are not to be bounded.
    monkeypatch.setenv("ACOPIO_EXECUTOR", "local:1")
    monkeypatch.setattr("acopio.cli.copying.MOST_BYTES", -700)
    result = run(written("a.csv", "a,b\n1,2\n"), "--clean", "out")
    assert "no clean copy was made" in result.stderr
    assert result.exit_code == 1


def test_an_address_has_its_copy_and_the_log_says_where_it_came_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ACOPIO_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    with serving(lambda ask: ask.reply(DIRTY, headers={"Content-Type": "text/csv"})) as here:
        run(here.url + "/gasto.csv", "--clean", "out")
        source = json.loads(Path("out/gasto.log.json").read_text("utf-8"))["source"]
    assert source == here.url + "/gasto.csv"
    assert Path("out/gasto.csv").read_bytes().decode() == CLEANED


def test_no_name_leaves_the_folder(tmp_path: Path) -> None:
    subject = Subject(given="x", path=tmp_path / "x", name="../../x.csv")
    folder = CleanFolder(tmp_path / "out", [subject], [])
    assert "/" not in folder.free("x")
    result = run(written("..%2f\u202eCON.csv", "a,b\n1,2\n"), "--clean", "out", "--json")
    (copy,) = copies(result)
    assert Path(copy["files"]["data"]).parent == Path("out")
