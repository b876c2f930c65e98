"""A worker and its copy: the same answers, and one end."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from acopio.executor import LocalExecutor, OutOfMemory, TookTooLong, WorkerDied
from acopio.validators.dialect import lay_out
from acopio.validators.tabular import reading
from acopio.validators.tabular.beside import can_be_copied, copied
from acopio.validators.tabular.blocks import Marks
from acopio.validators.tabular.scan import layout_of, survey_blocks
from acopio.validators.tabular.splitting import Split, split

SECONDS = 60


@pytest.fixture
def executor() -> Iterator[LocalExecutor]:
    with closing(LocalExecutor(1)) as workers:
        yield workers


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "f.csv"
    path.write_text("a,b\n" + "".join(f"{n},{n % 7}\n" for n in range(400_000)), "utf-8")
    return path


def its_number(_: int) -> int:
    return os.getpid()


def who_answers(questions: int) -> tuple[int, set[int]]:
    """Return this process's number, and the numbers of those that answer."""
    with copied(its_number) as copy:
        answers = [copy.ask(question) for question in range(questions)]
        return os.getpid(), {answer.result() for answer in answers}


def test_a_copy_answers_and_is_another_process(executor: LocalExecutor) -> None:
    assert executor.call(can_be_copied, seconds=SECONDS)
    mine, theirs = executor.call(who_answers, 5, seconds=SECONDS)
    assert len(theirs) == 1
    assert mine not in theirs
    assert not can_be_copied()


def is_left(_: int) -> bool:
    """Tell whether a copy is still there once nobody needs it."""
    with copied(its_number) as copy:
        process = copy.ask(1).result()
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_copy_ends_when_nobody_asks_any_more(executor: LocalExecutor) -> None:
    assert not executor.call(is_left, 1, seconds=SECONDS)


def never_done(note: Path) -> None:
    def answer(_: int) -> int:
        note.write_text(str(os.getpid()))
        time.sleep(600)
        return 0

    with copied(answer) as copy:
        copy.ask(1).result()


def test_a_copy_ends_with_its_worker_whatever_it_is_doing(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    note = tmp_path / "note"
    with pytest.raises(TookTooLong):
        executor.call(never_done, note, seconds=3)
    process = int(note.read_text())
    for _ in range(50):
        if not Path(f"/proc/{process}").exists():
            break
        time.sleep(0.1)
    else:
        pytest.fail("the copy is still there")


def refused(_: int) -> str:
    def answer(question: int) -> int:
        raise LookupError(f"no {question}")

    with copied(answer) as copy:
        try:
            copy.ask(3).result()
        except LookupError as error:
            return str(error)
    return ""


def test_what_a_copy_raises_is_raised_where_it_was_asked(executor: LocalExecutor) -> None:
    assert executor.call(refused, 1, seconds=SECONDS) == "no 3"


def counted(path: Path, ends: str) -> tuple[int, int, int]:
    """Count a table in a worker whose copy ``ends`` so; return rows and who had the blocks."""
    worker = os.getpid()
    blocks: list[int] = []

    def watched(block: bytes, marks: Marks, width: int) -> Split:
        if os.getpid() == worker:
            blocks.append(1)
        elif ends == "memory":
            raise MemoryError
        elif ends:
            os.kill(os.getpid(), signal.SIGKILL)
        return split(block, marks, width)

    reading._LONG, reading.split = 0, watched  # type: ignore[attr-defined]
    layout = lay_out(path, "utf-8")
    assert layout is not None
    survey, _ = survey_blocks(layout_of(path, "utf-8", layout, 2, 1 << 16), layout.labels)
    return survey.rows, survey.columns[1].filled, len(blocks)


def test_both_have_their_share(executor: LocalExecutor, table: Path) -> None:
    rows, filled, blocks = executor.call(counted, table, "", seconds=SECONDS)
    assert rows == filled == 400_000
    every = -(-table.stat().st_size // (1 << 16))
    assert 0 < blocks < every


def test_what_kills_the_copy_kills_the_worker(executor: LocalExecutor, table: Path) -> None:
    with pytest.raises(WorkerDied) as died:
        executor.call(counted, table, "killed", seconds=SECONDS)
    assert died.value.code == "worker-died"
    assert executor.call(who_answers, 1, seconds=SECONDS)


def test_a_copy_without_memory_says_so(executor: LocalExecutor, table: Path) -> None:
    with pytest.raises(OutOfMemory):
        executor.call(counted, table, "memory", seconds=SECONDS)
