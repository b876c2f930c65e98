"""Open a run: its targets, its lease, its job, and all that it carries."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event

from acopio import plan, registry
from acopio.canonical import digest, to_json
from acopio.engine import Engine
from acopio.errors import ConfigError
from acopio.examine import rules_version
from acopio.model import Source
from acopio.pipeline import release
from acopio.pipeline.tenure import Tenure, hold
from acopio.pipeline.work import Desk, Options, Progress, Work, quiet
from acopio.plan import Basis
from acopio.store import jobs, sources


class RunCancel(Event):
    """One run's own cancel event; it counts as set, too, when the process is asked to end."""

    def __init__(self, process: Event) -> None:
        super().__init__()
        self._process = process

    def is_set(self) -> bool:
        """Tell whether this run, or the whole process, was asked to end."""
        return super().is_set() or self._process.is_set()


@contextmanager
def at_work(
    engine: Engine,
    source: Source,
    *,
    options: Options | None = None,
    progress: Progress = quiet,
    lease: str = "",
    job: str = "",
) -> Iterator[tuple[Work, Tenure]]:
    """Hold the source while the block runs, and give what the run carries.

    ``lease`` stands in for the source's own; ``job`` is one to go on with, else a new one starts.
    Raises ConfigError before any work, RetryLater when another process has the lease.
    """
    chosen = options or Options()
    cancel = RunCancel(engine.cancel)
    desks = _desks(engine, source, cancel)
    with hold(engine.store, lease or f"source:{source.name}", cancel) as tenure:
        if not lease:
            jobs.bury(engine.store, source.name, besides=job)
        number = job or jobs.start(engine.store, source.name, dry_run=chosen.dry_run)
        tenure.job = number
        yield _work(engine, source, number, chosen, desks, cancel, progress), tenure


def _desks(engine: Engine, source: Source, cancel: Event) -> dict[str, Desk]:
    """Return every target that may hold the source's datasets.

    Raises ConfigError when the source names a target there is none of, or one that cannot even be
    opened; what is wrong with other targets concerns only what they hold.
    """
    context = engine.context(engine.target_client(cancel))
    desks = {
        target.name: Desk(target, registry.load("publishers", target.kind), context)
        for target in sources.list_targets(engine.store)
    }
    for name in source.targets:
        if name not in desks:
            known = ", ".join(desks) or "-"
            raise ConfigError(
                "unknown-target-of-source", source=source.name, target=name, known=known
            )
        desks[name].open()
    return desks


def _work(
    engine: Engine,
    source: Source,
    job: str,
    options: Options,
    desks: Mapping[str, Desk],
    cancel: Event,
    progress: Progress,
) -> Work:
    rules = digest(rules_version(), release.VERSION)
    shown = [desks[name].settings + desks[name].version for name in source.targets]
    settings = [source.gate, source.owner, source.title, source.files.value]
    settings += [to_json(source.reading), *map(to_json, source.rules)]
    now = plan.utc_now()
    basis = Basis(
        fingerprint=digest(rules, *settings, *shown),
        now=now,
        today=plan.day_at(now, source.timezone),
        force=options.force,
        max_items=options.max_items,
    )
    return Work(
        engine=engine,
        source=source,
        job=job,
        options=options,
        basis=basis,
        rules=rules,
        rule_set=rules_version(source.rules),
        client=engine.source_client(source, cancel),
        cancel=cancel,
        desks=desks,
        progress=progress,
    )
