"""What stays of bytes and versions that readers saw, and what was never theirs to see."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from sqlalchemy import select

from acopio.store import catalog
from tests.portal.serving import OWNER, SECONDS, Portal, served


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with served(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


def made(portal: Portal, name: str, **fields: Any) -> Any:
    asked = {"name": name, "owner_org": OWNER, **fields}
    return portal.result("package_create", asked, "editor")


def send(portal: Portal, body: Any, action: str = "resource_create", **asked: str) -> Any:
    """Send a file as the editor; return its resource."""
    answer = requests.post(
        f"{portal.url}/api/3/action/{action}",
        data={"name": "r", **asked},
        files={"upload": (asked.pop("file", "r.csv"), body)},
        headers={"Authorization": portal.tokens["editor"]},
        timeout=SECONDS,
    )
    assert answer.status_code == 200, answer.text[:500]
    return answer.json()["result"]


def status(portal: Portal, path: str, who: str = "") -> int:
    headers = {"Authorization": portal.tokens[who]} if who else {}
    address = path if path.startswith("http") else portal.url + path
    return requests.get(address, headers=headers, timeout=SECONDS).status_code


def cited(body: bytes) -> str:
    return f"/file/sha256/{hashlib.sha256(body).hexdigest()}"


# --- withdrawn ----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["package_delete", "package_patch", "package_update"])
def test_bytes_of_a_deleted_dataset_do_not_come_back_with_it(portal: Portal, how: str) -> None:
    name = f"vuelve-{how.replace('_', '-')}"
    package = made(portal, name)
    old, new = f"{name},antes\n".encode(), f"{name},ahora\n".encode()
    resource = send(portal, old, package_id=name)
    send(portal, new, "resource_patch", id=resource["id"])
    asked = portal.result("package_show", {"id": name}) if how == "package_update" else {}
    portal.result(how, {**asked, "id": package["id"], "state": "deleted"}, "editor")
    for body in (old, new):
        assert status(portal, cited(body)) == 410
    hidden = portal.result("package_show", {"id": package["id"]}, "editor")
    assert [one["url_type"] for one in hidden["resources"]] == [None]
    portal.result("package_patch", {"id": package["id"], "state": "active"}, "editor")
    assert status(portal, f"/dataset/{name}") == 200
    for path in (resource["url"], cited(old), cited(new)):
        assert status(portal, path) in (404, 410)
    send(portal, new, "resource_patch", id=resource["id"])
    assert [status(portal, path) for path in (resource["url"], cited(new))] == [200, 200]
    assert status(portal, cited(old)) == 410


def test_deleting_again_writes_nothing(portal: Portal) -> None:
    package = made(portal, "dos-veces")
    portal.result("package_delete", {"id": package["id"]}, "editor")
    table = catalog.package
    query = select(table.c.sequence, table.c.modified).where(table.c.id == package["id"])
    with portal.site.store.read() as connection:
        before = connection.execute(query).one()
    portal.result("package_delete", {"id": package["id"]}, "editor")
    portal.result("package_patch", {"id": package["id"], "state": "deleted"}, "editor")
    with portal.site.store.read() as connection:
        assert connection.execute(query).one() == before
