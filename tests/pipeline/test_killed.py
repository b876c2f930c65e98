"""A run killed anywhere is finished by the next; nothing half-written is ever visible."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from acopio import ledger
from acopio.demo.portals import CkanPortal
from acopio.demo.server import Body, serve
from acopio.documents import job_head
from acopio.engine import Engine, open_engine
from acopio.model import Source, Target
from acopio.pipeline.run import run
from acopio.store import jobs, sources
from tests.pipeline.killed import settings_of
from tests.pipeline.world import CSV, package

COUNT = 4
POINTS = [
    ("acopio.store.jobs:start", "after", 1),
    ("acopio.store.records:add", "after", 1),
    ("acopio.store.records:plan_digest", "before", 1),
    ("acopio.store.datasets:admit", "after", 1),
    ("acopio.store.publications:of_datasets", "after", 1),
    ("acopio.pipeline.journal:admit", "after", 1),
    ("acopio.archive:Archive.add", "before", 2),
    ("acopio.archive:Archive.add", "after", 3),
    ("acopio.store.reports:keep", "after", 2),
    ("acopio.pipeline.journal:_begin", "before", 1),
    ("acopio.store.publications:begin", "after", 1),
    ("acopio.pipeline.journal:_begin", "after", 1),
    ("acopio.publishers.folder:FolderPublisher.publish", "before", 2),
    ("acopio.publishers.folder:FolderPublisher.publish", "after", 2),
    ("acopio.pipeline.journal:_settle", "before", 1),
    ("acopio.store.publications:save", "after", 1),
    ("acopio.store.records:settle", "before", 1),
    ("acopio.store.datasets:settle", "after", 1),
    ("acopio.pipeline.journal:_settle", "after", 1),
    ("acopio.publishers.folder:FolderPublisher.finish", "before", 1),
    ("acopio.ledger:append", "after", 1),
    ("acopio.store.records:prune", "before", 1),
]


def shown(out: Path) -> dict[str, Any]:
    """Return the datasets a reader of the folder sees, each file checked against its hash."""
    found = {}
    for descriptor in sorted(out.glob("*/datapackage.json")):
        document = json.loads(descriptor.read_text("utf-8"))
        for resource in document["resources"]:
            path = descriptor.parent / str(resource.get("path", ""))
            if "hash" in resource and path.is_file():
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                assert resource["hash"].endswith(digest), path
        found[descriptor.parent.name] = document
    return found


def written(out: Path) -> dict[Path, int]:
    """Return when each path was written; a link that a killed run left may point nowhere."""
    return {path: path.lstat().st_mtime_ns for path in out.rglob("*")}


def register(engine: Engine, url: str, out: Path) -> None:
    sources.save_targets(engine.store, [Target(name="out", kind="folder", url=out.as_uri())])
    source = Source(name="muni", kind="ckan", url=url, owner="muni", targets=("out",), pause=0.0)
    sources.save_sources(engine.store, [source])


@pytest.mark.parametrize(("place", "when", "nth"), POINTS)
def test_a_killed_run_is_finished_by_the_next(
    tmp_path: Path, place: str, when: str, nth: int
) -> None:
    portal = CkanPortal(packages=[package(number) for number in range(COUNT)])
    portal.files = {f"/f/{number}.csv": Body(content=CSV) for number in range(COUNT)}
    out = tmp_path / "out"
    with serve(portal) as url, open_engine(settings_of(tmp_path)) as engine:
        register(engine, url, out)
        command = [sys.executable, "-m", "tests.pipeline.killed", str(tmp_path), "muni"]
        killed = subprocess.run([*command, place, when, str(nth)], check=False, timeout=60)
        assert killed.returncode == -9, "the point was never reached"
        shown(out)
        document = job_head(engine.store, _job(engine, run(engine, "muni")))
        assert document["status"] == "succeeded"
        assert len(shown(out)) == COUNT
        catalogue = json.loads((out / "data.json").read_text("utf-8"))
        assert len(catalogue["dataset"]) == COUNT
        assert ledger.verify(engine.store).valid
        first, *rest = jobs.recent(engine.store, "muni")
        assert first.status == "succeeded"
        assert {one.status for one in rest} <= {"failed", "succeeded"}
        before = written(out)
        document = job_head(engine.store, _job(engine, run(engine, "muni")))
        assert document["counts"]["unchanged"] == COUNT
        assert written(out) == before


def _job(engine: Engine, number: str) -> jobs.Job:
    job = jobs.get(engine.store, number)
    assert job is not None
    return job
