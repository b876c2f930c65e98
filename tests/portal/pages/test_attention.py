"""Sources that need somebody: nights that went wrong, and trials that change nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from acopio.messages import said
from acopio.model import Source
from acopio.portal.web.pages.job import OUTCOMES
from acopio.portal.web.pages.source import SIZE
from acopio.registration import add_sources
from acopio.store import jobs
from tests.portal.serving import Portal, served


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with served(tmp_path_factory.mktemp("attention")) as found:
        yield found


def _source(portal: Portal, name: str, title: str, owner: str = "") -> str:
    one = Source(name=name, kind="ckan", url="https://example.org", title=title, owner=owner)
    add_sources(portal.site.store, [one])
    return name


def _ran(portal: Portal, source: str, status: str, *, dry_run: bool = False, **more: object) -> str:
    job = jobs.start(portal.site.store, source, dry_run=dry_run)
    values = {"status": status, "finished": datetime.now(UTC), **more}
    jobs.change(portal.site.store, job, **values)
    return job


def _counts(created: int) -> dict[str, int]:
    return {**dict.fromkeys(OUTCOMES, 0), "listed": created, "created": created}


def _page(portal: Portal, path: str) -> str:
    answer = requests.get(portal.url + path, headers={"Accept-Language": "es"}, timeout=60)
    assert answer.status_code == 200
    return answer.text


def _needs(html: str) -> str:
    return html.partition('id="atencion"')[2].partition("</section>")[0]


@pytest.mark.parametrize("status", ["failed", "partial", "cancelled"])
def test_a_night_that_went_wrong_needs_somebody(portal: Portal, status: str) -> None:
    name = _source(portal, f"noche-{status}", f"Noche {status}")
    job = _ran(portal, name, status, plan="applied", reason=said("job-died"))
    _ran(portal, name, "succeeded", dry_run=True, plan="proposed")
    _ran(portal, name, "succeeded")  # a ruling on one dataset
    shown = _needs(_page(portal, f"/source/{name}"))
    assert f'href="/job/{job}"' in shown
    assert "terminó sin avisar" in shown
    assert "Nada por ahora" not in shown


def test_a_night_that_went_well_takes_it_back(portal: Portal) -> None:
    name = _source(portal, "sana", "Sana")
    _ran(portal, name, "failed", reason=said("job-died"))
    _ran(portal, name, "succeeded", plan="applied")
    _ran(portal, name, "failed", dry_run=True)
    assert "Nada por ahora" in _needs(_page(portal, f"/source/{name}"))


def test_a_plan_that_waits_counts_once(portal: Portal) -> None:
    name = _source(portal, "espera", "Espera")
    job = _ran(portal, name, "held", plan="held", reason=said("job-died"))
    shown = _needs(_page(portal, f"/source/{name}"))
    assert shown.count(f'href="/job/{job}"') == 1
    assert "terminó sin avisar" in shown


def test_a_trial_is_neither_the_last_run_nor_a_change(portal: Portal) -> None:
    name = _source(portal, "ensayada", "Ensayada")
    real = _ran(portal, name, "succeeded", plan="applied", counts=_counts(3))
    trial = _ran(portal, name, "failed", dry_run=True, plan="proposed", counts=_counts(9))
    html = _page(portal, f"/source/{name}")
    before, _, runs = html.partition('id="ejecuciones"')
    assert f"/job/{real}" in before
    assert trial not in before
    assert "3 creados" in before
    assert f"/job/{trial}" in runs
    assert "ensayo" in runs
    listed = _page(portal, "/source/")
    assert trial not in listed


def test_those_that_need_somebody_come_before_all_pages(portal: Portal) -> None:
    for number in range(SIZE):
        _source(portal, f"tranquila-{number}", f"A {number}")
    name = _source(portal, "zz", "ZZ en apuros")
    _ran(portal, name, "failed", reason=said("job-died"))
    first = _page(portal, "/source/")
    assert 'href="/source/zz"' in first
    assert first.index('href="/source/zz"') < first.index('href="/source/tranquila-0"')
    assert "terminó sin avisar" in first


def test_an_owner_without_a_page_is_not_linked(portal: Portal) -> None:
    name = _source(portal, "ajena", "Ajena", owner="nadie-aun")
    html = _page(portal, f"/source/{name}")
    assert "nadie-aun" in html
    assert 'href="/organization/nadie-aun"' not in html
    portal.result("organization_create", {"name": "nadie-aun", "title": "Nadie"}, "sysadmin")
    assert 'href="/organization/nadie-aun"' in _page(portal, f"/source/{name}")
