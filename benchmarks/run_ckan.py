"""A whole run into a real CKAN beside bare ckanapi: metadata only, eight at a time.

Listing, plan, store and publisher together against the same number of ``package_create`` calls,
in interleaved rounds. The ratio of the medians is what counts: 1.0 is as fast as ckanapi alone.
What each takes of this process's own time is shown as well: other load on the machine spares it.
Needs the real CKAN: ``make services``. Usage: run_ckan.py [DATASETS] [ROUNDS]
"""

import os
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from uuid import uuid4

import pytest
from ckanapi import RemoteCKAN

sys.path.insert(0, str(Path(__file__).parent.parent))

from acopio.cli.output import say
from acopio.config.settings import Settings
from acopio.demo.portals import CkanPortal
from acopio.demo.server import serve
from acopio.engine import open_engine
from acopio.model import FilePolicy, Source, Target
from acopio.pipeline.run import run
from acopio.store import jobs, sources
from benchmarks.publish_ckan import package, rate, release
from tests.services import variable


def listed(organization: str, count: int) -> CkanPortal:
    """Return a portal with ``count`` datasets as the publisher's benchmark makes them."""
    packages = []
    for _ in range(count):
        given = package(release(organization))
        own = [one for one in given["extras"] if not one["key"].startswith("acopio_")]
        resources = [{**one, "id": str(uuid4())} for one in given["resources"]]
        packages.append({**given, "id": str(uuid4()), "extras": own, "resources": resources})
    return CkanPortal(packages=packages)


def run_rate(url: str, organization: str, count: int, home: Path) -> tuple[float, float]:
    """Return datasets a second of one whole run, and our own CPU milliseconds a dataset."""
    settings = Settings(
        home=home,
        database_url=f"sqlite:///{home}/acopio.db",
        archive_url=f"file://{home}/archive",
        allowed_private_hosts=frozenset({"127.0.0.1"}),
    )
    with serve(listed(organization, count)) as portal, open_engine(settings) as engine:
        target = Target(name="ckan", kind="ckan", url=url, token_env="ACOPIO_TEST_CKAN_TOKEN")
        sources.save_targets(engine.store, [target])
        source = Source(
            name="banco",
            kind="ckan",
            url=portal,
            owner=organization,
            targets=("ckan",),
            pause=0.0,
            files=FilePolicy.SKIP,
        )
        sources.save_sources(engine.store, [source])
        started, own = perf_counter(), process_time()
        job = jobs.get(engine.store, run(engine, "banco"))
        seconds, own = perf_counter() - started, process_time() - own
    if job is None or job.counts["created"] != count:
        raise SystemExit(f"the run did not publish everything: {job}")
    return count / seconds, 1000 * own / count


def main(datasets: int, rounds: int) -> None:
    """Print each round's rates and the ratio of the medians."""
    try:
        url, token = variable("ACOPIO_TEST_CKAN_URL"), variable("ACOPIO_TEST_CKAN_TOKEN")
    except pytest.skip.Exception as absent:
        say(str(absent))
        return
    os.environ["ACOPIO_TEST_CKAN_TOKEN"] = token  # where the target looks for it
    organization = f"banco-{uuid4().hex[:8]}"
    api = RemoteCKAN(url, apikey=token)
    api.call_action("organization_create", {"name": organization})
    bare, whole = [], []
    for number in range(rounds):
        given = [release(organization) for _ in range(datasets)]
        began = process_time()
        bare.append(rate(lambda one: api.call_action("package_create", package(one)), given))
        alone = 1000 * (process_time() - began) / datasets
        with TemporaryDirectory() as home:
            run_at, own = run_rate(url, organization, datasets, Path(home))
        whole.append(run_at)
        rates = f"ckanapi {bare[-1]:.1f}, run {run_at:.1f} datasets/s"
        say(f"round {number + 1}: {rates}; our CPU ms a dataset: {alone:.1f}, {own:.1f}")
    say(f"run/ckanapi: {median(whole) / median(bare):.2f}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]), *(60, 4)[len(sys.argv) - 1 :])
