"""Files of other formats than text: documents, archives, markup, maps."""

import io
import json
import zipfile
from typing import Any

from tests.validators.examples.example import Example, FileExample

_SENTENCE = b"BT /F 12 Tf 20 100 Td (Gasto anual por departamento, provincia y distrito) Tj ET"


def _pdf(*, scanned: bool) -> bytes:
    """Return a PDF of one page: with a sentence, or with nothing but a picture."""
    from pypdf import PdfWriter
    from pypdf.generic import (
        ArrayObject,
        DecodedStreamObject,
        DictionaryObject,
        NameObject,
        NumberObject,
    )

    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    content, picture = DecodedStreamObject(), DecodedStreamObject()
    picture.set_data(b"\x80" * 64)
    picture.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(8),
            NameObject("/Height"): NumberObject(8),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/ColorSpace"): NameObject("/DeviceGray"),
        }
    )
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    content.set_data(b"200 0 0 200 0 0 cm /P Do" if scanned else _SENTENCE)
    page[NameObject("/Resources")] = DictionaryObject(
        {
            NameObject("/Font"): DictionaryObject({NameObject("/F"): writer._add_object(font)}),
            NameObject("/XObject"): DictionaryObject(
                {NameObject("/P"): writer._add_object(picture)}
            ),
        }
    )
    page[NameObject("/Contents")] = ArrayObject([writer._add_object(content)])
    body = io.BytesIO()
    writer.write(body)
    return body.getvalue()


def _zip(members: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return body.getvalue()


def _nested(depth: int) -> bytes:
    body = b"codigo,monto\nx,1\n"
    for level in range(depth, 0, -1):
        body = _zip({f"{level}.zip" if level < depth else "gasto.csv": body})
    return body


def _locked() -> bytes:
    """Return a zip whose one member says that it is encrypted."""
    body = bytearray(_zip({"gasto.csv": b"codigo\n"}))
    body[6] |= 1
    body[body.index(b"PK\x01\x02") + 8] |= 1
    return bytes(body)


def _json(document: Any) -> bytes:
    return json.dumps(document, indent=1).encode()


_OPEN_RING = [[-77.0, -12.0], [-77.1, -12.0], [-77.1, -12.1], [-77.0, -12.1]]
_AREA = {
    "type": "Feature",
    "properties": {},
    "geometry": {"type": "Polygon", "coordinates": [_OPEN_RING]},
}
_RELEASES = {
    "version": "1.1",
    "uri": "https://datos.example.gob.pe/ocds.json",
    "publishedDate": "2024-01-01T00:00:00Z",
    "publisher": {"name": "Entidad"},
    "releases": [{"ocid": "ocds-abc123-1", "date": "2024-01-01T00:00:00Z", "tag": ["tender"]}],
}

CASES: dict[str, Example] = {
    "document-not-data": FileExample(
        what="A PDF, announced as one.",
        content=_pdf(scanned=False),
        name="informe.pdf",
        lines=("%PDF-1.3", "… one page: Gasto anual por departamento …"),
    ),
    "scanned-pdf": FileExample(
        what="A PDF that is a picture of a page.",
        content=_pdf(scanned=True),
        name="informe.pdf",
        lines=("%PDF-1.3", "… one page, one picture, no text"),
    ),
    "encrypted": FileExample(
        what="A zip with a password.",
        content=_locked(),
        name="gasto.zip",
        lines=("gasto.zip", "  gasto.csv (encrypted)"),
    ),
    "archive-several-tables": FileExample(
        what="A zip of two tables.",
        content=_zip({"enero.csv": b"codigo\nx\n", "febrero.csv": b"codigo\ny\n"}),
        name="gasto.zip",
        lines=("gasto.zip", "  enero.csv", "  febrero.csv"),
    ),
    "archive-bomb": FileExample(
        what="A zip in a zip in a zip, and so on.",
        content=_nested(6),
        name="gasto.zip",
        lines=("gasto.zip", "  1.zip", "    2.zip", "      3.zip", "        …"),
    ),
    "json-invalid": FileExample(
        what="A JSON that breaks off.", content=b'[{"codigo": "x"}, {"cod', name="datos.json"
    ),
    "xml-invalid": FileExample(
        what="A tag that is closed by another.",
        content=b"<?xml version='1.0'?>\n<datos><fila></datos>\n",
        name="datos.xml",
    ),
    "geojson-invalid": FileExample(
        what="An area whose outline is not closed.",
        content=_json({"type": "FeatureCollection", "features": [_AREA]}),
        name="zonas.geojson",
        lines=(f'"coordinates": {json.dumps([_OPEN_RING])}',),
    ),
    "ocds-invalid": FileExample(
        what="A release without its id.", content=_json(_RELEASES), name="contratos.json"
    ),
    "proprietary-format": FileExample(
        what="An archive of a vendor's format.",
        content=b"Rar!\x1a\x07\x01\x00",
        name="datos.rar",
    ),
}
