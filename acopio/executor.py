"""Where CPU work runs: here, or in a pool of processes on this machine.

Jobs are top-level functions of plain values and return values. Workers are spawned, never forked:
a forked child would inherit locks that other threads hold. A worker that dies of a file, or takes
longer than it was given, is replaced, and takes that one file with it.
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import wait
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Protocol, TypeVar

from acopio.errors import AcopioError, Cancelled, ConfigError

if TYPE_CHECKING:
    from pebble import ProcessPool

T = TypeVar("T")

# A worker is replaced after so many jobs, so that what a parser leaks does not add up.
JOBS_A_WORKER = 400
# How soon a cancelled run leaves a job.
CANCEL_SECONDS = 0.5


class WorkerDied(AcopioError):  # noqa: N818
    """The process that had a job died of it: out of memory, or a crash in a parser."""

    code = "worker-died"


class TookTooLong(AcopioError):  # noqa: N818
    """A job took longer than it was given, and was ended."""

    code = "took-too-long"


class Executor(Protocol):
    """Runs jobs, from many threads at once."""

    def call(
        self, job: Callable[..., T], *args: object, seconds: float, cancel: Event | None = None
    ) -> T:
        """Run ``job`` and return what it returns, raising what it raises.

        Raises WorkerDied, TookTooLong after ``seconds``, Cancelled soon after ``cancel`` is set.
        """
        ...

    def close(self) -> None:
        """End the workers, and what they are doing."""
        ...


class SerialExecutor:
    """Runs each job in the calling thread: for tests and very small machines. No time is kept."""

    def call(
        self, job: Callable[..., T], *args: object, seconds: float, cancel: Event | None = None
    ) -> T:
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

    def call(
        self, job: Callable[..., T], *args: object, seconds: float, cancel: Event | None = None
    ) -> T:
        """Hand ``job`` to a worker and wait. Its time counts from when a worker takes it."""
        from pebble import ProcessExpired

        future = self._running().schedule(job, args=args, timeout=seconds)
        while not wait([future], timeout=CANCEL_SECONDS).done:
            if cancel is not None and cancel.is_set():
                future.cancel()  # ends the worker as well
                raise Cancelled("cancelled")
        try:
            return future.result()
        except ProcessExpired as error:
            if cancel is not None and _set_soon(cancel):
                raise Cancelled("cancelled") from error
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
                self._pool = ProcessPool(
                    self._workers, max_tasks=JOBS_A_WORKER, initializer=_settle_in, context=spawn
                )
            return self._pool


def _set_soon(cancel: Event) -> bool:
    """Tell whether a run is being ended: a signal to all its processes may reach workers first."""
    for _ in range(10):
        if cancel.is_set():
            return True
        time.sleep(0.1)
    return False


def _settle_in() -> None:
    """Make a worker live and die by its parent's word alone.

    A Ctrl-C in a terminal reaches every process there: the parent ends the run in good order, and
    a worker torn out of an import would misjudge files ever after. A parent that was killed ends
    nobody, so each worker waits for its parent's end.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


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
