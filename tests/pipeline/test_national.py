"""The national sample portal, harvested, judged and published: what becomes of each dataset."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acopio.config.settings import Settings
from acopio.demo import national
from acopio.demo.server import serve
from acopio.documents import job_datasets, job_head
from acopio.engine import Engine, open_engine
from acopio.model import Target
from acopio.pipeline.run import run
from acopio.pipeline.work import Options
from acopio.store import jobs, sources

EXPECTED: dict[str, tuple[str, set[str]]] = {
    "centros-mac": ("created", set()),
    "ubigeo-inei-reniec": ("created", set()),
    "datero-agrario": ("created", set()),
    "calidad-del-aire": ("created", {"licence-missing"}),
    "usuarios-de-programas-sociales": ("created", {"encoding-not-utf8", "delimiter-not-comma"}),
    "renipress": ("created", {"delimiter-not-comma"}),
    "reclamos-de-saneamiento": ("created", {"encoding-not-utf8", "delimiter-not-comma"}),
    "siniestros-viales": ("created", {"encoding-not-utf8", "delimiter-not-comma"}),
    "produccion-minera": ("created", {"title-rows"}),
    "consultas-linea-de-ayuda": ("created", {"link-broken"}),
    "renamu-2025": ("withheld", {"format-mismatch"}),
    "comedores-populares": ("withheld", {"personal-data"}),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("national")


@pytest.fixture(scope="module")
def engine(home: Path) -> Iterator[Engine]:
    settings = Settings(
        home=home,
        database_url=f"sqlite:///{home}/acopio.db",
        archive_url=f"file://{home}/archive",
        executor="serial",
        allowed_private_hosts=frozenset({"127.0.0.1"}),
    )
    with open_engine(settings) as opened, serve(national.portal()) as url:
        shelf = Target(name="carpeta", kind="folder", url=(home / "published").as_uri())
        sources.save_targets(opened.store, [shelf])
        source = replace(national.SOURCE, url=url, targets=("carpeta",))
        sources.save_sources(opened.store, [source])
        yield opened


@pytest.fixture(scope="module")
def documents(engine: Engine) -> list[dict[str, Any]]:
    """Return the documents of two runs."""
    made = []
    for _ in range(2):
        number = run(engine, "nacional", Options())
        assert number is not None
        job = jobs.get(engine.store, number)
        assert job is not None
        document = job_head(engine.store, job)
        document["datasets"] = list(job_datasets(engine.store, number, findings=True))
        made.append(document)
    return made


def package(home: Path, name: str) -> dict[str, Any]:
    (file,) = (home / "published" / ".acopio" / "versions" / name).glob("*/datapackage.json")
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def test_each_dataset_is_judged_by_what_it_is(documents: list[dict[str, Any]]) -> None:
    found = {
        one["name"]: (one["outcome"], {finding["code"] for finding in one["findings_list"]})
        for one in documents[0]["datasets"]
    }

    # Whatever else may be found by later rules, this is.
    assert {name: outcome for name, (outcome, _) in found.items()} == {
        name: outcome for name, (outcome, _) in EXPECTED.items()
    }
    assert {n: codes for n, (_, codes) in EXPECTED.items() if not codes <= found[n][1]} == {}


def test_the_pager_that_repeats_is_told_and_nothing_is_lost(
    documents: list[dict[str, Any]],
) -> None:
    first = documents[0]

    assert (first["status"], first["listing"]) == ("partial", "incomplete")
    assert "repite la misma página" in first["reason"]
    assert first["counts"]["listed"] == len(EXPECTED)


def test_a_second_run_moves_nothing(documents: list[dict[str, Any]]) -> None:
    counts = documents[1]["counts"]

    assert (counts["unchanged"], counts["withheld"]) == (10, 2)
    assert counts["created"] == counts["updated"] == counts["withdrawn"] == 0


def test_no_number_of_a_person_is_in_any_document_or_published_file(
    home: Path, documents: list[dict[str, Any]]
) -> None:
    assert "99999801" not in json.dumps(documents)
    files = [file for file in (home / "published").rglob("*") if file.is_file()]
    assert files
    assert not any(b"99999801" in file.read_bytes() for file in files)


@pytest.mark.usefixtures("documents")
def test_publishers_are_the_entities_their_groups_mean(home: Path) -> None:
    found = package(home, "usuarios-de-programas-sociales")

    assert found["contributors"][0]["title"] == "Ministerio de Desarrollo e Inclusión Social"
    assert found["modified"] == "2026-10-01T17:30:00+00:00"
    assert found["licenses"] == [{"path": "http://opendefinition.org/licenses/odc-by/"}]
    roles = [resource["role"] for resource in found["resources"]]
    assert roles == ["data", "data", "dictionary"]


@pytest.mark.usefixtures("documents")
def test_notes_are_published_without_html(home: Path) -> None:
    notes = package(home, "ubigeo-inei-reniec")["description"]

    assert "<" not in notes
    assert "- **UBIGEO_INEI**" in notes


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("siniestros-viales", "CODIGO,FECHA,HORA,RUTA,TRAMO,UBIGEO,CAUSA,HERIDOS,FALLECIDOS"),
        ("produccion-minera", "PRODUCTO,UNIDAD,DEPARTAMENTO,MES,TITULARES,CANTIDAD"),
        ("reclamos-de-saneamiento", "AÑO,EMPRESA,REGIÓN,MOTIVO,PRESENTADOS,FUNDADOS"),
        ("renipress", "INSTITUCION,COD_IPRESS,NOMBRE_IPRESS,CLASIFICACION,UBIGEO"),
    ],
)
def test_clean_copies_are_utf8_with_commas_and_start_at_the_header(
    home: Path, name: str, beginning: str
) -> None:
    found = package(home, name)
    folder = home / "published" / ".acopio" / "versions" / name
    (clean,) = folder.glob(f"*/{found['resources'][0]['path']}")

    assert clean.read_text("utf-8").startswith(beginning)


def test_the_portal_is_the_same_each_time_it_is_made() -> None:
    one, two = national.portal(), national.portal()

    assert one.packages == two.packages
    assert one.files == two.files
