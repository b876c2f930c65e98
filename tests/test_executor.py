"""A worker that dies or stalls takes one file with it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from acopio.errors import ConfigError
from acopio.executor import (
    LocalExecutor,
    OutOfMemory,
    SerialExecutor,
    TookTooLong,
    WorkerDied,
    open_executor,
)
from acopio.ready import get_ready


@pytest.fixture(scope="module")
def pool() -> Iterator[LocalExecutor]:
    executor = LocalExecutor(2)
    yield executor
    executor.close()


def die(pid: int) -> None:
    os.kill(pid or os.getpid(), signal.SIGKILL)


def double(number: int) -> int:
    return 2 * number


def fail(text: str) -> None:
    raise ValueError(text)


def test_a_job_runs_in_another_process(pool: LocalExecutor) -> None:
    assert pool.call(os.getpid, seconds=60) != os.getpid()


def test_a_job_that_raises_raises_here(pool: LocalExecutor) -> None:
    with pytest.raises(ValueError, match="así"):
        pool.call(fail, "así", seconds=60)


def test_a_worker_that_dies_takes_only_its_own_job(pool: LocalExecutor) -> None:
    def call(number: int) -> int | None:
        try:
            return (
                pool.call(die, 0, seconds=60)
                if number == 3
                else pool.call(double, number, seconds=60)
            )
        except WorkerDied:
            return None

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(call, range(8))) == [0, 2, 4, None, 8, 10, 12, 14]


def test_a_job_that_takes_too_long_is_ended(pool: LocalExecutor) -> None:
    with pytest.raises(TookTooLong):
        pool.call(time.sleep, 30, seconds=0.2)
    assert pool.call(double, 4, seconds=60) == 8


def hoard(mebibytes: int) -> int:
    return len(bytearray(mebibytes << 20))


def test_a_job_beyond_its_memory_is_ended_and_the_next_has_all_of_it() -> None:
    executor = LocalExecutor(1, memory=256)
    try:
        before = executor.call(os.getpid, seconds=60)
        with pytest.raises(OutOfMemory) as raised:
            executor.call(hoard, 300, seconds=60)
        assert raised.value.params == {"mebibytes": 256}
        assert executor.call(hoard, 100, seconds=60) == 100 << 20
        assert executor.call(os.getpid, seconds=60) != before
    finally:
        executor.close()


WHO = """
import multiprocessing, os, signal, threading, time
from contextlib import closing, suppress
from acopio.executor import WorkerDied, open_executor

def who():
    time.sleep(0.2)  # the others get their share
    return type(multiprocessing.current_process()).__name__

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def all_of(executor):
    return {executor.call(who, seconds=30) for _ in range(4)}

if __name__ == "__main__":
    with closing(open_executor("local:2")) as executor:
        executor.prepare(who)
        print(*all_of(executor))
    with closing(open_executor("local:1")) as executor:
        executor.prepare(who)
        with suppress(WorkerDied):
            executor.call(die, seconds=30)
        print(*all_of(executor))
    with closing(open_executor("local:1")) as executor:
        print(*all_of(executor))
    blocked = threading.Event()
    threading.Thread(target=blocked.wait).start()
    with closing(open_executor("local:1")) as executor:
        executor.prepare(who)
        print(*all_of(executor))
    blocked.set()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody is forked")
def test_a_worker_is_forked_only_where_no_other_thread_can_hold_a_lock(tmp_path: Path) -> None:
    script = tmp_path / "who.py"
    script.write_text(WHO)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    prepared, replaced, unprepared, beside_a_thread = done.stdout.split()
    assert prepared == "ForkProcess"
    assert {replaced, unprepared, beside_a_thread} == {"SpawnProcess"}


def test_a_worker_that_dies_with_nothing_to_do_takes_nothing_along() -> None:
    with closing(LocalExecutor(1)) as executor:
        for _ in range(2):
            os.kill(executor.call(os.getpid, seconds=30), signal.SIGKILL)
            time.sleep(0.5)
            assert executor.call(double, 2, seconds=30) == 4


def test_a_job_that_comes_just_when_an_idle_worker_dies_is_done() -> None:
    with closing(LocalExecutor(1)) as executor:
        os.kill(executor.call(os.getpid, seconds=30), signal.SIGKILL)
        assert executor.call(double, 2, seconds=30) == 4


def test_serial_runs_here() -> None:
    assert SerialExecutor().call(os.getpid, seconds=1) == os.getpid()


@pytest.mark.parametrize("spec", ["", "fast", "local:0", "local:x", "tcp://127.0.0.1:8786"])
def test_what_is_no_executor_is_refused(spec: str) -> None:
    with pytest.raises(ConfigError, match="bad-executor"):
        open_executor(spec)


@pytest.mark.parametrize("spec", ["serial", "local", "local:3"])
def test_what_is_one_opens_without_starting_anything(spec: str) -> None:
    open_executor(spec).close()


def arrow_loads() -> tuple[str, bool]:
    """Have PyArrow look at a list, and tell where its memory is from and if it loaded pandas."""
    import pyarrow as pa

    pa.array([1])
    return str(pa.default_memory_pool().backend_name), "pandas" in sys.modules


def test_a_worker_loads_no_pandas_and_keeps_one_memory(pool: LocalExecutor) -> None:
    assert pool.call(arrow_loads, seconds=30) == ("system", False)


def write_number() -> None:
    Path(os.environ["ACOPIO_TEST_READY"]).write_text(str(os.getpid()))


def test_a_worker_can_be_prepared_before_there_is_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOPIO_TEST_READY", str(tmp_path / "ready"))
    with closing(LocalExecutor(1)) as executor:
        executor.prepare(write_number)
        process = executor.call(os.getpid, seconds=30)
    assert (tmp_path / "ready").read_text() == str(process) != str(os.getpid())


def imported_when_ready() -> set[str]:
    get_ready()
    return set(sys.modules)


def test_getting_ready_imports_what_judging_takes(pool: LocalExecutor) -> None:
    found = pool.call(imported_when_ready, seconds=60)
    assert found >= {"frictionless", "pyarrow.csv", "acopio.validators.table"}
