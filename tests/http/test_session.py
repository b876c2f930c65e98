"""The session lent to libraries keeps our manners, and keeps secrets to the host they are for."""

import io
from typing import Any

import ckanapi
import pytest
import requests

from acopio.errors import Blocked, CoolingDown, TooLarge, Unreachable
from acopio.http import Client
from tests.http.clients import client_for
from tests.http_server import Exchange, Server, serving


def ckan(server: Server, client: Client, **options: Any) -> ckanapi.RemoteCKAN:
    return ckanapi.RemoteCKAN(server.url, session=client.session, apikey="secreto", **options)


def actions(ask: Exchange) -> None:
    """Answer as a CKAN does to a reader without rights."""
    if ask.path.startswith("/api/action/package_list"):
        ask.reply(b'{"success": true, "result": ["gasto"]}')
    elif ask.path.startswith("/api/action/package_create"):
        ask.reply(b'{"success": false, "error": {"__type": "Authorization Error"}}', 403)
    elif ask.path.startswith("/api/action/resource_patch"):
        ask.reply(b'{"success": true, "result": "%d"}' % len(ask.asked.body))
    else:
        ask.reply(status=418)


def test_ckanapi_works_with_it() -> None:
    with serving(actions) as server:
        client = client_for(server)
        portal = ckan(server, client)
        assert portal.action.package_list() == ["gasto"]
        with pytest.raises(ckanapi.NotAuthorized):
            portal.action.package_create(name="x")
        uploaded = portal.call_action(
            "resource_patch", {"id": "r"}, files={"upload": io.BytesIO(b"x" * 200_000)}
        )
        assert int(uploaded) > 200_000
        with pytest.raises(Blocked):
            portal.action.organization_list()
        with pytest.raises(CoolingDown):
            portal.action.package_list()
    assert client.requests == 4
    assert server.asked[0].headers["user-agent"]


def test_agent_names_itself() -> None:
    with serving(lambda ask: ask.reply()) as server:
        client_for(server).get(server.url)
    agent = server.asked[0].headers["user-agent"]
    assert agent.startswith("Mozilla/5.0 (compatible; acopio/")
    assert "; +https://" in agent


@pytest.mark.parametrize("method", ["get", "post"])
def test_answer_is_whole_and_bounded_however_it_is_asked_for(method: str) -> None:
    with serving(lambda ask: ask.reply(b"x" * 5000)) as server:
        client = client_for(server, answer_bytes=4000)
        with pytest.raises(TooLarge):
            getattr(client.session, method)(server.url, stream=True)
        kept = client_for(server).session.get(server.url, stream=True)
        assert list(kept.iter_content(4096)) == [b"x" * 4096, b"x" * 904]


def test_status_is_the_callers_to_judge() -> None:
    with serving(lambda ask: ask.reply(b"no", 404)) as server:
        assert client_for(server).session.get(server.url).status_code == 404


@pytest.mark.parametrize("status", [302, 307])
def test_no_secret_follows_a_redirect_to_another_host(status: int) -> None:
    there: list[str] = []

    def lead(ask: Exchange) -> None:
        ask.reply(status=status, headers={"Location": there[0], "Set-Cookie": "sesion=1"})

    with serving(lambda ask: ask.reply(b"x")) as other, serving(lead) as server:
        there.append(other.url + "/x")
        headers = {"Authorization": "secreto", "X-CKAN-API-Key": "secreto", "Accept": "text/csv"}
        client_for(server, other).get(server.url, headers=headers)
    assert server.asked[0].headers["x-ckan-api-key"] == "secreto"
    assert "secreto" not in str(other.asked[0].headers)
    assert other.asked[0].headers["accept"] == "text/csv"
    assert other.asked[0].headers["host"] == other.host


def test_secret_follows_a_redirect_within_the_host() -> None:
    def lead(ask: Exchange) -> None:
        if ask.path == "/":
            ask.reply(status=302, headers={"Location": "/there"})
        else:
            ask.reply()

    with serving(lead) as server:
        client_for(server).get(server.url, headers={"Authorization": "secreto"})
    assert server.asked[1].headers["authorization"] == "secreto"


def test_cookie_lasts_for_a_request_and_its_redirects() -> None:
    def challenge(ask: Exchange) -> None:
        if "cookie" in ask.headers:
            ask.reply(ask.headers["cookie"].encode())
        elif ask.path == "/":
            ask.reply(status=302, headers={"Location": "/", "Set-Cookie": "paso=1; Path=/"})
        else:
            ask.reply(b"none")

    with serving(challenge) as server:
        client = client_for(server)
        assert client.get(server.url).content == b"paso=1"
        assert client.get(server.url + "/later").content == b"none"


def test_cookie_is_not_carried_to_another_host() -> None:
    there: list[str] = []

    def lead(ask: Exchange) -> None:
        ask.reply(status=302, headers={"Location": there[0], "Set-Cookie": "sesion=1; Path=/"})

    with serving(lambda ask: ask.reply()) as other, serving(lead) as server:
        name = f"localhost:{other.port}"
        there.append(f"http://{name}/")
        client = Client(allowed_private_hosts=frozenset({server.host, name}))
        client.get(server.url)
    assert "cookie" not in other.asked[0].headers


def test_proxies_and_netrc_of_the_environment_are_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login u password secreto\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with (
        serving(lambda ask: ask.reply(b"proxied")) as proxy,
        serving(lambda ask: ask.reply()) as server,
    ):
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        client_for(server).get(server.url)
        client_for(server).session.get(server.url, proxies={"http": proxy.url})
    assert proxy.asked == []
    assert len(server.asked) == 2
    assert "authorization" not in server.asked[0].headers


def test_errors_name_no_secret() -> None:
    with serving(lambda ask: ask.hang_up()) as server, pytest.raises(Unreachable) as caught:
        client_for(server).get(server.url, params={"auth_key": "secreto"})
    assert "secreto" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_it_is_a_session_of_requests() -> None:
    assert isinstance(Client().session, requests.Session)
