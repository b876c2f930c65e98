"""``acopio takedown``: remove one dataset from every target, at once."""

import click

from acopio.cli.opened import opened_engine
from acopio.cli.output import note, say
from acopio.cli.run import show_jobs
from acopio.cli.usage import not_blank
from acopio.config.settings import Settings
from acopio.messages import text


@click.command(help=text("help-takedown"))
@click.argument("dataset")
@click.option("--reason", required=True, callback=not_blank, help=text("help-reason"))
@click.pass_obj
def command(settings: Settings, dataset: str, reason: str) -> None:
    """Take one dataset down; exit with 1 if a target still shows it."""
    from acopio.pipeline import officer
    from acopio.store import jobs

    with opened_engine(settings) as engine:
        job = officer.takedown(engine, dataset, reason)
        ended = jobs.get(engine.store, job)
        if ended is not None and ended.status == "succeeded":
            say(text("taken-down", {"dataset": dataset}))
            return
        code = show_jobs(engine.store, [job], as_json=False)
    note(text("takedown-unfinished", {"dataset": dataset}))
    raise click.exceptions.Exit(code)
