"""A fault of ours: answered whole, in the terms of whoever asked, and over."""

import json
import logging
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from acopio.portal.actions import ACTIONS
from acopio.portal.actions.registry import Action
from acopio.portal.site import Asked, Call
from tests.portal.serving import SECONDS, Portal, served

SECRET = "what nobody is told"  # noqa: S105 (a sentence)


def _broken(_call: Call, _asked: Asked) -> Any:
    raise LookupError(SECRET)


@pytest.fixture
def portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    """A portal with an action that has a fault."""
    monkeypatch.setitem(ACTIONS, "broken", Action(name="broken", function=_broken, writes=False))
    with served(tmp_path) as portal:
        yield portal


@pytest.mark.parametrize("path", ["/api/3/action/broken", "/api/action/broken"])
def test_a_fault_is_ckans_envelope_and_the_connection_goes_on(
    portal: Portal, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    place = urlsplit(portal.url)
    connection = HTTPConnection(str(place.hostname), place.port, timeout=SECONDS)
    with caplog.at_level(logging.ERROR):
        connection.request("POST", path, b'{"id": 1}', {"Content-Type": "application/json"})
        answer = connection.getresponse()
        body = answer.read()
    same = connection.sock
    assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (
        500,
        "application/json",
    )
    assert json.loads(body) == {
        "help": f"{portal.url}/api/3/action/help_show?name=broken",
        "success": False,
        "error": {
            "__type": "Internal Server Error",
            "message": "The portal failed. What happened is in its log.",
        },
    }
    assert SECRET in caplog.text
    connection.request("GET", "/api/3/action/package_list")
    assert connection.getresponse().status == 200
    assert same is not None
    assert connection.sock is same
    connection.close()


@pytest.mark.parametrize("path", ["/nada", "/api/nada", "/dataset/nada", "/api/3/action/broken"])
def test_a_host_that_is_none_is_no_fault_of_ours(portal: Portal, path: str) -> None:
    answer = requests.get(portal.url + path, headers={"Host": "a<b"}, timeout=SECONDS)
    assert answer.status_code in (400, 404)
