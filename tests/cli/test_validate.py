import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from frictionless import Report

from acopio.cli import main
from tests.http_server import serving

SCHEMA = {"fields": [{"name": "id", "type": "integer"}, {"name": "monto", "type": "number"}]}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACOPIO_LANG", "en")
    monkeypatch.setenv("ACOPIO_EXECUTOR", "serial")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["validate", *arguments])


def document(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def written(name: str, content: str | bytes) -> str:
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def numbered(rows: int) -> str:
    return "".join(f"{n},2\n" for n in range(rows))


def test_a_clean_file_exits_0() -> None:
    result = run(written("a.csv", "id,monto\n1,2.5\n"), "--json")
    assert result.exit_code == 0
    (file,) = document(result)["files"]
    assert document(result)["valid"]
    assert (file["path"], file["rows"], file["engine"]) == ("a.csv", 1, "frictionless")
    assert file["sha256"] == file["report"]["tasks"][0]["stats"]["sha256"]
    assert file["bytes"] == len("id,monto\n1,2.5\n")
    assert file["encoding"] == "utf-8"
    assert [field["name"] for field in file["schema"]["fields"]] == ["id", "monto"]


def test_a_closed_standard_error_is_nobody_to_tell() -> None:
    path = written("a.csv", "a,b\n1,2\n")
    closed = ["sh", "-c", 'exec "$0" -m acopio validate "$1" --json 2>&-', sys.executable, path]
    done = subprocess.run(closed, stdout=subprocess.PIPE, check=False)
    assert json.loads(done.stdout)["valid"]
    assert done.returncode == 0


def test_a_warning_exits_1_and_is_valid() -> None:
    result = run(written("a.csv", "id;monto\n1;2.5\n"), "--json")
    assert result.exit_code == 1
    (found,) = document(result)["files"][0]["findings"]
    assert (found["code"], found["severity"]) == ("delimiter-not-comma", "warning")
    assert found["message"]
    assert found["fix"]
    assert document(result)["valid"]


def test_an_error_exits_1() -> None:
    result = run(written("a.csv", "id,monto\n" + numbered(30) + "x,2\n"), "--json")
    assert result.exit_code == 1
    (found,) = document(result)["files"][0]["findings"]
    assert (found["code"], found["row"], found["field"]) == ("type-error", 32, "id")
    assert found["evidence"] == "x"
    assert not document(result)["valid"]


def test_information_is_clean() -> None:
    result = run(written("a.csv", "\ufeffa,b\n1,2\n"), "--json")
    assert result.exit_code == 0
    assert [f["code"] for f in document(result)["files"][0]["findings"]] == ["bom"]


def test_files_come_in_the_order_given() -> None:
    names = [written(name, "a,b\n1,2\n") for name in ("z.csv", "a.csv", "m.csv")]
    result = run(*names, "--json")
    assert [file["path"] for file in document(result)["files"]] == names


@pytest.mark.parametrize(
    "content", [b"%PDF-1.4", b"<?xml version='1.0'?><r/>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_what_is_no_table_gets_findings_not_exit_2(content: bytes) -> None:
    result = run(written("a.csv", content), "--json")
    assert result.exit_code == 1
    assert document(result)["files"][0]["report"] is None


def test_a_missing_file_exits_2_and_nothing_is_done() -> None:
    result = run(
        written("a.csv", "a,b\n1,2\n"), "missing.csv", "--report-out", "out.json", "--json"
    )
    assert result.exit_code == 2
    assert "missing.csv" in result.stderr
    assert result.stdout == ""
    assert not Path("out.json").exists()


def test_a_folder_is_not_a_file() -> None:
    assert run(".").exit_code == 2


@pytest.mark.parametrize("kind", ["file", "schema"])
def test_what_has_no_end_is_refused_not_waited_for(kind: str) -> None:
    os.mkfifo("fifo.csv")
    for endless in ("fifo.csv", "/dev/zero"):
        table = written("a.csv", "a\n1\n")
        result = run(endless) if kind == "file" else run(table, "--schema", endless)
        assert result.exit_code == 2
        assert endless in result.stderr
        assert "plain file" in result.stderr


def test_a_file_that_never_lets_go_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACOPIO_EXECUTOR", "local")
    monkeypatch.setattr("acopio.validation.SECONDS_A_FILE", 4)
    constraints = {"pattern": "(a+)+$"}
    schema = {"fields": [{"name": "a", "type": "string", "constraints": constraints}]}
    names = [written("slow.csv", "a\n" + "a" * 60 + "!\n"), written("a.csv", "a\naa\n")]
    result = run(*names, "--schema", written("s.json", json.dumps(schema)), "--json")
    slow, quick = document(result)["files"]
    assert result.exit_code == 1
    assert [found["code"] for found in slow["findings"]] == ["examination-failed"]
    assert "longer than allowed" in slow["findings"][0]["message"]
    assert (quick["valid"], quick["rows"]) == (True, 1)


@pytest.mark.parametrize("given", ["a.csv", "link.csv", "hard.csv", "../{here}/a.csv", "s.json"])
def test_a_report_is_not_written_over_what_is_read(tmp_path: Path, given: str) -> None:
    table = written("a.csv", "a\n1\n")
    schema = written("s.json", '{"fields": [{"name": "a", "type": "integer"}]}')
    Path("link.csv").symlink_to("a.csv")
    Path("hard.csv").hardlink_to("a.csv")
    before = {path: Path(path).read_bytes() for path in (table, schema)}
    out = given.format(here=tmp_path.name)
    result = run(table, "--schema", schema, "--report-out", out)
    assert result.exit_code == 2
    assert out in result.stderr
    assert before == {path: Path(path).read_bytes() for path in (table, schema)}


def test_a_report_may_replace_an_older_one() -> None:
    written("out.json", "old")
    assert run(written("a.csv", "a,b\n1,2\n"), "--report-out", "out.json").exit_code == 0
    assert json.loads(Path("out.json").read_text("utf-8"))["valid"]


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("es", "1 error y 0 advertencias (1 fila, 15 bytes)", "2 errores y 1 advertencia (2 filas"),
        ("en", "1 error and 0 warnings (1 row, 15 bytes)", "2 errors and 1 warning (2 rows"),
    ],
)
def test_one_is_not_many(
    monkeypatch: pytest.MonkeyPatch, language: str, one: str, many: str
) -> None:
    monkeypatch.setenv("ACOPIO_LANG", language)
    names = [written("a.csv", "id,monto\n1,2,3\n"), written("b.csv", "id;monto\n1;2;3\n1\n")]
    said = run(*names).stdout
    assert f"a.csv: {one}" in said
    assert f"b.csv: {many}" in said


def test_what_is_about_the_whole_file_names_it() -> None:
    said = run(written("a.csv", "id,monto\n1,2\nx,\n"), written("b.csv", "id;monto\n1;2\n")).stdout
    assert any(line.startswith("    b.csv: ") for line in said.splitlines())


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"fields": [{"name": "a", "type": "ente"}]}',
        "\xff",
        '{"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "("}}]}',
        '{"fields": [{"name": "a", "type": "string"}], "foreignKeys": 5}',
    ],
)
def test_a_schema_that_is_none_exits_2(content: str) -> None:
    schema = written("schema.json", content.encode("latin-1"))
    result = run(written("a.csv", "a\n1\n"), "--schema", schema)
    assert result.exit_code == 2
    assert "schema.json" in result.stderr
    assert "Traceback" not in result.stderr


def test_keys_to_other_tables_are_named_as_not_checked() -> None:
    key = {"fields": ["id"], "reference": {"resource": "distritos", "fields": ["id"]}}
    schema = written("schema.json", json.dumps({**SCHEMA, "foreignKeys": [key]}))
    result = run(written("a.csv", "id,monto\n1,1\n"), "--schema", schema, "--json")
    (file,) = document(result)["files"]
    assert (result.exit_code, file["rows"]) == (0, 1)
    assert [found["code"] for found in file["findings"]] == ["keys-not-checked"]
    assert "distritos" in file["findings"][0]["message"]
    assert "{" not in file["findings"][0]["message"]


def test_a_missing_schema_exits_2() -> None:
    assert run(written("a.csv", "a\n1\n"), "--schema", "none.json").exit_code == 2


def test_a_schema_judges() -> None:
    schema = written("schema.json", json.dumps(SCHEMA))
    result = run(written("a.csv", "id,monto\nx,1\n"), "--schema", schema, "--json")
    assert document(result)["files"][0]["schema"] == SCHEMA
    assert result.exit_code == 1


def test_the_engine_is_the_one_asked_for_and_the_report_the_same() -> None:
    path = written("a.csv", "a,b\n1,2\nx,y,z\n")
    fast, alone, auto = (
        document(run(path, "--engine", engine, "--json"))["files"][0]
        for engine in ("fast", "frictionless", "auto")
    )
    assert (fast["engine"], fast["engine_reason"]) == ("fast", None)
    assert (alone["engine"], alone["engine_reason"]) == ("frictionless", "asked")
    assert (auto["engine"], auto["engine_reason"]) == ("frictionless", "small")
    for file in (fast, alone):
        for part in (file["report"], *file["report"]["tasks"]):
            part["stats"].pop("seconds")
    assert fast["report"] == alone["report"]
    assert fast["counts"] == {"extra-cell": {"": 1}}


def test_what_the_fast_engine_cannot_judge_is_said_with_why() -> None:
    result = run(written("a.csv", 'a,b\n1,"2\n'), "--engine", "fast", "--json")
    assert document(result)["files"][0]["engine_reason"] == "unclosed-quote"
    assert "a quote that never closes" in result.stderr


def test_the_report_is_one_that_frictionless_reads() -> None:
    names = [written("a.csv", "a,b\n1,2\n"), written("b.csv", "a,b\n1\n")]
    run(*names, "--report-out", "out.json")
    written_report = json.loads(Path("out.json").read_text("utf-8"))
    report = Report.from_descriptor(written_report)
    assert not report.valid
    assert [task.place for task in report.tasks] == names
    assert [file["path"] for file in written_report["files"]] == names


def test_a_report_that_cannot_be_written_exits_2() -> None:
    result = run(written("a.csv", "a,b\n1,2\n"), "--report-out", "no/such/out.json")
    assert result.exit_code == 2
    assert "out.json" in result.stderr


def test_people_read_a_verdict_five_examples_and_a_remedy() -> None:
    result = run(
        written("a.csv", "id,monto\n" + numbered(90) + "".join(f"x,{n}\n" for n in range(8)))
    )
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith("✗ a.csv: 8 errors")
    assert sum("row 9" in line for line in lines) == 5
    assert "and 3 more" in result.stdout
    assert "→" in result.stdout


def test_an_address_is_fetched_and_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACOPIO_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    with serving(
        lambda ask: ask.reply(b"a,b\n1,2\n", headers={"Content-Type": "text/csv"})
    ) as here:
        url = here.url + "/datos.csv"
        result = run(url, "--json")
    assert result.exit_code == 0
    assert document(result)["files"][0]["path"] == url
    assert document(result)["files"][0]["report"]["tasks"][0]["place"] == "datos.csv"


def test_a_private_address_is_refused() -> None:
    with serving(lambda ask: ask.reply(b"a,b\n1,2\n")) as here:
        result = run(here.url + "/datos.csv", "--json")
        assert here.asked == []
    assert result.exit_code == 2
    assert result.stdout == ""


def test_an_address_that_is_gone_exits_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACOPIO_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    with serving(lambda ask: ask.reply(b"", status=404)) as here:
        assert run(here.url + "/datos.csv").exit_code == 2


def test_persons_are_masked_in_every_output() -> None:
    rows = "dni,monto\n" + "40718233,1\n" * 30 + "41718233,x\n"
    result = run(written("a.csv", rows), "--json", "--report-out", "out.json")
    for said in (result.stdout, Path("out.json").read_text("utf-8"), run("a.csv").stdout):
        assert "personal-data" in said
        assert "40718233" not in said
        assert "41718233" not in said
