"""What is no longer listed: grace, limits, holds, and what an officer does about them."""

import pytest

from acopio import ledger
from acopio.demo.server import Answer
from acopio.errors import ConfigError
from acopio.pipeline import officer
from acopio.store import sources
from tests.pipeline.test_run import outcomes
from tests.pipeline.world import Shelf, World, package


def keep(here: World, *numbers: int) -> None:
    """Let the portal list only these."""
    here.portal.packages = [package(number) for number in numbers]


@pytest.fixture
def filled(here: World) -> World:
    here.fill(10)
    here.change(withdraw_after_days=0)
    here.run()
    return here


def test_a_record_missing_within_the_limit_is_withdrawn(filled: World) -> None:
    keep(filled, *range(9))
    document = filled.run()
    assert document["status"] == "succeeded"
    assert document["counts"]["withdrawn"] == 1
    assert len(filled.names()) == 9
    assert filled.run()["counts"]["withdrawn"] == 0


def test_a_missing_record_waits_out_its_grace(filled: World) -> None:
    filled.change(withdraw_after_days=7)
    keep(filled, *range(9))
    document = filled.run()
    assert (document["counts"]["missing"], document["counts"]["withdrawn"]) == (1, 0)
    assert len(filled.names()) == 10
    filled.change(withdraw_after_days=0)
    assert filled.run()["counts"]["withdrawn"] == 1


def test_one_that_returns_in_its_grace_starts_a_new_one(filled: World) -> None:
    filled.change(withdraw_after_days=7)
    keep(filled, *range(9))
    filled.run()
    keep(filled, *range(10))
    assert filled.run()["counts"]["missing"] == 0
    assert len(filled.names()) == 10


def test_what_returns_gets_its_old_id_and_name(filled: World) -> None:
    before = {release.name: number for number, release in Shelf.shown.items()}
    keep(filled, *range(9))
    filled.run()
    keep(filled, *range(10))
    filled.run()
    assert {release.name: number for number, release in Shelf.shown.items()} == before


def test_a_few_missing_are_never_held(filled: World) -> None:
    filled.change(withdraw_at_most=0.0)
    keep(filled, *range(8))
    assert filled.run()["counts"]["withdrawn"] == 2


def test_above_the_limit_only_withdrawals_are_held(filled: World) -> None:
    filled.portal.packages = [
        package(n, title="Otro" if n == 0 else f"Conjunto {n}") for n in range(7)
    ]
    document = filled.run()
    assert document["status"] == "held"
    assert document["counts"]["updated"] == 1
    assert document["counts"]["withdrawn"] == 0
    assert len(filled.names()) == 10
    assert document["plan"]["state"] == "held"


def test_approval_withdraws_at_once_grace_or_not(filled: World) -> None:
    filled.change(withdraw_after_days=7)
    keep(filled, *range(7))
    held = filled.run()
    assert held["status"] == "held"
    document = filled.document(officer.approve(filled.engine, "muni", held["plan"]["digest"]))
    assert document["status"] == "succeeded"
    assert document["counts"]["withdrawn"] == 3
    assert len(filled.names()) == 7
    kinds = [entry.kind for entry in ledger.entries(filled.engine.store)]
    assert kinds[-2:] == ["approval", "run"]


@pytest.mark.parametrize("left", [0, 4])
def test_when_more_than_half_is_missing_nothing_is_applied(filled: World, left: int) -> None:
    filled.portal.packages = [package(n, title="Otro") for n in range(left)]
    Shelf.written.clear()
    document = filled.run()
    assert document["status"] == "held"
    assert document["counts"]["held"] == left
    assert Shelf.written == []
    assert len(filled.names()) == 10
    document = filled.document(officer.approve(filled.engine, "muni"))
    assert document["counts"]["updated"] == left
    assert len(filled.names()) == left


def test_an_approval_of_a_replaced_plan_is_refused(filled: World) -> None:
    keep(filled, *range(7))
    first = filled.run()["plan"]["digest"]
    keep(filled, *range(6))
    assert filled.run()["plan"]["digest"] != first
    with pytest.raises(ConfigError, match="plan-replaced"):
        officer.approve(filled.engine, "muni", first)
    assert len(filled.names()) == 10


def test_the_same_change_has_the_same_digest(filled: World) -> None:
    keep(filled, *range(7))
    assert filled.run()["plan"]["digest"] == filled.run()["plan"]["digest"]


def test_a_rejected_change_is_held_again(filled: World) -> None:
    keep(filled, *range(7))
    filled.run()
    officer.reject(filled.engine, "muni", keep=False)
    with pytest.raises(ConfigError, match="no-held-plan"):
        officer.approve(filled.engine, "muni")
    assert filled.run()["status"] == "held"


def test_a_rejected_change_with_keep_is_not_proposed_until_the_record_returns(
    filled: World,
) -> None:
    keep(filled, *range(7))
    filled.run()
    officer.reject(filled.engine, "muni", keep=True)
    document = filled.run()
    assert (document["status"], document["counts"]["missing"]) == ("succeeded", 0)
    assert len(filled.names()) == 10
    keep(filled, *range(10))
    filled.run()
    keep(filled, *range(7))
    assert filled.run()["status"] == "held"


def test_nothing_held_nothing_approved(filled: World) -> None:
    with pytest.raises(ConfigError, match="no-held-plan"):
        officer.approve(filled.engine, "muni")


def test_an_empty_first_listing_is_never_green(here: World) -> None:
    assert here.run()["status"] == "held"


def test_an_incomplete_listing_withdraws_nothing(filled: World) -> None:
    def repeat(request):  # type: ignore[no-untyped-def]
        start = int(request.query.get("start", 0))
        return Answer(status=500) if start > 0 else None

    filled.portal.most = 5
    filled.answer = repeat
    document = filled.run()
    assert (document["listing"], document["status"]) == ("incomplete", "failed")
    assert len(filled.names()) == 10
    assert document["reason"]


def test_one_whose_own_address_says_private_is_hidden_at_once(filled: World) -> None:
    filled.change(withdraw_after_days=30)
    filled.portal.packages = [package(n, private=n == 3) for n in range(10)]
    document = filled.run()
    assert document["counts"]["withdrawn"] == 1
    assert "conjunto-3" not in filled.names()


def test_many_confirmed_private_do_not_count_towards_the_limit(filled: World) -> None:
    filled.portal.packages = [package(n, private=n < 4) for n in range(10)]
    document = filled.run()
    assert (document["status"], document["counts"]["withdrawn"]) == ("succeeded", 4)


def test_a_withdrawal_the_target_refuses_is_tried_again(filled: World) -> None:
    keep(filled, *range(9))
    Shelf.fails = staticmethod(lambda name: name == "conjunto-9")
    document = filled.run()
    assert document["status"] == "partial"
    assert document["counts"]["failed"] == 0
    Shelf.fails = staticmethod(lambda name: False)
    assert filled.run()["counts"]["withdrawn"] == 1
    assert len(filled.names()) == 9


def test_removing_a_source_keeps_or_withdraws(filled: World) -> None:
    officer.remove(filled.engine, "muni", withdraw=True)
    assert filled.names() == set()
    with pytest.raises(ConfigError, match="unknown-source"):
        filled.run()


def test_removing_a_source_can_leave_what_it_published(filled: World) -> None:
    officer.remove(filled.engine, "muni", withdraw=False)
    assert len(filled.names()) == 10


def test_a_conflict_with_an_editor_is_in_the_plan(filled: World) -> None:
    Shelf.editors = {"conjunto-0": frozenset({"title"}), "conjunto-1": frozenset({"notes"})}
    filled.portal.packages = [package(n, title=f"Nuevo {n}") for n in range(10)]
    rows = {row["name"]: row["action"] for row in filled.run(dry_run=True)["datasets"]}
    assert rows["conjunto-0"] == "conflict"
    assert rows["conjunto-1"] == "update"


# --- rulings ------------------------------------------------------------------------------------


def test_an_officer_withholds_and_gives_back(filled: World) -> None:
    document = filled.document(officer.decide(filled.engine, "conjunto-1", "withhold", "error"))
    assert outcomes(document) == {"conjunto-1": "withheld"}
    assert "conjunto-1" not in filled.names()
    assert filled.run()["counts"]["withheld"] == 1
    officer.decide(filled.engine, "conjunto-1", "auto", "corregido")
    assert "conjunto-1" in filled.names()


def test_a_pinned_version_stays(filled: World) -> None:
    officer.decide(filled.engine, "conjunto-1", "pin", "citado en un informe")
    filled.portal.packages = [package(n, title=f"Nuevo {n}") for n in range(10)]
    document = filled.run()
    assert outcomes(document)["conjunto-1"] == "kept_last_good"
    titles = {release.name: release.dataset.title for release in Shelf.shown.values()}
    assert (titles["conjunto-1"], titles["conjunto-2"]) == ("Conjunto 1", "Nuevo 2")


def test_publish_passes_the_gate_but_not_with_persons(filled: World) -> None:
    from tests.pipeline.test_run import HTML, PERSONS

    filled.put(1, HTML)
    filled.put(2, PERSONS)
    for name in ("conjunto-1", "conjunto-2"):
        officer.decide(filled.engine, name, "publish", "revisado")
    assert "conjunto-1" in filled.names()
    assert "conjunto-2" not in filled.names()


def test_a_takedown_removes_at_once_and_stays(filled: World) -> None:
    officer.takedown(filled.engine, "conjunto-4", "orden judicial")
    assert "conjunto-4" not in filled.names()
    document = filled.run(force=True)
    assert outcomes(document)["conjunto-4"] == "withheld"
    assert "conjunto-4" not in filled.names()


def test_a_takedown_does_not_wait_for_a_running_source(filled: World) -> None:
    from acopio.store import leases

    leases.acquire(filled.engine.store, "source:muni", "elsewhere/1:1")
    officer.takedown(filled.engine, "conjunto-4", "orden judicial")
    assert "conjunto-4" not in filled.names()


def test_a_takedown_during_a_run_wins(filled: World) -> None:
    filled.portal.packages = [package(n, title=f"Nuevo {n}") for n in range(10)]

    def take_down(name: str) -> bool:
        if name == "conjunto-4":
            Shelf.fails = staticmethod(lambda name: False)
            officer.takedown(filled.engine, "conjunto-4", "orden judicial")
        return False

    Shelf.fails = staticmethod(take_down)
    filled.run()
    assert "conjunto-4" not in filled.names()


def test_a_decision_is_in_the_ledger_without_its_reason(filled: World) -> None:
    officer.decide(filled.engine, "conjunto-1", "withhold", "pide PERSONA UNO")
    entries = list(ledger.entries(filled.engine.store))
    assert any(entry.kind == "decision" for entry in entries)
    assert "PERSONA" not in str(entries)


def test_an_unknown_dataset_is_refused(filled: World) -> None:
    with pytest.raises(ConfigError, match="unknown-dataset"):
        officer.decide(filled.engine, "nada", "withhold", "x")


# --- a target that shows again what was taken back ----------------------------------------------


def shown_again(filled: World, name: str) -> None:
    """Let somebody show at the target what was taken back there."""
    before = dict(Shelf.shown)
    officer.takedown(filled.engine, name, "orden judicial")
    Shelf.shown.update(before)


def test_a_second_takedown_takes_down_again(filled: World) -> None:
    shown_again(filled, "conjunto-4")
    document = filled.document(officer.takedown(filled.engine, "conjunto-4", "orden judicial"))
    assert document["status"] == "succeeded"
    assert "conjunto-4" not in filled.names()


def test_a_second_takedown_that_a_target_refuses_has_failed(filled: World) -> None:
    shown_again(filled, "conjunto-4")
    Shelf.fails = staticmethod(lambda name: name == "conjunto-4")
    document = filled.document(officer.takedown(filled.engine, "conjunto-4", "orden judicial"))
    assert document["status"] == "failed"
    assert "conjunto-4" in filled.names()


def test_the_next_run_takes_back_what_is_withheld(filled: World) -> None:
    shown_again(filled, "conjunto-4")
    assert outcomes(filled.run())["conjunto-4"] == "withheld"
    assert "conjunto-4" not in filled.names()


@pytest.mark.parametrize("how", ["takedown", "absence", "kept"])
def test_removing_a_source_takes_back_all_it_ever_published(filled: World, how: str) -> None:
    everything = dict(Shelf.shown)
    if how == "takedown":
        officer.takedown(filled.engine, "conjunto-9", "orden judicial")
    else:
        keep(filled, *range(9 if how == "absence" else 7))
        filled.run()
    if how == "kept":
        officer.reject(filled.engine, "muni", keep=True)
    Shelf.shown.update(everything)
    officer.remove(filled.engine, "muni", withdraw=True)
    assert filled.names() == set()


def test_a_target_that_was_removed_keeps_nobody_from_withdrawing_again(filled: World) -> None:
    officer.takedown(filled.engine, "conjunto-4", "orden judicial")
    filled.change(targets=("portal",))
    with filled.engine.store.write() as connection:
        sources.forget_target(connection, "shelf")
    document = filled.document(officer.takedown(filled.engine, "conjunto-4", "orden judicial"))
    assert document["status"] == "succeeded"
