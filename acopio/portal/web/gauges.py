"""What ``/metrics`` tells of the catalogue and its sources, read when it is asked."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from acopio.portal.site import Site
from acopio.store import catalog, schema, sequence

# What a run that did something ended as.
_GOOD = ("succeeded", "partial")


class Gauges(Collector):
    """A collector for prometheus-client. With no database there is one gauge, and it says so."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def collect(self) -> Iterable[Metric]:
        """Return all gauges, from one view of the database."""
        up = GaugeMetricFamily("acopio_database_up", "Whether the database answers.")
        try:
            with self._site.store.read() as connection:
                found = list(self._read(connection))
        except SQLAlchemyError:
            found = []
        up.add_metric([], 1.0 if found else 0.0)
        return [up, *found]

    def describe(self) -> Iterable[Metric]:
        """Return nothing: to be registered needs no look at the database."""
        return []

    def _read(self, connection: Connection) -> Iterator[Metric]:
        yield _harvested(connection)
        yield _published(connection)
        yield self._lag(connection)
        yield from _runs(connection)

    def _lag(self, connection: Connection) -> Metric:
        lag = GaugeMetricFamily(
            "acopio_index_lag", "Changes of the catalogue that the search does not know yet."
        )
        with suppress(OSError, ValueError):  # an index that cannot be read; /readyz says so
            lag.add_metric([], max(0, sequence.latest(connection) - self._site.index.sequence()))
        return lag


def _harvested(connection: Connection) -> Metric:
    metric = GaugeMetricFamily(
        "acopio_datasets", "Datasets known from sources, by state.", labels=["state"]
    )
    state = schema.dataset.c.state
    for row in connection.execute(select(state, func.count()).group_by(state)):
        metric.add_metric([row[0]], row[1])
    return metric


def _published(connection: Connection) -> Metric:
    metric = GaugeMetricFamily(
        "acopio_catalogue_datasets", "Datasets of the portal's catalogue.", labels=["state"]
    )
    table = catalog.package
    query = select(table.c.state, table.c.private, func.count())
    counts: Counter[str] = Counter()
    for state, private, count in connection.execute(query.group_by(table.c.state, table.c.private)):
        counts["private" if private and state == "active" else state] += count
    for state, count in counts.items():
        metric.add_metric([state], count)
    return metric


def _runs(connection: Connection) -> Iterator[Metric]:
    """Yield when each source last ran, and how that ended. Sources that were removed have none."""
    last = GaugeMetricFamily(
        "acopio_source_last_run_timestamp_seconds",
        "When a source's last run began, and how it stands.",
        labels=["source", "status"],
    )
    good = GaugeMetricFamily(
        "acopio_source_last_success_timestamp_seconds",
        "When a source's last run that applied something ended.",
        labels=["source"],
    )
    job, source = schema.job, schema.source
    real = job.c.dry_run.is_(False) & job.c.source.in_(select(source.c.name))
    newest = (
        select(job.c.source, func.max(job.c.started).label("started"))
        .where(real)
        .group_by(job.c.source)
        .subquery()
    )
    at_newest = (job.c.source == newest.c.source) & (job.c.started == newest.c.started)
    query = select(job.c.source, job.c.status, job.c.started).join(newest, at_newest)
    # Two that began in the same moment are one line: the label set must be unique.
    for name, row in {row.source: row for row in connection.execute(query.where(real))}.items():
        last.add_metric([name, row.status], row.started.timestamp())
    done = real & job.c.status.in_(_GOOD) & job.c.finished.is_not(None)
    ended = select(job.c.source, func.max(job.c.finished)).where(done).group_by(job.c.source)
    for name, finished in connection.execute(ended):
        good.add_metric([name], finished.timestamp())
    yield last
    yield good
