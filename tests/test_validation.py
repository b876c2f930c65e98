"""Files judged one by one, several at once: each keeps its place, and none takes another along."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import TypeVar

import pytest

from acopio.errors import Cancelled
from acopio.examine import Examination, examine
from acopio.executor import Executor, LocalExecutor, SerialExecutor
from acopio.messages import about
from acopio.model import Resource
from acopio.subjects import Subject
from acopio.validation import validate, validate_all

T = TypeVar("T")
MEMORY = 1024


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalExecutor]:
    executor = LocalExecutor(1, memory=MEMORY)
    yield executor
    executor.close()


def hoard(_: object) -> int:
    return len(bytearray(2 * MEMORY << 20))


class Greedy:
    """Real workers, in which the file of one name needs more memory than there is."""

    def __init__(self, inner: Executor, name: str) -> None:
        self._inner = inner
        self._name = name

    def call(
        self, job: Callable[..., T], *args: object, seconds: float, cancel: Event | None = None
    ) -> T:
        greedy = getattr(args[0], "name", "") == self._name
        work: Callable[..., T] = hoard if greedy else job  # type: ignore[assignment]
        return self._inner.call(work, *args, seconds=seconds, cancel=cancel)

    def close(self) -> None:
        self._inner.close()


def subjects(folder: Path, *contents: str) -> list[Subject]:
    found = []
    for number, content in enumerate(contents):
        path = folder / f"{number}.csv"
        path.write_text(content)
        found.append(Subject(given=str(path), path=path, name=path.name))
    return found


def test_a_file_beyond_memory_takes_only_itself_along(
    tmp_path: Path, workers: LocalExecutor
) -> None:
    files = subjects(tmp_path, *["a,b\n1,2\n"] * 5)
    found = list(validate_all(files, None, Greedy(workers, "2.csv"), at_once=2))
    assert [result.subject.name for result in found] == [f"{n}.csv" for n in range(5)]
    assert [result.clean for result in found] == [True, True, False, True, True]
    (lost,) = found[2].findings
    assert lost.code == "examination-failed"
    assert str(MEMORY) in about(lost)
    assert "{" not in about(lost)
    assert found[2].sha256 == hashlib.sha256(files[2].path.read_bytes()).hexdigest()


def test_results_come_in_order_with_their_own_hashes(
    tmp_path: Path, workers: LocalExecutor
) -> None:
    files = subjects(tmp_path, *[f"a,b\n{n},2\n" for n in range(12)])
    found = list(validate_all(files, None, workers, at_once=3))
    assert [result.subject for result in found] == files
    assert [result.sha256 for result in found] == [
        hashlib.sha256(one.path.read_bytes()).hexdigest() for one in files
    ]


def test_who_stops_reading_ends_the_work(tmp_path: Path) -> None:
    judged: list[str] = []

    class Noting(SerialExecutor):
        def call(
            self, job: Callable[..., T], *args: object, seconds: float, cancel: Event | None = None
        ) -> T:
            if cancel is not None and cancel.is_set():
                raise Cancelled("cancelled")
            judged.append(str(getattr(args[0], "name", "")))
            return job(*args)

    files = subjects(tmp_path, *["a,b\n1,2\n"] * 30)
    results = validate_all(files, None, Noting(), at_once=1)
    next(results)
    results.close()
    assert len(judged) < len(files)


def test_serial_judges_the_same(tmp_path: Path, workers: LocalExecutor) -> None:
    (one,) = subjects(tmp_path, "a;b\n1;2\n")
    here, there = (validate(one, None, executor) for executor in (SerialExecutor(), workers))
    assert here.findings == there.findings
    assert here.table is not None
    assert there.table is not None
    assert here.table.schema == there.table.schema


def test_what_cannot_be_opened_is_a_finding_of_that_file(tmp_path: Path) -> None:
    folder = tmp_path / "x.xls"
    folder.mkdir()
    for path, steps in ((folder, {"mask", "packed"}), (tmp_path / "gone.csv", {"file", "packed"})):
        job = Examination(
            archive_url="",
            scratch=tmp_path,
            sha256="",
            resource=Resource(id="r", url="file.xls"),
            name=path.name,
            path=path,
        )
        found = examine(job).findings
        assert {one.code for one in found} == {"examination-failed"}
        assert steps <= {one.params["value"] for one in found}
        assert {one.resource for one in found} == {"r"}


def test_a_damaged_workbook_leaves_the_others_judged(
    tmp_path: Path, workers: LocalExecutor
) -> None:
    given = subjects(tmp_path, "a,b\n1,2\n", "")
    given[1].path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600)
    good, bad = validate_all(given, None, workers, 2)
    assert good.valid
    assert "examination-failed" not in {one.code for one in bad.findings}
    assert not bad.valid
