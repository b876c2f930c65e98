"""Small PDF files, written by pypdf: pages of text, pages that are pictures, locked ones."""

from collections.abc import Sequence
from io import BytesIO

from pypdf import PageObject, PdfWriter
from pypdf.generic import (
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
)

PICTURE = None


def pdf(*pages: Sequence[str] | None, password: str | None = None) -> bytes:
    """Return a PDF of ``pages``: each the lines of its text, or None for a scanned one.

    ``password`` locks it; an empty one locks it against changes only.
    """
    writer = PdfWriter()
    for lines in pages:
        page = writer.add_blank_page(595, 842)
        if lines is PICTURE:
            _picture(writer, page)
        else:
            _text(writer, page, lines or ())
    if password is not None:
        writer.encrypt(user_password=password, owner_password="dueño", algorithm="AES-256")
    body = BytesIO()
    writer.write(body)
    return body.getvalue()


def _text(writer: PdfWriter, page: PageObject, lines: Sequence[str]) -> None:
    font = _named(
        Type="/Font", Subtype="/Type1", BaseFont="/Helvetica", Encoding="/WinAnsiEncoding"
    )
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    shown = " ".join(f"({line}) Tj 0 -14 Td" for line in lines)
    _draw(writer, page, f"BT /F1 10 Tf 50 800 Td {shown} ET")


def _picture(writer: PdfWriter, page: PageObject) -> None:
    picture = StreamObject()
    picture.set_data(b"\xff")
    picture.update(_named(Type="/XObject", Subtype="/Image", ColorSpace="/DeviceGray"))
    for name in ("/Width", "/Height", "/BitsPerComponent"):
        picture[NameObject(name)] = NumberObject(8 if name == "/BitsPerComponent" else 1)
    drawn = DictionaryObject({NameObject("/Im1"): writer._add_object(picture)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): drawn})
    _draw(writer, page, "595 0 0 842 0 0 cm /Im1 Do")


def _draw(writer: PdfWriter, page: PageObject, operators: str) -> None:
    content = DecodedStreamObject()
    content.set_data(operators.encode("cp1252"))
    page[NameObject("/Contents")] = writer._add_object(content)


def _named(**names: str) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{k}"): NameObject(v) for k, v in names.items()})
