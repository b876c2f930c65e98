"""``acopio ledger``: the history nobody can rewrite unnoticed."""

import json
import sqlite3
from pathlib import Path

from tests.cli.desk import Desk
from tests.pipeline.world import CSV


def test_a_whole_chain_has_the_contracts_shape(harvested: Desk) -> None:
    found = harvested.json("ledger", "verify")
    assert (found["valid"], found["entries"], found["first_bad"]) == (True, 3, None)
    assert len(found["head"]) == 64
    assert "3 asientos" in harvested.type("ledger", "verify").stdout


def test_an_empty_ledger_is_whole(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "", portal=None)  # type: ignore[arg-type]
    assert desk.json("ledger", "verify")["entries"] == 0
    assert desk.type("ledger", "export", str(tmp_path / "x.jsonl")).exit_code == 0


def test_an_export_is_json_lines_that_against_takes(desk: Desk) -> None:
    export = desk.home / "ledger.jsonl"
    told = desk.type("ledger", "export", str(export))
    assert (told.exit_code, "2 asientos" in told.stdout) == (0, True)
    lines = [json.loads(line) for line in export.read_text("utf-8").splitlines()]
    assert [line["number"] for line in lines] == [1, 2]
    assert lines[1]["previous"] == lines[0]["hash"]
    desk.portal.list(CSV)
    desk.run()
    found = desk.json("ledger", "verify", "--against", str(export))
    assert (found["valid"], found["entries"]) == (True, 3)


def test_a_changed_entry_is_found(desk: Desk) -> None:
    with sqlite3.connect(desk.home / "state" / "acopio.db") as connection:
        connection.execute("UPDATE harvest_ledger SET subject = 'otra' WHERE number = 2")
    connection.close()
    found = desk.json("ledger", "verify", code=1)
    assert (found["valid"], found["first_bad"]) == (False, 2)
    assert "asiento 2" in desk.type("ledger", "verify").stdout


def test_a_payload_that_is_no_json_is_found(desk: Desk, tmp_path: Path) -> None:
    export, bad = tmp_path / "ledger.jsonl", tmp_path / "bad.jsonl"
    desk.type("ledger", "export", str(export))
    with sqlite3.connect(desk.home / "state" / "acopio.db") as connection:
        connection.execute("UPDATE harvest_ledger SET payload = 'rubbish' WHERE number = 2")
    connection.close()
    for words in ([], ["--against", str(export)]):
        found = desk.json("ledger", "verify", *words, code=1)
        assert (found["valid"], found["first_bad"]) == (False, 2)
    bad.write_bytes(b"x" * 3_000_000)
    told = desk.type("ledger", "verify", "--against", str(bad))
    assert (told.exit_code, "bad.jsonl no es una exportación" in told.stderr) == (2, True)


def test_a_chain_that_was_cut_is_found_by_its_export(desk: Desk) -> None:
    export = str(desk.home / "ledger.jsonl")
    desk.type("ledger", "export", export)
    with sqlite3.connect(desk.home / "state" / "acopio.db") as connection:
        (first,) = connection.execute("SELECT hash FROM harvest_ledger WHERE number = 1").fetchone()
        connection.execute("DELETE FROM harvest_ledger WHERE number = 2")
        connection.execute("UPDATE harvest_ledger_head SET number = 1, hash = ?", (first,))
    connection.close()
    assert desk.json("ledger", "verify")["valid"]
    found = desk.json("ledger", "verify", "--against", export, code=1)
    assert (found["valid"], found["entries"], found["first_bad"]) == (False, 1, 2)


def test_what_is_no_export_is_refused(harvested: Desk, tmp_path: Path) -> None:
    for name, content in (("a", b"[1]"), ("b", b"\xff\xfe"), ("c", b'{"x": 1}'), ("d", b"\n")):
        (tmp_path / name).write_bytes(content)
        result = harvested.type("ledger", "verify", "--against", str(tmp_path / name), "--json")
        assert (result.exit_code, result.stdout) == (2, "")
    for words in (["verify", "--against"], ["export"]):
        result = harvested.type("ledger", *words, str(tmp_path / "no" / "such"))
        assert (result.exit_code, result.stdout) == (2, "")
        assert "no/such" in result.stderr
