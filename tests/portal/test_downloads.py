"""Downloads as HTTP says (RFC 9110, 9530, 6266), asked by real clients."""

import base64
import gzip
import hashlib
import io
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import requests

from acopio.canonical import to_json
from acopio.model import FileKind, ReleaseFile, ReleaseResource
from acopio.portal.site import Site
from acopio.publishers.ckansite.record import twin_id
from acopio.store import schema
from tests.portal.serving import OWNER, Portal, served
from tests.services import postgres_schema

TABLE = "ubigeo,año\n" + "".join(f"{number:06},{2000 + number % 25}\n" for number in range(3000))
CSV = TABLE.encode()
PARTS = (FileKind.ORIGINAL, FileKind.SCHEMA, FileKind.REJECTS, FileKind.LOG)


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"a": list(range(50_000))}), out, row_group_size=10_000)
    return out.getvalue()


PARQUET = parquet()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def portal(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    with ExitStack() as stack:
        database = ""
        if request.param == "postgresql":
            database = stack.enter_context(postgres_schema())
        yield stack.enter_context(served(tmp_path_factory.mktemp("portal"), database))


def dataset(portal: Portal, name: str, **more: Any) -> Any:
    asked = {"name": name, "owner_org": OWNER, "title": name, "license_id": "cc-by", **more}
    return portal.result("package_create", asked, "sysadmin")


def upload(portal: Portal, package: str, name: str, body: bytes, **more: str) -> Any:
    answer = requests.post(
        f"{portal.url}/api/3/action/resource_create",
        data={"package_id": package, "name": name, **more},
        files={"upload": (name, body)},
        headers={"Authorization": portal.tokens["sysadmin"]},
        timeout=20,
    )
    assert answer.ok, answer.text
    return answer.json()["result"]


def asked(url: str, method: str = "GET", **headers: str) -> requests.Response:
    """Ask as a client that takes no coding, unless it says so."""
    own = {"Accept-Encoding": "identity", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return requests.request(method, url, headers=own, timeout=20, allow_redirects=False)


def curl(*words: str) -> str:
    command = ["curl", "--silent", "--show-error", "--fail", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def sha(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


@dataclass(frozen=True)
class Clean:
    """A clean table as the pipeline publishes one, with all its files; ``base`` its address."""

    base: str
    url: str
    twin: str
    original: bytes
    portal: Portal

    def beside(self, kind: str) -> requests.Response:
        return asked(f"{self.base}/{kind}")


def judged(site: Site, package: str, resource: str, body: bytes, original: bytes) -> None:
    """Write what the pipeline knows of a resource it published well."""
    bodies = {
        FileKind.DATA: ("obras.csv", body, "text/csv"),
        FileKind.PARQUET: ("obras.parquet", PARQUET, "application/vnd.apache.parquet"),
        FileKind.ORIGINAL: ("obras.original.html", original, "text/html"),
        FileKind.SCHEMA: ("obras.schema.json", b'{"fields": []}', "application/json"),
        FileKind.REJECTS: ("obras.rejects.csv", b"row,field,original\n", "text/csv"),
        FileKind.LOG: ("obras.log.json", b"[]", "application/json"),
    }
    kept = tuple(
        ReleaseFile(
            kind=kind,
            name=name,
            sha256=site.archive.add_bytes(content),
            size=len(content),
            media_type=media_type,
            format=name.rpartition(".")[2],
        )
        for kind, (name, content, media_type) in bodies.items()
    )
    good = ReleaseResource(id=resource, source_id="1", url="http://x.example", name="o", files=kept)
    moment = datetime.now(UTC)
    with site.store.write() as connection:
        connection.execute(
            schema.dataset.insert().values(
                id=package,
                source="muni",
                remote_id=package,
                name=package,
                title="",
                payload="",
                state="active",
                since=moment,
            )
        )
        connection.execute(
            schema.resource.insert().values(
                id=resource, dataset=package, remote_id="1", url="", name="", good=to_json(good)
            )
        )


def clean_table(portal: Portal, name: str) -> Clean:
    original = b"<script>alert(1)</script>" + CSV
    package = dataset(portal, name)
    csv = upload(portal, package["id"], "obras.csv", CSV)
    twin = upload(portal, package["id"], "obras.parquet", PARQUET, id=twin_id(csv["id"]))
    judged(portal.site, package["id"], csv["id"], CSV, original)
    base = f"{portal.url}/dataset/{name}/resource/{csv['id']}"
    return Clean(base=base, url=csv["url"], twin=twin["url"], original=original, portal=portal)


@pytest.fixture(scope="module")
def clean(portal: Portal) -> Clean:
    return clean_table(portal, "obras")


def links_of(answer: requests.Response) -> dict[str, str]:
    found = requests.utils.parse_header_links(answer.headers["Link"])
    return {one.get("title", one["rel"]): one["url"] for one in found}


# --- what is said of a file ---------------------------------------------------------------------


def test_a_clean_table_says_all_of_itself(clean: Clean) -> None:
    answer = asked(clean.url)
    said = answer.headers
    assert answer.content == CSV
    assert said["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert said["ETag"] == f'"{sha(CSV)}"'
    assert said["Repr-Digest"] == digest(CSV)
    assert said["Content-Length"] == str(len(CSV))
    assert said["Content-Disposition"] == 'attachment; filename="obras.csv"'
    assert said["Accept-Ranges"] == "bytes"
    assert said["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in said["Content-Security-Policy"]
    assert said["Access-Control-Allow-Origin"] == "*"
    assert said["Cache-Control"] == "no-cache"
    assert "Accept-Encoding" in said["Vary"]
    found = links_of(answer)
    assert found["schema"] == f"{clean.base}/schema"
    assert found["original"] == f"{clean.base}/original"
    assert found["license"].startswith("http")
    assert found["report"].startswith(f"{clean.portal.url}/dataset/obras/")
    assert asked(found["cite-as"]).content == CSV
    assert asked(found["schema"]).json() == {"fields": []}


def test_the_twin_is_parquet_whose_address_ends_so(clean: Clean) -> None:
    answer = asked(clean.twin, Accept_Encoding="gzip")
    assert clean.twin.endswith(".parquet")
    assert answer.headers["Content-Type"] == "application/vnd.apache.parquet"
    assert "Content-Encoding" not in answer.headers
    assert links_of(answer)["schema"] == f"{clean.base}/schema"
    assert answer.content == PARQUET


def test_what_stands_beside_a_clean_table_can_be_had(clean: Clean) -> None:
    original = clean.beside("original")
    assert original.content == clean.original
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in original.headers["Content-Security-Policy"]
    assert clean.beside("rejects").headers["Content-Type"].startswith("text/csv; charset=utf-8")
    assert clean.beside("log").json() == []
    for kind in PARTS:
        assert sha(clean.beside(kind).content) in clean.beside(kind).headers["ETag"]
    assert clean.beside("parquet").status_code == 404


def test_beside_other_bytes_than_those_judged_stands_nothing(portal: Portal) -> None:
    mine = clean_table(portal, "editada")
    number = mine.base.rpartition("/")[2]
    requests.post(
        f"{portal.url}/api/3/action/resource_patch",
        data={"id": number},
        files={"upload": ("obras.csv", b"a\n1\n")},
        headers={"Authorization": portal.tokens["sysadmin"]},
        timeout=20,
    ).raise_for_status()
    assert asked(mine.url).content == b"a\n1\n"
    assert [mine.beside(kind).status_code for kind in PARTS] == [404] * 4
    assert "schema" not in links_of(asked(mine.url))
    older = asked(f"{portal.url}/file/sha256/{sha(CSV)}")
    assert older.content == CSV


def test_addresses_by_id_by_name_and_without_a_file_name(clean: Clean) -> None:
    for end in ("/download", "/download/", "/download/otro%20nombre.txt", "/download/a/b"):
        assert asked(clean.base + end).content == CSV
    assert asked(clean.base.replace("/obras/", "/otro/") + "/download").status_code == 404


# --- conditions, ranges, codings ----------------------------------------------------------------


def test_who_has_it_is_told_so(clean: Clean) -> None:
    first = asked(clean.url)
    mark, date = first.headers["ETag"], first.headers["Last-Modified"]
    for header in (mark, f"W/{mark}", f'"x", {mark}', "*"):
        again = asked(clean.url, If_None_Match=header)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == mark
    assert asked(clean.url, If_Modified_Since=date).status_code == 304
    assert asked(clean.url, "HEAD", If_None_Match=mark).status_code == 304
    # An ETag is asked for before a date, and is worth more.
    other = {"If_None_Match": '"x"', "If_Modified_Since": date}
    assert asked(clean.url, **other).status_code == 200
    for nonsense in ("gestern", "Sat, 99 Foo 2026 25:61:61 GMT", ""):
        assert asked(clean.url, If_Modified_Since=nonsense).status_code == 200


def test_who_has_another_is_refused_what_it_asked_for_this_one_alone(clean: Clean) -> None:
    mark = asked(clean.url).headers["ETag"]
    assert asked(clean.url, If_Match=mark).status_code == 200
    assert asked(clean.url, If_Match="*").status_code == 200
    assert asked(clean.url, If_Match=f"W/{mark}").status_code == 412
    assert asked(clean.url, If_Match='"x"').status_code == 412
    old = "Thu, 01 Jan 1998 00:00:00 GMT"
    assert asked(clean.url, If_Unmodified_Since=old).status_code == 412


@pytest.mark.parametrize(
    ("asks", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, None),
        ("bytes=-7", -7, None),
        ("bytes=5-99999999", 5, None),
        ("bytes=-99999999", 0, None),
        ("BYTES=3-4", 3, 5),
    ],
)
def test_a_part_is_that_part(clean: Clean, asks: str, start: int, end: int | None) -> None:
    answer = asked(clean.url, Range=asks, Accept_Encoding="gzip")
    expected = CSV[start:end]
    first = start % len(CSV)
    assert (answer.status_code, answer.content) == (206, expected)
    assert answer.headers["Content-Range"] == (
        f"bytes {first}-{first + len(expected) - 1}/{len(CSV)}"
    )
    assert answer.headers["Repr-Digest"] == digest(CSV)
    assert answer.headers["ETag"] == f'"{sha(CSV)}"'


@pytest.mark.parametrize("asks", ["bytes=999999999-", "bytes=-0", f"bytes={len(CSV)}-"])
def test_a_part_outside_is_refused(clean: Clean, asks: str) -> None:
    answer = asked(clean.url, Range=asks)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(CSV)}"


@pytest.mark.parametrize(
    "asks",
    ["bytes=0-1,4-5", "bytes=9-3", "bytes=a-b", "lines=1-2", "bytes=-", "bytes=--5",
     "bytes=1e3-", "bytes=٣-٤".encode().decode("latin-1"), "bytes=" + "9" * 5000 + "-"],
)  # fmt: skip
def test_a_range_that_is_none_gets_the_whole(clean: Clean, asks: str) -> None:
    answer = asked(clean.url, Range=asks)
    assert (answer.status_code, answer.content) == (200, CSV)


def test_a_part_is_of_the_same_version_or_the_whole_comes(clean: Clean) -> None:
    first = asked(clean.url).headers
    for same in (first["ETag"], first["Last-Modified"]):
        assert asked(clean.url, Range="bytes=5-", If_Range=same).content == CSV[5:]
    for other in ('"x"', f"W/{first['ETag']}", "Thu, 01 Jan 1998 00:00:00 GMT", "x"):
        answer = asked(clean.url, Range="bytes=5-", If_Range=other)
        assert (answer.status_code, answer.content) == (200, CSV)


def test_head_says_what_get_would(clean: Clean) -> None:
    for coding in ("identity", "gzip"):
        head = asked(clean.url, "HEAD", Accept_Encoding=coding)
        get = asked(clean.url, Accept_Encoding=coding)
        assert head.content == b""
        assert dict(head.headers) | {"date": ""} == dict(get.headers) | {"date": ""}
    assert asked(clean.url, "HEAD", Range="bytes=0-9").headers["Content-Length"] == str(len(CSV))


@pytest.mark.parametrize("accepts", ["gzip", "br;q=1, GZIP;q=0.5", "*", "x-gzip"])
def test_a_text_is_coded_and_its_digest_is_of_what_was_sent(clean: Clean, accepts: str) -> None:
    with requests.get(
        clean.url, headers={"Accept-Encoding": accepts}, stream=True, timeout=20
    ) as answer:
        raw = answer.raw.read(decode_content=False)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(raw) == CSV
    assert len(raw) < len(CSV) / 2
    assert answer.headers["Content-Length"] == str(len(raw))
    assert answer.headers["Repr-Digest"] == digest(raw)
    assert answer.headers["ETag"] == f'W/"{sha(CSV)}"'
    again = asked(clean.url, Accept_Encoding=accepts, If_None_Match=answer.headers["ETag"])
    assert (again.status_code, again.headers["ETag"]) == (304, answer.headers["ETag"])


@pytest.mark.parametrize("accepts", ["", "identity", "br", "gzip;q=0", "*;q=0", "gzip;q=0, *"])
def test_who_takes_no_gzip_gets_none(clean: Clean, accepts: str) -> None:
    answer = asked(clean.url, Accept_Encoding=accepts)
    assert "Content-Encoding" not in answer.headers
    assert answer.content == CSV


# --- real clients -------------------------------------------------------------------------------


def test_curl_resumes_where_it_was_cut(clean: Clean, tmp_path: Path) -> None:
    for name, more in (("a", []), ("b", ["--compressed"])):
        out = tmp_path / name
        out.write_bytes(CSV[:1234])
        said = curl("-C", "-", *more, "-o", str(out), "-w", "%{http_code}", clean.url)
        assert (said, out.read_bytes()) == ("206", CSV)


def test_curl_saves_under_the_name_and_keeps_what_has_not_changed(
    clean: Clean, tmp_path: Path
) -> None:
    where = ["--output-dir", str(tmp_path)]
    curl("-OJ", "--compressed", *where, clean.base + "/download/x")
    assert (tmp_path / "obras.csv").read_bytes() == CSV
    tags = str(tmp_path / "etag")
    for expected in ("200", "304"):
        code = curl(
            "--etag-save", tags, "--etag-compare", tags, "-o", str(tmp_path / "out"),
            "-w", "%{http_code}", clean.url,
        )  # fmt: skip
        assert code == expected


class Ranged(io.RawIOBase):
    """A file read over HTTP part by part, as Parquet readers do; ``asked`` counts bytes."""

    def __init__(self, url: str) -> None:
        self.url, self.at, self.asked = url, 0, 0
        self.size = int(asked(url, "HEAD").headers["Content-Length"])

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def tell(self) -> int:
        return self.at

    def read(self, size: int = -1) -> bytes:
        end = self.size if size < 0 else min(self.size, self.at + size)
        if end <= self.at:
            return b""
        part = asked(self.url, Range=f"bytes={self.at}-{end - 1}")
        assert part.status_code == 206
        self.at, self.asked = end, self.asked + len(part.content)
        return part.content


def test_a_parquet_reader_takes_the_rows_it_wants(clean: Clean) -> None:
    with Ranged(clean.twin) as remote:
        found = pq.ParquetFile(remote).read_row_group(3)
        assert found["a"].to_pylist() == list(range(30_000, 40_000))
        assert remote.asked < len(PARQUET)


def test_a_client_that_hangs_up_midway_is_no_fault(portal: Portal) -> None:
    body = bytes(range(256)) * 80_000
    made = upload(portal, dataset(portal, "grande")["id"], "grande.bin", body)
    host, _, port = portal.url.removeprefix("http://").partition(":")
    path = made["url"].removeprefix(portal.url)
    with socket.create_connection((host, int(port)), timeout=10) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        assert client.recv(1000).startswith(b"HTTP/1.1 200")
    answer = asked(made["url"], Range="bytes=-256")
    assert answer.content == body[-256:]
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert sha(asked(made["url"]).content) == sha(body)


# --- who may ------------------------------------------------------------------------------------


def test_a_private_file_is_for_its_organization(portal: Portal) -> None:
    package = dataset(portal, "privado", private=True)
    made = upload(portal, package["id"], "p.csv", b"secreto\n1\n")
    assert asked(made["url"]).status_code == 403
    assert b"secreto" not in asked(made["url"]).content
    assert asked(made["url"], Authorization="x" * 64).status_code == 403
    for who in ("sysadmin", "editor", "officer"):
        answer = asked(made["url"], Authorization=portal.tokens[who])
        assert answer.content == b"secreto\n1\n"
        assert answer.headers["Cache-Control"] == "private, no-store"
    cited = f"{portal.url}/file/sha256/{sha(b'secreto')}"
    assert asked(cited, Authorization=portal.tokens["sysadmin"]).status_code == 404
    assert asked(cited.replace(sha(b"secreto"), sha(b"secreto\n1\n"))).status_code == 404


def test_what_was_withdrawn_is_gone_for_everyone(portal: Portal) -> None:
    body = b"retirado\n1\n"
    package = dataset(portal, "retirado")
    made = upload(portal, package["id"], "r.csv", body)
    by_name = made["url"].replace(package["id"], "retirado")
    cited = f"{portal.url}/file/sha256/{sha(body)}"
    assert [asked(url).content for url in (made["url"], by_name, cited)] == [body] * 3
    portal.result("package_delete", {"id": package["id"]}, "sysadmin")
    for url in (made["url"], by_name, cited, made["url"].split("/download")[0] + "/original"):
        for token in ("", portal.tokens["sysadmin"]):
            answer = asked(url, **({"Authorization": token} if token else {}))
            assert answer.status_code == 410
            assert answer.headers["Cache-Control"] == "no-store"
            assert b"retirado\n1" not in answer.content


def test_published_bytes_are_cited_by_their_hash(clean: Clean) -> None:
    answer = asked(f"{clean.portal.url}/file/sha256/{sha(CSV).upper()}")
    assert answer.content == CSV
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert asked(f"{clean.portal.url}/file/sha256/{sha(b'nadie')}").status_code == 404
    # Known to the archive is not published.
    assert asked(f"{clean.portal.url}/file/sha256/{sha(clean.original)}").status_code == 404


def test_a_link_is_followed_and_no_trap(portal: Portal) -> None:
    package = dataset(portal, "enlaces")
    made = []
    for url in ("https://example.org/año.csv?a=1", "javascript:alert(1)", "h" * 9000, ""):
        more = {"package_id": package["id"], "name": "e", "url": url}
        made.append(portal.result("resource_create", more, "sysadmin")["id"])
    answers = [asked(f"{portal.url}/dataset/enlaces/resource/{one}/download") for one in made]
    assert answers[0].status_code == 302
    assert answers[0].headers["Location"] == "https://example.org/a%C3%B1o.csv?a=1"
    assert {answer.status_code for answer in answers[1:]} == {404}


# --- hostile and unlucky ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/dataset/x/resource/y/download", "/dataset/%00/resource/%00/download/%00",
     "/dataset/..%2f..%2fetc/resource/x/original", "/dataset/a/resource/" + "b" * 3000 + "/log",
     "/dataset/ñ/resource/%ff/schema", "/file/sha256/x", "/file/sha256/..%2f..",
     "/file/sha256/" + "0" * 63 + "%00"],
)  # fmt: skip
def test_nonsense_is_not_found(portal: Portal, path: str) -> None:
    answer = asked(portal.url + path)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_a_pages_script_may_ask_but_not_with_a_bad_host(clean: Clean) -> None:
    preflight = asked(clean.url, "OPTIONS", Origin="https://x.example")
    assert preflight.status_code == 204
    assert "Range" in preflight.headers["Access-Control-Allow-Headers"]
    assert asked(clean.url, Host="x y<").status_code == 400
    assert asked(clean.url, "POST").status_code == 405


def test_bytes_the_archive_lost_are_told_to_who_runs_the_portal(
    portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    made = upload(portal, dataset(portal, "perdido")["id"], "perdido.csv", b"perdido\n")
    portal.site.archive.delete(sha(b"perdido\n"))
    answer = asked(made["url"])
    assert (answer.status_code, "perdido.csv" in answer.text) == (404, True)
    assert sha(b"perdido\n") in caplog.text


def test_what_a_publisher_says_of_a_file_goes_into_no_header(portal: Portal) -> None:
    package = dataset(
        portal,
        "hostil",
        license_id="",
        extras=[{"key": "licence_url", "value": 'https://x.example/"><s>\r\nSet-Cookie: a=b'}],
    )
    answer = requests.post(
        f"{portal.url}/api/3/action/resource_create",
        data={"package_id": package["id"], "name": "n"},
        files={"upload": ('a"b\n.csv', "á".encode("latin-1") + b"\n", 'text/csv"; x=\u00e9')},
        headers={"Authorization": portal.tokens["sysadmin"]},
        timeout=20,
    )
    got = asked(answer.json()["result"]["url"])
    assert got.status_code == 200
    assert "Set-Cookie" not in got.headers
    assert got.headers["Content-Type"] in ("application/octet-stream", "text/csv")
    assert "\n" not in got.headers["Content-Disposition"]
    (licence,) = (one for one in got.headers["Link"].split(", ") if "license" in one)
    assert licence.startswith("<https://x.example/%22%3E%3Cs%3E%0D%0ASet-Cookie")


def test_a_client_that_knows_nothing_of_a_file_is_helped_by_its_name(portal: Portal) -> None:
    package = dataset(portal, "sin-tipo")
    answer = requests.post(
        f"{portal.url}/api/3/action/resource_create",
        data={"package_id": package["id"], "name": "n"},
        files={"upload": ("n.csv", "año\n".encode(), "application/octet-stream")},
        headers={"Authorization": portal.tokens["sysadmin"]},
        timeout=20,
    )
    got = asked(answer.json()["result"]["url"])
    assert got.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_an_empty_file_has_no_part(portal: Portal) -> None:
    made = upload(portal, dataset(portal, "vacio")["id"], "v.csv", b"")
    assert asked(made["url"]).headers["Content-Length"] == "0"
    assert asked(made["url"], Range="bytes=0-").status_code == 416
