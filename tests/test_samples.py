"""The main job on real tables: SIAF spending and ubigeo, listed by a data.json on loopback."""

import csv
import io
from pathlib import Path

import pytest

from acopio.demo.portals import DataJsonPortal
from acopio.demo.server import Body, serve
from acopio.documents import job_datasets, job_head
from acopio.engine import open_engine
from acopio.model import FileKind, ReleaseFile, Source, Target
from acopio.pipeline.run import run
from acopio.store import jobs, resources, sources
from acopio.store.datasets import find
from tests.pipeline.killed import settings_of

SAMPLES = Path(__file__).parents[2] / "shared" / "samples"
TABLES = {
    "mef_siaf_2026-gasto-diario.sample.csv": "Gasto diario 2026",
    "ubigeo_departamento.csv": "Departamentos",
    "ubigeo_provincia.csv": "Provincias",
    "ubigeo_distrito.csv": "Distritos",
}

WORDS = {"ubigeo_distrito.csv": {("missing-value-token", "NA"), ("type-error", "S.I.")}}
# Nobody published what their columns mean.
BARE = ("dictionary-missing", "")

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample tables are not here")


def portal() -> DataJsonPortal:
    licence = "https://opendefinition.org/licenses/odc-by/"
    datasets = [
        {
            "identifier": name,
            "title": title,
            "license": licence,
            "publisher": {"name": "Ministerio de Economía y Finanzas"},
            "distribution": [
                {"title": title, "downloadURL": f"{{base}}/{name}", "mediaType": "text/csv"}
            ],
        }
        for name, title in TABLES.items()
    ]
    files = {f"/{name}": Body(content=(SAMPLES / name).read_bytes()) for name in TABLES}
    return DataJsonPortal(datasets=datasets, files=files)


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_real_tables_are_published_cell_by_cell(tmp_path: Path) -> None:
    with serve(portal()) as url, open_engine(settings_of(tmp_path)) as engine:
        target = Target(name="out", kind="folder", url=(tmp_path / "out").as_uri())
        sources.save_targets(engine.store, [target])
        source = Source(name="mef", kind="datajson", url=url, targets=("out",), pause=0.0)
        sources.save_sources(engine.store, [source])
        job = jobs.get(engine.store, run(engine, "mef"))
        assert job is not None
        assert job_head(engine.store, job)["counts"]["created"] == len(TABLES)
        for row in job_datasets(engine.store, job.id, findings=True):
            # The only defect of these tables: words for a missing number.
            bad = {(one["code"], one["evidence"]) for one in row["findings_list"]}
            assert bad == {BARE, *WORDS.get(row["id"], ())}, row["id"]
            with engine.store.read() as connection:
                (known,) = resources.of_dataset(connection, find(engine.store, row["name"]).id)
            good = known.last_good()
            assert good is not None
            by_kind: dict[FileKind, ReleaseFile] = {one.kind: one for one in good.files}
            with engine.archive.open(by_kind[FileKind.DATA].sha256) as body:
                clean = cells(body.read())
            assert clean == cells((SAMPLES / row["id"]).read_bytes())
            types = {one["name"]: one["type"] for one in (good.schema or {})["fields"]}
            codes = {"inei", "reniec", "DEPARTAMENTO_EJECUTORA", "RUBRO"} & types.keys()
            assert {types[code] for code in codes} == {"string"}, types


def test_a_second_run_of_real_tables_moves_nothing(tmp_path: Path) -> None:
    with serve(portal()) as url, open_engine(settings_of(tmp_path)) as engine:
        target = Target(name="out", kind="folder", url=(tmp_path / "out").as_uri())
        sources.save_targets(engine.store, [target])
        source = Source(name="mef", kind="datajson", url=url, targets=("out",), pause=0.0)
        sources.save_sources(engine.store, [source])
        run(engine, "mef")
        job = jobs.get(engine.store, run(engine, "mef"))
        assert job is not None
        assert job.counts["unchanged"] == len(TABLES)
