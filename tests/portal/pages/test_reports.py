"""Reports at addresses that last: of this dataset alone, and no more than was public then."""

import re

from sqlalchemy import insert, update

from acopio.portal.web.pages.report import findings
from acopio.store import datasets, jobs, schema
from tests.portal.pages import world as worlds
from tests.portal.pages.world import World


def known(world: World, name: str) -> datasets.Known:
    number = world.portal.result("package_show", {"id": name})["id"]
    return datasets.find(world.portal.site.store, number)


def address(world: World, name: str) -> str:
    return f"/dataset/{name}/report/{known(world, name).findings}"


def test_the_report_says_its_lasting_address_and_says_the_same_there(world: World) -> None:
    path = address(world, worlds.WARNED)
    assert f'href="{path}"' in world.get(f"/dataset/{worlds.WARNED}/report").text
    html = world.get(path).text
    codes = re.findall(r'id="regla-([a-z0-9-]+)"', html)
    expected = ["decimal-comma", "delimiter-not-comma", "dictionary-missing", "encoding-not-utf8"]
    assert sorted(codes) == expected
    assert 'href="/job/' in html


def test_a_report_of_another_dataset_is_not_found(world: World) -> None:
    other = known(world, worlds.CROWDED).findings
    for digest in (other, "0" * 64, "x", "%00"):
        assert world.get(f"/dataset/{worlds.WARNED}/report/{digest}").status_code == 404


def test_all_cases_of_a_rule_are_at_lasting_addresses_too(world: World) -> None:
    path = address(world, worlds.CROWDED)
    html = world.get(path).text
    assert f'href="{path}?regla=regla-1"' in html
    cases = (
        world.get(f"{path}?regla=regla-1").text.partition('class="cases"')[2].partition("</ul>")[0]
    )
    assert cases.count("<li>") == worlds.FOUND // 40


def test_runs_and_versions_lead_to_the_report_of_then(world: World) -> None:
    path = address(world, worlds.WARNED)
    first = jobs.recent(world.portal.site.store, worlds.SOURCE)[-1]
    assert f'href="{path}"' in world.get(f"/job/{first.id}").text
    assert f'href="{path}"' in world.get(f"/dataset/{worlds.WARNED}/versions").text


def test_a_withheld_dataset_s_report_is_its_public_record(world: World) -> None:
    known = datasets.find(world.portal.site.store, worlds.WITHHELD)
    answer = world.get(f"/dataset/{worlds.WITHHELD}/report/{known.findings}")
    assert answer.text.count("<h1>") == 1
    assert "Cómo corregirlo:" in answer.text
    assert 'class="cases"' not in answer.text


def test_a_report_that_had_a_dataset_withheld_names_rules_only(world: World) -> None:
    """It is shown now, but was withheld for this report in a run."""
    store, held = world.portal.site.store, known(world, worlds.HOSTILE)
    job = jobs.start(store, worlds.SOURCE, dry_run=False)
    jobs.change(store, job, status="succeeded")
    row = {
        "job": job, "number": 1, "remote_id": held.remote_id, "name": "", "title": "",
        "payload": "", "dataset": held.id, "action": "update", "outcome": "withheld",
        "findings": held.findings, "errors": held.errors, "warnings": 0, "infos": 0,
    }  # fmt: skip
    with store.write() as connection:
        connection.execute(insert(schema.record), [row])
    try:
        path = f"/dataset/{worlds.HOSTILE}/report/{held.findings}"
        for html in (world.get(path).text, world.get(f"{path}?regla=type-error").text):
            assert 'id="regla-type-error"' in html
            assert "alert" not in html.partition('class="report"')[2]
    finally:
        with store.write() as connection:
            connection.execute(schema.job.delete().where(schema.job.c.id == job))


def test_a_body_that_is_no_longer_kept_is_not_found(world: World) -> None:
    store, held = world.portal.site.store, known(world, worlds.HOSTILE)
    for digest in ("f" * 64, held.findings):
        with store.write() as connection:
            change = update(schema.dataset).where(schema.dataset.c.id == held.id)
            connection.execute(change.values(findings=digest))
        there = world.get(f"/dataset/{worlds.HOSTILE}/report/{digest}").status_code == 200
        assert there is (digest == held.findings)
    assert findings(world.portal.site, held.findings)
