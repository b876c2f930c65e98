"""What each file family is told, and that what is said can be said in both languages."""

import re
from datetime import date
from pathlib import Path

import pytest

from acopio.messages import about, catalogue
from acopio.model import (
    Dataset,
    Examined,
    Finding,
    Licence,
    Missing,
    Reading,
    Resource,
    Role,
    Severity,
    Snapshot,
)
from acopio.validators.access import AccessValidator
from acopio.validators.finding import finding
from acopio.validators.licence import LicenceValidator
from acopio.validators.lines import LONGEST_LINE
from acopio.validators.preflight import profile
from acopio.validators.surveys import survey
from acopio.validators.tabular.schema import corrected
from tests.validators.samples import Write, codes, examined, only

ROOT = Path(__file__).parents[2]
FAMILIES = {"persons", "not-what-it-is", "empty", "other"}
BASELINE = {
    "hash-count", "byte-count", "field-count", "row-count", "blank-header", "unmatched-header",
    "extra-label", "missing-label", "blank-label", "duplicate-label", "incorrect-label",
    "blank-row", "primary-key", "foreign-key", "extra-cell", "missing-cell", "type-error",
    "constraint-error", "unique-error",
}  # fmt: skip
FATAL = {
    "resource-error", "source-error", "scheme-error", "format-error", "encoding-error",
    "compression-error",
}  # fmt: skip
ACCESS = {
    "link-broken", "blocked", "bad-tls", "truncated-download", "too-large", "unreachable",
    "cooling-down", "bad-answer",
}  # fmt: skip


def emitted() -> set[str]:
    """Return the codes the validators' source names."""
    sources = [*(ROOT / "validators").rglob("*.py"), ROOT / "acopio" / "examine.py"]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    return set(re.findall(r'finding\(\s*"([a-z0-9-]+)"', text))


def test_the_source_is_read_for_codes() -> None:
    assert {"personal-data", "decimal-comma", "format-mismatch"} <= emitted()


@pytest.mark.parametrize("code", sorted(emitted() | BASELINE | FATAL | ACCESS))
def test_every_code_has_words_and_a_remedy(code: str) -> None:
    message = catalogue()[code]
    assert message["severity"] in set(Severity)
    assert message["family"] in FAMILIES
    for part in ("es", "en", "fix_es", "fix_en"):
        assert message[part].strip(), part


def test_warnings_never_withhold() -> None:
    for code, message in catalogue().items():
        if message.get("severity") in ("warning", "info"):
            assert message["family"] == "other", code


@pytest.mark.parametrize(
    ("content", "declared", "expected"),
    [
        (b"", "csv", "empty-file"),
        (b"\xef\xbb\xbf \n\n", "csv", "empty-file"),
        (b"a,b\n", "csv", "empty-table"),
        (b"a,b\n,\n\n", "csv", "empty-table"),
        (b"<html><body>Request Rejected</body></html>", "csv", "html-instead-of-data"),
        (b"<html>", "", "html-instead-of-data"),
        (b"Acceso denegado\n<html><body>x</body></html>", "csv", "html-instead-of-data"),
        (b"Error 403\r\n\r\n  <!DOCTYPE html><html>", "csv", "html-instead-of-data"),
        (b"%PDF-1.4", "csv", "format-mismatch"),
        (b"%PDF-1.4", "pdf", "examination-failed"),
        (b"%PDF-1.4", "pdf", "document-not-data"),
        (b'[{"a": 1}]', "text/csv; charset=utf-8", "format-mismatch"),
        (b'[{"a": 1}', "json", "json-invalid"),
        (b"a,b\n1,2\n", "xlsx", "format-mismatch"),
        ("a,b\nñ,1\n".encode("cp1252"), "csv", "encoding-not-utf8"),
        ("a\nñ\n".encode() + b"\xf1\n", "csv", "encoding-mixed"),
        (b"a;b\n1;2\n", "csv", "delimiter-not-comma"),
        (b"T\n\na,b,c\n1,2,3\n", "csv", "title-rows"),
        (b"a;b\n1,5;x\n2,25;y\n", "csv", "decimal-comma"),
        (b"a,b\n1,\x00\n", "csv", "nul-bytes"),
        (b'a,b\n1,"x\n2,y\n', "csv", "unclosed-quote"),
        (b'a,b\n"5,234",x\n"1,234,567",y\n', "csv", "thousands-separator"),
        (b"a;b\n1.234,50;x\n7,5;y\n", "csv", "thousands-separator"),
        (b"\xef\xbb\xbfa,b\n1,2\n", "csv", "bom"),
        ("a,b\n1,PerÃº\n".encode(), "csv", "mojibake"),
        (b"a,2023,,2024,\n,H,M,H,M\nx,1,2,3,4\n", "csv", "merged-header"),
    ],
)
def test_what_is_wrong_is_named(write: Write, content: bytes, declared: str, expected: str) -> None:
    assert expected in codes(examined(write("f", content), declared=declared))


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (b"a,b\n1,2\n", "csv"),
        (b"a,b\n1,2\n", "CSV"),
        (b"a,b\n1,2\n", ""),
        (b"a\tb\n1\t2\n", "tsv"),
        (b'a,b\n1,"x\n"\n', "csv"),
        (b"codigo\n001\n002\n", "csv"),
        (b'a,b\n1,"<p>x</p>"\n2,<html>\n', "csv"),
        ("región,monto\nÁncash,1.5\n".encode(), "txt"),
        # Thousands with a comma are no decimals, nor are they thousands beyond doubt.
        (b'a,b\n"5,234",x\n', "csv"),
        (b'a,b\n"12,5",x\n"1.5",y\n', "csv"),
    ],
)
def test_what_is_right_is_left_alone(write: Write, content: bytes, declared: str) -> None:
    assert codes(examined(write("f", content), declared=declared)) == []


def test_a_header_alone_is_no_table_even_beyond_blank_rows(write: Write) -> None:
    assert codes(examined(write("f.csv", "a,b\n" + ",\n" * 3))).count("empty-table") == 1


def test_documents_and_dictionaries_are_not_examined(write: Write) -> None:
    path = write("f.csv", "")
    from acopio.examine import Examination, examine

    resource = Resource(id="r", url="", format="csv", role=Role.DICTIONARY)
    job = Examination(
        archive_url="", scratch=path.parent, sha256="", resource=resource, name="f.csv", path=path
    )
    assert examine(job).findings == ()


def test_decimal_commas_are_numbers_and_codes_are_text(write: Write) -> None:
    path = write(
        "f.csv",
        "ubigeo;ruc;monto;miles;pct;nombre\n"
        "010101;20100070970;1.234,56;1.000,5;12,5;x\n"
        "150101;20131312955;-7;2.000,25;0,125;y\n",
    )
    (table,) = examined(path).tables
    fields = {field["name"]: field for field in table.schema["fields"]}
    assert fields["ubigeo"]["type"] == fields["ruc"]["type"] == "string"
    assert fields["monto"] == {
        "name": "monto", "type": "number", "decimalChar": ",", "groupChar": ".",
    }  # fmt: skip
    assert fields["pct"] == {"name": "pct", "type": "number", "decimalChar": ","}
    assert table.report["valid"]


@pytest.mark.parametrize(
    ("cells", "decimal", "expected"),
    [
        (["1,234,567.50", "10", "-3.25"], "", {"type": "number", "groupChar": ","}),
        (["1,234,567,890", "5,234"], "", {"type": "number", "groupChar": ","}),
        (["5,234", "1,234.50"], "", {"type": "number", "groupChar": ","}),
        (["5,234", "6,001"], ".", {"type": "number", "groupChar": ","}),
        (["5,234", "6,001"], ",", {"type": "number", "decimalChar": ","}),
        # Nobody says which, and what is in doubt stays as it was read.
        (["5,234", "6,001"], "", {"type": "string"}),
        (["5,234", "12,5", "1,234.50"], ".", {"type": "string"}),
        (["1,234.50", "s/d", "x", "y"], ".", {"type": "string"}),
    ],
)
def test_commas_between_thousands_are_told_from_decimal_ones(
    write: Write, cells: list[str], decimal: str, expected: dict[str, str]
) -> None:
    path = write("f.csv", "monto;x\n" + "".join(f"{cell};a\n" for cell in cells))
    table = survey(path, profile(path, "csv", "f.csv"))
    assert table is not None
    inferred = {"fields": [{"name": "monto", "type": "string"}, {"name": "x", "type": "string"}]}
    fields = corrected(inferred, table, Reading(decimal=decimal))["fields"]
    assert fields == [{"name": "monto", **expected}, inferred["fields"][1]]


def test_a_column_with_grouped_thousands_is_judged_as_numbers(write: Write) -> None:
    path = write("f.csv", 'monto,x\n"1,234,567.50",1\n"5,234",2\n"s/n",3\n' + "7,1\n" * 30)
    report = examined(path)
    (table,) = report.tables
    assert table.schema["fields"][0] == {"name": "monto", "type": "number", "groupChar": ","}
    assert only(report, "type-error").evidence == "s/n"


def test_one_grouped_amount_among_plain_ones_sets_the_group_mark(write: Write) -> None:
    (table,) = examined(write("f.csv", "monto;x\n3500,50;1\n8.000,00;2\n")).tables
    assert table.schema["fields"][0]["groupChar"] == "."
    assert table.report["valid"]


def test_a_column_found_to_hold_dni_is_text(write: Write) -> None:
    rows = "Beneficiario,Documento\nQuispe Rosa,41234567\nRojas Juan,41234568\n"
    (table,) = examined(write("f.csv", rows)).tables
    assert table.schema["fields"][1] == {"name": "Documento", "type": "string"}


@pytest.mark.parametrize("label", ["CODUBIGEO", "IDUBIGEO", "ubigeo_reniec", "cod_ubigeo"])
def test_a_ubigeo_is_text(write: Write, label: str) -> None:
    (table,) = examined(write("f.csv", f"{label},m\n150101,1\n150102,2\n")).tables
    assert table.schema["fields"][0] == {"name": label, "type": "string"}


def test_a_table_below_megabytes_of_blank_lines_is_read(write: Write) -> None:
    report = examined(write("f.csv", "\n" * 300_000 + "dni,b\n41234567,2\n"))
    assert only(report, "personal-data").row == 300_002
    assert "title-rows" in codes(report)
    assert "empty-file" not in codes(report)


def test_the_one_leading_zero_at_the_end_keeps_a_column_text(write: Write) -> None:
    (table,) = examined(write("f.csv", "nivel,x\n" + "15,1\n" * 5000 + "01,1\n")).tables
    assert table.schema["fields"][0]["type"] == "string"


def test_title_rows_shift_the_header_and_the_rows(write: Write) -> None:
    report = examined(write("f.csv", "REPORTE\n\na,b,c\n" + "1,2,3\n" * 30 + "x,2,3\n"))
    (table,) = report.tables
    assert (table.title_rows, table.rows) == (2, 31)
    assert only(report, "type-error").row == 34


def test_a_broken_declared_schema_is_said_and_not_used(write: Write) -> None:
    report = examined(write("f.csv", "a\n1\n"), schema={"fields": [{"name": "a", "type": "ente"}]})
    assert codes(report) == ["schema-error"]
    assert report.tables[0].schema["fields"] == [{"name": "a", "type": "integer"}]


def _field(type_: str, **constraints: object) -> dict[str, object]:
    return {"fields": [{"name": "a", "type": type_, "constraints": constraints}]}


def _keys(*keys: object) -> dict[str, object]:
    return {"fields": [{"name": "a", "type": "integer"}], "foreignKeys": list(keys)}


@pytest.mark.parametrize(
    "schema",
    [
        _field("string", pattern="("),
        _field("string", pattern="a{99999999999}"),
        _field("string", pattern="(" * 3000 + ")" * 3000),
        _keys(5),
        _keys({"fields": ["a"], "reference": 5}),
        _keys({"fields": ["a"], "reference": {"resource": 5, "fields": ["a"]}}),
        {**_keys(), "foreignKeys": 5},
    ],
)
def test_a_schema_that_would_break_the_judge_is_not_used(
    write: Write, schema: dict[str, object]
) -> None:
    report = examined(write("f.csv", "a\n1\n"), schema=schema)
    assert codes(report) == ["schema-error"]
    assert report.tables[0].rows == 1


def test_keys_to_other_tables_are_said_not_to_be_checked(write: Write) -> None:
    own = {"fields": ["a"], "reference": {"resource": "", "fields": ["a"]}}
    other = {"fields": ["a"], "reference": {"resource": "distritos", "fields": ["id"]}}
    report = examined(write("f.csv", "a\n1\nx\n"), schema=_keys(own, other))
    assert codes(report) == ["keys-not-checked", "type-error"]
    assert only(report, "keys-not-checked").params["tables"] == "distritos"
    assert report.tables[0].schema["foreignKeys"] == [own]


@pytest.mark.parametrize(
    "schema",
    [
        {"$schema": "http://127.0.0.1:9/profile.json", "fields": []},
        {"profile": "http://127.0.0.1:9/profile.json", "fields": []},
        {"fields": [{"name": f"c{n}", "type": "string"} for n in range(5000)]},
        {"fields": "a"},
        {},
    ],
)
def test_a_schema_that_reaches_out_is_refused(write: Write, schema: dict[str, object]) -> None:
    assert codes(examined(write("f.csv", "a\n1\n"), schema=schema)) == ["schema-error"]


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n" + b"x" * (LONGEST_LINE + 10) + b",1\n",
        b"a,b\n" + b'"' + b"x\n" * (5 << 20) + b'",1\n',
        b",".join(b"c%d" % n for n in range(6000)) + b"\n" + b",".join([b"1"] * 6000),
        b"a,b\n" + b"1," * 200_000 + b"\n",
        b"a,b\n" + b',"a' * 30_000 + b"\n",
    ],
    ids=["line", "cell", "columns", "row", "quotes"],
)
def test_beyond_a_limit_is_a_finding_that_names_it(write: Write, content: bytes) -> None:
    report = examined(write("f.csv", content))
    failed = only(report, "examination-failed")
    assert failed.severity is Severity.ERROR
    assert str(failed.params["value"]) in about(failed)
    assert report.tables == ()


def test_bytes_without_sense_are_a_finding(write: Write) -> None:
    import random

    for seed in range(20):
        content = random.Random(seed).randbytes(3000)  # noqa: S311 - reproducible noise
        assert codes(examined(write(f"{seed}.csv", content)))


def fetched(*missing: Missing, licence: Licence | None = None) -> Examined:
    resource = Resource(id="r", url="http://x.example/f.csv")
    dataset = Dataset(id="d", title="D", licence=licence, resources=(resource,))
    snapshot = Snapshot(dataset=dataset, missing=missing)
    return Examined(snapshot=snapshot, today=date(2026, 11, 22))


def access(code: str, **params: object) -> Finding:
    (found,) = AccessValidator().validate(fetched(Missing(resource="r", code=code, params=params)))
    return found


@pytest.mark.parametrize("code", ["blocked", "unreachable", "cooling-down"])
def test_what_was_not_measured_is_a_warning(code: str) -> None:
    assert access(code, status=403).severity is Severity.WARNING


def test_a_dead_link_is_an_error_with_its_address() -> None:
    found = access("link-broken", status=404)
    assert found.severity is Severity.ERROR
    assert "http://x.example/f.csv" in about(found)
    assert "404" in about(found)


def test_an_unknown_access_code_is_still_a_finding() -> None:
    found = access("moon-phase", field="x", resource="y")
    assert (found.code, found.severity, found.resource) == ("moon-phase", Severity.ERROR, "r")


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        (None, ["licence-missing"]),
        (Licence(id="notspecified"), ["licence-missing"]),
        (Licence(id="odc-by"), []),
        (Licence(url="https://creativecommons.org/licenses/by/4.0/"), []),
    ],
)
def test_a_missing_licence_is_said_once(licence: Licence | None, expected: list[str]) -> None:
    found = LicenceValidator().validate(fetched(licence=licence))
    assert [item.code for item in found] == expected


def test_evidence_is_cut() -> None:
    assert len(finding("type-error", evidence="x" * 10_000).evidence) == 200


def test_one_cell_is_not_many(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {}
    for lang in ("es", "en"):
        monkeypatch.setenv("ACOPIO_LANG", lang)
        for count in (1, 2):
            said[lang, count] = about(finding("decimal-comma", evidence="1,5", row=2, count=count))
    assert "1 celda)" in said["es", 1]
    assert "2 celdas)" in said["es", 2]
    assert "1 cell)" in said["en", 1]
    assert "2 cells)" in said["en", 2]


def test_a_count_that_is_not_known_is_shown_as_its_name() -> None:
    assert "{count}" in about(finding("decimal-comma", evidence="1,5", row=2))
