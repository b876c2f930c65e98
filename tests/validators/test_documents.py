"""Documents are told from data; what they say is searched for persons."""

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acopio.messages import about, speaking
from acopio.model import Severity
from acopio.validators.pdf import PAGES, read_pdf
from tests.validators.pdfs import PICTURE, pdf
from tests.validators.samples import Write, codes, examined, only
from tests.validators.test_masking import everything

PROSE = ["Informe de gestión del primer semestre", "Se cumplieron las metas previstas."]
TABLE = ["Distrito Cantidad Monto", *(f"LIMA {n} {n * 10}.50" for n in range(1, 9))]
PERSONS = [
    "N DNI APELLIDOS Y NOMBRES",
    "1 41234567 QUISPE MAMANI JUAN",
    "2 42345678 FLORES ROJAS ROSA",
    "3 43456789 HUAMAN QUISPE LUIS",
]


def office(name: str, text: str, mimetype: str = "") -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        archive.writestr(name, text)
    return body.getvalue()


@pytest.mark.parametrize(("lines", "tables"), [(PROSE, "none"), (TABLE, "likely")])
def test_a_pdf_is_a_document_and_says_whether_tables_are_likely(
    write: Write, lines: list[str], tables: str
) -> None:
    report = examined(write("f.pdf", pdf(lines, PROSE)), declared="pdf")
    assert codes(report) == ["document-not-data"]
    found = only(report, "document-not-data")
    assert (found.severity, found.params["pages"]) == (Severity.WARNING, "2")
    assert found.params["tables"] == tables
    with speaking("es"):
        assert "páginas: 2" in about(found)


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ((PICTURE,), "scanned-pdf"),
        ((PICTURE, PICTURE, PROSE), "scanned-pdf"),
        # A stamp or a page number is no text layer.
        ((PICTURE, PICTURE, ["12"]), "scanned-pdf"),
        ((PROSE, PICTURE), "document-not-data"),
        ((PROSE, TABLE, PICTURE), "document-not-data"),
        (([],), "document-not-data"),
    ],
)
def test_a_pdf_without_a_text_layer_is_scanned(
    write: Write, pages: tuple[list[str] | None, ...], expected: str
) -> None:
    assert codes(examined(write("f.pdf", pdf(*pages)), declared="pdf")) == [expected]


def test_a_pdf_that_asks_for_a_password_is_encrypted(write: Write) -> None:
    report = examined(write("f.pdf", pdf(PROSE, password="clave")), declared="pdf")
    assert codes(report) == ["encrypted"]


def test_a_pdf_locked_against_changes_only_is_read(write: Write) -> None:
    report = examined(write("f.pdf", pdf(PERSONS, password="")), declared="pdf")
    assert codes(report) == ["document-not-data", "personal-data-in-text"]


@pytest.mark.parametrize("kept", [8, 400, 700])
def test_a_broken_pdf_is_said_to_be_unreadable(write: Write, kept: int) -> None:
    path = write("f.pdf", pdf(PROSE)[:kept] + b"\x00" * 50)
    report = examined(path, declared="pdf")
    assert read_pdf(path).broken == ("examination-failed" in codes(report))
    assert "document-not-data" in codes(report)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(position=st.integers(0, 1500), noise=st.binary(min_size=1, max_size=40), cut=st.booleans())
def test_no_damage_breaks_the_reading(write: Write, position: int, noise: bytes, cut: bool) -> None:
    body = pdf(PROSE, PICTURE)
    rest = b"" if cut else body[position + len(noise) :]
    report = examined(write("f.pdf", b"%PDF-" + body[5:position] + noise + rest), declared="pdf")
    assert {"document-not-data", "scanned-pdf", "encrypted"} & set(codes(report))
    failed = [f.params["limit"] for f in report.findings if f.code == "examination-failed"]
    assert failed in ([], ["unreadable"])


def test_of_a_very_long_pdf_the_pages_read_are_told(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acopio.validators.pdf.PAGES", 3)
    report = examined(write("f.pdf", pdf(*[PROSE] * 5)), declared="pdf")
    assert PAGES > 3
    assert (only(report, "not-examined").params["why"]) == "pages"
    assert only(report, "document-not-data").params["pages"] == "5"


@pytest.mark.parametrize("lines", [PERSONS, ["Titular con DNI 41234567, domiciliado en Lima"]])
def test_persons_in_a_pdf_are_found_and_hidden(write: Write, lines: list[str]) -> None:
    report = examined(write("f.pdf", pdf(lines)), declared="pdf")
    found = only(report, "personal-data-in-text")
    assert (found.severity, found.params["place"]) == (Severity.ERROR, "pdf")
    assert "1234567" not in everything(report)


@pytest.mark.parametrize(
    "lines",
    [
        [f"{n} Mejoramiento de la carretera tramo {n} 2{n}345678 1,200.00" for n in range(1, 9)],
        ["MUNICIPALIDAD DISTRITAL DE SAN JUAN 20240131"] * 5,
        ["Expediente 41234567 de QUISPE MAMANI JUAN"],
        ["Total 41234567", "Total 42345678"],
    ],
)
def test_figures_in_a_pdf_are_nobody(write: Write, lines: list[str]) -> None:
    assert codes(examined(write("f.pdf", pdf(lines)), declared="pdf")) == ["document-not-data"]


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (
            office(
                "word/document.xml",
                "<w:document xmlns:w='urn:w'><w:p><w:r><w:t>Titular con DNI</w:t></w:r>"
                "<w:r><w:t xml:space='preserve'> 41234567</w:t></w:r></w:p></w:document>",
            ),
            "docx",
        ),
        (
            office(
                "content.xml",
                "<o:d xmlns:o='urn:o' xmlns:t='urn:t'><t:p>DNI N° 41234567</t:p></o:d>",
                "application/vnd.oasis.opendocument.text",
            ),
            "odt",
        ),
    ],
    ids=["docx", "odt"],
)
def test_persons_in_written_documents_are_found(
    write: Write, content: bytes, declared: str
) -> None:
    report = examined(write("f", content), declared=declared)
    assert only(report, "personal-data-in-text").params["place"] == declared
    assert only(report, "document-not-data").params["pages"] == "unknown"
    assert "1234567" not in everything(report)


def test_a_pdf_inside_a_zip_is_read(write: Write) -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("padron.pdf", pdf(PERSONS))
    report = examined(write("f.zip", body.getvalue()), declared="zip")
    assert only(report, "personal-data-in-text").params["place"] == "pdf"
