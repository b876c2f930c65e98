"""No address leads into a private network, however it is written or reached."""

import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.errors import Blocked, SourceError, Unreachable
from acopio.http import Client, Limits
from acopio.http.addresses import Allowed, is_public, parse, shown, without_secrets
from tests.http.clients import client_for
from tests.http_server import serving

PRIVATE = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://10.1.2.3/",
    "http://172.16.0.1:8080/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://[fd00::1]/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_private_address_is_refused_before_and_when_asked(url: str) -> None:
    client = Client(limits=Limits(connect=0.2, retries=0))
    with pytest.raises(Blocked) as checked:
        client.check_address(url)
    assert checked.value.key == "http-private-address"
    with pytest.raises(Blocked) as asked:
        client.get(url)
    assert asked.value.key == "http-private-address"


@pytest.mark.parametrize("url", ["http://localhost./", "http://127.0.0.1./"])
def test_trailing_dot_hides_nothing(url: str) -> None:
    with pytest.raises(Blocked):
        Client().check_address(url)
    # Some resolvers know no such name, which will do as well.
    with pytest.raises((Blocked, Unreachable)):
        Client().get(url)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("ftp://datos.example.gob.pe/a.csv", "http-bad-scheme"),
        ("file:///etc/passwd", "http-bad-scheme"),
        ("gopher://127.0.0.1:6379/_x", "http-bad-scheme"),
        ("javascript:alert(1)", "http-bad-scheme"),
        ("http://user:secreto@datos.example.gob.pe/", "http-credentials-in-address"),
        ("http://datos.example.gob.pe@127.0.0.1/", "http-credentials-in-address"),
        ("http://127.0.0.1\\@datos.example.gob.pe/", "http-credentials-in-address"),
        ("http:///solo-ruta", "http-bad-address"),
        ("http://./", "http-bad-address"),
        ("http://[::1", "http-bad-address"),
        ("http://host:99999/", "http-bad-address"),
        ("http://a b/", "http-bad-address"),
        ("http://[fe80::1%25eth0]/", "http-bad-address"),
        ("ver anexo", "http-bad-scheme"),
        ("", "http-bad-scheme"),
    ],
)
def test_odd_address_is_refused_by_name(url: str, key: str) -> None:
    client = Client()
    with pytest.raises(Blocked) as caught:
        client.check_address(url)
    assert caught.value.key == key
    assert "secreto" not in str(caught.value)
    with pytest.raises(Blocked):
        client.get(url)
    assert client.requests == 0


def test_name_that_does_not_resolve_passes() -> None:
    Client().check_address("https://no-existe.invalid/data.json")


def resolving_to(*addresses: str) -> Any:
    def look_up(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    return look_up


def test_name_of_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to("10.0.0.5"))
    client = Client()
    with pytest.raises(Blocked):
        client.check_address("https://datos.example.gob.pe/")
    with pytest.raises(Blocked):
        client.get("https://datos.example.gob.pe/")


def test_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to("8.8.8.8", "192.168.0.9"))
    with pytest.raises(Blocked):
        Client().check_address("https://datos.example.gob.pe/")


def test_connection_goes_to_the_address_that_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    connected = []

    def connect(address: tuple[str, int], *args: Any, **kwargs: Any) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolving_to("8.8.8.8"))
    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    with pytest.raises(SourceError):
        Client(limits=Limits(retries=0)).get("http://datos.example.gob.pe/")
    assert connected == [("8.8.8.8", 80)]


@pytest.mark.parametrize(
    ("name", "url", "expected"),
    [
        ("127.0.0.1:80", "http://127.0.0.1/", True),
        ("127.0.0.1:80", "http://127.0.0.1:8080/", False),
        ("127.0.0.1:443", "https://127.0.0.1/", True),
        ("127.0.0.1", "http://127.0.0.1:8080/", True),
        ("127.0.0.1", "http://127.0.0.10/", False),
        ("127.0.0.1", "http://127.1/", False),
        ("Localhost", "http://LOCALHOST.:5000/", True),
        ("portal.lan", "http://portal.lan.example.com/", False),
        ("::1", "http://[::1]:8080/", True),
        ("[::1]", "http://[0:0:0:0:0:0:0:1]/", True),
        ("[::1]:8080", "http://[::1]:8080/", True),
        ("[::1]:8080", "http://[::1]:8081/", False),
    ],
)
def test_allowed_hosts_are_matched_exactly(name: str, url: str, expected: bool) -> None:
    assert (parse(url) in Allowed([name])) is expected


def test_allowed_port_does_not_open_its_neighbours() -> None:
    with serving(lambda ask: ask.reply(b"secret")) as server:
        # As a prefix, the allowed address is the beginning of the server's.
        shorter = server.host[:-1]
        client = Client(allowed_private_hosts=frozenset({shorter}))
        with pytest.raises(Blocked):
            client.get(server.url)
    assert server.asked == []


def test_allowed_name_may_be_asked() -> None:
    with serving(lambda ask: ask.reply(b"hola")) as server:
        client = client_for(server)
        client.check_address(server.url)
        assert client.get(server.url).content == b"hola"
        by_name = Client(allowed_private_hosts=frozenset({"localhost"}))
        assert by_name.get(f"http://localhost:{server.port}/").content == b"hola"


@pytest.mark.parametrize(
    "there", ["http://169.254.169.254/", "http://127.0.0.1:1/", "ftp://x/", "http://a@127.0.0.1/"]
)
def test_redirect_is_judged_like_any_address(there: str) -> None:
    with serving(lambda ask: ask.reply(status=302, headers={"Location": there})) as server:
        client = client_for(server)
        with pytest.raises(Blocked):
            client.get(server.url)
    assert client.requests == 1


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=6, network="fc00::/7"))
def test_no_private_network_is_public(address: Any) -> None:
    assert not is_public(str(address))


@given(st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_ipv4_inside_ipv6_is_judged_as_ipv4(address: Any) -> None:
    assert not is_public(f"::ffff:{address}")


@pytest.mark.parametrize("ip", ["8.8.8.8", "200.48.225.130", "2800:200::1", "[2800:200::1]"])
def test_public_addresses_are_public(ip: str) -> None:
    assert is_public(ip)


@given(st.text() | st.text().map("http://".__add__) | st.text("[]:@/\\%.1a").map("http://".__add__))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    assert len(shown(text)) <= 500
    try:
        address = parse(text)
    except Blocked:
        return
    assert address.host
    assert 0 < address.port < 65536


def test_shown_address_hides_secrets() -> None:
    url = "https://u:p@h.example/a?auth_key=abc&offset=10&api_token=xyz#x"
    assert shown(url) == "https://h.example/a?auth_key=***&offset=10&api_token=***"


@pytest.mark.parametrize(
    "query", ["apikey=x9x", "api%6Bey=x9x", "key2=x9x", "token[0]=x9x", "CLAVE=x9x", "db_pwd=x9x"]
)
def test_a_secret_is_known_by_its_key(query: str) -> None:
    assert "x9x" not in shown(f"https://h.example/?a=1&{query}&b=2")
    assert without_secrets("keyword=agua&author=ana&design=3") == "keyword=agua&author=ana&design=3"
