"""What all sessions of one client share."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from requests.adapters import HTTPAdapter

from acopio.http.addresses import Allowed
from acopio.http.budget import Budget, current, spending
from acopio.http.limits import Limits
from acopio.http.politeness import Politeness
from acopio.http.wire import adapters


@dataclass(slots=True)
class Tally:
    """Requests sent, every hop and repetition by itself, and bytes received; thread-safe."""

    requests: int = 0
    bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, requests: int, received: int) -> None:
        """Count some more."""
        with self._lock:
            self.requests += requests
            self.bytes += received


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Limits, manners and connections: the same for a client's every call, in every thread."""

    limits: Limits
    politeness: Politeness
    pause: float
    connections: int
    allowed: Allowed
    cancel: threading.Event | None
    user_agent: str
    adapters: Mapping[tuple[str, bool], HTTPAdapter] = field(default_factory=adapters)
    tally: Tally = field(default_factory=Tally)

    @contextmanager
    def call(self, seconds: float) -> Iterator[Budget]:
        """Bound what runs inside; a call within a call, as each redirect is, draws on the outer."""
        if outer := current():
            yield outer
            return
        budget = Budget(total=seconds, silence=self.limits.read, cancel=self.cancel)
        try:
            with spending(budget):
                yield budget
        finally:
            self.tally.add(budget.sent, budget.received)

    @contextmanager
    def turn(self, host: str) -> Iterator[Budget]:
        """Wait for our turn at ``host``, inside a call; the wait is not held against the call."""
        with (
            self.call(self.limits.answer_seconds) as budget,
            self.politeness.turn(
                host, connections=self.connections, pause=self.pause, cancel=self.cancel
            ) as waited,
        ):
            budget.extend(waited)
            yield budget
