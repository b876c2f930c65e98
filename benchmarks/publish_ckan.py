"""How much the CKAN publisher costs beside bare ckanapi: metadata only, eight threads.

Rounds of both are interleaved, because CKAN slows down as it fills; the ratio of the medians is
what counts: publisher over ckanapi, 1.0 is as fast, below 0.9 is too slow.
Needs the real CKAN: ``make services``. Usage: publish_ckan.py [DATASETS] [ROUNDS]
"""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from uuid import uuid4

import pytest
from ckanapi import RemoteCKAN

sys.path.insert(0, str(Path(__file__).parent.parent))

from acopio.model import Dataset, Organization, Release, ReleaseResource
from tests.publishers.places import CkanPlace
from tests.services import variable

THREADS = 8


def release(organization: str) -> Release:
    """Return a dataset of two linked resources under a name of its own."""
    mark = uuid4().hex
    resources = tuple(
        ReleaseResource(
            id=str(uuid4()),
            source_id=str(n),
            url=f"http://datos.example/{mark}/{n}.csv",
            name=f"Recurso {n}",
            description="Ejecución mensual por meta y clasificador.",
            format="csv",
        )
        for n in range(2)
    )
    dataset = Dataset(
        id=mark,
        title=f"Gasto {mark}",
        notes="Ejecución del gasto público. " * 20,
        keywords=("presupuesto", "gasto", "salud"),
        extras={"frecuencia": "mensual", "norma": "Ley 27806"},
    )
    return Release(
        id=str(uuid4()),
        name=f"gasto-{mark}",
        source="banco",
        dataset=dataset,
        organization=Organization(name=organization),
        resources=resources,
    )


def package(given: Release) -> dict[str, Any]:
    """Return the same dataset as anyone would write it for ckanapi."""
    return {
        "name": given.name,
        "title": given.dataset.title,
        "notes": given.dataset.notes,
        "owner_org": given.organization.name,
        "tags": [{"name": tag} for tag in given.dataset.keywords],
        "extras": [{"key": k, "value": v} for k, v in given.dataset.extras.items()]
        + [{"key": "acopio_id", "value": given.id}, {"key": "acopio_source", "value": "banco"}],
        "resources": [
            {"url": r.url, "name": r.name, "description": r.description, "format": "CSV"}
            for r in given.resources
        ],
    }


def rate(work: Callable[[Release], Any], releases: list[Release]) -> float:
    """Return datasets a second."""
    started = perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, releases))
    return len(releases) / (perf_counter() - started)


def main(datasets: int, rounds: int) -> None:
    """Print each round's rates and the ratio of the medians."""
    try:
        url, token = variable("ACOPIO_TEST_CKAN_URL"), variable("ACOPIO_TEST_CKAN_TOKEN")
    except pytest.skip.Exception as absent:
        print(absent)  # noqa: T201
        return
    organization = f"banco-{uuid4().hex[:8]}"
    with TemporaryDirectory() as folder:
        place = CkanPlace.at(url, token, Path(folder))
        place.api.call_action("organization_create", {"name": organization})
        publisher = place.publisher(place.context, place.target)
        api = RemoteCKAN(url, apikey=token)
        rates: dict[str, list[float]] = {"ckanapi": [], "publisher": []}
        work: dict[str, Callable[[Release], Any]] = {
            "ckanapi": lambda given: api.call_action("package_create", package(given)),
            "publisher": lambda given: publisher.publish(given, None),
        }
        for number in range(rounds):
            for name in sorted(work, reverse=bool(number % 2)):
                rates[name].append(
                    rate(work[name], [release(organization) for _ in range(datasets)])
                )
                print(f"round {number + 1} {name:>9}: {rates[name][-1]:5.1f} datasets/s")  # noqa: T201
        ratio = median(rates["publisher"]) / median(rates["ckanapi"])
        print(f"publisher/ckanapi: {ratio:.2f}")  # noqa: T201


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(*(arguments + [60, 5][len(arguments) :]))
