"""``acopio gate try``: another gate over what was found, without asking anybody."""

from tests.cli.desk import HTML, RAGGED, Desk
from tests.pipeline.world import CSV


def test_the_same_gate_would_change_nothing(harvested: Desk) -> None:
    found = harvested.json("gate", "try", "muni", "--gate", "standard")
    assert (found["source"], found["gate"], found["tried"]) == ("muni", "standard", "standard")
    assert (found["judged"], found["changed"], found["datasets"]) == (5, 0, [])


def test_a_stricter_gate_withholds_what_has_errors(harvested: Desk) -> None:
    (one,) = harvested.json("gate", "try", "muni", "--gate", "strict")["datasets"]
    assert (one["id"], one["name"]) == ("id-00002", "conjunto-2")
    assert (one["now"], one["then"], one["family"]) == ("published", "withheld", "other")


def test_a_lenient_gate_publishes_all_but_persons(harvested: Desk) -> None:
    found = harvested.json("gate", "try", "muni", "--gate", "lenient")
    then = {one["name"]: (one["now"], one["then"]) for one in found["datasets"]}
    assert then == {"conjunto-3": ("withheld", "published")}


def test_people_read_how_many_and_why(harvested: Desk) -> None:
    told = harvested.type("gate", "try", "muni", "--gate", "report-only").stdout
    assert "5 datasets juzgados, 3 cambiarían" in told
    assert "la compuerta no publica nada" in told
    one = harvested.type("gate", "try", "muni", "--gate", "strict", ACOPIO_LANG="en").stdout
    assert "1 would change" in one
    assert "other errors" in one


def test_an_unknown_source_or_gate(harvested: Desk) -> None:
    assert harvested.type("gate", "try", "nadie", "--gate", "strict").exit_code == 2
    assert harvested.type("gate", "try", "muni", "--gate", "suave").exit_code == 2
    assert harvested.type("gate", "try", "muni").exit_code == 2


def test_rulings_and_last_good_versions_are_taken_into_account(desk: Desk) -> None:
    desk.portal.list(RAGGED, CSV, RAGGED)
    desk.run(code=1)
    desk.type("decide", "conjunto-0", "publish", "--reason", "x")
    desk.portal.put(RAGGED, HTML, RAGGED)
    assert desk.run(code=1)["counts"]["kept_last_good"] == 1
    found = desk.json("gate", "try", "muni", "--gate", "strict")["datasets"]
    assert [one["name"] for one in found] == ["conjunto-2"]
