"""The time one call may still take, and the wish to stop it.

A socket's own timeout starts anew with every byte, so a server that drips one now and then holds
its reader for ever. Here every read and write of a call draws on the same budget.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from acopio.errors import Cancelled

# How soon a cancelled read or wait is noticed.
_SLICE = 0.1


class DeadlineError(TimeoutError):
    """The whole call took longer than it may."""


class Budget:
    """One call's deadline, the longest silence it bears, and its cancel event.

    ``sent`` counts the requests that left; ``received`` the bytes that came in, headers included,
    as they were on the wire.
    """

    def __init__(self, *, total: float, silence: float, cancel: threading.Event | None) -> None:
        self._deadline = time.monotonic() + total
        self._silence = silence
        self._cancel = cancel
        self.sent = 0
        self.received = 0

    @property
    def spent(self) -> bool:
        """Tell whether the call's time is over."""
        return time.monotonic() >= self._deadline

    def check(self) -> None:
        """Raise Cancelled or DeadlineError if the call must end now."""
        stop_if_cancelled(self._cancel)
        if self.spent:
            raise DeadlineError

    def extend(self, seconds: float) -> None:
        """Give back what was spent waiting for others."""
        self._deadline += seconds

    def sleep(self, seconds: float) -> None:
        """Wait. Raises Cancelled as soon as asked to, DeadlineError when time is over."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.check()
            time.sleep(min(left, _SLICE))

    def receive(self, connection: socket.socket, buffer: memoryview) -> int:
        """Read what there is into ``buffer``; 0 at the end.

        Raises TimeoutError after too long a silence, DeadlineError and Cancelled.
        """
        silent = time.monotonic() + self._silence
        while True:
            self.check()
            now = time.monotonic()
            if now >= silent:
                raise TimeoutError
            connection.settimeout(min(_SLICE, silent - now))
            try:
                size = connection.recv_into(buffer)
            except TimeoutError:
                continue
            self.received += size
            return size


def stop_if_cancelled(cancel: threading.Event | None) -> None:
    """Raise Cancelled once ``cancel`` is set."""
    if cancel is not None and cancel.is_set():
        raise Cancelled("cancelled")


_current: ContextVar[Budget] = ContextVar("budget")


def current() -> Budget | None:
    """Return the budget of the call this thread is in."""
    return _current.get(None)


@contextmanager
def spending(budget: Budget) -> Iterator[Budget]:
    """Let what runs inside, in this thread, draw on ``budget``."""
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)
