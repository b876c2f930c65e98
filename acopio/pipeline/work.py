"""What one run carries: the source, its targets, and what it settled so far."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Lock

from acopio.canonical import to_json
from acopio.engine import Engine
from acopio.errors import Cancelled, ConfigError, PublishError
from acopio.http import Client
from acopio.messages import said
from acopio.model import Source, Target
from acopio.plan import Basis
from acopio.ports import Context, Publisher

# Called with the stage (list, apply, withdraw), how many are done, and of how many (0: unknown).
Progress = Callable[[str, int, int], None]


# The slowest honest file seen takes a second for each megabyte; ten minutes for whatever is small.
SECONDS_A_FILE, BYTES_A_SECOND = 600.0, 300_000


def seconds_for(size: int) -> float:
    """Return how long one job on a file of ``size`` bytes may take."""
    return SECONDS_A_FILE + size / BYTES_A_SECOND


def fault(error: Exception) -> str:
    """Return a fault of ours as a kept message."""
    return said("internal-fault", {"type": type(error).__name__, "detail": str(error)[:300]})


def quiet(stage: str, done: int, total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command asked of a run.

    ``dry_run`` plans and publishes nothing; with ``with_files`` it fetches and judges too.
    ``force`` fetches and judges again what looks unchanged; ``max_items`` cuts the listing.
    """

    dry_run: bool = False
    with_files: bool = False
    force: bool = False
    max_items: int | None = None


class Desk:
    """A target at work: its publisher, and whether it can be written to at all.

    It is asked once, when there is first something to write; a target that fails then fails each
    dataset at once, instead of each one's time-out.
    """

    def __init__(self, target: Target, kind: type[Publisher], context: Context) -> None:
        self.target = target
        self.settings = to_json(target)
        self.version = kind.version
        self._kind = kind
        self._context = context
        self._publisher: Publisher | None = None
        self._lock = Lock()
        self._checked = False
        self._error: PublishError | None = None

    def open(self) -> Publisher:
        """Return the publisher, made at the first call. Raises ConfigError (a missing token)."""
        if self._publisher is None:
            self._publisher = self._kind(self._context, self.target)
        return self._publisher

    def ready(self) -> Publisher:
        """Return the publisher. Raises the PublishError of its first check."""
        with self._lock:
            if not self._checked:
                try:
                    self.open().check()
                except PublishError as error:
                    self._error = error
                except ConfigError as error:
                    self._error = PublishError(error.key, **error.params)
                self._checked = True
        if self._error is not None:
            raise self._error
        return self.open()

    @property
    def used(self) -> bool:
        """Whether it was asked, and can be written to."""
        return self._checked and self._error is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One run of one source.

    ``rules`` is the version of everything that judges or cleans alike in all sources; ``rule_set``
    what people are told of the rules, the source's own among them.
    """

    engine: Engine
    source: Source
    job: str
    options: Options
    basis: Basis
    rules: str
    rule_set: str
    client: Client
    cancel: Event
    desks: Mapping[str, Desk] = field(default_factory=dict[str, Desk])
    progress: Progress = quiet

    @property
    def now(self) -> datetime:
        """The moment the run counts from."""
        return self.basis.now

    @property
    def cancelled(self) -> bool:
        """Whether the run was asked to end."""
        return self.cancel.is_set()

    def go_on(self) -> None:
        """Raise Cancelled if the run was asked to end: asked before each long step."""
        if self.cancelled:
            raise Cancelled("cancelled")
