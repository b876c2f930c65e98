"""What commands open, and what they share when a run is shown."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from types import FrameType
from typing import TYPE_CHECKING

from acopio.cli.output import live_progress
from acopio.config.settings import Settings
from acopio.messages import text

if TYPE_CHECKING:
    from acopio.engine import Engine
    from acopio.pipeline.work import Progress
    from acopio.store import Store


@contextmanager
def opened_store(settings: Settings) -> "Iterator[Store]":
    """Open the store while the block runs. Raises ConfigError."""
    from acopio.store import open_store

    store = open_store(settings.database_url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def opened_engine(settings: Settings) -> "Iterator[Engine]":
    """Open the engine; SIGINT and SIGTERM ask what runs to end cleanly. Raises ConfigError."""
    from acopio.engine import open_engine

    # Before anything is opened: a library's bare "except" would swallow a KeyboardInterrupt.
    cancel = Event()
    with ending(cancel), open_engine(settings, cancel) as engine:
        yield engine


@contextmanager
def ending(stop: Event) -> Iterator[None]:
    """Let SIGINT and SIGTERM set ``stop`` while the block runs."""

    def told(_number: int, _frame: FrameType | None) -> None:
        # In a thread: this one may have been stopped while it held the event's own lock.
        Thread(target=stop.set, daemon=True).start()

    before = {number: signal.signal(number, told) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def shown_progress(source: str) -> "Iterator[Progress]":
    """Show how far a run is, on a terminal only."""
    with live_progress() as update:

        def progress(stage: str, done: int, total: int) -> None:
            update(text(f"progress-{stage}", {"source": source}), done, total or None)

        yield progress
