"""Who may have a file examined here, and when: anybody may ask, so all of it is bounded.

Few visits at a time, fewer of one visitor, so many a minute, and one examination after another, in
a process of its own that can be ended. What does not fit is refused at once, and told when to come
back. Visits are counted in the event loop alone; turns are waited for in threads.
"""

import ipaddress
import shutil
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Lock
from time import monotonic, time
from types import TracebackType
from typing import Self

from starlette.requests import Request

from acopio.errors import Cancelled
from acopio.executor import LocalExecutor
from acopio.http import Politeness

# At once: sending, waiting or being examined.
PLACES, PLACES_OF_ONE = 6, 2
VISITS_A_MINUTE = 12
# How long a file waits for those before it.
WAIT_SECONDS = 45.0
# After how long to come back.
BUSY_SECONDS, OFTEN_SECONDS = 30, 60
# Visitors remembered for a minute; more than this are an attack, and everybody waits.
_REMEMBERED = 10_000
_TICK_SECONDS = 0.2
# Longer than a visit can be: what is older, a killed portal left.
ABANDONED_SECONDS = 15 * 60
_VISIT = "visit-"
# Headers of a proxy: whoever comes through one is not on this machine.
_PROXIED = ("forwarded", "via", "x-forwarded-for", "x-real-ip")


class Refused(Exception):  # noqa: N818 (an answer, no error of ours)
    """What is asked will not be done: ``key`` and ``params`` are the sentence that says why.

    ``again`` is after how many seconds to ask again, None where asking again is no use.
    """

    def __init__(self, key: str, status: int, again: int | None = None, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.status = status
        self.again = again
        self.params = params


class Desk:
    """Takes visits and lends the process that examines. Closed with the application."""

    def __init__(self, home: Path, memory: int) -> None:
        """``home`` is for visits to work in; ``memory`` what the process may need, in MiB."""
        self._home = home
        self.politeness = Politeness()
        self.executor = LocalExecutor(1, memory)
        self._turn = Lock()
        self._here: Counter[str | None] = Counter()
        self._lately: OrderedDict[str, deque[float]] = OrderedDict()

    def __enter__(self) -> Self:
        """Open, and remove what a killed portal left; the process starts with the first file."""
        self._sweep()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process, and what it is doing."""
        self.executor.close()

    @contextmanager
    def visit(self, who: str | None) -> Iterator[None]:
        """Hold a place while the block runs. Raises Refused."""
        if who is not None:
            self._note(who, monotonic())
        if self._here.total() >= PLACES:
            raise Refused("validar-busy", 503, BUSY_SECONDS, seconds=BUSY_SECONDS)
        if who is not None and self._here[who] >= PLACES_OF_ONE:
            raise Refused("validar-own-busy", 429, BUSY_SECONDS, seconds=BUSY_SECONDS)
        self._here[who] += 1
        try:
            yield
        finally:
            self._here[who] -= 1
            self._here += Counter()  # forgets who has none left

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Give a folder that is gone, with all in it, after the block."""
        self._home.mkdir(parents=True, exist_ok=True)
        self._sweep()
        with TemporaryDirectory(dir=self._home, prefix=_VISIT) as folder:
            yield Path(folder)

    @contextmanager
    def turn(self, cancel: Event) -> Iterator[None]:
        """Wait for one's turn to be examined, and have it while the block runs.

        Raises Refused after ``WAIT_SECONDS``, Cancelled soon after ``cancel`` is set.
        """
        until = monotonic() + WAIT_SECONDS
        while not self._turn.acquire(timeout=_TICK_SECONDS):
            if cancel.is_set():
                raise Cancelled("cancelled")
            if monotonic() >= until:
                raise Refused("validar-busy", 503, BUSY_SECONDS, seconds=BUSY_SECONDS)
        try:
            yield
        finally:
            self._turn.release()

    def _sweep(self) -> None:
        oldest = time() - ABANDONED_SECONDS
        for folder in self._home.glob(f"{_VISIT}*"):
            with suppress(OSError):
                if folder.stat().st_mtime < oldest:
                    shutil.rmtree(folder, ignore_errors=True)

    def _note(self, who: str, now: float) -> None:
        self._forget(now - OFTEN_SECONDS)
        if len(self._lately) >= _REMEMBERED and who not in self._lately:
            raise Refused("validar-busy", 503, OFTEN_SECONDS, seconds=OFTEN_SECONDS)
        visits = self._lately.setdefault(who, deque(maxlen=VISITS_A_MINUTE))
        if len(visits) == VISITS_A_MINUTE and visits[0] > now - OFTEN_SECONDS:
            again = int(visits[0] + OFTEN_SECONDS - now) + 1
            raise Refused("validar-often", 429, again, seconds=again, most=VISITS_A_MINUTE)
        visits.append(now)
        self._lately.move_to_end(who)

    def _forget(self, before: float) -> None:
        while self._lately:
            who, visits = next(iter(self._lately.items()))
            if visits[-1] > before:
                return
            del self._lately[who]


def visitor(request: Request) -> str | None:
    """Return what stands for a visitor: an address, or the /64 network a host has in IPv6.

    None for who is on this machine, or behind a proxy that does not say whom it asks for: then
    there is no telling one from another, and only what holds for all together holds.
    """
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_loopback:
        return "proxied" if any(name in request.headers for name in _PROXIED) else None
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))
