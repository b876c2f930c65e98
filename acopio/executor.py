"""Where CPU work runs: here, or in a pool of processes on this machine.

Jobs are top-level functions of plain values and return values. Workers are spawned: a forked child
would inherit locks that other threads hold. Those that are prepared are forked where there is no
other thread. A worker that dies of a file, needs more memory than it may have or longer than it was
given, is replaced, and takes that one file with it.
"""

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import wait
from contextlib import suppress
from multiprocessing.context import ForkProcess, SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from acopio.errors import AcopioError, Cancelled, ConfigError
from acopio.worker import OUT_OF_MEMORY, do, settle_in

if TYPE_CHECKING:
    from pebble import ProcessPool

T = TypeVar("T")

# A worker is replaced after so many jobs, so that what a parser leaks does not add up.
JOBS_A_WORKER = 400
# How soon a cancelled run leaves a job.
CANCEL_SECONDS = 0.5
# Pools made for one job: where workers die before they have any, something else is wrong.
_POOLS = 3
# How often pebble looks after its workers, in seconds: to end a pool is to wait for that, too.
_LOOK_SECONDS = 0.02
# What a worker's own data may grow to, in MiB, unless ``ACOPIO_WORKER_MEMORY`` says otherwise.
WORKER_MEMORY = 2048


class WorkerDied(AcopioError):  # noqa: N818
    """The process that had a job died of it: out of memory, or a crash in a parser."""

    code = "worker-died"


class OutOfMemory(WorkerDied):
    """A job needed more memory than a worker may have; ``mebibytes`` is how much that is."""

    code = "out-of-memory"


class TookTooLong(AcopioError):  # noqa: N818
    """A job took longer than it was given, and was ended."""

    code = "took-too-long"


class Executor(Protocol):
    """Runs jobs, from many threads at once."""

    def call(
        self, job: Callable[..., T], *args: object, seconds: float, cancel: Event | None = None
    ) -> T:
        """Run ``job`` and return what it returns, raising what it raises.

        Raises WorkerDied, OutOfMemory, TookTooLong after ``seconds``, Cancelled soon after
        ``cancel`` is set.
        """
        ...

    def close(self) -> None:
        """End the workers, and what they are doing."""
        ...


class SerialExecutor:
    """Runs each job in the calling thread: for tests and very small machines. No bound is kept."""

    def call(
        self, job: Callable[..., T], *args: object, seconds: float, cancel: Event | None = None
    ) -> T:
        """Run ``job``."""
        return job(*args)

    def prepare(self, job: Callable[[], object]) -> None:
        """There is nobody to do it meanwhile."""

    def close(self) -> None:
        """Nothing to end."""


class LocalExecutor:
    """A pool of processes, made at the first job."""

    def __init__(self, workers: int, memory: int = WORKER_MEMORY) -> None:
        """``memory`` is what each worker's own data may grow to, in MiB."""
        self._workers = workers
        self._memory = memory
        self._pool: ProcessPool | None = None
        self._lock = Lock()

    def call(
        self, job: Callable[..., T], *args: object, seconds: float, cancel: Event | None = None
    ) -> T:
        """Hand ``job`` to a worker and wait. Its time counts from when a worker takes it."""
        from concurrent.futures.process import BrokenProcessPool

        for _ in range(_POOLS):
            with suppress(BrokenProcessPool):
                return self._called(job, args, seconds, cancel)
        raise WorkerDied("worker-died")

    def _called(
        self, job: Callable[..., T], args: tuple[object, ...], seconds: float, cancel: Event | None
    ) -> T:
        """Raise BrokenProcessPool besides, where a worker died that had no job."""
        from pebble import ProcessExpired

        future = self._running(SpawnContext()).schedule(do, args=(job, *args), timeout=seconds)
        while not wait([future], timeout=CANCEL_SECONDS).done:
            if cancel is not None and cancel.is_set():
                future.cancel()  # ends the worker as well
                raise Cancelled("cancelled")
        try:
            result: T = future.result()
        except ProcessExpired as error:
            if error.exitcode == OUT_OF_MEMORY:
                raise OutOfMemory("out-of-memory", mebibytes=self._memory) from error
            if cancel is not None and _set_soon(cancel):
                raise Cancelled("cancelled") from error
            raise WorkerDied("worker-died") from error
        except TimeoutError as error:
            raise TookTooLong("took-too-long", seconds=round(seconds)) from error
        return result

    def prepare(self, job: Callable[[], object]) -> None:
        """Have a worker do ``job`` at once, so that the next one starts sooner; do not wait.

        For the main module of a program, which does nothing when it is imported.
        """
        self._running(_ForkingContext()).schedule(do, args=(job,))

    def close(self) -> None:
        """End the workers."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()
            pool.join()

    def _running(self, context: SpawnContext) -> "ProcessPool":
        """Return the pool, or a new one whose workers start by ``context``.

        There is none yet, or a worker that died with nothing to do ended it for all.
        """
        from pebble import CONSTS, ProcessPool

        with self._lock:
            if self._pool is not None and not self._pool.active:
                self._end()
            if self._pool is None:
                CONSTS.sleep_unit = _LOOK_SECONDS
                self._pool = ProcessPool(
                    self._workers,
                    max_tasks=JOBS_A_WORKER,
                    initializer=settle_in,
                    initargs=(self._memory,),
                    context=context,
                )
            return self._pool


class _ForkingContext(SpawnContext):
    """Forks a worker where this process has no other thread: there it starts five times sooner."""

    @staticmethod
    def Process(*args: Any, **options: Any) -> BaseProcess:  # type: ignore[override]  # noqa: N802
        """Return a worker that is not started yet."""
        # Libraries' own threads count, too.
        if sys.platform == "linux" and len([*Path("/proc/self/task").iterdir()]) == 1:
            return ForkProcess(*args, **options)
        return SpawnProcess(*args, **options)


def _set_soon(cancel: Event) -> bool:
    """Tell whether a run is being ended: a signal to all its processes may reach workers first."""
    for _ in range(10):
        if cancel.is_set():
            return True
        time.sleep(0.1)
    return False


def open_executor(spec: str, memory: int = WORKER_MEMORY) -> SerialExecutor | LocalExecutor:
    """Return the executor that ``ACOPIO_EXECUTOR`` names: ``serial``, ``local`` or ``local:N``.

    ``memory`` is what each worker's own data may grow to, in MiB.

    Raises ConfigError for anything else.
    """
    if spec == "serial":
        return SerialExecutor()
    kind, _, number = spec.partition(":")
    if kind == "local" and (not number or (number.isdigit() and int(number) > 0)):
        return LocalExecutor(int(number) if number else os.cpu_count() or 1, memory)
    raise ConfigError("bad-executor", value=spec)
