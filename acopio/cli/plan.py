"""``acopio plan``: what a run would change, and an officer's word on it."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from acopio.cli.opened import opened_engine, opened_store, shown_progress
from acopio.cli.output import counted, json_option, print_parts, say, table, tell
from acopio.cli.run import show_jobs
from acopio.config.settings import Settings
from acopio.errors import ConfigError
from acopio.messages import text

if TYPE_CHECKING:
    from acopio.store import Store
    from acopio.store.jobs import Job

_SHOWN = 200


@click.group(help=text("help-plan"))
def command() -> None:
    """Show, approve or reject a source's plan."""


@command.command("show", help=text("help-plan-show"))
@click.argument("source")
@json_option
@click.pass_obj
def show(settings: Settings, source: str, as_json: bool) -> None:
    """Show the plan of a source that waits for an officer, else its newest."""
    with opened_store(settings) as store:
        job = _shown(store, source)
        if as_json:
            print_parts(_document(store, job))
        else:
            _show(store, job)


def _shown(store: "Store", source: str) -> "Job":
    """Return the job whose plan is to be shown: the one that waits, else the newest."""
    from acopio.store import jobs, sources

    sources.get_source(store, source)
    job = jobs.held(store, source) or jobs.last_planned(store, source)
    if job is None:
        raise ConfigError("no-plan-yet", source=source)
    return job


def _document(store: "Store", job: "Job") -> Iterator[str]:
    from acopio.documents import plan, plan_changes

    yield json.dumps(plan(store, job), ensure_ascii=False)[:-1] + ', "changes": ['
    for index, change in enumerate(plan_changes(store, job.id)):
        yield (", " if index else "") + json.dumps(change, ensure_ascii=False)
    yield "]}"


def _show(store: "Store", job: "Job") -> None:
    from acopio.documents import plan

    document = plan(store, job)
    say(_headline(document))
    if document["reason"]:
        tell(document["reason"])
    _show_changes(store, job)
    held = document["state"] == "held" and not job.dry_run
    say("  " + text("plan-next-held" if held else "plan-digest", document))


def _headline(document: dict[str, Any]) -> str:
    counts = {key: value for key, value in document["counts"].items() if value}
    words = ", ".join(counted(f"planned-{key}", value) for key, value in counts.items())
    said = {"source": document["source"], "counts": words or text("plan-empty")}
    said["state"] = text(f"plan-{document['state']}")
    return text("plan-line-dry" if document["dry_run"] else "plan-line", said)


def _show_changes(store: "Store", job: "Job") -> None:
    from acopio.documents import plan_changes

    changes = (one for one in plan_changes(store, job.id) if one["action"] != "unchanged")
    rows = [
        (text(f"action-{one['action']}"), one["name"], one["title"])
        for one in islice(changes, _SHOWN)
    ]
    if rows:
        table(text("plan-columns").split("|"), rows)
    if more := sum(1 for _ in changes):
        say("  " + text("and-more", {"count": more}))


@command.command("approve", help=text("help-plan-approve"))
@click.argument("source")
@click.option("--plan", "digest", metavar="DIGEST", help=text("help-plan-digest"))
@click.pass_obj
def approve(settings: Settings, source: str, digest: str | None) -> None:
    """Apply a held plan at once."""
    from acopio.pipeline import officer

    with opened_engine(settings) as engine:
        with shown_progress(source) as progress:
            job = officer.approve(engine, source, digest, progress)
        code = show_jobs(engine.store, [job], as_json=False)
    raise click.exceptions.Exit(code)


@command.command("reject", help=text("help-plan-reject"))
@click.argument("source")
@click.option("--keep", is_flag=True, help=text("help-plan-keep"))
@click.pass_obj
def reject(settings: Settings, source: str, keep: bool) -> None:
    """Reject a held plan."""
    from acopio.pipeline import officer

    with opened_engine(settings) as engine:
        officer.reject(engine, source, keep=keep)
    say(text("plan-rejected-kept" if keep else "plan-rejected-now", {"source": source}))
