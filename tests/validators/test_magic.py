import gzip
import io
import zipfile

import pytest

from acopio.validators.magic import kind_of
from tests.validators.samples import Write


def zipped(*names: str, mimetype: str = "") -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return body.getvalue()


def ole(stream: str) -> bytes:
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[30:32] = (9).to_bytes(2, "little")
    return bytes(header) + stream.encode("utf-16-le").ljust(512, b"\0")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n\t\x00", "empty"),
        (b"a,b\n1,2\n", "text"),
        (b"[id],[nombre]\n1,x\n", "text"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"PAR1....PAR1", "parquet"),
        (gzip.compress(b"a,b\n", mtime=0), "gz"),
        (zipped("padron.csv"), "zip"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        (zipped("xl/workbook.bin"), "xlsb"),
        (zipped("word/document.xml"), "docx"),
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        (zipped("doc.kml"), "kmz"),
        (b"PK\x03\x04 cut short", "zip"),
        (ole("Workbook"), "xls"),
        (ole("WordDocument"), "doc"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
        (b'{"a": 1}', "json"),
        (b' [ {"a": 1} ]', "json"),
        (b'["a", "b"]', "json"),
        (b'<?xml version="1.0"?><r/>', "xml"),
        (b"<kml xmlns='x'>", "xml"),
        (b"<!DOCTYPE html><html>", "html"),
        (b"\xef\xbb\xbf\n<!-- a\ncomment --> <HTML>", "html"),
        (b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC ''>", "html"),
        ("\ufeff<html>".encode("utf-16-le"), "html"),
        (b"<br />\n<b>Fatal error</b>: in line 3", "html"),
        (b"\x7fELF" + bytes(range(256)) * 4, "binary"),
        (b"fLaC" + bytes(range(256)), "flac"),
        (b"a,b\n1,\x00\n", "text"),
        (b"\x89PNG\r\n\x1a\n", "png"),
    ],
)
def test_a_file_is_what_its_bytes_say(write: Write, content: bytes, expected: str) -> None:
    assert kind_of(write("declared.csv", content)).format == expected


def test_an_encrypted_workbook_says_so(write: Write) -> None:
    assert kind_of(write("a.xlsx", ole("EncryptedPackage"))).encrypted
    assert not kind_of(write("b.xls", ole("Workbook"))).encrypted


def test_an_encrypted_zip_member_says_so(write: Write) -> None:
    body = bytearray(zipped("padron.csv"))
    body[body.index(b"PK\x01\x02") + 8] |= 1
    assert kind_of(write("a.zip", bytes(body))).encrypted


def test_a_zip_lists_what_it_holds(write: Write) -> None:
    assert kind_of(write("a.zip", zipped("x.csv", "y.csv"))).members == ("x.csv", "y.csv")


def test_a_directory_that_claims_to_be_huge_is_not_read(write: Write) -> None:
    body = bytearray(zipped("padron.csv"))
    at = body.index(b"PK\x05\x06")
    body[at + 12 : at + 16] = (1 << 31).to_bytes(4, "little")
    found = kind_of(write("a.zip", bytes(body)))
    assert (found.format, found.members) == ("zip", ())


def test_an_old_workbook_whose_header_points_nowhere_is_still_named(write: Write) -> None:
    damaged = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600
    assert kind_of(write("x.xls", damaged)).format == "ole"


@pytest.mark.parametrize(
    ("content", "expected"), [(b"\0" * 100_000, "empty"), (b"a,b\n1\0,2\n\0\0,3\n", "text")]
)
def test_what_nul_bytes_fill_is_empty_or_text(write: Write, content: bytes, expected: str) -> None:
    assert kind_of(write("f.csv", content)).format == expected
