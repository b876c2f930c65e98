"""Who may do what, and what is seen of it afterwards."""

import inspect
import io
import time
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
import requests

from acopio.portal import indexing
from acopio.portal.actions import ACTIONS
from acopio.portal.caller import PIPELINE
from acopio.portal.site import Call
from acopio.publishers.ckansite.record import twin_id
from acopio.store import sequence
from tests.portal.serving import OWNER, SECONDS, Portal, served

SEEN_WITHIN = 20  # two seconds promised; much more for a busy machine
NUMBER = "0d3f3c1e-2f1b-4b61-9a55-3f0f6d0c1a10"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with served(tmp_path_factory.mktemp("portal")) as portal:
        portal.result("organization_create", {"name": "ajena"}, "sysadmin")
        yield portal


def made(portal: Portal, name: str, **fields: Any) -> Any:
    asked = {"name": name, "owner_org": OWNER, **fields}
    return portal.result("package_create", asked, "sysadmin")


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "action", "asked", "status"),
    [
        ("", "package_create", {"name": "aa", "owner_org": OWNER}, 403),
        ("officer", "package_create", {"name": "aa", "owner_org": OWNER}, 403),
        ("editor", "package_create", {"name": "aa", "owner_org": "ajena"}, 403),
        ("editor", "package_create", {"name": "de-editor", "owner_org": OWNER}, 200),
        ("editor", "organization_create", {"name": "nueva"}, 403),
        ("editor", "organization_patch", {"id": OWNER, "title": "x"}, 403),
        ("editor", "member_create", {"id": OWNER, "object": "editor", "object_type": "user",
                                     "capacity": "admin"}, 403),
        ("editor", "group_create", {"name": "nuevo"}, 403),
        ("editor", "organization_purge", {"id": "ajena"}, 403),
        ("officer", "user_list", {}, 200),
        ("", "user_list", {}, 403),
        ("sysadmin", "member_create", {"id": OWNER, "object": "editor", "object_type": "user",
                                       "capacity": "lo-que-sea"}, 409),
        ("sysadmin", "member_create", {"id": OWNER, "object": "de-editor",
                                       "object_type": "package", "capacity": "public"}, 409),
    ],
)  # fmt: skip
def test_roles(portal: Portal, who: str, action: str, asked: dict[str, Any], status: int) -> None:
    assert portal.call(action, asked, who).status_code == status


@pytest.mark.parametrize(
    ("who", "sees"), [("", False), ("officer", True), ("editor", True), ("sysadmin", True)]
)
def test_who_sees_what_is_private(portal: Portal, who: str, sees: bool) -> None:
    name = f"privado-{who or 'nadie'}"
    package = made(portal, name, private=True, resources=[{"name": "r", "url": "http://a.example"}])
    resource = package["resources"][0]["id"]
    for action, asked in (("package_show", {"id": name}), ("resource_show", {"id": resource})):
        assert portal.call(action, asked, who).status_code == (200 if sees else 403)
    wanted = {"q": f"name:{name}", "include_private": True}
    assert portal.result("package_search", wanted, who)["count"] == int(sees)
    assert portal.result("package_search", {"q": f"name:{name}"}, who)["count"] == 0


def test_an_organization_s_administrator_says_who_is_in_it(portal: Portal) -> None:
    membership = {"id": "ajena", "object": "editor", "object_type": "user"}
    portal.result("member_create", {**membership, "capacity": "admin"}, "sysadmin")
    assert portal.result("organization_patch", {"id": "ajena", "title": "Ajena"}, "editor")
    officer = {"id": "ajena", "username": "officer", "role": "editor"}
    portal.result("organization_member_create", officer, "editor")
    # Whatever it is there, an officer writes nothing by hand.
    asked = {"name": "de-oficial", "owner_org": "ajena"}
    assert portal.call("package_create", asked, "officer").status_code == 403
    portal.result("organization_member_delete", officer, "editor")
    portal.result("member_delete", membership, "sysadmin")
    assert portal.call("organization_patch", {"id": "ajena"}, "editor").status_code == 403


def test_a_token_that_was_replaced_is_a_stranger_s(portal: Portal) -> None:
    from acopio.portal import users

    old = users.add(portal.site, "otro", "admin", None).token
    users.renew_token(portal.site.store, "otro")
    answer = requests.post(
        f"{portal.url}/api/3/action/organization_create",
        json={"name": "no"},
        headers={"Authorization": old},
        timeout=SECONDS,
    )
    assert answer.status_code == 403


# --- what is seen -------------------------------------------------------------------------------


def test_a_client_finds_its_own_writes(portal: Portal) -> None:
    for number in range(5):
        made(portal, f"visto-{number}", title=f"Hallazgo {number}")
        assert portal.result("package_search", {"q": "hallazgo"})["count"] == number + 1
        portal.result("package_patch", {"id": f"visto-{number}", "notes": "zarigüeya"}, "sysadmin")
        assert portal.result("package_search", {"q": "zariguella"})["count"] == 0
        assert portal.result("package_search", {"q": "zarigueya"})["count"] == number + 1
    portal.result("package_delete", {"id": "visto-0"}, "sysadmin")
    assert portal.result("package_search", {"q": "hallazgo"})["count"] == 4


def test_an_organization_s_new_title_is_found_in_its_datasets(portal: Portal) -> None:
    portal.result("organization_create", {"name": "cambia", "title": "Antes"}, "sysadmin")
    made(portal, "de-cambia", owner_org="cambia")
    portal.result("package_search", {"q": "antes"})
    portal.result("organization_patch", {"id": "cambia", "title": "Quinquenal"}, "sysadmin")
    found = portal.result("package_search", {"q": "quinquenal", "facet.field": ["organization"]})
    assert [one["name"] for one in found["results"]] == ["de-cambia"]
    item = found["search_facets"]["organization"]["items"][0]
    assert item == {"name": "cambia", "display_name": "Quinquenal", "count": 1}


def test_a_group_s_end_is_seen_in_its_datasets(portal: Portal) -> None:
    portal.result("group_create", {"name": "pasajero"}, "sysadmin")
    made(portal, "en-grupo", groups=[{"name": "pasajero"}])
    assert portal.result("package_search", {"fq": "groups:pasajero"})["count"] == 1
    portal.result("group_purge", {"id": "pasajero"}, "sysadmin")
    assert portal.result("package_search", {"fq": "groups:pasajero"})["count"] == 0
    assert portal.result("package_show", {"id": "en-grupo"})["groups"] == []


def test_what_another_process_writes_is_indexed_without_being_asked(portal: Portal) -> None:
    call = Call(site=portal.site, caller=PIPELINE, base="")
    ACTIONS["package_create"].function(call, {"name": "de-otro", "owner_org": OWNER})
    with portal.site.store.read() as connection:
        latest = sequence.latest(connection)
    end = time.monotonic() + SEEN_WITHIN
    while portal.site.index.sequence() < latest and time.monotonic() < end:
        time.sleep(0.05)
    assert portal.site.index.sequence() >= latest


def test_the_index_can_be_made_anew(portal: Portal) -> None:
    made(portal, "para-rehacer")
    before = portal.result("package_search", {"rows": 1000, "sort": "name asc", "fl": "name"})
    indexing.rebuild(portal.site)
    assert before == portal.result(
        "package_search", {"rows": 1000, "sort": "name asc", "fl": "name"}
    )


def test_a_dataset_in_two_pages_of_changes_is_indexed_once(portal: Portal) -> None:
    """More changes than one page, many of them with one number."""
    portal.result("organization_create", {"name": "grande"}, "sysadmin")
    call = Call(site=portal.site, caller=PIPELINE, base="")
    for number in range(450):
        asked = {"name": f"muchos-{number}", "owner_org": "grande"}
        ACTIONS["package_create"].function(call, asked)
    portal.result("organization_patch", {"id": "grande", "title": "Inmensa"}, "sysadmin")
    assert portal.result("package_search", {"q": "inmensa", "rows": 0})["count"] == 450


# --- rows ---------------------------------------------------------------------------------------


def _parquet() -> io.BytesIO:
    body = io.BytesIO()
    pa.parquet.write_table(pa.table({"ubigeo": ["010101", "150101"], "importe": [1, 2]}), body)
    body.seek(0)
    return body


@pytest.mark.parametrize("private", [False, True])
def test_rows_are_those_of_the_parquet_twin(portal: Portal, private: bool) -> None:
    number = NUMBER[:-1] + str(int(private))
    name = f"con-filas-{int(private)}"
    made(portal, name, private=private, resources=[{"id": number, "url": "http://a.example/a.csv"}])
    answer = requests.post(
        f"{portal.url}/api/3/action/resource_create",
        data={"package_id": name, "id": twin_id(number)},
        files={"upload": ("a.parquet", _parquet())},
        headers={"Authorization": portal.tokens["sysadmin"]},
        timeout=SECONDS,
    )
    assert answer.status_code == 200
    asked = {"resource_id": number, "filters": {"ubigeo": "150101"}}
    for one in (number, twin_id(number)):
        found = portal.result("datastore_search", {**asked, "resource_id": one}, "sysadmin")
        assert found["records"] == [{"_id": 2, "ubigeo": "150101", "importe": 2}]
    assert portal.call("datastore_search", asked).status_code == (403 if private else 200)
    info = portal.call("datastore_info", {"id": number})
    assert info.status_code == (403 if private else 200)
    shown = portal.result("resource_show", {"id": number}, "sysadmin")
    assert shown["datastore_active"] is True


# --- the protocol -------------------------------------------------------------------------------


def test_a_page_of_another_site_may_ask(portal: Portal) -> None:
    address = f"{portal.url}/api/3/action/package_search"
    headers = {"Origin": "https://otra.example", "Access-Control-Request-Method": "POST"}
    before = requests.options(address, headers=headers, timeout=SECONDS)
    assert before.status_code == 200
    assert "POST" in before.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in before.headers["Access-Control-Allow-Headers"]
    assert requests.get(address, timeout=SECONDS).headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/3/action/package_list", 200),
        ("GET", "/api/action/package_list", 200),
        ("HEAD", "/api/3/action/package_list", 200),
        ("GET", "/api/3/action/package_create", 400),
        ("PUT", "/api/3/action/package_list", 405),
        ("GET", "/api/2/action/package_list", 404),
        ("GET", "/api/3/action/no_hay", 400),
        ("GET", "/api/3/action/package_show?id=no-hay", 404),
        ("GET", "/api/3/action/package_show", 409),
        ("POST", "/api/3/action/package_create", 403),
        ("GET", "/api/3", 200),
    ],
)
def test_status_codes(portal: Portal, method: str, path: str, status: int) -> None:
    answer = requests.request(method, portal.url + path, timeout=SECONDS)
    assert answer.status_code == status
    if method == "HEAD":
        assert answer.content == b""


def test_addresses_follow_the_host_that_was_asked(portal: Portal) -> None:
    headers = {"Host": "datos.example.gob.pe"}
    answer = requests.get(
        f"{portal.url}/api/3/action/status_show", headers=headers, timeout=SECONDS
    ).json()
    assert answer["result"]["site_url"] == "http://datos.example.gob.pe"
    assert answer["help"].startswith("http://datos.example.gob.pe/api/3/action/help_show")


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_action_explains_itself(portal: Portal, action: str) -> None:
    said = portal.result("help_show", {"name": action})
    assert said == inspect.getdoc(ACTIONS[action].function)
    assert said
