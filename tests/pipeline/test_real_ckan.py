"""The main job on a real CKAN: read from one organization, published under another."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from ckanapi import RemoteCKAN

from acopio.demo.portals import CkanPortal
from acopio.demo.server import Body, serve
from acopio.documents import job_datasets, job_head
from acopio.engine import Engine, open_engine
from acopio.model import Source, Target
from acopio.pipeline import officer
from acopio.pipeline.run import run
from acopio.store import jobs, sources
from tests.pipeline.killed import settings_of
from tests.pipeline.world import CSV

COUNT = 5


@dataclass
class Site:
    """A real CKAN with one organization filled through its API, and another to publish to."""

    ckan: RemoteCKAN
    engine: Engine
    home: Path
    origin: str
    goal: str
    files: CkanPortal

    def run(self) -> dict[str, Any]:
        job = jobs.get(self.engine.store, run(self.engine, "origen"))
        assert job is not None
        document = job_head(self.engine.store, job)
        return document | {"datasets": list(job_datasets(self.engine.store, job.id))}

    def published(self) -> dict[str, dict[str, Any]]:
        """Return what readers find under the goal's organization, by name."""
        asked = {"fq": f"organization:{self.goal}", "rows": 100}
        found = self.ckan.call_action("package_search", asked)["results"]
        return {one["name"]: one for one in found}


@pytest.fixture
def site(
    tmp_path: Path, ckan_url: str, ckan_token: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    monkeypatch.setenv("CKAN_TOKEN", ckan_token)
    mark = uuid4().hex[:8]
    files = CkanPortal(files={f"/f/{n}.csv": Body(content=CSV) for n in range(COUNT)})
    with RemoteCKAN(ckan_url, apikey=ckan_token) as ckan, serve(files) as url:
        origin, goal = f"origen-{mark}", f"nacional-{mark}"
        ckan.call_action("organization_create", {"name": origin, "title": "Origen"})
        for number in range(COUNT):
            ckan.call_action("package_create", _package(number, mark, origin, url))
        with open_engine(settings_of(tmp_path)) as engine:
            target = Target(name="nacional", kind="ckan", url=ckan_url, token_env="CKAN_TOKEN")
            sources.save_targets(engine.store, [target])
            options = {"organization": origin}
            source = Source(
                name="origen",
                title="Nacional",
                kind="ckan",
                url=ckan_url,
                owner=goal,
                targets=("nacional",),
                pause=0.0,
                withdraw_after_days=0,
                options=options,
            )
            sources.save_sources(engine.store, [source])
            yield Site(ckan, engine, tmp_path, origin, goal, files)
        for name in (origin, goal):
            _purge(ckan, name)


def _package(number: int, mark: str, owner: str, url: str) -> dict[str, Any]:
    return {
        "name": f"conjunto-{mark}-{number}",
        "title": f"Conjunto {number}",
        "notes": "Notas con **énfasis**.",
        "owner_org": owner,
        "license_id": "odc-by",
        "tags": [{"name": "salud"}],
        "extras": [{"key": "ubigeo", "value": "010101"}],
        "resources": [{"name": f"Tabla {number}", "url": f"{url}/f/{number}.csv", "format": "CSV"}],
    }


def _purge(ckan: RemoteCKAN, organization: str) -> None:
    asked = {"fq": f"organization:{organization}", "rows": 1000, "include_drafts": True}
    for one in ckan.call_action("package_search", asked)["results"]:
        ckan.call_action("dataset_purge", {"id": one["id"]})
    if organization in ckan.call_action("organization_list", {}):
        ckan.call_action("organization_purge", {"id": organization})


def test_one_organization_is_published_under_another(site: Site) -> None:
    first = site.run()
    assert (first["status"], first["counts"]["created"]) == ("succeeded", COUNT)
    shown = site.published()
    # The same CKAN holds the originals, so every name was taken.
    assert all(name.endswith("-2") for name in shown)
    assert len(shown) == COUNT
    one = next(iter(shown.values()))
    assert one["license_id"] == "odc-by"
    assert [tag["name"] for tag in one["tags"]] == ["salud"]
    upload = one["resources"][0]
    assert upload["url_type"] == "upload"
    assert b"010101" in requests.get(upload["url"], timeout=30).content


def test_a_second_run_writes_nothing_and_ids_stay(site: Site) -> None:
    site.run()
    before = site.published()
    second = site.run()
    assert second["counts"]["unchanged"] == COUNT
    after = site.published()
    modified = "metadata_modified"
    assert {n: one[modified] for n, one in after.items()} == {
        n: one[modified] for n, one in before.items()
    }


def test_our_own_records_are_not_harvested_back(site: Site) -> None:
    site.run()
    source = sources.get_source(site.engine.store, "origen")
    whole = replace(source, name="todo", options={"fq": f"organization:{site.goal}"})
    sources.save_sources(site.engine.store, [whole])
    job = jobs.get(site.engine.store, run(site.engine, "todo"))
    assert job is not None
    assert job.counts["listed"] == 0


def test_a_withdrawn_dataset_returns_with_its_id(site: Site) -> None:
    site.run()
    before = {name: one["id"] for name, one in site.published().items()}
    originals = site.ckan.call_action("package_search", {"fq": f"organization:{site.origin}"})
    gone = originals["results"][0]["id"]
    site.ckan.call_action("package_delete", {"id": gone})
    assert site.run()["counts"]["withdrawn"] == 1
    assert len(site.published()) == COUNT - 1
    site.ckan.call_action("package_patch", {"id": gone, "state": "active"})
    site.run()
    assert {name: one["id"] for name, one in site.published().items()} == before


def test_a_takedown_hides_it_from_readers(site: Site) -> None:
    site.run()
    name = f"{next(iter(site.published())).removesuffix('-2')}"
    officer.takedown(site.engine, name, "orden")
    assert f"{name}-2" not in site.published()


@pytest.mark.parametrize(
    ("place", "when", "nth"),
    [
        ("acopio.pipeline.journal:_begin", "after", 1),
        ("acopio.publishers.ckan:CkanPublisher.publish", "after", 2),
        ("acopio.store.publications:save", "after", 1),
        ("acopio.pipeline.journal:_settle", "after", 1),
    ],
)
def test_a_killed_run_makes_no_second_dataset(site: Site, place: str, when: str, nth: int) -> None:
    command = [sys.executable, "-m", "tests.pipeline.killed", str(site.home), "origen"]
    killed = subprocess.run([*command, place, when, str(nth)], check=False, timeout=120)
    assert killed.returncode == -9
    assert site.run()["status"] == "succeeded"
    shown = site.published()
    assert len(shown) == COUNT
    titles = [one["title"] for one in shown.values()]
    assert len(set(titles)) == COUNT
    assert all(one["resources"][0]["url_type"] == "upload" for one in shown.values())
    assert site.run()["counts"]["unchanged"] == COUNT


def test_a_wrong_token_fails_the_run_and_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CKAN_TOKEN", "not-a-token")
    document = site.run()
    assert document["status"] == "failed"
    assert document["counts"]["failed"] == COUNT
    assert "not-a-token" not in str(document)


def test_a_field_an_editor_changed_stays_and_the_plan_says_conflict(site: Site) -> None:
    site.run()
    name, one = next(iter(site.published().items()))
    site.ckan.call_action("package_patch", {"id": one["id"], "title": "Título del editor"})
    theirs = site.ckan.call_action("package_show", {"id": name.removesuffix("-2")})["id"]
    site.ckan.call_action("package_patch", {"id": theirs, "title": "Otro", "notes": "Nuevas."})
    document = site.run()
    (row,) = (row for row in document["datasets"] if row["id"] == theirs)
    assert (row["action"], row["outcome"]) == ("conflict", "updated")
    shown = site.published()[name]
    assert (shown["title"], shown["notes"]) == ("Título del editor", "Nuevas.")
