"""What is told to whoever runs the portal: alive, able, and in figures."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from acopio.portal.web.gauges import Gauges
from acopio.store import Store, open_store, schema
from tests.portal.serving import OWNER, Portal, opened, served
from tests.services import postgres_schema


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with served(tmp_path) as portal:
        yield portal


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store on each database it must work on."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path}/other.db"
        if request.param == "postgresql":
            url = stack.enter_context(postgres_schema())
        yield (opened := open_store(url))
        opened.close()


def ready(portal: Portal) -> tuple[int, dict[str, str]]:
    answer = requests.get(f"{portal.url}/readyz", timeout=20)
    return answer.status_code, answer.json()["checks"]


def figures(portal: Portal) -> dict[tuple[str, ...], float]:
    """Return what ``/metrics`` says, as Prometheus reads it: name and labels' values."""
    answer = requests.get(f"{portal.url}/metrics", timeout=20)
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def dataset(portal: Portal, name: str, **more: object) -> str:
    asked = {"name": name, "owner_org": OWNER, **more}
    return str(portal.result("package_create", asked, "sysadmin")["id"])


def test_a_portal_that_serves_is_ready(portal: Portal) -> None:
    assert requests.get(f"{portal.url}/healthz", timeout=20).text == "ok\n"
    assert ready(portal) == (200, {"database": "ok", "index": "ok", "archive": "ok"})


def test_tables_of_another_version_are_not_ready(portal: Portal) -> None:
    with portal.site.store.write() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    status, checks = ready(portal)
    assert (status, checks["index"], checks["archive"]) == (503, "ok", "ok")
    assert "9999" in checks["database"]
    assert requests.get(f"{portal.url}/healthz", timeout=20).ok


def test_a_database_without_tables_is_not_ready_and_no_secret_is_told(portal: Portal) -> None:
    with portal.site.store.write() as connection:
        connection.execute(text("drop table catalog_file"))
    status, checks = ready(portal)
    assert (status, checks["archive"]) == (503, "OperationalError")
    assert figures(portal)[("acopio_database_up",)] == 1


def test_an_archive_that_is_not_mounted_is_not_ready(portal: Portal) -> None:
    number = dataset(portal, "obras")
    requests.post(
        f"{portal.url}/api/3/action/resource_create",
        data={"package_id": number, "name": "a"},
        files={"upload": ("a.csv", b"a\n1\n")},
        headers={"Authorization": portal.tokens["sysadmin"]},
        timeout=20,
    ).raise_for_status()
    assert ready(portal)[0] == 200
    shutil.rmtree(portal.site.settings.home / "archive")
    status, checks = ready(portal)
    assert (status, checks["database"]) == (503, "ok")
    assert "catalogue" in checks["archive"]


def test_an_index_that_is_gone_is_made_anew(portal: Portal) -> None:
    dataset(portal, "obras")
    assert portal.result("package_search")["count"] == 1
    shutil.rmtree(portal.site.home / "index")
    assert ready(portal) == (200, {"database": "ok", "index": "ok", "archive": "ok"})
    assert portal.result("package_search")["count"] == 1


def test_an_index_that_cannot_be_read_is_not_ready(portal: Portal) -> None:
    assert ready(portal)[0] == 200
    (meta,) = portal.site.home.rglob("meta.json")
    meta.write_text("{")
    status, checks = ready(portal)
    assert (status, checks["database"], checks["index"]) == (503, "ok", "ValueError")


def test_datasets_and_requests_are_counted(portal: Portal) -> None:
    dataset(portal, "uno")
    dataset(portal, "dos", private=True)
    portal.result("package_delete", {"id": dataset(portal, "tres")}, "sysadmin")
    for name in ("a", "b", "../c"):
        requests.get(f"{portal.url}/file/sha256/{name}", timeout=20)
        requests.get(f"{portal.url}/{name}/nada", timeout=20)
        requests.request("BREW", f"{portal.url}/healthz", timeout=20)
    found = figures(portal)
    states = {
        key[1]: value for key, value in found.items() if key[0] == "acopio_catalogue_datasets"
    }
    assert states == {"active": 1, "private": 1, "deleted": 1}
    assert found[("acopio_http_requests_total", "GET", "/file/sha256/{hash}", "404")] == 2
    assert ("acopio_http_requests_total", "other", "/healthz", "405") in found
    routes = {key[2] for key in found if key[0] == "acopio_http_requests_total"}
    assert not [route for route in routes if "nada" in route]
    assert "none" in routes
    assert found[("acopio_http_request_seconds_count", "/file/sha256/{hash}")] == 2
    assert found[("acopio_index_lag",)] in {0, 1, 2, 3, 4}


def test_each_state_of_datasets_is_one_line(portal: Portal) -> None:
    """However many are private: Prometheus refuses a whole answer that says a line twice."""
    for name, private in (("uno", True), ("dos", False), ("tres", False)):
        portal.result("package_delete", {"id": dataset(portal, name, private=private)}, "sysadmin")
    answer = requests.get(f"{portal.url}/metrics", timeout=20).text
    lines = [line for line in answer.splitlines() if line.startswith("acopio_catalogue_datasets{")]
    assert lines == ['acopio_catalogue_datasets{state="deleted"} 3.0']


def test_what_sources_last_did_is_told_on_each_database(store: Store, tmp_path: Path) -> None:
    began = datetime(2026, 7, 1, 3, tzinfo=UTC)
    jobs = [
        ("mef", "succeeded", 0, False),
        ("mef", "failed", 1, False),
        ("mef", "succeeded", 2, True),
        ("minsa", "running", 0, False),
        ("retirada", "succeeded", 0, False),
    ]
    with store.write() as connection:
        for name in ("mef", "minsa", "nunca"):
            row = {"name": name, "definition": "{}", "enabled": True, "changed": began}
            connection.execute(schema.source.insert().values(**row))
        for number, (source, status, day, dry_run) in enumerate(jobs):
            started = began + timedelta(days=day)
            row = {"id": str(number), "source": source, "status": status, "dry_run": dry_run}
            ended = None if status == "running" else started + timedelta(hours=1)
            connection.execute(schema.job.insert().values(**row, started=started, finished=ended))
    site = opened(tmp_path / "home")
    site.store.close()
    site.store = store
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for metric in Gauges(site).collect()
        for sample in metric.samples
    }
    last = "acopio_source_last_run_timestamp_seconds"
    good = "acopio_source_last_success_timestamp_seconds"
    assert {key: value for key, value in found.items() if "source" in key[0]} == {
        (last, "mef", "failed"): (began + timedelta(days=1)).timestamp(),
        (last, "minsa", "running"): began.timestamp(),
        (good, "mef"): (began + timedelta(hours=1)).timestamp(),
    }
    assert found[("acopio_database_up",)] == 1


def test_without_a_database_there_is_one_gauge(tmp_path: Path) -> None:
    site = opened(tmp_path)
    with site.store.write() as connection:
        connection.execute(text("drop table harvest_dataset"))
    found = [metric.name for metric in Gauges(site).collect()]
    site.store.close()
    assert found == ["acopio_database_up"]
