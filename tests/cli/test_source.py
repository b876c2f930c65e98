"""``acopio source``: what is taken, refused, changed and removed; each change is in the ledger."""

import json
import tomllib
from pathlib import Path

from tests.cli.desk import Desk
from tests.pipeline.world import CSV


def entries(desk: Desk) -> list[tuple[str, str]]:
    """Return kind and subject of each entry of the ledger."""
    file = desk.home / "ledger.jsonl"
    assert desk.type("ledger", "export", str(file)).exit_code == 0
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [(line["kind"], line["subject"]) for line in lines]


def test_the_list_has_the_contracts_shape(desk: Desk) -> None:
    daily = desk.source(schedule="0 3 * * *", timezone="America/Lima")
    asleep = desk.source(schedule="0 3 * * *", enabled=False)
    file = desk.file("s.toml", {"diaria": daily, "dormida": asleep})
    assert desk.type("source", "add", file).exit_code == 0
    found = {one["name"]: one for one in desk.json("source", "list")["sources"]}
    assert set(found) == {"diaria", "dormida", "muni"}
    assert {"name", "kind", "url", "enabled", "next_run"} <= set(found["muni"])
    assert (found["muni"]["kind"], found["muni"]["url"]) == ("ckan", desk.url)
    assert (found["muni"]["enabled"], found["muni"]["next_run"]) == (True, None)
    assert "T03:00:00-05:00" in found["diaria"]["next_run"]
    assert (found["dormida"]["enabled"], found["dormida"]["next_run"]) == (False, None)
    told = desk.type("source", "list").stdout
    assert "a mano" in told
    assert desk.url in told


def test_adding_again_says_so_and_writes_nothing(desk: Desk) -> None:
    before = entries(desk)
    result = desk.type("source", "add", str(desk.home / "s.toml"))
    assert result.exit_code == 0
    assert "«muni»: ya estaba, sin cambios" in result.stdout
    assert entries(desk) == before


def test_a_changed_source_is_updated_and_in_the_ledger(desk: Desk) -> None:
    before = entries(desk)
    file = desk.file("s.toml", {"muni": desk.source(title="Otra")})
    result = desk.type("source", "add", file)
    assert (result.exit_code, "actualizada" in result.stdout) == (0, True)
    assert entries(desk) == [*before, ("source", "muni")]
    assert desk.json("source", "show", "muni")["title"] == "Otra"


def test_all_tables_of_a_file_or_none(desk: Desk) -> None:
    broken = {"buena": desk.source(), "mala": desk.source(kind="nada"), "peor": desk.source(x=1)}
    result = desk.type("source", "add", desk.file("s.toml", broken))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "s.toml" in result.stderr
    assert "kind" in result.stderr
    assert [one["name"] for one in desk.json("source", "list")["sources"]] == ["muni"]


def test_what_is_no_source_file_is_refused(desk: Desk) -> None:
    (desk.home / "bad.toml").write_text("[muni\n", "utf-8")
    (desk.home / "empty.toml").write_text("", "utf-8")
    (desk.home / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    for name in ("bad.toml", "empty.toml", "bytes.toml", "missing.toml", "."):
        result = desk.type("source", "add", str(desk.home / name))
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr


def test_a_forbidden_address_is_refused(desk: Desk) -> None:
    for url in ("http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1]:8000/"):
        result = desk.type("source", "add", desk.file("s.toml", {"dentro": desk.source(url=url)}))
        assert (result.exit_code, result.stdout) == (2, "")
        assert "ACOPIO_ALLOWED_PRIVATE_HOSTS" in result.stderr
    unknown = {"lejos": desk.source(url="http://portal.invalid/")}
    assert desk.type("source", "add", desk.file("s.toml", unknown)).exit_code == 0


def test_an_exported_source_is_the_same_when_added(desk: Desk) -> None:
    told = desk.type("source", "export")
    assert tomllib.loads(told.stdout)["muni"]["url"] == desk.url
    (desk.home / "back.toml").write_text(told.stdout, "utf-8")
    again = desk.type("source", "add", str(desk.home / "back.toml"))
    assert "sin cambios" in again.stdout
    assert desk.type("source", "export", "muni").stdout == told.stdout
    assert desk.type("source", "show", "muni").stdout == told.stdout
    assert desk.type("source", "export", "nadie").exit_code == 2


def test_a_paused_source_keeps_off_its_schedule(desk: Desk) -> None:
    before = entries(desk)
    assert desk.type("source", "pause", "muni").exit_code == 0
    assert desk.type("source", "pause", "muni").exit_code == 0
    assert not desk.json("source", "list")["sources"][0]["enabled"]
    assert desk.type("source", "resume", "muni").exit_code == 0
    assert desk.json("source", "list")["sources"][0]["enabled"]
    assert entries(desk) == [*before, ("source", "muni"), ("source", "muni")]
    assert desk.type("source", "pause", "nadie").exit_code == 2


def test_removing_wants_to_know_what_becomes_of_what_was_published(desk: Desk) -> None:
    for words in ([], ["--keep", "--withdraw"]):
        result = desk.type("source", "remove", "muni", *words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "--keep" in result.stderr
        assert "--withdraw" in result.stderr
    assert len(desk.json("source", "list")["sources"]) == 1
    assert desk.type("source", "remove", "nadie", "--keep").exit_code == 2


def test_a_source_removed_and_kept_stays_where_it_was(desk: Desk) -> None:
    desk.portal.list(CSV)
    desk.run()
    assert desk.type("source", "remove", "muni", "--keep").exit_code == 0
    assert desk.json("source", "list") == {"sources": []}
    assert desk.shown() == {"conjunto-0"}
    assert desk.type("run", "muni").exit_code == 2


def test_a_source_removed_and_withdrawn_is_gone(desk: Desk) -> None:
    desk.portal.list(CSV, CSV)
    desk.run()
    assert desk.type("source", "remove", "muni", "--withdraw").exit_code == 0
    assert desk.json("source", "list") == {"sources": []}
    assert desk.shown() == set()
    states = [one["state"] for one in desk.json("dataset", "list")["datasets"]]
    assert states == ["withdrawn", "withdrawn"]
    assert entries(desk)[-1] == ("source", "muni")


def test_there_are_none_yet(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "", portal=None)  # type: ignore[arg-type]
    assert desk.json("source", "list") == {"sources": []}
    assert "acopio source add" in desk.type("source", "list").stdout
