"""``acopio job``: runs, past and present."""

import json
import subprocess
import sys

from tests.cli.desk import COUNTS, Desk
from tests.pipeline.world import CSV

FINDING = {"code", "severity", "message", "resource", "row", "field", "evidence", "fix"}


def test_the_list_has_the_contracts_shape(harvested: Desk) -> None:
    (job,) = harvested.json("job", "list")["jobs"]
    assert {"id", "source", "status", "started", "finished", "counts"} <= set(job)
    assert (job["source"], job["status"]) == ("muni", "succeeded")
    assert job["started"] < job["finished"]
    assert set(job["counts"]) == COUNTS
    assert harvested.json("job", "list", "--source", "muni")["jobs"] == [job]
    assert harvested.type("job", "list", "--source", "nadie").exit_code == 2


def test_a_job_is_one_run_with_every_finding(harvested: Desk) -> None:
    (listed,) = harvested.json("job", "list")["jobs"]
    run = harvested.json("job", "show", listed["id"])
    assert (run["job"], run["counts"]) == (listed["id"], listed["counts"])
    assert len(run["datasets"]) == 5
    for one in run["datasets"]:
        found = one["findings_list"]
        assert all(set(finding) == FINDING for finding in found)
        severities = [finding["severity"] for finding in found]
        assert one["findings"] == {s: severities.count(s) for s in ("error", "warning", "info")}
    found = next(d for d in run["datasets"] if d["name"] == "conjunto-2")["findings_list"]
    (ragged,) = [finding for finding in found if finding["code"] != "dictionary-missing"]
    assert (ragged["code"], ragged["row"], ragged["severity"]) == ("extra-cell", 3, "error")
    assert ragged["message"]
    assert ragged["fix"]


def test_a_job_holds_nobodys_number(harvested: Desk) -> None:
    (listed,) = harvested.json("job", "list")["jobs"]
    for words in (["job", "show", listed["id"], "--json"], ["job", "show", listed["id"]]):
        assert "99999901" not in harvested.type(*words).output


def test_the_beginning_of_an_id_is_enough(harvested: Desk) -> None:
    (listed,) = harvested.json("job", "list")["jobs"]
    told = harvested.type("job", "list").stdout
    assert listed["id"][:8] in told
    assert harvested.json("job", "show", listed["id"][:8])["job"] == listed["id"]
    for wrong in ("", listed["id"][:3], "%%%%%%", "nadie"):
        result = harvested.type("job", "show", wrong, "--json")
        assert (result.exit_code, result.stdout) == (2, "")


def test_people_read_findings_by_code_with_their_remedy(harvested: Desk) -> None:
    (listed,) = harvested.json("job", "list")["jobs"]
    told = harvested.type("job", "show", listed["id"]).stdout
    assert "ERROR extra-cell" in told
    assert "→" in told
    english = harvested.type("job", "show", listed["id"], ACOPIO_LANG="en").stdout
    assert "withheld" in english
    assert english != told


def test_there_are_none_yet(desk: Desk) -> None:
    assert desk.json("job", "list") == {"jobs": []}
    assert "acopio run" in desk.type("job", "list").stdout


def test_a_job_that_ended_cannot_be_cancelled(harvested: Desk) -> None:
    (listed,) = harvested.json("job", "list")["jobs"]
    result = harvested.type("job", "cancel", listed["id"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "correcta" in result.stderr


def test_a_running_job_ends_when_asked_and_only_one_runs(desk: Desk) -> None:
    desk.portal.list(*[CSV] * 20)
    desk.portal.open.clear()
    process = subprocess.Popen(
        [sys.executable, "-m", "acopio", "run", "muni", "--json"],
        env=desk.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert desk.portal.asked.wait(30)
        (job,) = desk.json("job", "list")["jobs"]
        assert (job["status"], job["finished"]) == ("running", None)
        assert job["counts"]["listed"] == 20
        busy = desk.type("run", "muni", "--json")
        assert (busy.exit_code, busy.stdout) == (2, "")
        assert "«muni»" in busy.stderr
        assert desk.type("job", "cancel", job["id"][:8]).exit_code == 0
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert json.loads(out)["runs"][0]["status"] == "cancelled"
    assert desk.json("job", "show", job["id"], code=0)["status"] == "cancelled"
