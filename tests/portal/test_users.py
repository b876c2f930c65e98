"""Accounts on each database, and what their tokens are worth over HTTP."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from acopio import ledger
from acopio.errors import ConfigError
from acopio.portal import users
from acopio.portal.caller import STRANGER, by_token
from tests.portal.serving import OWNER, Portal, served
from tests.services import postgres_schema


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Portal]:
    with ExitStack() as stack:
        database = ""
        if request.param == "postgresql":
            database = stack.enter_context(postgres_schema())
        yield stack.enter_context(served(tmp_path, database))


def test_roles_may_what_the_contract_says(portal: Portal) -> None:
    asked = {"owner_org": OWNER, "title": "x"}
    codes = {
        who: portal.call(
            "package_create", asked | {"name": f"de-{who or 'nadie'}"}, who
        ).status_code
        for who in ("sysadmin", "editor", "officer", "")
    }
    assert codes == {"sysadmin": 200, "editor": 200, "officer": 403, "": 403}


def test_a_token_is_worth_something_until_it_is_renewed_or_removed(portal: Portal) -> None:
    store = portal.site.store
    asked = {"owner_org": OWNER, "name": "secreto", "private": True}
    portal.result("package_create", asked, "sysadmin")
    portal.tokens["new"] = users.renew_token(store, "editor")
    codes = [
        portal.call("package_show", {"id": "secreto"}, who).status_code for who in ("editor", "new")
    ]
    assert codes == [403, 200]
    users.remove(store, "editor")
    assert portal.call("package_show", {"id": "secreto"}, "new").status_code == 403
    with store.read() as connection:
        assert by_token(connection, portal.tokens["new"]) == STRANGER
    assert "editor" not in {one.name for one in users.every(store)}


def test_two_who_add_the_same_name_make_one_account(portal: Portal) -> None:
    def add(_: int) -> str:
        try:
            return users.add(portal.site, "misma", "publisher", "nueva").token
        except ConfigError as error:
            return error.key

    with ThreadPoolExecutor(4) as pool:
        done = sorted(pool.map(add, range(4)), key=len)
    assert done[:3] == ["user-exists"] * 3
    assert len(done[3]) == 64
    assert [one.name for one in users.every(portal.site.store)].count("misma") == 1
    assert ledger.verify(portal.site.store).valid


def test_an_organization_is_one_that_is_there_and_no_group(portal: Portal) -> None:
    portal.result("group_create", {"name": "temas"}, "sysadmin")
    with pytest.raises(ConfigError, match="user-organization-taken"):
        users.add(portal.site, "ana", "publisher", "temas")
    portal.result("organization_create", {"name": "cerrada"}, "sysadmin")
    portal.result("organization_delete", {"id": "cerrada"}, "sysadmin")
    with pytest.raises(ConfigError, match="user-organization-deleted"):
        users.add(portal.site, "ana", "publisher", "cerrada")
    assert "ana" not in {one.name for one in users.every(portal.site.store)}
