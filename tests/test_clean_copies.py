"""Clean copies of what is validated: bounded, and the file given stays what it is."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from acopio.archive import Archive
from acopio.clean_copies import ENDINGS, CleanCopy, NoCopy, base_name, clean_copy, clean_within
from acopio.executor import LocalExecutor, SerialExecutor
from acopio.model import Table
from acopio.publishers.clean import Cleaned, CleanJob
from acopio.subjects import Subject
from acopio.validation import Validated, validate

ROWS = b"a,b\n" + b"1,2\n" * 5_000 + b"x,2\n"
MOST = 1_000_000


@pytest.fixture
def validated(tmp_path: Path) -> Validated:
    path = tmp_path / "a.csv"
    path.write_bytes(ROWS)
    return validate(Subject(given="a.csv", path=path, name="a.csv"), None, SerialExecutor())


def made(validated: Validated, folder: Path) -> CleanCopy | NoCopy:
    folder.mkdir()
    return clean_copy(validated, folder, SerialExecutor(), seconds=60, most_bytes=MOST)


def test_a_copy_has_its_files_and_the_original_stays(tmp_path: Path, validated: Validated) -> None:
    copy = made(validated, tmp_path / "made")
    assert isinstance(copy, CleanCopy)
    assert {file.name for file in copy.files} == {f"a{ENDINGS[one.kind]}" for one in copy.files}
    assert [file.size for file in copy.files] == [file.path.stat().st_size for file in copy.files]
    assert validated.subject.path.read_bytes() == ROWS


def test_what_changed_since_it_was_judged_gets_no_copy(
    tmp_path: Path, validated: Validated
) -> None:
    validated.subject.path.write_bytes(ROWS + b"3,4\n")
    copy = made(validated, tmp_path / "made")
    assert isinstance(copy, NoCopy)
    assert (copy.key, copy.failed) == ("no-copy-changed", True)


def test_what_is_gone_gets_no_copy(tmp_path: Path, validated: Validated) -> None:
    validated.subject.path.unlink()
    copy = made(validated, tmp_path / "made")
    assert isinstance(copy, NoCopy)
    assert copy.key == "no-copy-not-written"


def test_what_cannot_be_read_gets_no_copy(tmp_path: Path, validated: Validated) -> None:
    assert validated.table is not None
    # As the sentence says, and not in the words of a parser, which may quote a cell.
    broken = replace(validated, table=replace(validated.table, format="xlsx"))
    copy = made(broken, tmp_path / "made")
    assert copy == NoCopy(key="no-copy-unreadable", failed=True)


def test_a_clean_copy_that_grows_too_large_is_none(tmp_path: Path) -> None:
    archive = Archive(f"file://{tmp_path}/archive", tmp_path / "scratch")
    sha256 = archive.add_bytes(b"a,b\n" + b"1,2\n" * 5_000)
    fields = [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}]
    table = Table(
        resource="r", encoding="utf-8", dialect={}, schema={"fields": fields}, report={}, rows=5_000
    )
    job = CleanJob(
        archive_url=archive.url,
        scratch=str(tmp_path / "scratch"),
        sha256=sha256,
        name="a",
        table=table,
    )
    # In a process of its own: this one's files are not to be bounded.
    with closing(LocalExecutor(1)) as executor:
        small = executor.call(clean_within, job, 1_000, seconds=60)
        whole = executor.call(clean_within, job, MOST, seconds=60)
    assert isinstance(small, NoCopy)
    assert small.key == "no-copy-not-written"
    assert isinstance(whole, Cleaned)
    assert whole.rows == 5_000


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("gasto.csv", "gasto"),
        ("gasto.csv.gz", "gasto"),
        ("gasto.CSV.ZIP", "gasto"),
        ("gasto v1.2.zip", "gasto v1.2"),
        ("gasto.2024.csv", "gasto.2024"),
        ("gasto", "gasto"),
        (".csv", "csv"),
        ("", "tabla"),
        ("CON.csv", "_CON"),
    ],
)
def test_a_copy_is_called_as_its_file(name: str, base: str) -> None:
    assert base_name(name) == base
