"""Holding a source while it runs: the lease, its heartbeat, and who may end the run."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from acopio.errors import RetryLater
from acopio.messages import said
from acopio.store import Store, jobs, leases

log = logging.getLogger(__name__)

# Often enough that a cancelled job ends soon; the lease itself would bear far fewer.
BEAT_SECONDS = 2.0
DEADLINE = timedelta(hours=24)


class Tenure:
    """A lease held. When it is lost, its job cancelled or past its deadline, ``cancel`` is set."""

    def __init__(self, store: Store, name: str, holder: str, cancel: Event) -> None:
        self._store = store
        self._name = name
        self._holder = holder
        self.cancel = cancel
        self.job: str | None = None
        self.reason: str | None = None
        self._ended = Event()
        self._thread = Thread(target=self._beat, name=f"lease {name}", daemon=True)

    def start(self) -> None:
        """Begin the heartbeat."""
        self._thread.start()

    def end(self) -> None:
        """End the heartbeat and give the lease back."""
        self._ended.set()
        self._thread.join(timeout=BEAT_SECONDS * 5)
        leases.release(self._store, self._name, self._holder)

    def _beat(self) -> None:
        began = renewed = monotonic()
        while not self._ended.wait(BEAT_SECONDS):
            try:
                self._look(monotonic() - began)
                renewed = monotonic()
            except SQLAlchemyError as error:
                log.warning("%s: the lease could not be renewed: %s", self._name, error)
                if monotonic() - renewed > leases.LEASE_SECONDS:
                    self._stop("lease-lost")

    def _look(self, seconds: float) -> None:
        """Renew the lease, and see whether the run should end."""
        if not leases.renew(self._store, self._name, self._holder):
            self._stop("lease-lost")
        elif self.job and jobs.is_cancelled(self._store, self.job):
            self._stop("job-cancelled")
        elif seconds > DEADLINE.total_seconds():
            self._stop("job-past-deadline")

    def _stop(self, reason: str) -> None:
        if self.reason is None:
            self.reason = said(reason)
            self.cancel.set()


@contextmanager
def hold(store: Store, name: str, cancel: Event, holder: str | None = None) -> Iterator[Tenure]:
    """Hold the lease ``name`` while the block runs.

    Raises RetryLater when another process holds it, with the seconds it may last.
    """
    mine = holder or leases.holder()
    if not leases.acquire(store, name, mine):
        seconds = leases.seconds_left(store, name)
        raise RetryLater("source-busy", seconds=round(seconds), name=name.partition(":")[2])
    tenure = Tenure(store, name, mine, cancel)
    tenure.start()
    try:
        yield tenure
    finally:
        tenure.end()
