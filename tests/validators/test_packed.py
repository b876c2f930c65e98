"""A table that is packed alone is judged as the table itself, and copied as one."""

import bz2
import gc
import gzip
import lzma
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from acopio.archive import Archive
from acopio.model import FileKind
from acopio.publishers.clean import CleanJob, clean
from acopio.tables import packed
from acopio.validators.lines import LONGEST_LINE
from tests.validators.books import write_xlsx
from tests.validators.samples import Write, codes, examined, only
from tests.validators.test_sheets import theirs, timeless

WRONG = b"a,b\n" + b"1,x\n" * 120 + b"y,x\n" * 1200
CSV = b"a,b\n" + b"".join(b"%d,x\n" % number for number in range(30)) + b"y,z\n30\n"


def zipped(members: Mapping[str, bytes]) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, body in members.items():
                archive.writestr(name, body)
        return path

    return write


def pack(path: Path, body: bytes) -> Path:
    """Pack ``body`` as the ending of ``path`` says."""
    if path.suffix == ".zip":
        return zipped({"datos.csv": body})(path)
    packing: dict[str, Callable[[bytes], bytes]] = {
        ".gz": gzip.compress,
        ".bz2": bz2.compress,
        ".xz": lzma.compress,
    }
    path.write_bytes(packing[path.suffix](body))
    return path


# frictionless leaves the packed file open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", ["f.csv.gz", "Gasto 2026.csv.zip"])
def test_a_packed_table_gets_the_report_of_frictionless(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path / name, CSV)
    report = examined(path, declared=path.suffix)
    (table,) = report.tables
    assert codes(report) == ["type-error", "missing-cell"]
    assert timeless(table.report) == timeless(theirs(path, table))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", ["f.csv.gz", "Gasto 2026.csv.zip"])
def test_its_hashes_are_told_where_frictionless_stops_before_the_end(
    tmp_path: Path, name: str
) -> None:
    path = pack(tmp_path / name, WRONG)
    (table,) = examined(path, declared=path.suffix).tables
    (task,) = table.report["tasks"]
    assert task["warnings"]
    assert timeless(table.report) == timeless(theirs(path, table))
    # Here, where the warning is expected.
    gc.collect()


@pytest.mark.parametrize("name", ["f.csv.gz", "f.csv.bz2", "f.csv.xz", "f.zip"])
def test_a_packed_table_is_judged_and_copied(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path / name, "año;monto\n1;2,5\n".encode("cp1252"))
    report = examined(path, declared=path.suffix)
    assert codes(report) == ["encoding-not-utf8", "delimiter-not-comma", "decimal-comma"]
    (table,) = report.tables
    assert (table.compression, table.rows) == (path.suffix[1:], 1)
    archive = Archive(f"file://{tmp_path}/archive", tmp_path)
    sha256 = archive.add_bytes(path.read_bytes())
    cleaned = clean(
        CleanJob(
            archive_url=archive.url, scratch=str(tmp_path), sha256=sha256, name="f", table=table
        )
    )
    (data,) = [file for file in cleaned.files if file.kind is FileKind.DATA]
    with archive.open(data.sha256) as body:
        assert body.read().decode() == "año,monto\r\n1,2.5\r\n"
    assert cleaned.changes[0] == {"change": "unpacked", "from": path.suffix[1:]}


def test_a_packed_workbook_is_read(tmp_path: Path) -> None:
    book = write_xlsx(tmp_path / "libro.xlsx", {"Datos": [["a", "b"], [1, 2]]})
    path = zipped({"libro.xlsx": book.read_bytes()})(tmp_path / "f.zip")
    (table,) = examined(path, declared="zip").tables
    assert (table.format, table.compression, table.innerpath) == ("xlsx", "zip", "libro.xlsx")


@pytest.mark.parametrize("name", ["f.csv.gz", "f.zip"])
def test_persons_in_a_packed_table_are_told_once_and_masked(tmp_path: Path, name: str) -> None:
    rows = "".join(f"{41234567 + n},{n}\n" for n in range(30))
    path = pack(tmp_path / name, f"dni,n\n{rows}41234599,x\n".encode())
    report = examined(path, declared=path.suffix)
    assert only(report, "personal-data").evidence == "4******7"
    assert report.tables[0].report["stats"]["errors"] == 1
    assert "41234599" not in str(report)


def test_persons_beside_a_packed_table_are_told(tmp_path: Path) -> None:
    path = tmp_path / "padron.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tabla.csv", "lugar,monto\n" + "".join(f"L{n},{n}\n" for n in range(30)))
        archive.writestr("nota.json", '{"dni": "40718233", "monto": 5}')
    found = examined(path)
    assert "personal-data-in-text" in codes(found)
    assert found.tables[0].rows == 30


def test_a_zip_of_several_tables_is_not_judged_as_one(tmp_path: Path) -> None:
    path = zipped({"a.csv": CSV, "b.csv": CSV})(tmp_path / "f.zip")
    assert examined(path, declared="zip").tables == ()


@pytest.mark.parametrize("name", ["f.csv.gz", "f.csv.bz2", "f.csv.xz", "f.zip"])
def test_what_is_packed_beyond_memory_is_a_finding(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "MOST", 100)
    report = examined(pack(tmp_path / name, CSV), declared="gz")
    failed = only(report, "examination-failed")
    assert failed.params == {"limit": "inflated", "value": 100}
    assert report.tables == ()


def test_a_cut_stream_is_a_finding(tmp_path: Path, write: Write) -> None:
    body = pack(tmp_path / "f.csv.gz", CSV * 100).read_bytes()
    report = examined(write("g.csv.gz", body[: len(body) // 2]), declared="gz")
    assert [one.params["limit"] for one in report.findings if one.code == "examination-failed"] == [
        "damaged"
    ]


def test_a_packed_line_without_end_is_a_finding_that_names_the_limit(tmp_path: Path) -> None:
    path = pack(tmp_path / "f.csv.gz", b"a,b\n" + b"x" * (LONGEST_LINE + 10))
    report = examined(path, declared="gz")
    assert only(report, "examination-failed").params == {"limit": "line", "value": LONGEST_LINE}
    assert report.tables == ()
