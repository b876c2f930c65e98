"""``acopio run``: harvest sources now."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from acopio.cli.opened import opened_engine, shown_progress
from acopio.cli.output import counted, json_option, note, print_parts, say, table, tell
from acopio.cli.usage import Misused
from acopio.config.settings import Settings
from acopio.errors import ConfigError, RetryLater
from acopio.messages import sentence, text

if TYPE_CHECKING:
    from acopio.engine import Engine
    from acopio.pipeline.work import Options
    from acopio.store import Store
    from acopio.store.jobs import Job

_SHOWN = 40


@click.command(help=text("help-run"))
@click.argument("names", metavar="SOURCE...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help=text("help-run-dry"))
@click.option("--with-files", is_flag=True, help=text("help-run-files"))
@click.option("--max-items", metavar="N", type=click.IntRange(min=1), help=text("help-run-max"))
@click.option("--force", is_flag=True, help=text("help-run-force"))
@json_option
@click.pass_obj
def command(
    settings: Settings,
    names: tuple[str, ...],
    dry_run: bool,
    with_files: bool,
    max_items: int | None,
    force: bool,
    as_json: bool,
) -> None:
    """Run each source, one after another."""
    from acopio.pipeline.work import Options

    if with_files and not dry_run:
        raise Misused(text("with-files-needs-dry-run"))
    options = Options(dry_run=dry_run, with_files=with_files, max_items=max_items, force=force)
    with opened_engine(settings) as engine:
        numbers = run_each(engine, names, options)
        code = show_jobs(engine.store, numbers, as_json=as_json)
    raise click.exceptions.Exit(code if len(numbers) == len(set(names)) else max(code, 1))


def run_each(engine: "Engine", names: Sequence[str], options: "Options") -> list[str]:
    """Run sources in turn; return their jobs. One that cannot run does not stop the next.

    All names are looked up before any work. Raises ConfigError; RetryLater if none could run.
    """
    from acopio.pipeline.run import run
    from acopio.store import sources

    wanted = list(dict.fromkeys(names))
    for name in wanted:
        sources.get_source(engine.store, name)
    numbers: list[str] = []
    for name in wanted:
        try:
            with shown_progress(name) as progress:
                numbers.append(run(engine, name, options, progress))
        except (ConfigError, RetryLater) as error:
            if len(wanted) == 1:
                raise
            note(sentence(error))
        if engine.cancel.is_set():
            break
    return numbers


def show_jobs(store: "Store", numbers: Sequence[str], *, as_json: bool) -> int:
    """Print runs, as one document or for people; return the exit code they deserve."""
    from acopio.store import jobs

    found = [job for number in numbers if (job := jobs.get(store, number))]
    if as_json:
        print_parts(_document(store, found))
    else:
        for job in found:
            show_job(store, job)
    return _exit_code(store, found)


def _exit_code(store: "Store", found: Sequence["Job"]) -> int:
    """Return 0 for clean, 1 for anything to look at, 2 when no source could be run."""
    from acopio.store import records

    if not found:
        return 2
    ended_well = all(job.status == "succeeded" for job in found)
    return 0 if ended_well and not any(records.count_found(store, job.id) for job in found) else 1


def _document(store: "Store", found: Iterable["Job"]) -> Iterator[str]:
    """Yield the contract's document in parts, so that a large run needs no memory of its size."""
    yield '{"runs": ['
    for index, job in enumerate(found):
        yield ", " if index else ""
        yield from job_document(store, job, findings=False)
    yield "]}"


def job_document(store: "Store", job: "Job", *, findings: bool) -> Iterator[str]:
    """Yield one run as JSON, in parts."""
    from acopio.documents import job_datasets, job_errors, job_head

    head = json.dumps(job_head(store, job), ensure_ascii=False)
    yield head[:-1] + ', "datasets": ['
    for index, dataset in enumerate(job_datasets(store, job.id, findings=findings)):
        yield (", " if index else "") + json.dumps(dataset, ensure_ascii=False, default=str)
    errors = json.dumps(job_errors(store, job.id), ensure_ascii=False)
    yield f'], "errors": {errors}}}'


def show_job(store: "Store", job: "Job") -> None:
    """Print what an officer wants to know of a run at eight in the morning."""
    from acopio.documents import job_errors, job_head

    head = job_head(store, job)
    say(headline(head))
    if head["reason"]:
        tell(head["reason"])
    hidden = _show_datasets(store, job)
    errors = [one for one in job_errors(store, job.id) if one["message"] != head["reason"]]
    for one in errors[:_SHOWN]:
        tell(f"{one['record'] or text('error-of-run')}: {one['message']}")
    hidden += max(0, len(errors) - _SHOWN)
    if hidden:
        say("  " + text("and-more", {"count": hidden}))
    say("  " + text(_next_step(head), {"job": job.id, "source": job.source}))


def headline(head: dict[str, Any]) -> str:
    """Return a run in one line: its source, how it ended, what became of how many datasets."""
    counts = {key: value for key, value in head["counts"].items() if value and key != "listed"}
    done = ", ".join(counted(f"outcome-{key}", value) for key, value in counts.items())
    listed = counted("dataset", head["counts"]["listed"])
    params = {"source": head["source"], "status": text(f"status-{head['status']}")}
    params["counts"] = f"{listed}: {done}" if done else listed
    return text("run-line-dry" if head["dry_run"] else "run-line", params)


def _next_step(head: dict[str, Any]) -> str:
    """Return the message that says where to read on, or what to decide."""
    if head["dry_run"]:
        return "run-next-dry"
    return "run-next-held" if head["status"] == "held" else "run-next"


def _show_datasets(store: "Store", job: "Job") -> int:
    """Print what became of datasets, what needs an officer first; return how many are not shown."""
    from heapq import nsmallest

    from acopio.documents import job_datasets

    total = 0

    def shown() -> Iterator[tuple[int, int, tuple[str, ...]]]:
        nonlocal total
        for one in job_datasets(store, job.id):
            if one["outcome"] != "unchanged" or _found(one):
                total += 1
                yield urgency(one), total, _row(one)

    rows = [row for _, _, row in nsmallest(_SHOWN, shown())]
    if rows:
        table(text("run-columns").split("|"), rows)
    return total - len(rows)


def urgency(one: dict[str, Any]) -> int:
    """Return the rank of a dataset among those shown; the lowest is shown first."""
    if one["outcome"] not in ("created", "updated", "unchanged"):
        return 0
    return 1 if one["findings"]["error"] else 2 if one["findings"]["warning"] else 3


def _found(one: dict[str, Any]) -> str:
    found = one["findings"]
    return ", ".join(
        counted(f"found-{key}", found[key]) for key in ("error", "warning") if found[key]
    )


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    said = ". ".join(filter(None, (_found(one), one["reason"])))
    return (text(f"outcome-{one['outcome']}"), one["name"], said)
