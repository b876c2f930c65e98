"""Datasets are written several at a time, and yet each stands or falls alone."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select, update

from acopio.demo.server import Answer, Request
from acopio.model import Publication, PublicationState, Release
from acopio.pipeline import conflicts, officer
from acopio.pipeline.crew import crew
from acopio.store import schema
from tests.pipeline.test_run import outcomes
from tests.pipeline.world import Shelf, World, package

MANY = 40


def test_every_creation_is_noted_before_the_target_is_asked(here: World) -> None:
    here.fill(MANY)
    noted: dict[str, str] = {}

    def look(name: str) -> bool:
        table, known = schema.publication, schema.dataset
        query = select(table.c.state).join(known).where(known.c.name == name)
        with here.engine.store.read() as connection:
            noted[name] = str(connection.execute(query).scalar())
        return False

    Shelf.fails = staticmethod(look)
    assert here.run()["counts"]["created"] == MANY
    states = {state for name, state in noted.items() if name != "check"}
    assert (len(noted), states) == (MANY + 1, {"begun"})


def test_what_cannot_be_asked_for_is_not_noted_as_begun(here: World) -> None:
    here.fill(3)
    Shelf.fails = staticmethod(lambda name: name == "check")
    assert here.run()["counts"]["failed"] == 3
    with here.engine.store.read() as connection:
        assert connection.execute(select(schema.publication)).all() == []


def test_an_answer_that_cannot_be_written_fails_its_dataset_alone(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.fill(MANY)
    plain = Shelf._publication

    def odd(shelf: Shelf, state: PublicationState, release: Release) -> Publication:
        done = plain(shelf, state, release)
        if release.name != "conjunto-7":
            return done
        return Publication(state=state, remote_id=release.id, written={"no": object()})

    with monkeypatch.context() as patch:
        patch.setattr(Shelf, "_publication", odd)
        document = here.run()
    assert document["counts"]["created"] == MANY - 1
    failed = [name for name, outcome in outcomes(document).items() if outcome == "failed"]
    assert failed == ["conjunto-7"]
    assert [one["code"] for one in document["errors"]] == ["record-error"]
    document = here.run()
    assert outcomes(document)["conjunto-7"] == "created"
    assert document["counts"]["unchanged"] == MANY - 1
    assert Shelf.written.count("conjunto-7") == 1


def test_a_record_that_cannot_be_taken_up_fails_alone(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.fill(MANY)

    def damage(*_: object) -> None:
        row, body = schema.record, schema.payload
        one = select(row.c.payload).where(row.c.remote_id == "id-00005").scalar_subquery()
        with here.engine.store.write() as connection:
            connection.execute(update(body).where(body.c.hash == one).values(body="{"))

    monkeypatch.setattr(conflicts, "mark", damage)
    document = here.run()
    assert document["counts"]["created"] == MANY - 1
    assert outcomes(document)["conjunto-5"] == "failed"
    assert len(here.names()) == MANY - 1


# --- an officer's word in the midst of a run ------------------------------------------------------


def test_a_takedown_while_files_are_fetched_keeps_it_from_ever_being_published(
    here: World,
) -> None:
    here.fill(3)
    here.answer = _takedown_at(here, "/f/1.csv", "conjunto-1")
    document = here.run()
    assert outcomes(document)["conjunto-1"] == "withheld"
    assert sorted(Shelf.written) == ["conjunto-0", "conjunto-2"]
    assert outcomes(here.run())["conjunto-1"] == "withheld"


def _takedown_at(here: World, path: str, name: str) -> Any:
    asked: list[str] = []

    def answer(request: Request) -> Answer | None:
        if request.path == path and not asked:
            asked.append(path)
            officer.takedown(here.engine, name, "orden")
        return None

    return answer


def test_a_takedown_while_it_is_first_published_takes_it_back(here: World) -> None:
    here.fill(3)
    ordered: list[str] = []

    def order(name: str) -> bool:
        if name == "conjunto-1" and not ordered:
            ordered.append(name)
            officer.takedown(here.engine, name, "orden")
        return False

    Shelf.fails = staticmethod(order)
    document = here.run()
    assert ordered == ["conjunto-1"]
    assert outcomes(document)["conjunto-1"] == "withheld"
    assert "conjunto-1" in Shelf.written
    assert here.names() == {"conjunto-0", "conjunto-2"}
    assert outcomes(here.run())["conjunto-1"] == "withheld"


def test_an_address_that_moved_is_fetched_whole_even_after_a_run_that_could_not(
    here: World,
) -> None:
    here.fill(1)
    here.run()
    moved = {"id": "r-0", "name": "Tabla 0", "url": "{base}/g/0.csv", "format": "CSV"}
    here.portal.packages = [package(0, resources=[moved])]
    assert outcomes(here.run()) == {"conjunto-0": "kept_last_good"}
    here.portal.files = {"/g/0.csv": here.portal.files["/f/0.csv"]}
    here.requests.clear()
    here.run()
    asked = [one for one in here.requests if one.path == "/g/0.csv"]
    assert ["if-none-match" in one.headers for one in asked] == [False]


# --- the crew -------------------------------------------------------------------------------------


def test_a_crew_brings_back_what_was_sent_and_no_more() -> None:
    def double(number: int) -> int:
        return 2 * number

    came: list[int | None] = []
    with crew("double", double) as busy:
        assert busy.back() == []
        busy.send(range(MANY))
        while busy.out:
            came += busy.back()
    assert Counter(came) == Counter(2 * number for number in range(MANY))
