"""``acopio takedown``: remove one dataset from every target, at once."""

import click

from acopio.cli.opened import opened_engine
from acopio.config.settings import Settings
from acopio.errors import PublishError
from acopio.messages import text


@click.command(help=text("help-takedown"))
@click.argument("dataset")
@click.option("--reason", required=True, help=text("help-reason"))
@click.pass_obj
def command(settings: Settings, dataset: str, reason: str) -> None:
    """Take one dataset down; exit with 1 if a target still shows it."""
    from acopio.documents import job_errors
    from acopio.pipeline import officer
    from acopio.store import jobs, records

    with opened_engine(settings) as engine:
        job = officer.takedown(engine, dataset, reason)
        outcome = records.count_by(engine.store, job, "outcome")
        errors = job_errors(engine.store, job)
        reasons = [one.reason for one in records.every(engine.store, job) if one.reason]
        ended = jobs.get(engine.store, job)
    if outcome.get("withheld") != 1 or errors:
        from acopio.messages import spoken

        detail = "; ".join(filter(None, map(spoken, reasons))) or str(ended and ended.status)
        raise PublishError("takedown-unfinished", dataset=dataset, detail=detail)
    click.echo(text("taken-down", {"dataset": dataset}))
