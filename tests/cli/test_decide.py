"""``acopio decide`` and ``acopio takedown``: an officer's word on one dataset."""

import subprocess
import sys

from tests.cli.desk import HTML, PERSONS, RAGGED, Desk
from tests.pipeline.world import CSV


def ruling(desk: Desk, name: str = "conjunto-0") -> object:
    """Return the ruling the dataset is shown with."""
    return desk.json("dataset", "show", name)["ruling"]


def test_withheld_published_again_and_given_back_to_the_gate(desk: Desk) -> None:
    desk.portal.list(CSV)
    desk.run()
    withheld = desk.type("decide", "conjunto-0", "withhold", "--reason", "en revisión")
    assert "retenido" in withheld.stdout
    assert desk.shown() == set()
    assert desk.run()["counts"]["withheld"] == 1
    shown = desk.type("dataset", "show", "conjunto-0").stdout
    assert "en revisión" in shown
    assert desk.type("decide", "conjunto-0", "auto", "--reason", "revisado").exit_code == 0
    assert desk.shown() == {"conjunto-0"}
    assert ruling(desk) is None


def test_past_the_gate_but_never_with_persons(desk: Desk) -> None:
    desk.set_up(gate="strict")
    desk.portal.list(RAGGED, PERSONS)
    assert desk.run(code=1)["counts"]["withheld"] == 2
    for number, shown in ((0, {"conjunto-0"}), (1, {"conjunto-0"})):
        result = desk.type("decide", f"conjunto-{number}", "publish", "--reason", "x")
        assert result.exit_code == 1
        assert desk.shown() == shown
    assert "datos personales" in result.stdout


def test_a_pinned_version_stays(desk: Desk) -> None:
    desk.portal.list(CSV)
    desk.run()
    until = ["--until", "2999-12-31"]
    assert desk.type("decide", "conjunto-0", "pin", "--reason", "x", *until).exit_code == 0
    desk.portal.put(CSV + b"010103,30\n")
    assert desk.run()["counts"]["kept_last_good"] == 1
    assert ruling(desk) == {"action": "pin", "reason": "x", "until": "2999-12-31"}


def test_a_ruling_wants_a_reason_a_dataset_and_a_date(desk: Desk) -> None:
    desk.portal.list(CSV)
    desk.run()
    entries = desk.json("ledger", "verify")["entries"]
    for words in (
        ["conjunto-0", "withhold"],
        ["conjunto-0", "borrar", "--reason", "x"],
        ["nada", "withhold", "--reason", "x"],
        ["conjunto-0", "withhold", "--reason", "x", "--until", "mañana"],
    ):
        result = desk.type("decide", *words)
        assert (result.exit_code, result.stdout) == (2, "")
    assert desk.json("ledger", "verify")["entries"] == entries


def test_while_its_source_runs_a_ruling_waits_and_a_takedown_does_not(desk: Desk) -> None:
    desk.portal.list(CSV)
    desk.run()
    desk.portal.open.clear()
    desk.portal.asked.clear()
    process = subprocess.Popen(
        [sys.executable, "-m", "acopio", "run", "muni"],
        env=desk.environment,
        stdout=subprocess.DEVNULL,
    )
    with process:
        assert desk.portal.asked.wait(30)
        busy = desk.type("decide", "conjunto-0", "withhold", "--reason", "x")
        assert (busy.exit_code, busy.stdout) == (2, "")
        assert ruling(desk) is None
        assert desk.type("takedown", "conjunto-0", "--reason", "x").exit_code == 0
        assert desk.shown() == set()
        desk.portal.open.set()
        process.wait(30)
    assert desk.shown() == set()


def test_a_takedown_removes_at_once_and_for_good(desk: Desk) -> None:
    desk.portal.list(CSV, CSV)
    desk.run()
    result = desk.type("takedown", "conjunto-0", "--reason", "lo ordena un juez")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "«conjunto-0»" in result.stdout
    assert desk.shown() == {"conjunto-1"}
    assert desk.run()["counts"]["withheld"] == 1
    desk.portal.put(HTML, CSV)
    assert desk.run()["counts"]["kept_last_good"] == 0
    assert desk.type("takedown", "nada", "--reason", "x").exit_code == 2
    assert desk.type("takedown", "conjunto-1").exit_code == 2


def test_a_takedown_needs_no_source(desk: Desk) -> None:
    desk.portal.list(CSV)
    desk.run()
    desk.type("source", "remove", "muni", "--keep")
    assert desk.shown() == {"conjunto-0"}
    assert desk.type("takedown", "conjunto-0", "--reason", "x").exit_code == 0
    assert desk.shown() == set()
    assert b"conjunto-0" not in (desk.published / "data.json").read_bytes()


def test_a_takedown_a_target_refuses_is_not_called_done(desk: Desk) -> None:
    desk.portal.list(CSV)
    desk.run()
    desk.type("target", "remove", "carpeta")
    (desk.home / "file").write_text("in the way")
    copies = {"kind": "folder", "url": f"file://{desk.home}/file/x"}
    desk.type("target", "add", desk.file("t.toml", {"otra": copies}))
    desk.set_up(targets=["carpeta"])
    desk.run()
    desk.type("target", "add", desk.file("t.toml", {"carpeta": copies}))
    result = desk.type("takedown", "conjunto-0", "--reason", "x")
    assert result.exit_code == 1
    assert "algún destino aún lo muestra" in result.stderr
