"""Persons are found whatever a file is called, and wherever in it they stand."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from acopio.model import Severity
from acopio.validators import passages
from acopio.validators.lexicon import lexicon
from acopio.validators.unpacking import unpacked
from tests.validators.samples import Write, codes, examined, only
from tests.validators.test_masking import everything

PADRON = "id,nombres,dni\n1,QUISPE MAMANI JUAN,41234567\n2,FLORES ROJAS ROSA,42345678\n"
COLUMN = "dni\n41234567\n42345678\n"


@pytest.mark.parametrize(
    "declared",
    ["CSV UTF-8", "CSV (separado por comas)", "Comma Separated Values", "excel csv", "dato", "RDF",
     "application/octet-stream", "XLS", "ods", "txt", "php", "json", "pdf", "zip", "shp"],
)  # fmt: skip
@pytest.mark.parametrize("text", [PADRON, COLUMN], ids=["table", "column"])
def test_persons_are_found_whatever_is_declared(write: Write, declared: str, text: str) -> None:
    report = examined(write("descarga.php", text), declared=declared)
    found = [f for f in report.findings if f.code == "personal-data" and f.field == "dni"]
    assert [f.severity for f in found] == [Severity.ERROR]
    assert "41234567" not in everything(report)


@pytest.mark.parametrize("name", ["padron.prn", "padron.asc", "padron.x", "padron"])
def test_a_table_under_an_unknown_suffix_is_judged_as_one(write: Write, name: str) -> None:
    report = examined(write(name, PADRON), declared="")
    assert "personal-data" in codes(report)
    assert report.tables[0].rows == 2


def test_titles_and_a_footer_do_not_hide_a_table(write: Write) -> None:
    text = "PADRON\nx\n\n" + PADRON + "\nfin\nfin\nfin\n"
    assert "personal-data" in codes(examined(write("r.txt", text), declared="txt"))


def test_prose_without_persons_is_left_alone(write: Write) -> None:
    text = "Notas, y advertencias\nLos datos son de 2024, véase la ficha.\nFin\n"
    assert codes(examined(write("notas.txt", text), declared="txt")) == ["not-examined"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[{"dni": "41234567", "nombres": "X"}]', 1),
        ('{"a": 1}\n{"nroDni": 41234567}\n', 2),
        ("<?xml version='1.0'?>\n<a>\n<DNI>41234567</DNI></a>", 3),
        ('<a><p documento_identidad="41234567"/></a>', 1),
        ("<html><p>DNI: 41234567</p></html>", 1),
        ('["titular con DNI N° 41.234.567"]', 1),
        (json.dumps([{"x": "y" * 300}] * 9000) + ' {"dni": "41234567"}', 1),
    ],
)
def test_persons_in_markup_are_found(write: Write, text: str, line: int) -> None:
    report = examined(write("f", text), declared="json")
    found = only(report, "personal-data-in-text")
    assert (found.severity, found.row, found.params["kind"]) == (Severity.ERROR, line, "dni")
    assert "1234567" not in everything(report)


@pytest.mark.parametrize(
    "text",
    [
        '[{"region": "LIMA", "total_dni": 41234567}]',
        '[{"codigo": 41234567, "monto": "12345678"}]',
        "<a><fecha>20240101</fecha></a>",
        '[{"dni": "********"}]',
    ],
)
def test_markup_without_persons_is_left_alone(write: Write, text: str) -> None:
    assert "personal-data-in-text" not in codes(examined(write("f", text), declared=""))


def zipped(**members: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return body.getvalue()


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (zipped(leeme="Nada", padron=PADRON), "zip"),
        (zipped(uno='[{"dni": "41234567"}]'), "zip"),
        (gzip.compress(PADRON.encode(), mtime=0), "gz"),
    ],
)
def test_a_table_in_a_zip_is_looked_into(write: Write, body: bytes, declared: str) -> None:
    report = examined(write("f.bin", body), declared=declared)
    assert {"personal-data", "personal-data-in-text"} & set(codes(report))
    assert "41234567" not in everything(report)


def test_a_bomb_is_not_inflated(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acopio.validators.unpacking.MOST", 2 << 20)
    path: Path = write("f.zip", zipped(a="x", b="x" * (8 << 20), c=PADRON))
    with unpacked(path, "zip") as members:
        assert [member.stat().st_size for member in members] == [1]
    assert "personal-data" not in codes(examined(path, declared="zip"))


def test_a_person_above_the_header_is_found_and_hidden(write: Write) -> None:
    text = "Responsable: FLORES ROJAS ROSA DNI 42345678,,,\nid,distrito,codigo,monto\n1,LIMA,a,2\n"
    report = examined(write("f.csv", text + "2,ICA,b,3\n"))
    found = only(report, "personal-data-in-text")
    assert (found.severity, found.row) == (Severity.ERROR, 1)
    assert [word for word in ("FLORES", "ROSA", "42345678") if word in everything(report)] == []
    assert "title-rows" in codes(report)


def test_a_name_above_the_header_is_a_warning(write: Write) -> None:
    text = "Elaborado por: Juan Quispe Mamani,,,\nid,distrito,codigo,monto\n1,LIMA,a,2\n"
    report = examined(write("f.csv", text))
    assert only(report, "personal-data-in-text").severity is Severity.WARNING
    assert "Quispe" not in everything(report)


def test_a_title_is_nobody(write: Write) -> None:
    text = "MUNICIPALIDAD DISTRITAL DE SAN JUAN\nRESPONSABLE: OFICINA DE PLANEAMIENTO\n"
    report = examined(write("f.csv", text + "a,b,c\n1,2,3\n"))
    assert codes(report) == ["title-rows"]
    assert "SAN JUAN" in only(report, "title-rows").evidence


def test_a_header_with_a_number_is_hidden_in_the_schema(write: Write) -> None:
    report = examined(write("f.csv", "DNI 41234567\n" + "".join(f"x{i}\n" for i in range(5))))
    assert "41234567" not in everything(report) + json.dumps([t.schema for t in report.tables])
    assert "personal-data-in-text" in codes(report)


def test_every_word_for_an_identity_is_looked_for() -> None:
    assert [e for e in lexicon().identity if not any(hint in e for hint in passages._HINTS)] == []


@pytest.mark.parametrize(
    "text",
    [
        "x" * 3_000_000 + ' "nro_documento_identidad" : "41234567" ' + "y" * 3_000_000,
        "İ" * 300_000 + "<p>D.N.I. N° 41.234.567</p>" + "7654321 " * 200_000,
        '{"a": "' + "dni " * 500_000 + '"}\n{"dni": 41234567}',
    ],
)
def test_a_number_in_megabytes_of_text_is_found(tmp_path: Path, text: str) -> None:
    path = tmp_path / "f.json"
    path.write_text(text, "utf-8")
    (found, *_) = passages.passages(path)
    assert "".join(filter(str.isdigit, found.number)) == "41234567"


def test_lines_are_counted_across_blocks(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text('{"dni": 41234567}\n' + '{"a": 1}\n' * 300_000 + '{"dni": 42345678}\n')
    assert [found.line for found in passages.passages(path)] == [1, 300_002]


def test_what_is_found_beyond_a_number_is_not_counted(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text('{"dni": 41234567}\n' * (passages.MOST + 10))
    assert sum(1 for _ in passages.passages(path)) == passages.MOST


def test_text_that_is_read_closely_without_end_is_a_finding(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passages, "CLOSELY", 1000)
    report = examined(write("f.json", '["' + "dni 1234567x " * 500 + '"]'), declared="json")
    assert only(report, "examination-failed").params["limit"] == "hints"
