"""``acopio run``: harvest sources now."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from acopio.cli.opened import opened_engine, shown_progress
from acopio.cli.output import json_option, note, print_parts, say, table
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
@click.option("--max-items", type=click.IntRange(min=1), help=text("help-run-max"))
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
        raise click.UsageError(text("with-files-needs-dry-run"))
    options = Options(dry_run=dry_run, with_files=with_files, max_items=max_items, force=force)
    with opened_engine(settings) as engine:
        numbers = run_each(engine, names, options)
        code = show_jobs(engine.store, numbers, as_json=as_json)
    raise click.exceptions.Exit(code if len(numbers) == len(names) else max(code, 1))


def run_each(engine: "Engine", names: Sequence[str], options: "Options") -> list[str]:
    """Run sources in turn; return their jobs. One that cannot run does not stop the next.

    All names are looked up before any work. Raises ConfigError; RetryLater if none could run.
    """
    from acopio.pipeline.run import run
    from acopio.store import sources

    for name in names:
        sources.get_source(engine.store, name)
    numbers: list[str] = []
    for name in names:
        try:
            with shown_progress(name) as progress:
                numbers.append(run(engine, name, options, progress))
        except (ConfigError, RetryLater) as error:
            if len(names) == 1:
                raise
            note(sentence(error))
        if engine.cancel.is_set():
            break
    return numbers


def show_jobs(store: "Store", numbers: Sequence[str], *, as_json: bool) -> int:
    """Print runs, as one document or for people; return the exit code they deserve."""
    from acopio.documents import job_head
    from acopio.store import jobs

    found = [job for number in numbers if (job := jobs.get(store, number))]
    if as_json:
        print_parts(_document(store, found))
    else:
        for job in found:
            _show(store, job)
    heads = [job_head(store, job) for job in found]
    return _exit_code(store, heads)


def _exit_code(store: "Store", heads: Sequence[dict[str, Any]]) -> int:
    from acopio.store import records

    if not heads or all(_nothing_done(head) for head in heads):
        return 2 if not heads else 1
    ended_well = all(head["status"] == "succeeded" for head in heads)
    clean = all(not records.count_found(store, head["job"]) for head in heads)
    return 0 if ended_well and clean else 1


def _nothing_done(head: dict[str, Any]) -> bool:
    return bool(head["status"] == "failed" and not head["counts"]["listed"])


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


def _show(store: "Store", job: "Job") -> None:
    """Print what an officer wants to know of a run at eight in the morning."""
    from acopio.documents import job_datasets, job_errors, job_head

    head = job_head(store, job)
    counts = {key: value for key, value in head["counts"].items() if value and key != "listed"}
    words = ", ".join(_counted("outcome", key, value) for key, value in counts.items())
    status = text(f"status-{head['status']}")
    listed = head["counts"]["listed"]
    say(text("run-line", {"source": job.source, "status": status, "listed": listed, "done": words}))
    if head["reason"]:
        say(f"  {head['reason']}")
    rows = [one for one in job_datasets(store, job.id) if _worth_showing(one)]
    if rows:
        table(text("run-columns").split("|"), map(_row, rows[:_SHOWN]))
    for error in job_errors(store, job.id)[:_SHOWN]:
        say(f"  {error['code']}: {error['message']}")
    say(text("run-where-next", {"job": job.id, "more": max(0, len(rows) - _SHOWN)}))


def _counted(kind: str, key: str, value: int) -> str:
    """Return ``3 creados``, ``1 creado``."""
    one, many = {"outcome": ("outcome", "outcomes"), "found": ("found-one", "found-many")}[kind]
    return f"{value} {text(f'{one if value == 1 else many}-{key}')}"


def _worth_showing(one: dict[str, Any]) -> bool:
    found = one["findings"]
    return one["outcome"] != "unchanged" or bool(found["error"] or found["warning"])


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    found = one["findings"]
    counted = (("error", found["error"]), ("warning", found["warning"]))
    words = ", ".join(_counted("found", key, value) for key, value in counted if value)
    return (text(f"outcome-{one['outcome']}"), one["name"], words, one["reason"] or "")
