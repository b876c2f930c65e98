"""What at a source needs somebody: a night that went wrong, a plan that waits, datasets."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from acopio.messages import spoken
from acopio.portal.site import Site
from acopio.store import jobs
from acopio.store.jobs import Job
from acopio.store.schema import dataset

# Outcomes that somebody at the source, or an officer, can do something about.
NEEDS = ("failed", "withheld", "kept_last_good", "held")
# So does a run that ended in one of these ways.
_TROUBLED = ("failed", "partial", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """``run`` went wrong, ``held`` has a plan that waits for an officer; None where all is well.

    ``outcomes`` counts the source's datasets by their last outcome.
    """

    run: Job | None
    held: Job | None
    outcomes: Mapping[str, int]

    @property
    def count(self) -> int:
        """How many things need somebody."""
        return sum(count for _, count in self.datasets) + bool(self.run) + bool(self.held)

    @property
    def datasets(self) -> list[tuple[str, int]]:
        """The outcomes that need somebody, with how many datasets have each."""
        return [(one, self.outcomes[one]) for one in NEEDS if self.outcomes.get(one)]

    @property
    def reason(self) -> str | None:
        """Why the run went wrong, or the plan waits, in words."""
        job = self.run or self.held
        return spoken(job.reason) if job else None


def of_sources(site: Site, source: str | None = None) -> dict[str, Attention]:
    """Return what needs somebody at every source that ever ran, or at one."""
    last = jobs.last_runs(site.store, source, statuses=jobs.ENDED)
    outcomes = _outcomes(site, source)
    return {
        name: Attention(
            run=_troubled(last.get(name)),
            # A plan outlives runs that came to none, so the last run alone does not tell.
            held=jobs.held(site.store, name),
            outcomes=outcomes.get(name, {}),
        )
        for name in last.keys() | outcomes.keys()
    }


def _troubled(job: Job | None) -> Job | None:
    return job if job is not None and job.status in _TROUBLED else None


def _outcomes(site: Site, source: str | None) -> dict[str, dict[str, int]]:
    query = select(dataset.c.source, dataset.c.outcome, func.count())
    query = query.where(dataset.c.outcome.is_not(None))
    if source is not None:
        query = query.where(dataset.c.source == source)
    found: dict[str, dict[str, int]] = {}
    with site.store.read() as connection:
        grouped = query.group_by(dataset.c.source, dataset.c.outcome)
        for name, outcome, count in connection.execute(grouped):
            found.setdefault(name, {})[outcome] = count
    return found
