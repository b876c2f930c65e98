"""``acopio plan``: what is shown, what may be approved, and what a rejection means."""

import pytest

from tests.cli.desk import FATES, Desk
from tests.pipeline.world import CSV, package

ACTIONS = {"create", "update", "check", "unchanged", "withdraw", "conflict"}


@pytest.fixture
def held(desk: Desk) -> Desk:
    """A desk whose portal lost two fifths of what it listed: their withdrawal waits."""
    desk.portal.list(*[CSV] * 10)
    desk.run()
    desk.portal.list(*[CSV] * 6)
    run = desk.run(code=1)
    assert (run["status"], run["counts"]["unchanged"]) == ("held", 6)
    return desk


def test_a_plan_has_the_contracts_shape(desk: Desk) -> None:
    desk.portal.list(CSV, CSV)
    desk.run("--dry-run")
    plan = desk.json("plan", "show", "muni")
    assert (plan["source"], plan["state"], plan["reason"]) == ("muni", "proposed", None)
    assert plan["job"] == desk.json("job", "list")["jobs"][0]["id"]
    assert plan["counts"] == dict.fromkeys(ACTIONS, 0) | {"create": 2}
    assert len(plan["digest"]) == 64
    assert plan["changes"] == [
        {"action": "create", "id": f"id-0000{n}", "name": f"conjunto-{n}", "title": f"Conjunto {n}"}
        for n in (0, 1)
    ]


def test_a_plan_that_ran_was_applied_and_the_next_checks(desk: Desk) -> None:
    desk.portal.list(CSV, CSV)
    desk.run()
    assert desk.json("plan", "show", "muni")["state"] == "applied"
    desk.portal.ckan.packages = [package(0, title="Otro"), package(1)]
    desk.run("--dry-run")
    changes = desk.json("plan", "show", "muni")["changes"]
    assert [(one["action"], one["title"]) for one in changes] == [
        ("update", "Otro"),
        ("check", "Conjunto 1"),
    ]


def test_what_stays_is_listed_too(desk: Desk) -> None:
    desk.set_up(recheck_days=30)
    desk.portal.list(CSV)
    desk.run()
    desk.run()
    plan = desk.json("plan", "show", "muni")
    assert plan["counts"]["unchanged"] == 1
    assert [one["action"] for one in plan["changes"]] == ["unchanged"]
    assert "1 sin cambios" in desk.type("plan", "show", "muni").stdout


def test_a_source_without_a_plan_says_how_to_make_one(desk: Desk) -> None:
    result = desk.type("plan", "show", "muni", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "acopio run muni --dry-run" in result.stderr
    assert desk.type("plan", "show", "nadie").exit_code == 2


def test_a_held_plan_is_shown_with_the_commands_that_decide(held: Desk) -> None:
    plan = held.json("plan", "show", "muni")
    assert plan["state"] == "held"
    assert "4" in plan["reason"]
    assert (plan["counts"]["withdraw"], plan["counts"]["check"]) == (4, 6)
    told = held.type("plan", "show", "muni").stdout
    assert f"acopio plan approve muni --plan {plan['digest']}" in told
    assert "4 por retirar" in told


def test_an_approved_plan_is_applied_at_once(held: Desk) -> None:
    digest = held.json("plan", "show", "muni")["digest"]
    result = held.type("plan", "approve", "muni", "--plan", digest)
    assert result.exit_code == 0, result.output
    assert len(held.shown()) == 6
    assert held.json("plan", "show", "muni")["state"] == "approved"
    again = held.type("plan", "approve", "muni")
    assert (again.exit_code, again.stdout) == (2, "")


def test_a_plan_that_was_replaced_is_not_approved(held: Desk) -> None:
    old = held.json("plan", "show", "muni")["digest"]
    held.portal.list(*[CSV] * 7)
    held.run(code=1)
    result = held.type("plan", "approve", "muni", "--plan", old)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(held.shown()) == 10
    assert held.json("plan", "show", "muni")["digest"] in result.stderr


def test_a_trial_or_a_ruling_does_not_replace_what_waits(held: Desk) -> None:
    digest = held.json("plan", "show", "muni")["digest"]
    held.portal.list(*[CSV] * 10)
    held.run("--dry-run")
    assert held.type("decide", "conjunto-0", "pin", "--reason", "x").exit_code == 0
    assert held.json("plan", "show", "muni")["digest"] == digest
    assert held.type("plan", "approve", "muni", "--plan", digest).exit_code == 0
    assert len(held.shown()) == 6


def test_a_rejected_plan_waits_again(held: Desk) -> None:
    assert held.type("plan", "reject", "muni").exit_code == 0
    assert held.json("plan", "show", "muni")["state"] == "rejected"
    assert held.run(code=1)["status"] == "held"
    assert len(held.shown()) == 10


def test_a_plan_rejected_for_good_is_not_proposed_again(held: Desk) -> None:
    assert held.type("plan", "reject", "muni", "--keep").exit_code == 0
    assert held.run()["status"] == "succeeded"
    assert len(held.shown()) == 10
    assert held.type("plan", "reject", "muni").exit_code == 2


def test_where_more_than_half_is_gone_nothing_moves(desk: Desk) -> None:
    desk.portal.list(*FATES)
    desk.run(code=1)
    desk.portal.list()
    run = desk.run(code=1)
    assert (run["status"], run["counts"]["listed"]) == ("held", 0)
    assert len(desk.shown()) == 3
    told = desk.type("run", "muni").stdout
    assert "acopio plan show muni" in told


def test_the_plan_of_a_trial_offers_nothing_to_approve(desk: Desk) -> None:
    desk.portal.list(*[CSV] * 4)
    desk.run()
    desk.portal.list(CSV)
    assert desk.run("--dry-run", code=1)["status"] == "held"
    told = desk.type("plan", "show", "muni").stdout
    assert "ensayo" in told
    assert "plan approve muni --plan" not in told
    assert desk.type("plan", "approve", "muni").exit_code == 2
