"""``acopio job``: runs, past and present."""

from typing import TYPE_CHECKING, Any

import click

from acopio.cli.dataset import show_findings
from acopio.cli.opened import opened_store
from acopio.cli.output import counted, emit, json_option, listing, moment, print_parts, say
from acopio.cli.run import job_document, show_job
from acopio.config.settings import Settings
from acopio.errors import ConfigError
from acopio.messages import text

if TYPE_CHECKING:
    from acopio.store import Store
    from acopio.store.jobs import Job


# An id's first group: as much as a list shows.
_SHORT = 8
_SHORTEST = 4
_LINE = 100


@click.group(help=text("help-job"))
def command() -> None:
    """List, show and cancel jobs."""


@command.command("list", help=text("help-job-list"))
@click.option("--source", metavar="NAME", help=text("help-dataset-source"))
@click.option(
    "--limit", metavar="N", type=click.IntRange(1, 1000), default=50, help=text("help-limit")
)
@json_option
@click.pass_obj
def list_(settings: Settings, source: str | None, limit: int, as_json: bool) -> None:
    """List jobs, the newest first."""
    from acopio.documents import job_line
    from acopio.store import jobs, sources

    with opened_store(settings) as store:
        if source is not None:
            sources.get_source(store, source)
        found = [job_line(store, job) for job in jobs.recent(store, source, limit=limit)]
    emit({"jobs": found}, as_json, _show_list)


def _show_list(document: dict[str, Any]) -> None:
    rows = [
        (
            one["id"][:_SHORT],
            one["source"],
            text("status-trial" if one["dry_run"] else "status-shown", _status(one)),
            moment(one["started"]),
            _first_sentence(one["reason"]) or counted("dataset", one["counts"]["listed"]),
        )
        for one in document["jobs"]
    ]
    listing("job", rows)


def _status(one: dict[str, Any]) -> dict[str, str]:
    return {"status": text(f"status-{one['status']}")}


def _first_sentence(words: str | None) -> str:
    """Return what fits a line of a list; ``job show`` has the rest."""
    first = (words or "").partition(". ")[0]
    return first if len(first) <= _LINE else first[:_LINE] + "…"


@command.command("show", help=text("help-job-show"))
@click.argument("number", metavar="ID")
@json_option
@click.pass_obj
def show(settings: Settings, number: str, as_json: bool) -> None:
    """Show one job, with every finding."""
    from acopio.documents import job_datasets

    with opened_store(settings) as store:
        job = _job(store, number)
        if as_json:
            print_parts(job_document(store, job, findings=True))
            return
        show_job(store, job)
        for one in job_datasets(store, job.id, findings=True):
            if one["findings_list"]:
                say(f"\n{one['name']}: {one['title']}")
                show_findings(one["findings_list"])


@command.command("cancel", help=text("help-job-cancel"))
@click.argument("number", metavar="ID")
@click.pass_obj
def cancel(settings: Settings, number: str) -> None:
    """Ask a running job to end."""
    from acopio.store import jobs

    with opened_store(settings) as store:
        job = _job(store, number)
        if not jobs.ask_to_cancel(store, job.id):
            raise ConfigError("job-not-running", job=number, status=text(f"status-{job.status}"))
    say(text("job-cancel-asked", {"job": number, "source": job.source}))


def _job(store: "Store", number: str) -> "Job":
    """Return a job by its id, or by as much of its beginning as tells it from others."""
    from acopio.store import jobs

    found = jobs.starting_with(store, number) if len(number) >= _SHORTEST else []
    if len(found) != 1:
        raise ConfigError("several-jobs" if found else "unknown-job", job=number)
    return found[0]
