"""A run as its officer sees it: what is published, what is not, and that nothing moves twice."""

from collections.abc import Callable

import pytest

from acopio import ledger
from acopio.demo.server import Answer, Request
from acopio.errors import ConfigError, RetryLater
from acopio.model import FileKind, FilePolicy
from acopio.store import leases, resources
from tests.pipeline.world import CSV, Shelf, World, package

COUNTED = ("created", "updated", "unchanged", "held", "kept_last_good", "withheld", "failed")
HTML = b"<!DOCTYPE html><html><body>Acceso restringido</body></html>"
PERSONS = (
    "dni,apellidos,nombres,monto\n"
    + "".join(f"{99999900 + n},PRUEBA SINTETICA,PERSONA UNO,{n}\n" for n in range(1, 40))
).encode()


def outcomes(document: dict[str, object]) -> dict[str, str]:
    rows: list[dict[str, str]] = document["datasets"]  # type: ignore[assignment]
    return {row["name"]: row["outcome"] for row in rows}


def test_a_first_run_publishes_everything_and_says_so(here: World) -> None:
    here.fill(3)
    document = here.run()
    assert document["status"] == "succeeded"
    assert document["listing"] == "complete"
    assert document["counts"]["created"] == document["counts"]["listed"] == 3
    assert here.names() == {"conjunto-0", "conjunto-1", "conjunto-2"}
    release = next(iter(Shelf.shown.values()))
    kinds = {file.kind for file in release.resources[0].files}
    assert {FileKind.DATA, FileKind.PARQUET, FileKind.SCHEMA, FileKind.ORIGINAL} <= kinds


def test_a_second_run_moves_nothing(here: World) -> None:
    here.fill(3)
    here.run()
    here.requests.clear()
    Shelf.written.clear()
    entries = ledger.verify(here.engine.store).entries
    document = here.run()
    assert document["counts"]["unchanged"] == 3
    assert Shelf.written == []
    asked = [one for one in here.requests if one.path.startswith("/f/")]
    assert len(asked) == 3
    assert all("if-none-match" in one.headers for one in asked)
    assert document["bytes"] < 10_000
    assert ledger.verify(here.engine.store).entries == entries + 1
    assert ledger.verify(here.engine.store).valid


def test_codes_stay_text_in_what_is_published(here: World) -> None:
    here.fill(1)
    here.run()
    (release,) = Shelf.shown.values()
    data = next(file for file in release.resources[0].files if file.kind is FileKind.DATA)
    with here.engine.archive.open(data.sha256) as body:
        assert b"010101" in body.read()


def test_changed_metadata_is_updated_alone(here: World) -> None:
    here.fill(3)
    here.run()
    Shelf.written.clear()
    here.portal.packages = [package(0, title="Otro título"), package(1), package(2)]
    document = here.run()
    assert outcomes(document)["conjunto-0"] == "updated"
    assert Shelf.written == ["conjunto-0"]


def test_other_bytes_under_the_same_metadata_are_updated(here: World) -> None:
    here.fill(2)
    here.run()
    here.put(1, CSV + b"010103,30\n")
    document = here.run()
    assert outcomes(document) == {"conjunto-0": "unchanged", "conjunto-1": "updated"}


def test_a_page_instead_of_data_keeps_the_last_good_version(here: World) -> None:
    here.fill(1)
    here.run()
    here.put(0, HTML)
    for _ in range(2):
        document = here.run()
        assert outcomes(document) == {"conjunto-0": "kept_last_good"}
        reason = document["datasets"][0]["reason"]
        assert reason.endswith(": Página web en lugar de datos (html-instead-of-data).")
    (release,) = Shelf.shown.values()
    assert release.resources[0].state == "kept_last_good"
    assert release.resources[0].files
    here.put(0, CSV)
    assert outcomes(here.run())["conjunto-0"] in ("updated", "unchanged")
    assert next(iter(Shelf.shown.values())).resources[0].state == "published"


def test_a_page_instead_of_data_is_withheld_when_nothing_good_is_known(here: World) -> None:
    here.fill(1)
    here.put(0, HTML)
    document = here.run()
    assert outcomes(document) == {"conjunto-0": "withheld"}
    reason = "no es lo que dice ser. Página web en lugar de datos (html-instead-of-data)."
    assert document["datasets"][0]["reason"] == f"No se publica: {reason}"
    assert document["status"] == "succeeded"
    assert Shelf.shown == {}


def test_persons_leave_every_target_and_every_version(here: World) -> None:
    here.fill(1)
    here.run()
    assert here.names() == {"conjunto-0"}
    here.put(0, PERSONS)
    document = here.run()
    assert outcomes(document) == {"conjunto-0": "withheld"}
    assert Shelf.shown == {}
    assert "99999901" not in str(document)
    with here.engine.store.read() as connection:
        known = document["datasets"][0]
        rows = resources.of_dataset(connection, _ours(here, known["name"]))
    assert [row.good for row in rows] == [None]
    here.portal.files = {}
    assert outcomes(here.run()) != {"conjunto-0": "kept_last_good"}


def _ours(here: World, name: str) -> str:
    from acopio.store import datasets

    return datasets.find(here.engine.store, name).id


def test_a_dead_link_keeps_the_last_good_version(here: World) -> None:
    here.fill(2)
    here.run()
    here.portal.files = {"/f/1.csv": here.portal.files["/f/1.csv"]}
    document = here.run()
    assert outcomes(document) == {"conjunto-0": "kept_last_good", "conjunto-1": "unchanged"}
    codes = {finding["code"] for finding in document["datasets"][0]["findings_list"]}
    assert "link-broken" in codes


@pytest.mark.parametrize("status", [401, 403, 418, 429])
def test_a_host_that_refuses_is_not_a_broken_link(here: World, status: int) -> None:
    here.fill(1)
    here.answer = lambda one: Answer(status=status) if one.path.startswith("/f/") else None
    codes = [one["code"] for one in here.run()["datasets"][0]["findings_list"]]
    assert "blocked" in codes
    assert "link-broken" not in codes


def test_metadata_only_downloads_and_judges_nothing(here: World) -> None:
    here.fill(3)
    here.change(files=FilePolicy.SKIP)
    document = here.run()
    assert document["counts"]["created"] == 3
    assert here.bodies() == []
    assert all(not row["findings_list"] for row in document["datasets"])
    release = next(iter(Shelf.shown.values()))
    assert release.resources[0].files == ()


def test_a_dry_run_publishes_nothing_and_foresees(here: World) -> None:
    here.fill(2)
    entries = ledger.verify(here.engine.store).entries
    document = here.run(dry_run=True)
    assert document["counts"]["created"] == 2
    assert document["plan"]["state"] == "proposed"
    assert here.bodies() == []
    assert Shelf.shown == {}
    assert ledger.verify(here.engine.store).entries == entries
    assert here.run()["counts"]["created"] == 2


def test_a_dry_run_with_files_judges_them(here: World) -> None:
    here.fill(2)
    here.put(1, HTML)
    document = here.run(dry_run=True, with_files=True)
    assert outcomes(document) == {"conjunto-0": "created", "conjunto-1": "withheld"}
    assert Shelf.shown == {}
    assert outcomes(here.run()) == {"conjunto-0": "created", "conjunto-1": "withheld"}


def test_force_fetches_and_judges_again(here: World) -> None:
    here.fill(1)
    here.run()
    here.requests.clear()
    document = here.run(force=True)
    asked = [one for one in here.requests if one.path.startswith("/f/")]
    assert [("if-none-match" in one.headers) for one in asked] == [False]
    assert outcomes(document) == {"conjunto-0": "unchanged"}


def test_a_listing_cut_on_request_withdraws_nothing(here: World) -> None:
    here.fill(4)
    here.change(withdraw_after_days=0)
    here.run()
    document = here.run(max_items=1)
    assert (document["status"], document["listing"]) == ("failed", "incomplete")
    here.portal.packages = [package(n, title="Otro") for n in range(4)]
    document = here.run(max_items=1)
    assert (document["status"], document["listing"]) == ("partial", "incomplete")
    assert len(here.names()) == 4


def test_a_target_that_refuses_one_dataset_fails_that_one(here: World) -> None:
    here.fill(3)
    Shelf.fails = staticmethod(lambda name: name == "conjunto-1")
    document = here.run()
    assert document["status"] == "partial"
    assert document["counts"]["failed"] == 1
    assert outcomes(document)["conjunto-1"] == "failed"
    Shelf.fails = staticmethod(lambda name: False)
    Shelf.written.clear()
    assert outcomes(here.run())["conjunto-1"] == "created"
    assert Shelf.written == ["conjunto-1"]


def test_a_target_that_cannot_be_written_to_fails_them_all_once_asked(here: World) -> None:
    here.fill(3)
    Shelf.fails = staticmethod(lambda name: name == "check")
    document = here.run()
    assert document["status"] == "failed"
    assert document["counts"]["failed"] == 3


def test_a_source_that_is_down_fails_its_run_in_one_sentence(here: World) -> None:
    here.change(url="http://127.0.0.1:9")
    document = here.run()
    assert (document["status"], document["counts"]["listed"]) == ("failed", 0)
    assert document["errors"][0]["code"] == "unreachable"
    assert "127.0.0.1" in document["reason"]


def test_a_bad_record_is_kept_and_the_others_go_on(here: World) -> None:
    here.fill(3)
    broken = {"id": "id-00001", "title": {"not": "a title"}, "resources": "none"}
    here.portal.packages = [package(0), {**package(1), **broken}, package(2), ["no record"]]  # type: ignore[list-item]
    here.answer = _searched(here)
    document = here.run()
    assert document["counts"]["listed"] == 3
    assert {"conjunto-0", "conjunto-2"} <= here.names()
    assert any(error["code"] == "record-error" for error in document["errors"])
    assert document["status"] == "partial"


def _searched(here: World) -> Callable[[Request], Answer | None]:
    from acopio.demo.portals import send_json

    def answer(request: Request) -> Answer | None:
        if not request.path.endswith("package_search"):
            return None
        start, rows = int(request.query["start"]), int(request.query["rows"])
        found = [_placed(one, request.base) for one in here.portal.packages]
        page = {"count": len(found), "results": found[start : start + rows]}
        return send_json({"success": True, "result": page})

    return answer


def _placed(one: object, base: str) -> object:
    import json

    return json.loads(json.dumps(one).replace("{base}", base))


def test_counts_always_add_up(here: World) -> None:
    here.fill(6)
    here.put(0, HTML)
    here.put(1, PERSONS)
    here.put(2, b"")
    for _ in range(2):
        counts = here.run()["counts"]
        assert sum(counts[name] for name in COUNTED) == counts["listed"] == 6


def test_a_source_that_is_running_is_not_run_twice(here: World) -> None:
    here.fill(1)
    leases.acquire(here.engine.store, "source:muni", "elsewhere/1:1")
    with pytest.raises(RetryLater, match="source-busy"):
        here.run()


def test_an_unknown_target_stops_before_any_work(here: World) -> None:
    here.change(targets=("nowhere",))
    with pytest.raises(ConfigError, match="unknown-target"):
        here.run()
    assert here.requests == []


def test_a_new_target_receives_everything(here: World) -> None:
    from acopio.model import Target
    from acopio.store import sources

    here.fill(2)
    here.run()
    Shelf.written.clear()
    sources.save_targets(here.engine.store, [Target(name="second", kind="shelf", url="y")])
    here.change(targets=("shelf", "second"))
    document = here.run()
    assert sorted(Shelf.written) == ["conjunto-0", "conjunto-1"]
    states = {one["target"]: one["state"] for one in document["datasets"][0]["publications"]}
    assert states["shelf"] == "unchanged"
    assert document["counts"]["unchanged"] == 0


def test_a_run_asked_to_end_leaves_the_rest_for_the_next(here: World) -> None:
    here.fill(30)

    def stop(name: str) -> bool:
        here.engine.cancel.set()
        return False

    Shelf.fails = staticmethod(stop)
    document = here.run()
    assert document["status"] == "cancelled"
    counts = document["counts"]
    assert sum(counts[name] for name in COUNTED) == counts["listed"] == 30
    assert counts["held"] > 0
    here.engine.cancel.clear()
    Shelf.fails = staticmethod(lambda name: False)
    assert here.run()["status"] == "succeeded"
    assert len(here.names()) == 30
    assert len(Shelf.written) == 30
