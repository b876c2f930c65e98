"""What a dataset is on its way through a run: taken up, ready for its targets, settled.

The crew brings it from one to the next; ``journal`` writes down where it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from acopio.model import Dataset, Decision, Finding, OutcomeState
from acopio.pipeline.release import Made
from acopio.pipeline.work import Desk
from acopio.store.datasets import Known
from acopio.store.jobs import JobError
from acopio.store.publications import Answer, Held
from acopio.store.records import Record
from acopio.store.resources import KnownResource


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A planned record, with what the store knew of its dataset when it was taken up.

    ``resources`` are ours, by the source's id; ``held`` is what targets hold, by their name.
    """

    record: Record
    known: Known
    described: Dataset
    resources: Mapping[str, KnownResource]
    held: Mapping[str, Held]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A target to be told of a release; ``fingerprint`` is of what it shows from then on."""

    desk: Desk
    held: Held | None
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A dataset judged and made into a release, with the targets that are to be told of it.

    ``rows`` are the contract's ``publications`` of targets that need not be told, or cannot.
    """

    taken: Taken
    made: Made
    decision: Decision
    findings: tuple[Finding, ...]
    errands: Sequence[Errand]
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How one record ended. ``reason`` and errors in ``publications`` are kept messages.

    ``state`` is the dataset's from now on, None to leave it; ``answers`` are what targets did;
    ``good`` is what was published well of each resource, by our id, and what it was made from.
    """

    taken: Taken
    outcome: OutcomeState
    reason: str | None = None
    findings: tuple[Finding, ...] = ()
    publications: Sequence[Mapping[str, Any]] = ()
    state: str | None = None
    answers: Sequence[Answer] = ()
    good: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    error: JobError | None = None
