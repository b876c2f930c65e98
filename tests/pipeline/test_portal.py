"""Runs into the built-in portal, served by a process of its own."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import requests
from sqlalchemy import select

from acopio.pipeline import officer
from acopio.portal import users
from acopio.portal.site import Site
from acopio.portal.web.serving import serving
from acopio.store import catalog, datasets
from tests.pipeline.world import World
from tests.services import own_process


def another_process(world: World) -> AbstractContextManager[str]:
    """Serve the world's portal as ``acopio portal`` does; give its address."""
    home = str(world.engine.settings.home)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ACOPIO_")}
    return own_process("acopio portal", kept | {"ACOPIO_HOME": home})


def count(url: str, **query: str) -> int:
    answer = requests.get(f"{url}/api/3/action/package_search", params=query, timeout=20)
    found: int = answer.json()["result"]["count"]
    return found


def test_another_process_shows_at_once_what_a_run_made(here: World) -> None:
    here.fill(3)
    here.change(targets=("portal",))
    with another_process(here) as url:
        assert count(url) == 0
        assert here.run()["counts"]["created"] == 3
        assert count(url) == 3
        assert requests.get(f"{url}/dataset/conjunto-1", timeout=20).status_code == 200
        here.portal.packages = here.portal.packages[:2]
        here.change(withdraw_after_days=0)
        assert here.run()["counts"]["withdrawn"] == 1
        assert count(url) == 2
        gone: Any = requests.get(f"{url}/dataset/conjunto-2", timeout=20)
        assert gone.status_code == 410


def test_the_search_hears_of_another_verdict_on_the_same_bytes(here: World) -> None:
    here.fill(2)
    here.change(targets=("portal",))
    here.run()
    engine = here.engine
    site = Site(engine.settings, engine.store, engine.archive)
    with serving(site, "127.0.0.1", 0) as url:
        assert count(url, fq="acopio_verdict:published") == 2
        worse = datasets.find(engine.store, "conjunto-0")
        with engine.store.write() as connection:  # as rules that were stricter had judged it
            datasets.change(connection, worse.id, {"errors": 1})
        here.run(force=True)
        assert count(url, fq="acopio_verdict:errors") == 0
        assert count(url, fq="acopio_verdict:published") == 2


# --- what was taken back ------------------------------------------------------------------------


@contextmanager
def published(here: World) -> Iterator[tuple[str, dict[str, str]]]:
    """Publish one dataset to the portal; give its address, and tokens of those who write there."""
    here.fill(1)
    here.change(targets=("portal",), withdraw_after_days=0)
    here.run()
    engine = here.engine
    site = Site(engine.settings, engine.store, engine.archive)
    tokens = {
        "publisher": users.add(site, "editora", "publisher", "muni").token,
        "admin": users.add(site, "jefa", "admin", None).token,
    }
    with serving(site, "127.0.0.1", 0) as url:
        yield url, tokens


def ask(url: str, action: str, asked: Any, token: str) -> requests.Response:
    address = f"{url}/api/3/action/{action}"
    return requests.post(address, json=asked, headers={"Authorization": token}, timeout=20)


def take_back(here: World, how: str) -> None:
    if how == "takedown":
        officer.takedown(here.engine, "conjunto-0", "orden judicial")
    elif how == "withhold":
        officer.decide(here.engine, "conjunto-0", "withhold", "error")
    else:
        here.portal.packages = []
        officer.approve(here.engine, "muni", here.run()["plan"]["digest"])


@pytest.mark.parametrize("how", ["takedown", "withhold", "withdrawn"])
def test_nobody_brings_back_over_the_api_what_the_pipeline_took_back(here: World, how: str) -> None:
    with published(here) as (url, tokens):
        shown = ask(url, "package_show", {"id": "conjunto-0"}, "").json()["result"]
        sha256 = shown["resources"][0]["acopio_sha256"]
        take_back(here, how)
        for who, token in tokens.items():
            for action, asked in (
                ("package_patch", {"id": shown["id"], "state": "active"}),
                ("package_patch", {"id": shown["id"], "state": "draft"}),
                ("package_update", {**shown, "state": "active"}),
            ):
                answer = ask(url, action, asked, token)
                assert answer.status_code == 403, (who, action)
                assert "acopio decide" in answer.json()["error"]["message"]
        assert requests.get(f"{url}/file/sha256/{sha256}", timeout=20).status_code == 410
        assert requests.get(shown["resources"][0]["url"], timeout=20).status_code == 410
        page = requests.get(f"{url}/dataset/conjunto-0", timeout=20)
        assert (sha256 in page.text) == (page.status_code == 410)
        assert page.status_code == (410 if how == "withdrawn" else 200)


def test_the_pipeline_brings_it_back_with_its_files(here: World) -> None:
    with published(here) as (url, _):
        shown = ask(url, "package_show", {"id": "conjunto-0"}, "").json()["result"]
        take_back(here, "withhold")
        officer.decide(here.engine, "conjunto-0", "auto", "corregido")
        back = ask(url, "package_show", {"id": "conjunto-0"}, "").json()["result"]
        assert [one["id"] for one in back["resources"]] == [one["id"] for one in shown["resources"]]
        for one in back["resources"]:
            assert requests.get(one["url"], timeout=20).status_code == 200
        (document,) = here.run(force=True)["datasets"]
        assert document["publications"][0]["state"] == "unchanged"
        assert not document["publications"][0].get("edited")


def test_what_a_publisher_deleted_an_administrator_may_bring_back(here: World) -> None:
    with published(here) as (url, tokens):
        asked = {"id": "conjunto-0"}
        assert ask(url, "package_delete", asked, tokens["publisher"]).status_code == 200
        back = {"id": datasets.find(here.engine.store, "conjunto-0").id, "state": "active"}
        refused = ask(url, "package_patch", back, tokens["publisher"])
        assert refused.status_code == 403
        assert "administrator" in refused.json()["error"]["message"]
        assert ask(url, "package_patch", back, tokens["admin"]).status_code == 200
        here.run()
        shown = ask(url, "package_show", asked, "").json()["result"]
        assert requests.get(shown["resources"][0]["url"], timeout=20).status_code == 200


def test_a_run_over_what_is_withheld_writes_nothing_to_the_portal(here: World) -> None:
    with published(here):
        take_back(here, "withhold")
        latest = select(catalog.package.c.sequence, catalog.package.c.modified)
        with here.engine.store.read() as connection:
            before = connection.execute(latest).all()
        assert here.run()["counts"]["withheld"] == 1
        with here.engine.store.read() as connection:
            assert connection.execute(latest).all() == before
