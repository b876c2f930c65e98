"""Where CPU work runs: here, or in a pool of processes on this machine.

Jobs are top-level functions of plain values and return values. Workers are spawned, never forked:
a forked child would inherit locks that other threads hold.
"""

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from acopio.errors import AcopioError, ConfigError

P = ParamSpec("P")
T = TypeVar("T")

# A worker is replaced after so many files, so that what a parser leaks does not add up.
FILES_A_WORKER = 200


class WorkerDied(AcopioError):  # noqa: N818
    """The process that examined a file died of it (memory, a crash in a parser)."""

    code = "worker-died"


class SerialExecutor(Executor):
    """Runs each job at once, in the calling thread; what tests and small machines use."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run ``fn`` and return its future, done."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001  (a future carries whatever was raised)
            future.set_exception(error)
        return future


class LocalExecutor(Executor):
    """A pool of spawned processes, made at the first job and made anew when a worker dies.

    When a worker dies every job in the pool fails; each is tried once more, alone in turn, so
    that only the file that kills its worker is lost.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._lock = Lock()
        self._alone = Lock()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand ``fn`` to a worker."""
        return self._running().submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=wait, cancel_futures=cancel_futures)

    def call(self, fn: Callable[..., T], *args: Any) -> T:
        """Run one job and wait for it. Raises WorkerDied when its worker dies twice."""
        pool = self._running()
        try:
            return pool.submit(fn, *args).result()
        except BrokenProcessPool:
            with self._alone:
                return self._once_more(pool, fn, *args)

    def _once_more(self, broken: ProcessPoolExecutor, fn: Callable[..., T], *args: Any) -> T:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as single:
            self._replace(broken)
            try:
                return single.submit(fn, *args).result()
            except BrokenProcessPool as error:
                raise WorkerDied("worker-died") from error

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is broken:
                self._pool = None

    def _running(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    self._workers,
                    mp_context=multiprocessing.get_context("spawn"),
                    max_tasks_per_child=FILES_A_WORKER,
                )
            return self._pool


def call(executor: Executor, fn: Callable[..., T], *args: Any) -> T:
    """Run one job on an executor and wait for it. Raises WorkerDied."""
    if isinstance(executor, LocalExecutor):
        return executor.call(fn, *args)
    return executor.submit(fn, *args).result()


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
