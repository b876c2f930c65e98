"""Runs into the built-in portal, served by a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from acopio.portal.site import Site
from acopio.portal.web.serving import serving
from acopio.store import datasets
from tests.pipeline.world import World


@contextmanager
def another_process(world: World) -> Iterator[str]:
    """Serve the world's portal as ``acopio portal`` does; give its address."""
    home = str(world.engine.settings.home)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ACOPIO_")}
    with subprocess.Popen(
        [sys.executable, "-m", "acopio", "portal", "--port", "0"],
        env=kept | {"ACOPIO_HOME": home},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            yield next(word for word in process.stdout.readline().split() if "http://" in word)
        finally:
            process.terminate()


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
