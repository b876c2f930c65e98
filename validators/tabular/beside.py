"""A copy of a worker process that does part of its work, on the machine's other core.

Threads would not do: what is counted holds Python's lock most of the time. The copy is made by
fork, in workers alone. They have one other thread of ours, which waits for the parent's end and
holds no lock; Arrow's own idle then, and Arrow sees to them when a process forks. What kills the
copy kills the worker, so that the file they were at is the one that is told of.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Generic, NoReturn, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

# Linux's prctl: which signal comes when the parent ends.
_SIGNAL_AT_PARENTS_END = 1


def can_be_copied() -> bool:
    """Tell whether this process may be copied, and there is a core for the copy."""
    is_worker = multiprocessing.parent_process() is not None
    return is_worker and sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


class Copy(Generic[Q, A]):
    """A copy of this process, which answers one question after another."""

    def __init__(self, process: int, connection: Connection, pool: ThreadPoolExecutor) -> None:
        self._process = process
        self._connection = connection
        self._pool = pool
        self._is_ended = False

    def ask(self, question: Q) -> "Future[A]":
        """Have a question answered; the future raises what answering it raised."""
        try:
            self._connection.send(question)
        except OSError:
            self._die_too()
        return self._pool.submit(self._answer)

    def end(self) -> None:
        """End the copy, whatever it is doing."""
        self._is_ended = True
        os.kill(self._process, signal.SIGKILL)

    def _answer(self) -> A:
        try:
            answer, error = self._connection.recv()
        except (EOFError, OSError):
            if self._is_ended:
                raise CancelledError from None
            self._die_too()
        if error is not None:
            raise error
        found: A = answer
        return found

    def _die_too(self) -> NoReturn:
        """End as the copy did. It is ended so by the system when memory is short."""
        _, status = os.waitpid(self._process, 0)
        if os.WIFSIGNALED(status):
            os.kill(os.getpid(), os.WTERMSIG(status))
        os._exit(1)


@contextmanager
def copied(answer: Callable[[Q], A]) -> Iterator[Copy[Q, A]]:
    """Give a copy of this process that answers questions by ``answer``; it is ended afterwards."""
    ours, theirs = multiprocessing.Pipe()
    parent = os.getpid()
    process = os.fork()
    if not process:
        ours.close()
        _serve(answer, theirs, parent)
    theirs.close()
    # Answers are taken as they come: a full pipe would hold up the copy.
    with ours, ThreadPoolExecutor(1) as pool:
        copy: Copy[Q, A] = Copy(process, ours, pool)
        try:
            yield copy
        finally:
            copy.end()
            os.waitpid(process, 0)


def _serve(answer: Callable[[Q], A], connection: Connection, parent: int) -> NoReturn:
    """Answer until nobody asks; never return to what the copy was made in the midst of."""
    try:
        _end_with(parent)
        while True:
            connection.send(_answered(answer, connection.recv()))
    finally:
        os._exit(0)


def _answered(answer: Callable[[Q], A], question: Q) -> tuple[A | None, BaseException | None]:
    try:
        return answer(question), None
    except BaseException as error:  # noqa: BLE001 - it is raised where the question was asked
        return None, error


def _end_with(parent: int) -> None:
    """Have the system end this process with its parent, whatever it is doing then."""
    import ctypes

    ctypes.CDLL(None).prctl(_SIGNAL_AT_PARENTS_END, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
