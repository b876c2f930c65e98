"""A person who is in a file is in no report of it."""

import json
import pickle
import re
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acopio.archive import Archive
from acopio.examine import Examination, examine, examine_dataset, rules_version
from acopio.model import Dataset, Examined, Report, Resource, Snapshot
from tests.validators.samples import Write, codes, examined

ROWS = [
    "dni,nombres,apellidos,ruc,monto",
    *["40718233,ROSA,QUISPE MAMANI,20100070970,10"] * 90,
    "41718233,JUAN,FLORES,10407182331,diez",
    "42718233,LUIS,ROJAS,20100070970,1,sobra",
    "43718233,ANA",
    "4471823,EVA,DIAZ,20100070970,x",
    "45718233,CARMEN, TORRES,PEREZ,20100070970,5",
]
PERSONS = (
    *("40718233", "41718233", "42718233", "43718233", "4471823", "45718233", "0718233"),
    *("ROSA", "JUAN", "LUIS", "ANA", "EVA", "CARMEN", "QUISPE", "FLORES", "ROJAS", "TORRES"),
    "PEREZ",
)
SCHEMA = {
    "fields": [
        {"name": "dni", "type": "integer", "constraints": {"unique": True, "maximum": 10}},
        {"name": "nombres", "type": "string", "constraints": {"enum": ["X"]}},
        {"name": "apellidos", "type": "date"},
        {"name": "ruc", "type": "date"},
        {"name": "monto", "type": "integer"},
    ],
    "primaryKey": ["dni"],
}


def everything(report: Report) -> str:
    """Return all that leaves the worker, as text."""
    findings = [(f.code, f.field, f.evidence, dict(f.params)) for f in report.findings]
    return json.dumps([findings, [t.report for t in report.tables]], ensure_ascii=False)


@pytest.mark.parametrize("schema", [None, SCHEMA], ids=["inferred", "declared"])
def test_no_person_is_left_in_a_report(write: Write, schema: dict[str, object] | None) -> None:
    report = examined(write("f.csv", "\n".join(ROWS) + "\n"), schema=schema)
    said = everything(report)
    assert [word for word in PERSONS if word in said] == []
    assert "1040718233" not in said
    assert report.tables[0].report["stats"]["errors"] > 3


def test_what_is_not_personal_stays(write: Write) -> None:
    said = everything(examined(write("f.csv", "\n".join(ROWS) + "\n")))
    assert "diez" in said
    assert "20100070970" in said


def test_messages_are_masked_as_their_cells(write: Write) -> None:
    report = examined(write("f.csv", "\n".join(ROWS) + "\n"), schema=SCHEMA)
    errors = report.tables[0].report["tasks"][0]["errors"]
    typed = [e for e in errors if e["type"] == "type-error" and e["fieldName"] == "apellidos"]
    assert typed[0]["cell"] == "Q. M."
    assert 'Type error in the cell "Q. M."' in typed[0]["message"]


def test_a_persons_ruc_is_masked_and_a_companys_is_not(write: Write) -> None:
    rows = ["ruc,monto", *["20100070970,1"] * 30, "10407182331,x", "20131312955,x"]
    said = everything(examined(write("f.csv", "\n".join(rows) + "\n")))
    assert "10407182331" not in said
    assert "0718233" not in said
    assert "20131312955" in said


def test_without_persons_nothing_is_touched(write: Write) -> None:
    rows = ["codigo,monto", *["30000011,1"] * 30, "30000012,x"]
    said = everything(examined(write("f.csv", "\n".join(rows) + "\n")))
    assert "30000012" in said


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.integers(10_000_000, 99_999_999), min_size=3, max_size=8, unique=True), st.data()
)
def test_a_dni_never_leaves_however_broken_the_row(
    write: Write, numbers: list[int], data: st.DataObject
) -> None:
    rows: list[str] = []
    for number in numbers:
        cells = [str(number), "x", data.draw(st.sampled_from(["1", "z", "", "2,3"]))]
        # Every third row and the first two stand as they should: else it is no column of DNIs.
        shift = data.draw(st.integers(0, 2)) if len(rows) > 1 and len(rows) % 3 else 0
        rows.append(",".join(cells[shift:] + cells[:shift]))
    said = everything(examined(write("f.csv", "dni,tipo,monto\n" + "\n".join(rows) + "\n")))
    assert [number for number in numbers if str(number) in said] == []


TITLES = ["", "Reporte, con todo\n", "Padrón; 2024, todos\n\n", "a,b,c\n"]
AMOUNTS = ["1,5", "1.234,50", "1,234.50", "12"]


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from([";", ",", "\t", "|"]),
    st.sampled_from(TITLES),
    st.sampled_from(["ubigeo monto dni observación", "monto dni", "dni nota"]),
    st.lists(
        st.tuples(st.sampled_from(AMOUNTS), st.integers(10_000_000, 99_999_999), st.integers(0, 3)),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["utf-8", "cp1252", "utf-16"]),
)
def test_a_dni_never_leaves_however_the_text_is_laid_out(
    write: Write,
    mark: str,
    title: str,
    header: str,
    rows: list[tuple[str, int, int]],
    encoding: str,
) -> None:
    lines = [header.replace(" ", mark)]
    for amount, number, spare in rows:
        lines.append(mark.join(["010101", amount, str(number), "ninguna"][: 3 + spare % 2]))
        lines[-1] += mark * (spare // 2)
    text = title + "\n".join(lines) + "\n"
    said = everything(examined(write("f.csv", text.encode(encoding))))
    assert [number for _, number, _ in rows if str(number) in said] == []


def test_a_job_runs_in_a_spawned_process_and_comes_back(write: Write) -> None:
    path = write("f.csv", "dni\n40718233\n41718233\n")
    job = Examination(
        archive_url="",
        scratch=path.parent,
        sha256="0" * 64,
        resource=Resource(id="r", url="", format="csv"),
        name="f.csv",
        path=path,
    )
    assert pickle.loads(pickle.dumps(job)) == job  # noqa: S301 - our own bytes
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(examine, job).result()
    here = examine(job)
    assert there.findings == here.findings
    assert there.tables[0].schema == here.tables[0].schema
    assert codes(there) == ["personal-data"]


def test_rules_have_one_version() -> None:
    assert rules_version() == rules_version()
    assert re.fullmatch(r"[0-9.]+\+[0-9a-f]{16}", rules_version())


def test_a_dataset_is_examined_as_a_whole() -> None:
    snapshot = Snapshot(dataset=Dataset(id="d", title="D"))
    found = examine_dataset(Examined(snapshot=snapshot, today=date(2026, 11, 22)))
    assert [finding.code for finding in found] == ["licence-missing"]


def test_a_key_that_refers_nowhere_hides_whom_it_names(write: Write) -> None:
    schema = {
        "fields": [
            {"name": "dni", "type": "integer"},
            {"name": "jefe_dni", "type": "integer"},
        ],
        "foreignKeys": [{"fields": ["jefe_dni"], "reference": {"resource": "", "fields": ["dni"]}}],
    }
    report = examined(write("f.csv", "dni,jefe_dni\n10718233,00718234\n41718233,\n"), schema=schema)
    assert "foreign-key" in codes(report)
    assert "718234" not in everything(report)


def test_a_label_is_no_person(write: Write) -> None:
    report = examined(write("f.csv", "dni,monto,monto\n10718233,1,2\n41718233,3,4\n"))
    (label,) = [found for found in report.findings if found.code == "duplicate-label"]
    assert label.evidence == "monto"


def test_a_header_that_is_a_person_is_hidden(write: Write) -> None:
    rows = ["40718233,ROSA QUISPE", "41718233,JUAN FLORES", "42718233,LUIS ROJAS", "43718233"]
    report = examined(write("f.csv", "\n".join(rows) + "\n"))
    said = everything(report) + json.dumps([table.schema for table in report.tables])
    assert "personal-data" in said
    assert [word for word in (*PERSONS, "43718233") if word in said] == []


def test_a_job_takes_its_file_from_the_archive(write: Write, tmp_path: Path) -> None:
    path = write("f.csv", "a,b\n1,2\n")
    digest = sha256(path.read_bytes()).hexdigest()
    archive = Archive(f"file://{tmp_path}/archive", tmp_path / "scratch")
    archive.add(path, digest)
    job = Examination(
        archive_url=archive.url,
        scratch=tmp_path / "scratch",
        sha256=digest,
        resource=Resource(id="r", url="", format="csv"),
        name="Gasto.csv",
    )
    (table,) = examine(job).tables
    assert table.report["tasks"][0]["place"] == "Gasto.csv"
    assert table.report["tasks"][0]["stats"]["sha256"] == digest


def test_a_validator_that_breaks_is_a_finding(
    write: Write, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def exhausted(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("acopio.validators.text.profile", exhausted)
    report = examined(write("f.csv", "a,b\n1,2\n"))
    (failed,) = report.findings
    assert (failed.code, failed.params["limit"]) == ("examination-failed", "RecursionError")
    assert "text" in caplog.text


def test_that_memory_ran_out_is_let_through(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("acopio.validators.text.profile", exhausted)
    with pytest.raises(MemoryError):
        examined(write("f.csv", "a,b\n1,2\n"))


def test_what_cannot_be_masked_is_not_shown(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("acopio.validators.masking.mask_of", broken)
    report = examined(write("f.csv", "\n".join(ROWS) + "\n"))
    assert "examination-failed" in codes(report)
    assert [word for word in PERSONS if word in everything(report)] == []
    assert report.tables == ()


PADRON = ["id,nombres,dni,monto", *["1,QUISPE MAMANI JUAN,41234567,5"] * 60]


@pytest.mark.parametrize(
    ("rows", "secrets"),
    [
        ([*PADRON, "8,x,1,SALAS VEGA ROSA"], ["SALAS", "VEGA"]),
        ([*PADRON, "8,x,1,DNI-43219876"], ["43219876"]),
        ([*PADRON, "8,x,1,ver 43.219.876"], ["43.219.876"]),
        ([*PADRON, "8,x,1,SALAS VEGA ROSA" + " y otros" * 60], ["SALAS"]),
        (["ruc,monto", *["20100017491,5"] * 40, "RUC 10432198761,z"], ["43219876"]),
        (["monto,proveedor", *["5,RUC: 10432198761"] * 40, "x,RUC: 10432198761"], ["43219876"]),
        (["detalle,m", *["A QUISPE MAMANI JUAN DNI 41234567,1"] * 40, "x,y"], ["QUISPE", "4123"]),
    ],
)
def test_what_stands_in_another_column_is_hidden(
    write: Write, rows: list[str], secrets: list[str]
) -> None:
    report = examined(write("f.csv", "\n".join(rows) + "\n"))
    assert "personal-data" in codes(report)
    said = everything(report)
    assert [word for word in secrets if word in said] == []
