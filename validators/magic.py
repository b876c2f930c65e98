"""Tell what a file really is, from its bytes and its structure, never from its name."""

import re
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from acopio.validators.wide import HEAD, utf16_without_mark

_MEMBERS = 1000
# A directory of more entries than any publisher makes is not read into memory.
_DIRECTORY = 16 << 20

_SIGNATURES = (
    (b"%PDF-", "pdf"),
    (b"PAR1", "parquet"),
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF8", "gif"),
    (b"{\\rtf", "rtf"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("EncryptedPackage", "xlsx"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)
_OPENDOCUMENT = {
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.text": "odt",
}
_IN_ZIP = (
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "pptx"),
    ("doc.kml", "kmz"),
)
# What may stand before the first tag of a page: comments, an XML declaration, white space.
_BEFORE_TAG = re.compile(r"(?:\s+|<!--.*?-->|<\?xml.*?\?>)*", re.DOTALL)
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|script|meta|title|style|link|div|table|iframe|center"
    r"|noscript|form|font|span|h[1-6]|br|b|p)\b",
    re.IGNORECASE,
)
# A server's word of refusal may stand before the page it sends.
_PAGE_BELOW = re.compile(r"(?:[^\n]*\n){1,10}?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_XML = re.compile(r"<(?:\?xml|!doctype|[a-z_][\w.:-]*[\s/>])", re.IGNORECASE)
_JSON = re.compile(
    r"\s*(?:\{\s*[\"}]|\[\s*(?:[\[{\]]|(?:\"(?:[^\"\\]|\\.)*\"|-?\d[\d.eE+-]*|true|false|null)\s*[,\]]))"
)
# Control characters that text does not hold; NUL is judged apart, since broken exports have it.
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a file is. ``format`` is a lower-case format name, ``text``, ``binary`` or ``empty``.

    ``members`` are the first thousand names inside a zip; ``encrypted`` when a password is needed.
    """

    format: str
    members: tuple[str, ...] = ()
    encrypted: bool = False


def kind_of(path: Path) -> Kind:
    """Return what the file at ``path`` is; reads its beginning and, for a zip, its directory."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(path)
    if head.startswith(_OLE):
        return _ole(path, head)
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return Kind(format=name, encrypted=name == "pdf" and _pdf_encrypted(path))
    if utf16_without_mark(head) or _is_text(head) or not head.strip(b"\x00"):
        return Kind(format=_textual(head))
    other = _other(path, head)
    # Text in which an export left many NULs: they are what is wrong with it.
    return Kind(format=_textual(head) if other == "binary" and _is_holed(head) else other)


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        return True
    few = max(2, len(head) // 50)
    return len(_CONTROL.findall(head)) <= few and head.count(0) <= max(few, len(head) // 10)


def _is_holed(head: bytes) -> bool:
    """Tell whether ``head`` is lines of text once its NULs are left out."""
    rest = head.replace(b"\x00", b"")
    return b"\n" in rest and rest.isascii() and not _CONTROL.search(rest)


def _textual(head: bytes) -> str:
    text = _decoded(head)
    if not text.strip("\ufeff\x00 \t\r\n\v\f\x1a"):
        return "empty"
    start = _BEFORE_TAG.match(text.lstrip("\ufeff"))
    rest = text.lstrip("\ufeff")[start.end() if start else 0 :]
    if _HTML.match(rest):
        return "html"
    if _XML.match(rest) or text.lstrip("\ufeff \t\r\n").startswith("<?xml"):
        return "xml"
    if _JSON.match(text.lstrip("\ufeff")):
        return "json"
    return "html" if _PAGE_BELOW.match(text) else "text"


def _decoded(head: bytes) -> str:
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return head.decode("utf-32", "replace")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    return head.decode(utf16_without_mark(head) or "utf-8", "replace")


def _zip(path: Path) -> Kind:
    if _directory_size(path) > _DIRECTORY:
        return Kind(format="zip")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = tuple(entry.filename for entry in entries)
            declared = archive.read("mimetype")[:100] if _small(entries, "mimetype") else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
        return Kind(format="zip")
    return Kind(
        format=_zip_format(set(names), declared.decode("ascii", "replace").strip()),
        members=names[:_MEMBERS],
        encrypted=any(entry.flag_bits & 1 for entry in entries),
    )


def _zip_format(names: set[str], declared: str) -> str:
    if declared in _OPENDOCUMENT:
        return _OPENDOCUMENT[declared]
    return next((name for member, name in _IN_ZIP if member in names), "zip")


def _small(entries: Sequence[zipfile.ZipInfo], name: str) -> bool:
    return any(
        e.filename == name and e.compress_type == zipfile.ZIP_STORED and e.file_size < 200
        for e in entries
    )


def _directory_size(path: Path) -> int:
    """Return the size a zip's end record claims for its directory, before anything is read."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - HEAD - 22))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return 0
    return int(struct.unpack_from("<I", tail, at + 12)[0])


def _ole(path: Path, head: bytes) -> Kind:
    """Name an OLE2 file by the streams its directory lists ([MS-CFB] 2.2 and 2.6)."""
    shift = min(int.from_bytes(head[30:32], "little"), 16)
    sector = int.from_bytes(head[48:52], "little")
    with path.open("rb") as file:
        # A damaged header may point beyond any place a file can have.
        file.seek(min((sector + 1) << shift, file.seek(0, 2)))
        directory = file.read(HEAD)
    for stream, name in _OLE_STREAMS:
        if stream.encode("utf-16-le") in directory:
            return Kind(format=name, encrypted=stream == "EncryptedPackage")
    return Kind(format="ole")


def _pdf_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 4096))
        return b"/Encrypt" in file.read()


def _other(path: Path, head: bytes) -> str:
    """Ask puremagic, which knows many more signatures, what an unknown binary file is."""
    import puremagic

    try:
        suffix = puremagic.from_string(head[:4096])
    except (puremagic.PureError, ValueError):
        return "binary"
    return suffix.lstrip(".").lower() or "binary"
