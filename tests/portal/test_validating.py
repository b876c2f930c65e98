"""``/validar`` over HTTP: the report of a run, whatever is sent, and nothing of it kept."""

import csv
import gzip
import io
import json
import re
import socket
import time
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from html import unescape
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from frictionless import Report

from acopio import clean_copies
from acopio.errors import Cancelled
from acopio.executor import Executor, LocalExecutor
from acopio.portal.web.pages.rendering import POLICY
from acopio.portal.web.validating import attachments, examining, receiving
from acopio.subjects import Subject
from acopio.validation import document, validate
from tests.http_server import serving
from tests.portal.serving import Portal, served
from tests.validators.books import write_xlsx

SECONDS = 120
DIRTY = "año;monto\n2024;10\n2025;\n2026\n2027;=1+1\n".encode("cp1252")
CLEAN = b"anio,monto\r\n2024,10\r\n2025,20\r\n"
PADRON = (
    b"dni,nombres,monto\n41234567,ROSA QUISPE,1\n42345678,JUAN MAMANI,2\n43456789,ANA FLORES,3\n"
)
FORMULAS = b"n,m\n" + b"1,2\n" * 200 + b"=cmd|x,3\n@SUM(1),4\n+a,5\n-b,6\n-5,x\n"
MULTIPART = "multipart/form-data; boundary=x"
FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
FIELD = b'--x\r\nContent-Disposition: form-data; name="url"\r\n\r\n'
END = b"\r\n--x--\r\n"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with served(tmp_path_factory.mktemp("validar")) as found:
        yield found
        assert kept(found) == []


def kept(portal: Portal) -> list[Path]:
    """Return what is left of visits."""
    folder = portal.site.home / "validar"
    return list(folder.iterdir()) if folder.exists() else []


def send(portal: Portal, name: str, body: bytes, **fields: str) -> requests.Response:
    return requests.post(
        portal.url + "/validar",
        files={"file": (name, body)},
        data=fields,
        headers={"Accept-Language": "es"},
        timeout=SECONDS,
    )


def attached(html: str) -> dict[str, bytes]:
    """Return the files a page holds, by name."""
    links = re.findall(r'href="data:[^"]*;base64,([^"]*)" download="([^"]*)"', html)
    return {unescape(name): b64decode(body) for body, name in links}


def codes(html: str) -> list[str]:
    return re.findall(r'id="regla-([a-z0-9-]+)"', html)


def refusal(answer: requests.Response) -> str:
    (found,) = re.findall(r'role="alert"><h2>[^<]*</h2><p>(.*?)</p>', answer.text)
    return unescape(found)


def test_the_form_says_what_it_takes_and_needs_no_script(portal: Portal) -> None:
    answer = requests.get(portal.url + "/validar?lang=en", timeout=SECONDS)
    assert answer.status_code == 200
    for said in ('enctype="multipart/form-data"', 'type="file"', 'type="url"', "100 MB"):
        assert said in answer.text
    assert "<script" not in answer.text


def test_a_file_gets_the_report_of_the_command_line(portal: Portal, tmp_path: Path) -> None:
    path = tmp_path / "gasto.csv"
    path.write_bytes(DIRTY)
    executor = LocalExecutor(1)
    expected = document(
        [validate(Subject(given="gasto.csv", path=path, name="gasto.csv"), None, executor)]
    )
    executor.close()
    answer = send(portal, "gasto.csv", DIRTY)
    assert answer.status_code == 200
    found = json.loads(attached(answer.text)["acopio.json"])
    assert timeless(found) == timeless(expected)
    assert {one["code"] for one in expected["files"][0]["findings"]} == set(codes(answer.text))


def timeless(value: Any) -> Any:
    """Return a document without its times."""
    if isinstance(value, dict):
        return {key: timeless(one) for key, one in value.items() if key != "seconds"}
    return [timeless(one) for one in value] if isinstance(value, list) else value


def test_the_worst_comes_first_with_five_examples_and_the_remedy(portal: Portal) -> None:
    body = b"anio;monto;sede\n" + b"2024;1;a\n" * 60 + b"2024;1\n" * 9 + b"2024;x;a\n" * 7
    html = send(portal, "gasto.csv", body).text
    severities = re.findall(r'<section class="rule (\w+)"', html)
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    counts = [one.count("<li>") for one in re.findall(r'<ul class="cases">.*?</ul>', html, re.S)]
    assert max(counts) == 5
    assert html.count("Cómo corregirlo:") == len(codes(html))
    rows = list(csv.DictReader(io.StringIO(attached(html)["acopio-rows.csv"].decode("utf-8-sig"))))
    assert len(rows) > 12
    assert {one["code"] for one in rows} == set(codes(html))


def test_a_report_offers_the_clean_copy_its_log_and_what_frictionless_says(portal: Portal) -> None:
    files = attached(send(portal, "gasto 2024.csv", DIRTY).text)
    assert (
        files["gasto 2024.csv"].decode()
        == "año,monto\r\n2024,10\r\n2025,\r\n2026,\r\n2027,=1+1\r\n"
    )
    changes = json.loads(files["gasto 2024.log.json"])["changes"]
    assert {"encoding", "delimiter"} <= {one["change"] for one in changes}
    report = json.loads(files["frictionless.json"])
    assert Report.from_descriptor({**report, "files": None}).valid is report["valid"]


def test_a_spreadsheet_does_not_run_what_a_cell_says(portal: Portal) -> None:
    files = attached(send(portal, "a.csv", FORMULAS).text)
    rows = list(csv.reader(io.StringIO(files["acopio-rows.csv"].decode("utf-8-sig"))))
    assert len(rows) > 1
    assert [cell for row in rows for cell in row if re.match(r"[=@+]|-[^0-9]", cell)] == []


def test_only_of_a_text_is_said_how_it_is_written(portal: Portal, tmp_path: Path) -> None:
    book = write_xlsx(tmp_path / "libro.xlsx", {"Hoja1": [["a", "b"], [1, 2]]})
    assert "Codificación" not in send(portal, "libro.xlsx", book.read_bytes()).text
    assert "Codificación" in send(portal, "texto.csv", CLEAN).text


def test_a_clean_file_has_nothing_to_put_right(portal: Portal) -> None:
    html = send(portal, "gasto.csv", CLEAN).text
    assert "Sin nada que corregir." in html
    assert attached(html)["gasto.csv"] == CLEAN


def test_persons_are_masked_everywhere_and_no_copy_is_made_of_them(portal: Portal) -> None:
    for fields in ({}, {"as": "zip"}):
        answer = send(portal, "padron.csv", PADRON, **fields)
        texts = [answer.text, *(one.decode() for one in attached(answer.text).values())]
        if fields:
            with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
                texts = [packed.read(name).decode() for name in packed.namelist()]
                assert "padron.csv" not in packed.namelist()
        else:
            assert "personal-data" in codes(answer.text)
            assert "No se preparó una copia limpia" in answer.text
        for said in ("41234567", "QUISPE", "42345678"):
            assert not [text for text in texts if said in text]


def test_all_of_it_comes_in_a_zip(portal: Portal) -> None:
    answer = send(portal, "gasto.csv", DIRTY, **{"as": "zip"})
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="gasto-revision.zip"'
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == list(attached(send(portal, "gasto.csv", DIRTY).text))


def test_what_is_too_large_for_the_page_is_in_the_zip(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_INLINE", 2_000)
    html = send(portal, "gasto.csv", DIRTY).text
    assert sum(map(len, attached(html).values())) <= 2_000
    assert "es demasiado grande para la página" in html


def test_nobody_keeps_a_report(portal: Portal) -> None:
    answer = send(portal, "gasto.csv", CLEAN)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert "ETag" not in answer.headers
    assert kept(portal) == []


@pytest.mark.parametrize(
    "name",
    [f"{SCRIPT}.csv", f'"><img src=x onerror=alert(1)>{SCRIPT}.csv', "../../../etc/passwd",
     "CON.csv", "a\\b\\c.csv", "x" * 3000 + ".csv", "\u202egpj.csv", "=cmd.csv", ".", "año.csv"],
)  # fmt: skip
def test_no_name_does_harm(portal: Portal, name: str) -> None:
    answer = send(portal, name, f'a,b\n{SCRIPT},1\n{SCRIPT},2\n"><img src=x>,x\n'.encode())
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "<img src=x" not in answer.text
    assert len(answer.text) < 60_000
    assert kept(portal) == []


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in members.items():
            packed.writestr(name, body)
    return file.getvalue()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "bomb.zip": lambda: zipped(a=b"\0" * 200_000_000),
    "bomb.csv.gz": lambda: gzip.compress(b"a,b\n" + b"0" * 40_000_000, 1),
    "wide.csv": lambda: b"," * 2_000_000 + b"\n1\n",
    "filled.csv": lambda: b"a," * 9_000 + b"b\n" + b"1,2\n" * 200_000,
    "deep.json": lambda: b"[" * 1_000_000,
    "line.csv": lambda: b"a" * 20_000_000,
    "quote.csv": lambda: b'a,b\n"' + b"x,y\n" * 500_000,
    "nul.csv": lambda: b"a,b\n\0\0,1\n" * 1000,
    "blank.csv": lambda: b"\n" * 5_000_000,
    "page.csv": lambda: f"<html><body>{SCRIPT}</body></html>".encode(),
    "empty.csv": lambda: b"",
    "noise.xlsx": lambda: bytes(range(256)) * 400,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_does_harm(portal: Portal, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(examining, "EXAMINE_SECONDS", 20.0)
    monkeypatch.setattr(examining, "CLEAN_SECONDS", 10.0)
    monkeypatch.setattr(clean_copies, "MOST_BYTES", 20_000_000)
    answer = send(portal, name, HOSTILE[name]())
    assert answer.status_code == 200
    assert 'class="verdict ' in answer.text
    assert "<script" not in answer.text
    assert len(answer.content) < 4_000_000
    assert kept(portal) == []
    # The next file is examined all the same.
    assert "Sin nada que corregir." in send(portal, "gasto.csv", CLEAN).text


def test_an_examination_that_takes_too_long_is_ended_and_says_so(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "EXAMINE_SECONDS", 0.01)
    html = send(portal, "gasto.csv", b"a,b\n" + b"1,2\n" * 200_000).text
    assert codes(html) == ["examination-failed"]
    monkeypatch.undo()
    assert "Sin nada que corregir." in send(portal, "gasto.csv", CLEAN).text


def test_300_megabytes_are_refused_unread(portal: Portal) -> None:
    def body() -> Iterator[bytes]:
        for _ in range(300):
            yield b"x" * 1_000_000

    class Sized:
        """A body that says how long it is."""

        def __iter__(self) -> Iterator[bytes]:
            return body()

        def __len__(self) -> int:
            return 300_000_000

    kind = {"Content-Type": MULTIPART}
    answer = requests.post(portal.url + "/validar", data=Sized(), headers=kind, timeout=SECONDS)
    assert answer.status_code == 413
    assert "100 MB" in refusal(answer)
    assert kept(portal) == []


def test_a_body_that_says_no_length_is_cut_where_it_is_too_long(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MOST_BYTES", 1_000_000)

    def body() -> Iterator[bytes]:
        yield FILE
        for _ in range(30):
            yield b"x" * 100_000
        yield END

    kind = {"Content-Type": MULTIPART}
    answer = requests.post(portal.url + "/validar", data=body(), headers=kind, timeout=SECONDS)
    assert answer.status_code == 413


def raw(portal: Portal, head: bytes) -> socket.socket:
    place = urlsplit(portal.url)
    door = socket.create_connection((place.hostname, place.port), timeout=SECONDS)
    door.sendall(b"POST /validar HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + head)
    return door


def answered(door: socket.socket) -> bytes:
    parts = []
    with suppress(OSError):
        while part := door.recv(65536):
            parts.append(part)
    return b"".join(parts)


SLOW = b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000\r\n\r\n--x\r\n"


def test_a_body_that_comes_too_slowly_is_given_up(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "SILENCE_SECONDS", 0.3)
    with raw(portal, SLOW) as door:
        answer = answered(door)
    assert b" 408 " in answer.partition(b"\r\n")[0]


def test_a_body_that_drips_is_given_up(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "BODY_SECONDS", 0.5)

    def drip(door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                door.sendall(b"x")
                time.sleep(0.05)

    with raw(portal, SLOW.replace(b"1000", b"1000000")) as door:
        Thread(target=drip, args=[door], daemon=True).start()
        answer = answered(door)
    assert b" 408 " in answer.partition(b"\r\n")[0]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("", b"a,b\n1,2\n"),
        ("text/csv", b"a,b\n1,2\n"),
        ("application/json", b'{"url": "http://x.example"}'),
        ("multipart/form-data", b"--x\r\n\r\n--x--"),
        (MULTIPART, b""),
        (MULTIPART, b"no boundary at all"),
        (MULTIPART, b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"),
        (MULTIPART, FIELD.replace(b"url", b"file") + b"no file" + END),
        (MULTIPART, b"--x\r\nX: " + b"y" * 100_000 + b"\r\n\r\n1" + END),
        (MULTIPART, (FIELD + b"1\r\n") * 50 + b"--x--\r\n"),
        (MULTIPART, (FILE + b"1\r\n") * 3 + b"--x--\r\n"),
        (MULTIPART, FIELD + b"h" * 2_000_000),
        ("application/x-www-form-urlencoded", b"url="),
        ("application/x-www-form-urlencoded", b"x" * 10_000),
        ("application/x-www-form-urlencoded", b"&".join([b"url=1"] * 3000)),
        ("application/x-www-form-urlencoded", b"url=" + b"h" * 3000),
    ],
)  # fmt: skip
def test_what_is_no_such_form_is_told(portal: Portal, kind: str, body: bytes) -> None:
    headers = {"Content-Type": kind, "Accept-Language": "en"}
    answer = requests.post(portal.url + "/validar", data=body, headers=headers, timeout=SECONDS)
    assert answer.status_code in (400, 413)
    assert len(refusal(answer)) > 30
    assert 'type="file"' in answer.text


def test_a_file_and_an_address_are_one_too_many(portal: Portal) -> None:
    answer = send(portal, "a.csv", CLEAN, url="http://x.example/a.csv")
    assert answer.status_code == 400
    assert "Deje solo uno" in refusal(answer)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://x.example/a", "javascript:alert(1)", "//x.example/a", "a.csv",
     "http://", "http://[", "http://u:p@x.example/", "http://127.0.0.1:1/", "http://localhost/",
     "http://[::1]/", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://2130706433/",
     "http://[::ffff:127.0.0.1]/", "http://0/", 'http://"><script>alert(1)</script>/'],
)  # fmt: skip
def test_an_address_that_may_not_be_asked_is_refused(portal: Portal, url: str) -> None:
    answer = requests.post(portal.url + "/validar", data={"url": url}, timeout=SECONDS)
    assert answer.status_code == 422
    assert len(refusal(answer)) > 30
    assert "<script" not in answer.text


@pytest.fixture
def allow(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the settings allow a host on this machine."""

    def allowed(url: str) -> None:
        hosts = frozenset({urlsplit(url).netloc})
        settings = replace(portal.site.settings, allowed_private_hosts=hosts)
        monkeypatch.setattr(portal.site, "settings", settings)

    return allowed


def ask(portal: Portal, url: str, **headers: str) -> requests.Response:
    said = {"Accept-Language": "es", **headers}
    return requests.post(portal.url + "/validar", data={"url": url}, headers=said, timeout=SECONDS)


def test_an_address_gets_the_same_report(portal: Portal, allow: Callable[[str], None]) -> None:
    with serving(lambda one: one.reply(DIRTY)) as server:
        allow(server.url)
        by_url = ask(portal, server.url + "/gasto.csv")
    by_file = send(portal, "gasto.csv", DIRTY)
    assert by_url.status_code == 200
    assert codes(by_url.text) == codes(by_file.text)
    clean = attached(by_url.text)["gasto.csv"]
    assert clean == attached(by_file.text)["gasto.csv"]


def test_what_the_settings_allow_is_for_this_machine_alone(
    portal: Portal, allow: Callable[[str], None]
) -> None:
    with serving(lambda one: one.reply(CLEAN)) as server:
        allow(server.url)
        for header in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
            answer = ask(portal, server.url + "/a.csv", **{header: "127.0.0.1"})
            assert answer.status_code == 422
        assert server.asked == []


@pytest.mark.parametrize("status", [404, 403, 500])
def test_what_cannot_be_fetched_says_why(
    portal: Portal, allow: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(examining, "FETCH", replace(examining.FETCH, retries=0))
    with serving(lambda one: one.reply(b"", status)) as server:
        allow(server.url)
        answer = ask(portal, server.url + f"/{status}.csv")
    assert answer.status_code == 422
    assert "No se pudo descargar" in refusal(answer)
    assert f'value="{server.url}/{status}.csv"' in answer.text


def test_an_address_that_gives_too_much_is_refused(
    portal: Portal, allow: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "FETCH", replace(examining.FETCH, file_bytes=1000))
    with serving(lambda one: one.reply(b"a,b\n" * 1000)) as server:
        allow(server.url)
        assert ask(portal, server.url + "/a.csv").status_code == 422


def test_one_visitor_is_told_to_slow_down(portal: Portal) -> None:
    headers = {"X-Forwarded-For": "203.0.113.7"}
    answers = [
        requests.post(portal.url + "/validar", data={"url": "x"}, headers=headers, timeout=SECONDS)
        for _ in range(40)
    ]
    statuses = [one.status_code for one in answers]
    assert statuses[0] == 422
    assert statuses[-1] == 429
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 61


def test_a_schema_that_is_not_offered_is_refused(portal: Portal) -> None:
    answer = send(portal, "a.csv", CLEAN, schema="../../etc/passwd")
    assert answer.status_code == 400
    assert "../../etc/passwd" in refusal(answer)


def test_who_leaves_ends_the_examination(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[bool] = []

    def slow(_subject: Subject, _schema: None, executor: Executor) -> None:
        try:
            executor.call(time.sleep, SECONDS, seconds=SECONDS)
        except Cancelled:
            left.append(True)
            raise

    monkeypatch.setattr(examining, "validate", slow)
    body = FILE + b"a" + END
    head = f"Content-Type: {MULTIPART}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with raw(portal, head + body):
        _until(lambda: bool(kept(portal)))
    _until(lambda: bool(left))
    assert left == [True]
    _until(lambda: not kept(portal))


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)
