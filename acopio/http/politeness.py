"""Manners towards a host: how many at once, how soon again, and when to stay away.

Shared by everything in a process that asks hosts, whichever source or target it works for.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from acopio.errors import CoolingDown
from acopio.http.budget import stop_if_cancelled

# A waiter is woken when a turn ends; this is how soon it notices a cancel event.
_SLICE = 0.1
_REMEMBERED_HOSTS = 10_000


class CoolDowns(Protocol):
    """Which hosts are left in peace, and until when (aware, UTC).

    ``host`` comes with its port unless that is 80 or 443.
    """

    def until(self, host: str) -> datetime | None:
        """Return when the host may be asked again, or None. A moment gone by counts as None."""
        ...

    def start(self, host: str, until: datetime) -> None:
        """Leave the host in peace until then, or until later if that was already so."""
        ...


class MemoryCoolDowns:
    """Cool-downs that end with the process."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def until(self, host: str) -> datetime | None:
        """Return when the host may be asked again, or None."""
        with self._lock:
            return self._until.get(host)

    def start(self, host: str, until: datetime) -> None:
        """Leave the host in peace until then; never shortens."""
        with self._lock:
            self._until[host] = max(until, self._until.get(host, until))


@dataclass(slots=True)
class _Host:
    queue: deque[object] = field(default_factory=deque[object])
    active: int = 0
    ended: float = float("-inf")

    def wait(self, ticket: object, connections: int, pause: float) -> float:
        """Return how long ``ticket`` must wait before looking again; 0: it is its turn."""
        if self.queue[0] is not ticket or self.active >= connections:
            return _SLICE
        return min(_SLICE, max(0.0, self.ended + pause - time.monotonic()))


class Politeness:
    """Turns at hosts, first come first served. One instance is shared by all of a process."""

    def __init__(self, cool_downs: CoolDowns | None = None) -> None:
        self._cool_downs = cool_downs or MemoryCoolDowns()
        self._hosts: dict[str, _Host] = {}
        self._changed = threading.Condition()

    @contextmanager
    def turn(
        self,
        host: str,
        *,
        connections: int = 1,
        pause: float = 0.0,
        cancel: threading.Event | None = None,
    ) -> Iterator[float]:
        """Hold one of ``connections`` places at ``host``; yield how many seconds that took.

        A turn begins ``pause`` seconds after the last one at that host ended, whoever had it.
        Raises CoolingDown if the host is to be left in peace, Cancelled. Hold only one at a time.
        """
        asked = time.monotonic()
        self._stay_away(host)
        self._enter(host, connections, pause, cancel)
        try:
            # Once more: whoever was before us may have been sent away.
            self._stay_away(host)
            yield time.monotonic() - asked
        finally:
            self._leave(host)

    def cool_down(self, host: str, until: datetime) -> None:
        """Leave ``host`` in peace until then."""
        self._cool_downs.start(host, until)

    def _stay_away(self, host: str) -> None:
        until = self._cool_downs.until(host)
        if until is not None and until > datetime.now(UTC):
            raise CoolingDown("http-cooling-down", host=host, until=until)

    def _enter(
        self, host: str, connections: int, pause: float, cancel: threading.Event | None
    ) -> None:
        ticket = object()
        with self._changed:
            self._forget_idle()
            state = self._hosts.setdefault(host, _Host())
            state.queue.append(ticket)
            try:
                while (wait := state.wait(ticket, connections, pause)) > 0:
                    stop_if_cancelled(cancel)
                    self._changed.wait(wait)
                state.active += 1
            finally:
                state.queue.remove(ticket)
                self._changed.notify_all()

    def _leave(self, host: str) -> None:
        with self._changed:
            state = self._hosts[host]
            state.active -= 1
            state.ended = time.monotonic()
            self._changed.notify_all()

    def _forget_idle(self) -> None:
        """Keep a listing that names a million hosts from filling the memory."""
        if len(self._hosts) > _REMEMBERED_HOSTS:
            self._hosts = {k: v for k, v in self._hosts.items() if v.active or v.queue}
