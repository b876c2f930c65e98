"""``acopio job``: runs, past and present."""

from typing import TYPE_CHECKING, Any

import click

from acopio.cli.dataset import show_findings
from acopio.cli.opened import opened_store
from acopio.cli.output import emit, json_option, print_parts, say, table
from acopio.cli.run import job_document, show_jobs
from acopio.config.settings import Settings
from acopio.errors import ConfigError
from acopio.messages import text

if TYPE_CHECKING:
    from acopio.store import Store
    from acopio.store.jobs import Job


@click.group(help=text("help-job"))
def command() -> None:
    """List, show and cancel jobs."""


@command.command("list", help=text("help-job-list"))
@click.option("--source", metavar="NAME", help=text("help-dataset-source"))
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
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
            one["id"],
            one["source"],
            text(f"status-{one['status']}"),
            one["started"][:16].replace("T", " "),
            one["counts"].get("listed", 0),
            one["reason"] or "",
        )
        for one in document["jobs"]
    ]
    table(text("job-columns").split("|"), rows)


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
        show_jobs(store, [number], as_json=False)
        for one in job_datasets(store, number, findings=True):
            if one["findings_list"]:
                say(f"{one['name']}: {one['title']}")
                show_findings(one["findings_list"])


@command.command("cancel", help=text("help-job-cancel"))
@click.argument("number", metavar="ID")
@click.pass_obj
def cancel(settings: Settings, number: str) -> None:
    """Ask a running job to end."""
    from acopio.store import jobs

    with opened_store(settings) as store:
        job = _job(store, number)
        if not jobs.ask_to_cancel(store, number):
            raise ConfigError("job-not-running", job=number, status=text(f"status-{job.status}"))
    say(text("job-cancel-asked", {"job": number}))


def _job(store: "Store", number: str) -> "Job":
    from acopio.store import jobs

    job = jobs.get(store, number)
    if job is None:
        raise ConfigError("unknown-job", job=number)
    return job
