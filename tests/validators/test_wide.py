"""UTF-16 without a byte order mark is known by its structure, and nothing else is taken for it."""

import gzip
import io
import random
import struct
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from acopio.validators.magic import kind_of
from acopio.validators.passages import passages
from acopio.validators.wide import HEAD, utf16_without_mark
from tests.validators.samples import Write, codes, examined, only

WIDE = ["utf-16-le", "utf-16-be"]
TABLE = "región,año\r\n“Áncash” \u2013 €,1\r\nJunín,2\r\n"
SPANISH = st.text("abcñÁ 1,;\t“\u2013", min_size=1, max_size=40)


@given(lines=st.lists(SPANISH, min_size=3, max_size=20), codec=st.sampled_from(WIDE))
def test_lines_in_utf16_are_known(lines: list[str], codec: str) -> None:
    text = "departamento,provincia,distrito\n" * 3 + "\n".join(lines)
    assert utf16_without_mark(text.encode(codec)[:HEAD]) == codec


@given(data=st.binary(max_size=300))
@example(b"\x00" * 64)
@example(b"\x00\n" * 32)
@example(b"\x01\x00\n\x00" * 32)
@example("a\n".encode("utf-32-le") * 20)
@example(struct.pack("<200h", *range(200)))
def test_what_is_so_called_is_text_in_lines(data: bytes) -> None:
    codec = utf16_without_mark(data)
    if codec:
        text = data[: len(data) // 2 * 2].decode(codec, "replace")
        assert "\n" in text or "\r" in text
        assert sum(one.isprintable() or one in "\r\n\t\v\f\x1b" for one in text) == len(text)
        assert data.count(0) * 5 >= 2 * len(text)


@given(seed=st.integers(0, 1 << 32), nul=st.floats(0, 1), size=st.integers(64, 5000))
def test_bytes_at_random_are_not_so_called(seed: int, nul: float, size: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - draws, not secrets
    data = bytes(0 if draw.random() < nul else draw.randrange(256) for _ in range(size))
    assert utf16_without_mark(data) == ""


@given(
    places=st.lists(st.integers(0, 400), max_size=60), row=st.sampled_from(["ana,12\n", "x,1\r\n"])
)
def test_nuls_astray_in_text_are_not_so_called(places: list[int], row: str) -> None:
    data = bytearray((row * 60).encode())
    for place in places:
        data.insert(min(place, len(data)), 0)
    assert utf16_without_mark(bytes(data)) == ""


def _parquet() -> bytes:
    body = io.BytesIO()
    table = pa.table({"a": list(range(500)), "b": ["x\n"] * 500})
    pq.write_table(table, body, compression="none", use_dictionary=False)
    return body.getvalue()


def _zip() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("a.csv", TABLE.encode("utf-16-le") * 50)
    return body.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (_parquet(), "parquet"),
        (_zip(), "zip"),
        (gzip.compress(TABLE.encode("utf-16-le"), mtime=0), "gz"),
        (b"%PDF-1.7\n" + TABLE.encode("utf-16-le"), "pdf"),
        (b"SQLite format 3\x00" + TABLE.encode("utf-16-le") * 9, "sqlite"),
        (TABLE.encode("utf-16-le"), "text"),
        ('{"a": "ñ"}\n'.encode("utf-16-be"), "json"),
        ('<?xml version="1.0"?>\n<a/>'.encode("utf-16-le"), "xml"),
        ("<html>\n<body>".encode("utf-16-le"), "html"),
        ("\n \n\t\n".encode("utf-16-le"), "empty"),
        # Samples of sound, whose upper halves are mostly NUL.
        (struct.pack("<3000h", *(n * 7 % 256 for n in range(3000))), "binary"),
    ],
)
def test_what_a_file_says_it_is_goes_first(write: Write, content: bytes, expected: str) -> None:
    assert kind_of(write("f.csv", content)).format == expected


@pytest.mark.parametrize("codec", WIDE)
def test_a_table_in_it_is_judged_as_one_with_a_mark(write: Write, codec: str) -> None:
    rows = "codigo;nombre\n" + "1;Áncash\n2;Junín\n" * 9000 + "x;Piura;3\n"
    (table,) = examined(write("f.csv", rows.encode(codec))).tables
    (marked,) = examined(write("m.csv", ("\ufeff" + rows).encode(codec))).tables
    assert (table.encoding, marked.encoding) == (codec, "utf-16")
    assert table.rows == marked.rows == 18001
    assert table.counts == marked.counts != {}
    assert table.detected["encoding"] == {"value": codec, "confidence": 1.0, "by": "acopio"}


def test_nul_bytes_in_other_text_are_still_told(write: Write) -> None:
    report = examined(write("f.csv", b"a,b\n1\x00,2\n\x00\x00,3\n"))
    assert only(report, "nul-bytes").params["count"] == 3


def test_persons_in_it_are_found_where_it_is_no_table(write: Write) -> None:
    text = "Notas\n\nTitular con DNI 41234567, domiciliado en Lima\n"
    path = write("f.txt", text.encode("utf-16-le"))
    assert [(one.line, "41234567" in one.number) for one in passages(path)] == [(3, True)]
    assert "encoding-not-utf8" in codes(examined(path, declared="txt"))
