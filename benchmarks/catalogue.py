"""How a run grows with its catalogue: memory, first run, and what an unchanged record costs.

``python -m benchmarks.catalogue [FEW MANY]``. The portal answers from this process; each size is
run in a process of its own, to the built-in portal, with metadata only. Linux, for its peak memory.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from acopio import registry
from acopio.cli.output import say, table
from acopio.config.settings import Settings
from acopio.demo.server import Answer, Request, not_found, serve
from acopio.engine import Engine, open_engine
from acopio.model import FilePolicy, Source
from acopio.pipeline.run import run
from acopio.ports import Harvester
from acopio.store import jobs, sources

SIZES = (1_000, 10_000)
# The least of several: what else a machine does only ever adds.
TIMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One catalogue, harvested anew and again. Wall-clock seconds, mebibytes of resident memory.

    ``cpu`` is what the first run took of this process's own time: it says the same on a machine
    that does other things as well.
    """

    records: int
    first: float
    cpu: float
    again: float
    listing: float
    peak: float

    @property
    def rate(self) -> float:
        """Datasets a second in the first run."""
        return self.records / self.first

    @property
    def unchanged(self) -> float:
        """Milliseconds that an unchanged record costs beyond its listing."""
        return 1000 * (self.again - self.listing) / self.records


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A CKAN with ``count`` packages, made when they are asked for, so that none is kept."""

    count: int
    path: str = ""

    def answer(self, request: Request) -> Answer:
        """Answer one search."""
        if not request.path.endswith("/action/package_search"):
            return not_found()
        start, rows = (int(request.query.get(name, "0")) for name in ("start", "rows"))
        page = [package(n) for n in range(start, min(start + min(rows, 1000), self.count))]
        body = json.dumps({"success": True, "result": {"count": self.count, "results": page}})
        return Answer(body=body.encode(), headers={"Content-Type": "application/json"})


def package(number: int) -> dict[str, Any]:
    """Return a package as long as those of real portals: two resources, 4 kB of JSON."""
    return {
        "id": f"{number:08x}-0000-4000-8000-000000000000",
        "name": f"ejecucion-del-gasto-{number}",
        "title": f"Ejecución del gasto por distrito, corte {number}",
        "notes": "Devengado por <b>ubigeo</b>, genérica y mes, según el cierre contable. " * 20,
        "private": False,
        "state": "active",
        "license_id": "odc-by",
        "license_title": "Open Data Commons Attribution License",
        "license_url": "https://opendatacommons.org/licenses/by/1-0/",
        "organization": {"name": "economia", "title": "Ministerio de muestra"},
        "groups": [{"name": "economia", "display_name": "Economía"}],
        "tags": [{"name": tag, "display_name": tag} for tag in ("gasto", "distritos", "mensual")],
        "extras": [{"key": f"dato-{n}", "value": f"valor {n} de {number}"} for n in range(8)],
        "metadata_created": "2025-01-02T03:04:05.000006",
        "metadata_modified": "2026-01-02T03:04:05.000006",
        "maintainer": "Mesa de datos",
        "maintainer_email": "datos@muestra.example",
        "resources": [
            {
                "id": f"{number:08x}-0000-4000-8000-00000000000{n}",
                "name": f"Corte {n}",
                "description": "Un registro por distrito y mes.",
                "url": f"https://datos.muestra.example/archivos/{number}-{n}.csv",
                "format": "CSV",
                "mimetype": "text/csv",
                "size": 123456,
                "last_modified": "2026-01-02T03:04:05.000006",
            }
            for n in range(2)
        ],
    }


def measure(count: int) -> Measured:
    """Harvest ``count`` records in a process of its own."""
    with serve(Catalogue(count)) as url, TemporaryDirectory(prefix="acopio-bench-") as home:
        command = [sys.executable, __file__, "harvest", url, home]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found = Measured(**json.loads(done.stdout))
    assert found.records == count, f"{found.records} of {count} harvested"
    return found


def harvest(url: str, home: Path) -> Measured:
    """Harvest the catalogue at ``url``; harvest it again, and only list it, three times each."""
    with _opened(url, home) as engine:
        began = process_time()
        records, first = _run(engine, "created")
        cpu = process_time() - began
        again = min(_run(engine, "unchanged")[1] for _ in range(TIMES))
        listing = min(_list(engine) for _ in range(TIMES))
    return Measured(
        records=records, first=first, cpu=cpu, again=again, listing=listing, peak=_peak()
    )


@contextmanager
def _opened(url: str, home: Path) -> Iterator[Engine]:
    settings = Settings(
        home=home,
        database_url=f"sqlite:///{home}/acopio.db",
        archive_url=f"file://{home}/archive",
        executor="serial",
        allowed_private_hosts=frozenset({"127.0.0.1"}),
    )
    source = Source(name="muestra", kind="ckan", url=url, files=FilePolicy.SKIP, pause=0)
    with open_engine(settings) as engine:
        sources.save_sources(engine.store, [source])
        yield engine


def _run(engine: Engine, outcome: str) -> tuple[int, float]:
    began = perf_counter()
    job = jobs.get(engine.store, run(engine, "muestra"))
    seconds = perf_counter() - began
    assert job is not None
    assert job.status == "succeeded", f"{job.status}: {job.reason}"
    assert job.counts[outcome] == job.counts["listed"], job.counts
    return job.counts["listed"], seconds


def _list(engine: Engine) -> float:
    source = sources.get_source(engine.store, "muestra")
    context = engine.context(engine.source_client(source, engine.cancel))
    harvester: Harvester = registry.load("harvesters", source.kind)(context)
    began = perf_counter()
    for _ in harvester.harvest(source):
        pass
    return perf_counter() - began


def _peak() -> float:
    """Return the most memory this process held; ``getrusage`` would count its parent's too."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    kibibytes = next(line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(kibibytes) / 1024


def main(arguments: list[str]) -> None:
    """Print a table of all sizes, or be the process that harvests one."""
    if arguments[:1] == ["harvest"]:
        say(json.dumps(asdict(harvest(arguments[1], Path(arguments[2])))))
        return
    few, many = (measure(int(size)) for size in arguments or SIZES)
    first = ("datasets/s, first run", "its CPU ms a dataset")
    columns = ("records", "peak MiB", *first, "ms an unchanged record")
    table(columns, (_row(one) for one in (few, many)))
    say(f"peak memory, {many.records:,} to {few.records:,} records: {many.peak / few.peak:.2f}")


def _row(one: Measured) -> tuple[str, ...]:
    cpu = f"{1000 * one.cpu / one.records:.1f}"
    return (f"{one.records:,}", f"{one.peak:.0f}", f"{one.rate:.0f}", cpu, f"{one.unchanged:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
