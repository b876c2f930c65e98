"""``acopio run``: its document, its exit codes, what its options do, how it is ended."""

import json
import signal
import subprocess
import sys

import pytest

from tests.cli.desk import COUNTED, COUNTS, FATES, HTML, RAGGED, SEMICOLON, Desk
from tests.pipeline.world import CSV

ENGLISH = {"ACOPIO_LANG": "en"}


def test_the_document_has_the_contracts_shape(desk: Desk) -> None:
    desk.portal.list(*FATES)
    result = desk.type("run", "muni", "--json")
    assert result.exit_code == 1
    assert result.stderr == ""
    (run,) = json.loads(result.stdout)["runs"]
    assert (run["source"], run["status"], run["listing"]) == ("muni", "succeeded", "complete")
    assert (run["dry_run"], run["reason"], run["errors"]) == (False, None, [])
    assert set(run["counts"]) == COUNTS
    assert run["counts"]["listed"] == sum(run["counts"][name] for name in COUNTED) == 5
    assert (run["counts"]["created"], run["counts"]["withheld"]) == (3, 2)
    assert run["requests"] >= 6
    assert run["bytes"] > 0
    assert run["seconds"] > 0
    fates = {one["id"]: one for one in run["datasets"]}
    clean, withheld = fates["id-00000"], fates["id-00003"]
    assert (clean["name"], clean["outcome"]) == ("conjunto-0", "created")
    # There is no data dictionary in this world: worth knowing, no fault.
    assert clean["findings"] == {"error": 0, "warning": 0, "info": 1}
    assert clean["reason"] is None
    (publication,) = clean["publications"]
    assert (publication["target"], publication["state"]) == ("carpeta", "created")
    assert publication["id"]
    assert publication["error"] is None
    assert (withheld["outcome"], withheld["publications"]) == ("withheld", [])
    assert "html-instead-of-data" in withheld["reason"]
    assert desk.shown() == {"conjunto-0", "conjunto-1", "conjunto-2"}


def test_a_clean_run_exits_with_0_and_so_does_the_next(desk: Desk) -> None:
    desk.portal.list(CSV, CSV)
    assert desk.run()["counts"]["created"] == 2
    assert desk.run()["counts"]["unchanged"] == 2


@pytest.mark.parametrize("body", [SEMICOLON, RAGGED, HTML])
def test_what_was_found_before_counts_again(desk: Desk, body: bytes) -> None:
    desk.portal.list(body)
    first, again = desk.run(code=1), desk.run(code=1)
    assert again["datasets"][0]["findings"] == first["datasets"][0]["findings"]
    assert sum(again["datasets"][0]["findings"].values()) > 0
    desk.run("--dry-run", code=1)


def test_a_dry_run_plans_and_asks_for_no_file(desk: Desk) -> None:
    desk.portal.list(CSV, HTML)
    run = desk.run("--dry-run")
    assert (run["dry_run"], run["counts"]["created"]) == (True, 2)
    assert not desk.portal.asked.is_set()
    assert desk.shown() == set()
    assert desk.json("dataset", "list") == {"datasets": []}


def test_a_dry_run_with_files_judges_and_publishes_nothing(desk: Desk) -> None:
    desk.portal.list(CSV, HTML)
    run = desk.run("--dry-run", "--with-files", code=1)
    assert (run["counts"]["created"], run["counts"]["withheld"]) == (1, 1)
    assert desk.shown() == set()
    assert desk.run(code=1)["counts"]["created"] == 1


def test_a_dry_run_says_again_what_is_withheld(desk: Desk) -> None:
    desk.portal.list(CSV, HTML)
    desk.run(code=1)
    run = desk.run("--dry-run", code=1)
    assert (run["counts"]["unchanged"], run["counts"]["withheld"]) == (1, 1)
    (withheld,) = (one for one in run["datasets"] if one["outcome"] == "withheld")
    assert "html-instead-of-data" in withheld["reason"]


def test_with_files_goes_with_a_dry_run(desk: Desk) -> None:
    result = desk.type("run", "muni", "--with-files")
    assert result.exit_code == 2
    assert "--dry-run" in result.stderr


def test_max_items_cuts_the_listing_and_withdraws_nothing(desk: Desk) -> None:
    desk.portal.list(CSV, CSV, CSV)
    run = desk.run("--max-items", "2", code=1)
    assert (run["status"], run["listing"], run["counts"]["listed"]) == ("partial", "incomplete", 2)
    assert run["reason"]
    rest = desk.run()["counts"]
    assert (rest["created"], rest["unchanged"], rest["withdrawn"]) == (1, 2, 0)
    assert desk.shown() == {"conjunto-0", "conjunto-1", "conjunto-2"}
    assert desk.type("run", "muni", "--max-items", "0").exit_code == 2


def test_force_fetches_again_what_looks_unchanged(desk: Desk) -> None:
    body = b"codigo,monto\n" + b"".join(b"%06d,30\n" % number for number in range(5000))
    desk.portal.list(body)
    desk.run()
    quiet, forced = desk.run(), desk.run("--force")
    assert forced["counts"]["unchanged"] == 1
    assert quiet["bytes"] < len(body) <= forced["bytes"]


def test_a_source_that_is_down_is_a_job_that_failed(desk: Desk) -> None:
    desk.set_up(url="http://127.0.0.1:1")
    run = desk.run(code=1)
    assert (run["status"], run["counts"]["listed"], run["datasets"]) == ("failed", 0, [])
    assert run["reason"]
    assert [error["code"] for error in run["errors"]] == ["unreachable"]
    assert run["errors"][0]["message"] == run["reason"]
    assert run["errors"][0]["record"] is None
    told = desk.type("run", "muni")
    assert told.exit_code == 1
    assert told.stdout.count(run["reason"]) == 1


def test_what_cannot_begin_exits_with_2_and_leaves_nothing(desk: Desk) -> None:
    for words in (["run"], ["run", "nadie"], ["run", "muni", "nadie"]):
        result = desk.type(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr
    assert desk.json("job", "list") == {"jobs": []}


def test_a_source_without_its_target_says_which(desk: Desk) -> None:
    lost = {"kind": "ckan", "url": desk.url, "owner": "muni", "targets": ["nacional"]}
    assert desk.type("source", "add", desk.file("s.toml", {"muni": lost})).exit_code == 0
    result = desk.type("run", "muni", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "«nacional»" in result.stderr
    assert "«muni»" in result.stderr
    assert "carpeta" in result.stderr
    assert desk.json("job", "list") == {"jobs": []}


def test_of_several_sources_one_done_is_enough(desk: Desk) -> None:
    desk.portal.list(CSV)
    homeless = {"kind": "ckan", "url": desk.url, "owner": "xx", "targets": ["nacional"]}
    desk.type("source", "add", desk.file("x.toml", {"otra": homeless, "otra2": homeless}))
    result = desk.type("run", "otra", "muni", "--json")
    assert result.exit_code == 1
    assert [run["source"] for run in json.loads(result.stdout)["runs"]] == ["muni"]
    assert "«otra»" in result.stderr
    none = desk.type("run", "otra", "otra2", "--json")
    assert (none.exit_code, json.loads(none.stdout)) == (2, {"runs": []})


def test_a_source_named_twice_runs_once(desk: Desk) -> None:
    desk.portal.list(CSV)
    assert len(desk.json("run", "muni", "muni")["runs"]) == 1


def test_people_read_what_needs_them_first(desk: Desk) -> None:
    desk.portal.list(*FATES)
    result = desk.type("run", "muni")
    assert result.exit_code == 1
    rows = [line.split()[:2] for line in result.stdout.splitlines() if " conjunto-" in line]
    assert [outcome for outcome, _ in rows] == ["retenido"] * 2 + ["creado"] * 3
    assert rows[2:] == [["creado", f"conjunto-{n}"] for n in (2, 1, 0)]
    assert "5 datasets: 3 creados, 2 retenidos." in result.stdout
    assert "1 error" in result.stdout
    assert "acopio job show" in result.stdout
    english = desk.type("run", "muni", **ENGLISH)
    assert "3 unchanged, 2 withheld" in english.stdout


def test_nothing_happened_is_said_in_two_lines(desk: Desk) -> None:
    desk.portal.list(CSV)
    desk.run()
    lines = desk.type("run", "muni").stdout.splitlines()
    assert lines[0] == "muni: ejecución correcta. 1 dataset: 1 sin cambios."
    assert len(lines) == 2


def test_a_trial_says_it_is_one(desk: Desk) -> None:
    desk.portal.list(CSV)
    told = desk.type("run", "muni", "--dry-run").stdout
    assert "ensayo" in told
    assert "no se publicó nada" in told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_cleanly(desk: Desk, number: signal.Signals) -> None:
    desk.portal.list(*[CSV] * 30)
    desk.portal.open.clear()
    process = subprocess.Popen(
        [sys.executable, "-m", "acopio", "run", "muni", "--json"],
        env=desk.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert desk.portal.asked.wait(30)
        process.send_signal(number)
        desk.portal.open.set()
        out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (1, "")
    (run,) = json.loads(out)["runs"]
    assert run["status"] == "cancelled"
    assert run["reason"]
    assert run["counts"]["listed"] == sum(run["counts"][name] for name in COUNTED) == 30
    assert run["counts"]["held"] > 0
    assert desk.json("job", "list")["jobs"][0]["status"] == "cancelled"
    assert desk.json("ledger", "verify")["valid"]
    finished = desk.run()
    assert finished["counts"]["failed"] == 0
    assert len(desk.shown()) == 30
