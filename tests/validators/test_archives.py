"""Archives: bombs are refused unopened, several tables are told, damage is said."""

import bz2
import gzip
import io
import lzma
import zipfile

import pytest

from acopio.validators.archives import HARMLESS, table_members
from tests.validators.samples import Write, codes, examined, only

CSV = b"a,b\n1,2\n"


def zipped(members: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return body.getvalue()


def nested(levels: int) -> bytes:
    body = zipped({"a.csv": CSV})
    for _ in range(levels - 1):
        body = zipped({"dentro.zip": body})
    return body


def overlapping() -> bytes:
    """Return a zip whose directory lists one member twice, at the same bytes."""
    body = zipped({"a.csv": CSV})
    at, end = body.index(b"PK\x01\x02"), body.index(b"PK\x05\x06")
    entry, tail = body[at:end], bytearray(body[end:])
    tail[8:12] = (2).to_bytes(2, "little") * 2
    tail[12:16] = (2 * len(entry)).to_bytes(4, "little")
    return body[:at] + entry * 2 + bytes(tail)


@pytest.mark.parametrize(
    "names",
    [
        ("a.csv", "b.csv"),
        ("2024/enero.xlsx", "2024/febrero.xlsx", "leeme.pdf"),
        ("A.CSV", "carpeta\\B.TXT"),
    ],
)
def test_several_tables_in_a_zip_are_told(write: Write, names: tuple[str, ...]) -> None:
    path = write("f.zip", zipped(dict.fromkeys(names, CSV)))
    found = only(examined(path, declared="zip"), "archive-several-tables")
    assert found.params["count"] == len(table_members(path)) > 1
    assert names[0] in found.evidence


@pytest.mark.parametrize(
    "names",
    [
        ("a.csv",),
        ("a.csv", "leeme.pdf", "logo.png"),
        ("a.csv", "__MACOSX/._a.csv", ".b.csv"),
        ("notas.md",),
    ],
)
def test_one_table_or_none_is_no_finding(write: Write, names: tuple[str, ...]) -> None:
    report = examined(write("f.zip", zipped(dict.fromkeys(names, CSV))), declared="zip")
    assert not {"archive-several-tables", "archive-bomb", "not-examined"} & set(codes(report))


@pytest.mark.parametrize(
    ("content", "limit"),
    [
        (zipped({"a.csv": bytes(HARMLESS + 1)}), "ratio"),
        (zipped({"a.zip": zipped({"b.csv": bytes(HARMLESS + 1)})}), "ratio"),
        (nested(4), "nesting"),
        (overlapping(), "overlap"),
    ],
    ids=["zeros", "zeros inside", "nested", "overlapping"],
)
def test_a_bomb_is_named_with_its_limit(write: Write, content: bytes, limit: str) -> None:
    report = examined(write("f.zip", content), declared="zip")
    assert only(report, "archive-bomb").params["limit"] == limit
    assert "archive-several-tables" not in codes(report)


def test_too_many_members_are_a_bomb(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acopio.validators.archives.MEMBERS", 5)
    body = zipped({f"{n}.md": b"" for n in range(6)})
    report = examined(write("f.zip", body), declared="zip")
    assert only(report, "archive-bomb").params["limit"] == "members"


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_a_stream_that_bursts_is_a_bomb(write: Write, pack: object) -> None:
    assert callable(pack)
    kind = "bz2" if pack is bz2.compress else "xz"
    report = examined(write("f", pack(bytes(HARMLESS + (1 << 20)))), declared=kind)
    assert only(report, "archive-bomb").params["limit"] == "ratio"


def test_what_packs_well_and_stays_small_is_no_bomb(write: Write) -> None:
    rows = b"150101,2024,LIMA,0.00\n" * 400_000
    assert "archive-bomb" not in codes(examined(write("f", zipped({"a.csv": rows})), declared=""))
    assert "archive-bomb" not in codes(examined(write("g", gzip.compress(rows)), declared="gz"))


@pytest.mark.parametrize("nest", [1, 2, 3])
def test_an_archive_in_an_archive_may_be(write: Write, nest: int) -> None:
    assert "archive-bomb" not in codes(examined(write("f.zip", nested(nest)), declared="zip"))


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (zipped({"a.csv": CSV * 100})[:60], "zip"),
        (gzip.compress(CSV * 100)[:20], "gz"),
        (b"BZh9" + b"x" * 100, "bz2"),
        (b"\xfd7zXZ\x00" + b"x" * 100, "xz"),
    ],
    ids=["zip", "gz", "bz2", "xz"],
)
def test_a_damaged_archive_is_said(write: Write, content: bytes, declared: str) -> None:
    report = examined(write("f", content), declared=declared)
    assert only(report, "compression-error").params["note"] == declared
