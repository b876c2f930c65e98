"""Whatever is sent to an action, it answers below 500, with a sentence, and goes on."""

import inspect
import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acopio.portal.actions import ACTIONS
from tests.portal.serving import OWNER, SECONDS, Portal, served
from tests.services import postgres_schema

WORDS = " ".join(inspect.getdoc(action.function) or "" for action in ACTIONS.values())
# What the actions read, by their own words; others they must refuse or pass over.
NAMES = sorted(set(re.findall(r"``([a-z_.]+)``", WORDS)))
NAMES += ["tags", "extras", "resources", "groups", "url", "version", "author_email", "private"]
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            *("uno", OWNER, "editor", "sysadmin", "user", "package", "x" * 101, "-1", "1e400"),
            *("title:(", "[* TO", '"', "a:b OR", "{!x}", "name desc, foo", "*:*", "%", "\\", "~5"),
            *("null", "[]", '{"a": {}}', "true", "9" * 40, "2020-13-40", "../../etc", "\ufeff"),
        ]
    ),
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(min_value=-(2**70), max_value=2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        TEXTS,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(["key", "value", *NAMES]), TEXTS), inner),
    ),
    max_leaves=8,
)
ASKED = st.dictionaries(st.one_of(st.sampled_from(NAMES), TEXTS), VALUES, max_size=6)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def portal(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    with ExitStack() as stack:
        home = tmp_path_factory.mktemp("portal")
        if request.param == "postgresql":
            address = stack.enter_context(postgres_schema())
            yield stack.enter_context(served(home, address))
        else:
            yield stack.enter_context(served(home))


@pytest.fixture(autouse=True)
def _dataset(portal: Portal) -> Iterator[None]:
    yield
    # It still works, whatever was done.
    assert portal.call("status_show").status_code == 200


def _check(answer: requests.Response) -> None:
    assert answer.status_code < 500, answer.text[:500]
    said = answer.json()
    if answer.status_code == 200:
        assert said["success"] is True
    else:
        assert said if isinstance(said, str) else said["error"]["__type"]


@pytest.mark.parametrize("action", sorted(ACTIONS))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(asked=ASKED, who=st.sampled_from(["", "editor", "sysadmin"]))
def test_any_values(portal: Portal, action: str, asked: dict[str, Any], who: str) -> None:
    _check(portal.call(action, asked, who))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(fields=ASKED)
def test_any_fields_of_a_dataset(portal: Portal, fields: dict[str, Any]) -> None:
    for action in ("package_create", "package_update", "package_patch"):
        asked = {"name": "uno", "id": "uno", "owner_org": OWNER, **fields}
        if action == "package_create":
            del asked["id"]
        _check(portal.call(action, asked, "sysadmin"))


DEEP = b"[" * 5000 + b"]" * 5000
BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "deep": b'{"id": ' + DEEP + b"}",
    "deep, but short of the parser's end": b'{"a": ' + b'{"a": ' * 900 + b"1" + b"}" * 901,
    "a NUL": b'{"id": "a\\u0000b"}',
    "a lone surrogate": b'{"id": "\\ud800"}',
    "no UTF-8": b'{"id": "\xff\xfe"}',
    "a long name": json.dumps({"id": "x" * 1_000_000}).encode(),
    "a long list": json.dumps({"id": list(range(200_000))}).encode(),
    "a huge number": b'{"limit": 1' + b"0" * 4000 + b', "rows": 1e400}',
    "many fields": json.dumps({f"f{number}": number for number in range(20_000)}).encode(),
    "many tags": json.dumps(
        {"name": "uno", "owner_org": OWNER, "tags": [{"name": f"t{n}"} for n in range(50_000)]}
    ).encode(),
    "many resources": json.dumps(
        {"name": "uno", "owner_org": OWNER, "resources": [{"url": "u"} for _ in range(50_000)]}
    ).encode(),
}


@pytest.mark.parametrize("said", BODIES)
@pytest.mark.parametrize(
    "action", ["package_create", "package_show", "package_search", "organization_list"]
)
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_any_body(portal: Portal, action: str, said: str, kind: str) -> None:
    headers = {"Authorization": portal.tokens["sysadmin"], "Content-Type": kind}
    address = f"{portal.url}/api/3/action/{action}"
    _check(requests.post(address, data=BODIES[said], headers=headers, timeout=SECONDS))


@pytest.mark.parametrize(
    "query",
    [
        "id=%00",
        "id=%ff%fe",
        "id=%ed%a0%80",
        "rows=%2B1",
        "rows=%D9%A1",
        "id=" + "x" * 20_000,
        "=&=",
        "%",
    ],
)
def test_any_query(portal: Portal, query: str) -> None:
    for action in ("package_show", "package_search", "tag_list", "datastore_search"):
        address = f"{portal.url}/api/3/action/{action}?{query}"
        _check(requests.get(address, timeout=SECONDS))


@pytest.mark.parametrize("name", ["%00", "a%2Fb", "%ff", "x" * 5000, "__init__"])
def test_any_action(portal: Portal, name: str) -> None:
    answer = requests.get(f"{portal.url}/api/3/action/{name}", timeout=SECONDS)
    assert answer.status_code in (400, 404)


@pytest.mark.parametrize("token", ["x", "x" * 60_000, "\u00ff", "Bearer x", "' OR 1=1 --"])
def test_a_bad_token_is_a_stranger(portal: Portal, token: str) -> None:
    address = f"{portal.url}/api/3/action/package_create"
    headers = {"Authorization": token.encode("latin-1")}
    answer = requests.post(address, json={}, headers=headers, timeout=SECONDS)
    assert answer.status_code in (403, 400)


def test_what_is_too_long_is_refused(portal: Portal) -> None:
    """A stranger's upload too: nothing of it is kept."""
    address = f"{portal.url}/api/3/action/resource_create"
    body = b'{"x": "' + b"x" * 21_000_000 + b'"}'
    for more in ({"data": body}, {"files": {"upload": ("a.csv", body)}}):
        try:
            answer = requests.post(address, timeout=SECONDS, **more)
        except requests.ConnectionError:
            continue  # refused before all of it was sent
        assert answer.status_code == 400
        assert "bytes" in answer.text


def test_what_is_cut_short_harms_nobody(portal: Portal) -> None:
    place = urlsplit(portal.url)
    head = (
        f"POST /api/3/action/package_create HTTP/1.1\r\nHost: {place.netloc}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n--b\r\n"
    )
    with socket.create_connection((place.hostname, place.port), timeout=SECONDS) as connection:
        connection.sendall(head.encode())
    assert portal.call("package_list").status_code == 200


@pytest.mark.parametrize("boundary", ["", "; boundary=b", "; boundary=" + "b" * 300])
def test_any_form(portal: Portal, boundary: str) -> None:
    headers = {
        "Authorization": portal.tokens["sysadmin"],
        "Content-Type": f"multipart/form-data{boundary}",
    }
    body = b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"
    address = f"{portal.url}/api/3/action/package_create"
    _check(requests.post(address, data=body, headers=headers, timeout=SECONDS))


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_a_file_is_no_text(portal: Portal, action: str) -> None:
    """A file is taken under one name only; an action that wants none of that name has none."""
    headers = {"Authorization": portal.tokens["sysadmin"]}
    address = f"{portal.url}/api/3/action/{action}"
    for field in ("q", "name", "title", "id", "x" * 500):
        files = {field: ("f.csv", b"a\n1\n")}
        answer = requests.post(address, files=files, headers=headers, timeout=SECONDS)
        assert (answer.status_code, "upload" in answer.json()) == (400, True)
    for texts in ({}, {"upload": "x"}, {"name": "uno", "id": "uno", "owner_org": OWNER, "q": "a"}):
        files = {"upload": ("f.csv", b"a\n1\n")}
        answer = requests.post(address, texts, files=files, headers=headers, timeout=SECONDS)
        _check(answer)
