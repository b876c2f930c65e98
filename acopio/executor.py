"""Where CPU work runs: here, or in a pool of processes on this machine.

Jobs are top-level functions of plain values and return values. Workers are spawned, never forked:
a forked child would inherit locks that other threads hold. A worker that dies of a file, or takes
longer than it was given, is replaced, and takes that one file with it.
"""

import multiprocessing
import os
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Protocol, TypeVar

from acopio.errors import AcopioError, ConfigError

if TYPE_CHECKING:
    from pebble import ProcessPool

T = TypeVar("T")

# A worker is replaced after so many jobs, so that what a parser leaks does not add up.
JOBS_A_WORKER = 400


class WorkerDied(AcopioError):  # noqa: N818
    """The process that had a job died of it: out of memory, or a crash in a parser."""

    code = "worker-died"


class TookTooLong(AcopioError):  # noqa: N818
    """A job took longer than it was given, and was ended."""

    code = "took-too-long"


class Executor(Protocol):
    """Runs jobs, from many threads at once."""

    def call(self, job: Callable[..., T], *args: object, seconds: float) -> T:
        """Run ``job`` and return what it returns, raising what it raises.

        Raises WorkerDied, TookTooLong after ``seconds``.
        """
        ...

    def close(self) -> None:
        """End the workers, and what they are doing."""
        ...


class SerialExecutor:
    """Runs each job in the calling thread: for tests and very small machines. No time is kept."""

    def call(self, job: Callable[..., T], *args: object, seconds: float) -> T:
        """Run ``job``."""
        return job(*args)

    def close(self) -> None:
        """Nothing to end."""


class LocalExecutor:
    """A pool of processes, made at the first job."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPool | None = None
        self._lock = Lock()

    def call(self, job: Callable[..., T], *args: object, seconds: float) -> T:
        """Hand ``job`` to a worker and wait. Its time counts from when a worker takes it."""
        from pebble import ProcessExpired

        try:
            return self._running().schedule(job, args=args, timeout=seconds).result()
        except ProcessExpired as error:
            raise WorkerDied("worker-died") from error
        except TimeoutError as error:
            raise TookTooLong("took-too-long", seconds=round(seconds)) from error

    def close(self) -> None:
        """End the workers."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()
            pool.join()

    def _running(self) -> "ProcessPool":
        from pebble import ProcessPool

        with self._lock:
            if self._pool is None:
                spawn = multiprocessing.get_context("spawn")
                self._pool = ProcessPool(self._workers, max_tasks=JOBS_A_WORKER, context=spawn)
            return self._pool


def open_executor(spec: str) -> Executor:
    """Return the executor that ``ACOPIO_EXECUTOR`` names: ``serial``, ``local`` or ``local:N``.

    Raises ConfigError for anything else.
    """
    if spec == "serial":
        return SerialExecutor()
    kind, _, number = spec.partition(":")
    if kind == "local" and (not number or (number.isdigit() and int(number) > 0)):
        return LocalExecutor(int(number) if number else os.cpu_count() or 1)
    raise ConfigError("bad-executor", value=spec)
