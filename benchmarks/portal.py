"""The portal over HTTP beside a real CKAN: the same datasets, the same questions, in turns.

``python -m benchmarks.portal [DATASETS] [ROUNDS]``. The CKAN is given so many datasets, unless it
has them from before (some 20 a second); all it holds is then copied into a portal of our own. Each
question is a ``package_search`` with four facets and ten rows; then our own pages, by size and
time. Needs ``make services``.
"""

import os
import random
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from urllib.parse import urlencode, urlsplit

from ckanapi import RemoteCKAN
from ckanapi.errors import CKANAPIError, NotFound

from acopio.archive import Archive
from acopio.cli.output import say, table
from acopio.config.settings import load_settings
from acopio.portal.actions import ACTIONS
from acopio.portal.caller import PIPELINE
from acopio.portal.site import Call, Site
from acopio.store import open_store
from tests.services import own_process, variable

DATASETS, ROUNDS = 10_000, 5
CLIENTS = 4
FACETS = '["organization","tags","res_format","license_id"]'
ORGANIZATIONS = [f"acopio-banco-{number}" for number in range(20)]
SUBJECTS = """gasto presupuesto salud vacunación educación matrícula transporte siniestros
agua saneamiento energía minería agricultura cosecha turismo visitas obras inversión compras
contratos deuda recaudación tributos población vivienda empleo pesca bosques clima residuos"""
WORDS = SUBJECTS.split()
PLACES = ["Amazonas", "Áncash", "Apurímac", "Arequipa", "Ayacucho", "Cajamarca"]
PLACES += ["Cusco", "Huánuco", "Ica", "Junín", "Lima"]
LICENCES = ["odc-by", "cc-by", "odc-odbl", "notspecified"]
QUESTIONS = [
    *WORDS[:12],
    *(f"{subject} {place}" for subject, place in zip(WORDS[12:24], PLACES, strict=False)),
    "title:presupuesto AND tags:salud",
    '"gasto de Cusco"',
    "*:*",
]
PAGES = ["/", "/dataset/", "/dataset/?q=salud", "/dataset/?tags=salud&res_format=CSV"]


def package(number: int) -> dict[str, Any]:
    """Return the dataset of this number, always the same."""
    chance = random.Random(number)  # noqa: S311 (not a secret)
    subject, place = chance.choice(WORDS), chance.choice(PLACES)
    more = chance.sample(WORDS, 12)
    return {
        "name": f"acopio-banco-{number:06}",
        "title": f"{subject.capitalize()} de {place}, corte {number}",
        "notes": f"Datos de {subject} y {more[0]} por distrito de {place}. {' '.join(more)}. " * 4,
        "owner_org": ORGANIZATIONS[number % len(ORGANIZATIONS)],
        "license_id": LICENCES[number % len(LICENCES)],
        "tags": [{"name": word} for word in {subject, *more[:4]}],
        "extras": [{"key": "ubigeo", "value": f"{chance.randrange(250_000):06}"}],
        "resources": [
            {"name": place, "url": f"http://x.example/{number}.{form}", "format": form}
            for form in chance.sample(["csv", "xlsx", "json", "pdf", "zip"], 2)
        ],
    }


def fill_ckan(url: str, token: str, count: int) -> None:
    """Give a CKAN the datasets it has not."""

    def give(number: int) -> None:
        with RemoteCKAN(url, apikey=token) as ckan:
            try:
                ckan.call_action("package_create", package(number))
            except CKANAPIError:  # it is there, or two made one tag at once
                ckan.call_action("package_show", {"id": package(number)["name"]})

    with RemoteCKAN(url, apikey=token) as ckan:
        for name in ORGANIZATIONS:
            try:
                ckan.call_action("organization_show", {"id": name})
            except NotFound:
                ckan.call_action("organization_create", {"name": name})
        query = {"fq": "name:acopio-banco-*", "rows": 0}
        there = ckan.call_action("package_search", query)["count"]
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(give, range(0 if there < count else count, count)))


def held(url: str) -> Iterator[dict[str, Any]]:
    """Yield all datasets a CKAN shows."""
    with RemoteCKAN(url) as ckan:
        for start in range(0, 1_000_000, 1000):
            query = {"rows": 1000, "start": start, "sort": "id asc"}
            page = ckan.call_action("package_search", query)["results"]
            if not page:
                return
            yield from page


def fill_portal(home: Path, url: str) -> int:
    """Give a portal of our own all datasets of a CKAN; return how many."""
    settings = load_settings({"ACOPIO_HOME": str(home)})
    store = open_store(settings.database_url)
    site = Site(settings, store, Archive(settings.archive_url, home / "scratch"))
    call = Call(site=site, caller=PIPELINE, base="http://127.0.0.1")
    owners: set[str] = set()
    count = 0
    for count, one in enumerate(held(url), 1):  # noqa: B007 (how many there were)
        owner = one["organization"]
        if owner["id"] not in owners:
            owners.add(owner["id"])
            ACTIONS["organization_create"].function(call, owner)
        links = [{**each, "url_type": ""} for each in one["resources"]]
        ACTIONS["package_create"].function(call, {**one, "resources": links, "groups": []})
    store.close()
    return count


class Client:
    """One connection that is kept: a richer client would cost more than what is measured."""

    def __init__(self, url: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=60)

    def get(self, path: str) -> tuple[float, bytes]:
        """Return how many milliseconds the answer took, and its body."""
        began = perf_counter()
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        body = answer.read()
        taken = 1000 * (perf_counter() - began)
        assert answer.status == 200, f"{path}: {answer.status}"
        return taken, body


def search(question: str) -> str:
    """Return the address of a question."""
    query = {"q": question, "rows": 10, "facet.field": FACETS}
    return f"/api/3/action/package_search?{urlencode(query)}"


def compared(urls: Sequence[str], rounds: int) -> list[list[float]]:
    """Ask each portal every question, in turns; return milliseconds by portal."""
    clients = [Client(url) for url in urls]
    taken: list[list[float]] = [[] for _ in urls]
    for client in clients:
        client.get(search("*:*"))
    for question in QUESTIONS * rounds:
        for each, client in zip(taken, clients, strict=True):
            each.append(client.get(search(question))[0])
    return taken


def p95(taken: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return quantiles(taken, n=20)[-1]


def pages(url: str, rounds: int) -> Iterator[tuple[str, ...]]:
    """Yield each page with its size, not compressed, and its time."""
    client = Client(url)
    for path in [*PAGES, f"/dataset/{package(7)['name']}", f"/organization/{ORGANIZATIONS[0]}"]:
        answers = [client.get(path) for _ in range(rounds * 4)]
        times = [taken for taken, _ in answers]
        size = f"{len(answers[-1][1]) / 1000:.0f}"
        yield path, size, f"{median(times):.0f}", f"{p95(times):.0f}"


def main(arguments: list[str]) -> None:
    """Print both tables."""
    count = int(arguments[0]) if arguments else DATASETS
    rounds = int(arguments[1]) if arguments[1:] else ROUNDS
    ckan, token = variable("ACOPIO_TEST_CKAN_URL"), variable("ACOPIO_TEST_CKAN_TOKEN")
    fill_ckan(ckan, token, count)
    with TemporaryDirectory(prefix="acopio-bench-") as home:
        say(f"datasets in each: {fill_portal(Path(home), ckan):,}")
        with own_process("acopio portal", {**os.environ, "ACOPIO_HOME": home}) as url:
            ours, theirs = compared([url, ckan], rounds)
            rows = [
                (name, f"{median(each):.1f}", f"{p95(each):.1f}")
                for name, each in (("acopio", ours), ("CKAN", theirs))
            ]
            table(("package_search", "median ms", "p95 ms"), rows)
            say(f"p95, ours to CKAN's: {p95(ours) / p95(theirs):.3f}")
            table(("page", "kB", "median ms", "p95 ms"), pages(url, rounds))


if __name__ == "__main__":
    main(sys.argv[1:])
