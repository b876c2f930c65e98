"""Programs made for CKAN work with the portal: those that people use, and our own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from ckanapi import RemoteCKAN
from ckanapi.errors import NotAuthorized, NotFound, SearchQueryError, ValidationError

from tests.harvester import conformance as harvesting
from tests.portal.serving import OWNER, SECONDS, Portal, served
from tests.publishers.conformance import CHECKS, Bench
from tests.publishers.places import CkanPlace

CSV = b"ubigeo,importe\n010101,1\n"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with served(tmp_path_factory.mktemp("portal")) as portal:
        portal.result("group_create", {"name": "temas"}, "sysadmin")
        for number in range(30):
            dataset = {
                "name": f"conjunto-{number:02}",
                "title": f"Conjunto {number}",
                "owner_org": OWNER,
                "tags": [{"name": f"tema {number % 3}"}],
                "resources": [{"name": "Tabla", "url": f"http://datos.example/{number}.csv"}],
                "groups": [{"name": "temas"}] if number < 3 else [],
            }
            portal.result("package_create", dataset, "sysadmin")
        yield portal


# --- ckanapi ------------------------------------------------------------------------------------


@pytest.mark.parametrize("get", [True, False])
def test_ckanapi_reads(portal: Portal, get: bool) -> None:
    with RemoteCKAN(portal.url, get_only=get) as api:
        found = api.action.package_search(q="conjunto", rows=7, start=25)
        assert found["count"] == 30
        assert len(found["results"]) == 5
        assert api.action.status_show()["ckan_version"].startswith("2.12")


@pytest.mark.parametrize(
    ("action", "asked", "error"),
    [
        ("package_show", {"id": "nadie"}, NotFound),
        ("package_create", {"name": "x"}, NotAuthorized),
        ("package_show", {}, ValidationError),
        ("package_search", {"foo": 1}, SearchQueryError),
    ],
)
def test_ckanapi_knows_our_refusals(
    portal: Portal, action: str, asked: dict[str, Any], error: type[Exception]
) -> None:
    with RemoteCKAN(portal.url) as api, pytest.raises(error):
        api.call_action(action, asked)


def test_ckanapi_uploads(portal: Portal, tmp_path: Path) -> None:
    path = tmp_path / "tabla.csv"
    path.write_bytes(CSV)
    with RemoteCKAN(portal.url, apikey=portal.tokens["editor"]) as api, path.open("rb") as body:
        api.action.package_create(name="con-archivo", owner_org=OWNER)
        made = api.action.resource_create(package_id="con-archivo", name="Tabla", upload=body)
        assert requests.get(made["url"], timeout=SECONDS).content == CSV
        api.action.package_delete(id="con-archivo")
    assert requests.get(made["url"], timeout=SECONDS).status_code in (403, 404, 410)


def _ckanapi(portal: Portal, *words: str, given: str = "") -> str:
    scripts = Path(sys.executable).parent  # it starts itself again, by name
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    command = [str(scripts / "ckanapi"), *words, "-r", portal.url]
    if given:
        command += ["-a", portal.tokens["sysadmin"]]
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_ckanapi_command_copies_a_catalogue(portal: Portal) -> None:
    datasets = _ckanapi(portal, "dump", "datasets", "--all").splitlines()
    organizations = _ckanapi(portal, "dump", "organizations", "--all").splitlines()
    assert {json.loads(line)["name"] for line in datasets} >= {"conjunto-00", "conjunto-29"}
    assert [json.loads(line)["name"] for line in organizations] == [OWNER]
    copies = [
        {**json.loads(line), "name": f"copia-{number}", "id": "", "resources": []}
        for number, line in enumerate(datasets[:5])
    ]
    given = "\n".join(map(json.dumps, copies)) + "\n"
    _ckanapi(portal, "load", "datasets", "--create-only", given=given)
    found = _ckanapi(portal, "search", "datasets", "q=name:copia-*").splitlines()
    assert len(found) == 5
    for line in found:
        portal.result("package_delete", {"id": json.loads(line)["id"]}, "sysadmin")


# --- what harvesters and R ask ------------------------------------------------------------------


def test_a_harvester_pages_through_all_and_then_through_what_is_new(portal: Portal) -> None:
    """As ckanext-harvest does: pages sorted by id, then those modified since."""
    ids: list[str] = []
    for start in range(0, 40, 10):
        asked = {"sort": "id asc", "rows": 10, "start": start, "fq": "+name:conjunto-*"}
        page = portal.result("package_search", asked)["results"]
        ids += [one["id"] for one in page]
    assert len(ids) == len(set(ids)) == 30
    assert ids == sorted(ids)
    last = portal.result("package_show", {"id": ids[0]})["metadata_modified"]
    portal.result("package_patch", {"id": ids[1], "notes": "Cambió"}, "sysadmin")
    newer = {"fq": f'metadata_modified:["{last}Z" TO *] +notes:*', "rows": 100}
    assert ids[1] in {one["id"] for one in portal.result("package_search", newer)["results"]}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("package_list?offset=0&limit=31", 30),
        ("current_package_list_with_resources?offset=0&limit=5", 5),
        ("tag_list?all_fields=FALSE", 3),
        ("tag_list?query=tema&all_fields=TRUE", 3),
        ("organization_list?sort=name&all_fields=TRUE&include_extras=FALSE", 1),
        ("organization_list?order_by=name&limit=31&offset=0", 1),
        ("group_list?order_by=name&all_fields=FALSE", 1),
        ("group_package_show?id=temas&limit=2", 2),
        ("license_list", 15),
        ("package_autocomplete?q=conjunto-0&limit=4", 4),
    ],
)
def test_the_calls_that_ckanr_makes(portal: Portal, address: str, expected: int) -> None:
    answer = requests.get(f"{portal.url}/api/3/action/{address}", timeout=SECONDS)
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["result"]) == expected


def test_ckanr_searches_resources(portal: Portal) -> None:
    asked = {"query": "name:tabla", "limit": 7, "offset": 28}
    found = portal.result("resource_search", asked)
    assert found["count"] == 30
    assert len(found["results"]) == 2


# --- our own ------------------------------------------------------------------------------------


def test_our_harvester_reads_it(portal: Portal, tmp_path: Path) -> None:
    lent = harvesting.context(tmp_path)
    source = harvesting.source("ckan", portal.url)
    listed = list(harvesting.harvester("ckan", lent).harvest(source))
    titles = {dataset.title for dataset in harvesting.datasets(listed)}
    assert titles >= {f"Conjunto {number}" for number in range(30)}


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[CkanPlace]:
    with served(tmp_path / "portal") as portal:
        yield CkanPlace.at(portal.url, portal.tokens["sysadmin"], tmp_path / "publisher")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_our_publisher_keeps_its_promises_here_over_http(
    remote: CkanPlace, check: Callable[[Bench], None]
) -> None:
    check(Bench(remote))
