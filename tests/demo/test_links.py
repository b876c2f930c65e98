"""The sites of links answer as such sites do, and become what an officer would expect."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from acopio.demo import budget, district, siaf
from acopio.demo.pages import FolderSite, LinksSite
from acopio.demo.server import Body, Portal, serve
from acopio.documents import job_datasets, job_head
from acopio.engine import Engine, open_engine
from acopio.model import Source, Target
from acopio.pipeline.run import run
from acopio.store import jobs, sources
from tests.pipeline.killed import settings_of


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with open_engine(settings_of(tmp_path)) as opened:
        target = Target(name="carpeta", kind="folder", url=(tmp_path / "out").as_uri())
        sources.save_targets(opened.store, [target])
        yield opened


def harvested(engine: Engine, url: str, source: Source) -> tuple[Any, dict[str, dict[str, Any]]]:
    """Run a source; return the run's document and its datasets by title."""
    here = replace(source, url=url + urlsplit(source.url).path, targets=("carpeta",))
    sources.save_sources(engine.store, [here])
    job = jobs.get(engine.store, run(engine, source.name) or "")
    assert job is not None
    found = job_datasets(engine.store, job.id, findings=True)
    return job_head(engine.store, job), {each["title"]: each for each in found}


def summary(found: dict[str, dict[str, Any]]) -> dict[str, tuple[str, set[str]]]:
    """Return outcome and finding codes by title; a licence or a dictionary may be missing."""
    return {
        title: (
            each["outcome"],
            {f["code"] for f in each["findings_list"]} - {"licence-missing", "dictionary-missing"},
        )
        for title, each in found.items()
    }


@pytest.mark.parametrize(
    ("portal", "source", "expected"),
    [
        (
            district.portal(),
            district.SOURCE,
            {
                "Licencias de funcionamiento otorgadas": (
                    "created",
                    {"encoding-not-utf8", "delimiter-not-comma", "decimal-comma"},
                ),
                "Obras públicas por contrata": ("created", {"title-rows"}),
                "Intervenciones de Serenazgo": ("created", set()),
                "Beneficiarios de comedores populares": ("withheld", {"personal-data"}),
                "Recibos por honorarios pagados": ("withheld", {"html-instead-of-data"}),
                "Parques y jardines": ("created", {"link-broken"}),
                "Ciclovías": ("created", set()),
                "Ordenanza 412-2026, de áreas verdes": ("created", {"document-not-data"}),
            },
        ),
        (
            budget.portal(),
            budget.SOURCE,
            {
                "Gasto 2024": ("created", set()),
                "Gasto 2025": ("created", set()),
                "Gasto Mensual 2026": ("created", set()),
                "Seguimiento PI 2026": ("created", {"extra-cell"}),
                "Detalle inversiones": ("created", set()),
                "Transferencias": ("created", {"missing-cell", "unclosed-quote"}),
                "Gasto 2023 (anteriores)": ("created", set()),
            },
        ),
    ],
    ids=["district", "budget"],
)
def test_each_dataset_ends_as_its_story_tells(
    engine: Engine,
    portal: Portal,
    source: Source,
    expected: dict[str, tuple[str, set[str]]],
) -> None:
    with serve(portal) as url:
        first, found = harvested(engine, url, source)
        second, _ = harvested(engine, url, source)

    assert summary(found) == expected
    assert (first["status"], first["listing"]) == ("succeeded", "complete")
    created = sum(outcome == "created" for outcome, _ in expected.values())
    assert (second["counts"]["unchanged"], second["counts"]["updated"]) == (created, 0)


def test_the_next_cut_updates_its_dataset(engine: Engine) -> None:
    site = budget.portal()
    with serve(site) as url:
        harvested(engine, url, budget.SOURCE)
        old = f"{budget.FOLDER}TRANSFERENCIAS_30-09-2026.csv"
        files = {path: body for path, body in site.files.items() if path != old}
        # As many rows as before, to the last whole one: a cut with half of them would be held back.
        whole = Body(content=siaf.transfers().rpartition(b"\n")[0] + b"\n")
        site.files = {**files, old.replace("30-09", "31-10"): whole}
        job, found = harvested(engine, url, budget.SOURCE)

    assert found["Transferencias"]["outcome"] == "updated"
    assert (job["counts"]["created"], job["counts"]["missing"]) == (0, 0)


def get(url: str) -> requests.Response:
    return requests.get(url, timeout=5)


def test_a_folder_is_listed_as_apache_does() -> None:
    files = {"/d/a b.csv": Body(content=b"x" * 2000), "/d/sub/c&.csv": Body(content=b"1")}
    with serve(FolderSite(files=files)) as url:
        listing = get(f"{url}/d/").text
        assert get(f"{url}/d/a%20b.csv").content == b"x" * 2000
        assert get(f"{url}/d/sub/c%26.csv").content == b"1"
        assert (get(f"{url}/d").status_code, get(f"{url}/e/").status_code) == (404, 404)
    assert '<a href="a%20b.csv">a b.csv</a>  2026-10-01 12:00  2.0K' in listing
    assert '<a href="sub/">sub/</a>  2026-10-01 12:00     -' in listing
    assert "c&" not in listing


def test_a_page_is_sent_in_its_encoding_and_says_so_only_if_told() -> None:
    told, silent = (
        LinksSite(pages={"/": "Ñ"}, encoding="latin-1", declared=declared, path=path)
        for declared, path in ((True, "/told"), (False, "/silent"))
    )
    with serve(told, silent) as url:
        types = [get(f"{url}{path}/").headers["Content-Type"] for path in ("/told", "/silent")]
        assert get(f"{url}/told/").content == b"\xd1"
        assert get(f"{url}/told/nada").status_code == 404
    assert types == ["text/html; charset=latin-1", "text/html"]


def test_contents_are_the_same_every_time() -> None:
    assert district.portal() == district.portal()
    assert budget.portal() == budget.portal()
