"""What a search costs in process: indexing, queries with four facets, one small commit.

``python -m benchmarks.search [DATASETS]``. Wall-clock times; each query is asked three times, and
the quickest counts: what else a machine does only ever adds.
"""

import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from acopio.cli.output import say, table
from acopio.portal.search import Change, Index, Query

DATASETS = 10_000
QUERIES = 300
TIMES = 3
COMMITS = 40
FACETS = ("organization", "tags", "res_format", "license_id")
TEXT = """
presupuesto gasto salud hospital educación escuela agua ríos calidad aire ambiente distrito
provincia región accidentes tránsito vehículo población censo vivienda energía minería pesca
producción especie contratación proveedor obra pública infraestructura seguridad delito comisaría
municipalidad alcalde ejecución devengado genérica ubigeo mensual anual registro padrón
beneficiario programa social inversión proyecto licitación
"""
WORDS = TEXT.split()
FORMATS = ("CSV", "XLSX", "JSON", "PARQUET", "PDF", "SHP")
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
LICENCES = ("odc-by", "cc-by", "cc-zero", "")


def package(number: int, draw: random.Random) -> dict[str, Any]:
    """Return a dataset as ``package_show`` gives it: two resources, sixty words of notes."""
    title = " ".join(draw.choices(WORDS, k=6)).capitalize()
    owner = f"entidad-{draw.randrange(60)}"
    moment = (EPOCH + timedelta(seconds=977 * number)).isoformat()
    return {
        "id": str(UUID(int=draw.getrandbits(128))),
        "name": f"conjunto-{number}",
        "title": f"{title} {number}",
        "notes": " ".join(draw.choices(WORDS, k=60)),
        "state": "active",
        "private": False,
        "license_id": draw.choice(LICENCES),
        "owner_org": owner,
        "organization": {"id": owner, "name": owner, "title": f"Entidad {owner}"},
        "groups": [{"name": draw.choice(WORDS)}],
        "tags": [{"name": tag} for tag in (*draw.sample(WORDS, 3), f"tema {draw.randrange(2000)}")],
        "extras": [
            {"key": "ubigeo", "value": f"{draw.randrange(250_000):06}"},
            {"key": "anio", "value": str(2010 + draw.randrange(16))},
        ],
        "resources": [
            {"name": f"{title}, {form}", "format": form, "url": f"https://datos.example/{number}"}
            for form in draw.sample(FORMATS, 2)
        ],
        "metadata_created": moment,
        "metadata_modified": moment,
    }


def asked(draw: random.Random) -> dict[str, Callable[[], Query]]:
    """Return what is asked, by its name."""
    return {
        "two words": lambda: Query(q=" ".join(draw.choices(WORDS, k=2)), facets=FACETS),
        "five words": lambda: Query(q=" ".join(draw.choices(WORDS, k=5)), facets=FACETS),
        "everything": lambda: Query(facets=FACETS),
        "one organization": lambda: Query(
            fq=(f"organization:entidad-{draw.randrange(60)}",), facets=FACETS
        ),
        "title and format": lambda: Query(
            q=f"title:{draw.choice(WORDS)} AND res_format:CSV", facets=FACETS
        ),
        "page 50, by title": lambda: Query(start=500, sort="title_string asc", facets=FACETS),
    }


def quickest(index: Index, query: Query) -> float:
    """Return milliseconds."""
    times = []
    for _ in range(TIMES):
        began = perf_counter()
        index.search(query)
        times.append(1000 * (perf_counter() - began))
    return min(times)


def spread(times: list[float]) -> list[str]:
    """Return the median, the 95th percentile and the longest."""
    ordered = sorted(times)
    return [f"{ordered[int(part * (len(ordered) - 1))]:.2f}" for part in (0.5, 0.95, 1)]


def commits(index: Index, packages: list[dict[str, Any]]) -> list[float]:
    """Return the milliseconds of commits of one dataset, each alone."""
    times = []
    for package_ in packages[:COMMITS]:
        index.settle()
        began = perf_counter()
        index.apply([Change(id=package_["id"], package=package_)], index.sequence() + 1)
        times.append(1000 * (perf_counter() - began))
    return times


def main(arguments: list[str]) -> None:
    """Print what was measured."""
    count = int(arguments[0]) if arguments else DATASETS
    draw = random.Random(20)  # noqa: S311
    packages = [package(number, draw) for number in range(count)]
    with TemporaryDirectory(prefix="acopio-bench-") as folder:
        index = Index(Path(folder))
        began, cpu = perf_counter(), process_time()
        index.apply((Change(id=one["id"], package=one) for one in packages), count)
        seconds, cpu = perf_counter() - began, process_time() - cpu
        say(f"{count:,} datasets indexed in {seconds:.2f} s ({cpu:.2f} s of CPU)")
        rows = [
            (name, *spread([quickest(index, make()) for _ in range(QUERIES)]))
            for name, make in asked(draw).items()
        ]
        rows.append(("one dataset, committed", *spread(commits(index, packages))))
        table(("ms", "median", "p95", "longest"), rows)
        index.settle()


if __name__ == "__main__":
    main(sys.argv[1:])
