"""The server in a thread: where it listens, how it ends."""

import socket
from pathlib import Path

import pytest
import requests

from acopio.errors import ConfigError
from acopio.portal.web import serving as module
from acopio.portal.web.serving import listening, serving
from tests.portal.serving import opened, served


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_the_address_given_is_one_that_answers(tmp_path: Path, host: str) -> None:
    if ":" in host and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    site = opened(tmp_path)
    try:
        with serving(site, host, 0) as address:
            assert requests.get(f"{address}/healthz", timeout=20).text == "ok\n"
    finally:
        site.store.close()


def test_a_taken_port_is_told_and_a_left_one_is_free(tmp_path: Path) -> None:
    with listening("127.0.0.1", 0) as door:
        port = door.getsockname()[1]
        with pytest.raises(ConfigError, match="portal-port-taken"), listening("127.0.0.1", port):
            pass
    site = opened(tmp_path)
    for _ in range(2):
        with serving(site, "127.0.0.1", port) as address:
            assert requests.get(f"{address}/healthz", timeout=20).ok
    site.store.close()


def test_small_answers_do_not_wait_for_one_another(tmp_path: Path) -> None:
    with listening("127.0.0.1", 0) as door:
        client = socket.create_connection(door.getsockname())
        accepted, _ = door.accept()
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        client.close()
        accepted.close()


def test_who_reads_slowly_is_cut_at_the_end_without_a_fuss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "GRACE_SECONDS", 0)
    with served(tmp_path) as portal:
        asked = {"name": "obras", "owner_org": "portal-prueba"}
        package = portal.result("package_create", asked, "sysadmin")
        made = requests.post(
            f"{portal.url}/api/3/action/resource_create",
            data={"package_id": package["id"], "name": "n"},
            files={"upload": ("n.bin", b"x" * 30_000_000)},
            headers={"Authorization": portal.tokens["sysadmin"]},
            timeout=20,
        ).json()["result"]
        slow = requests.get(made["url"], stream=True, timeout=20)
        assert slow.raw.read(1000)
    assert "Cancel 1 running" in caplog.text
    assert "Traceback" not in caplog.text
    slow.close()


def test_a_proxy_before_it_is_believed_what_it_says(tmp_path: Path) -> None:
    with served(tmp_path) as portal:
        answer = requests.get(
            f"{portal.url}/api/3/action/status_show",
            headers={"Host": "datos.example.gob.pe", "X-Forwarded-Proto": "https"},
            timeout=20,
        )
    assert answer.json()["result"]["site_url"] == "https://datos.example.gob.pe"
