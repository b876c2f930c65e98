"""``acopio decide``: an officer's ruling on one dataset."""

from datetime import datetime

import click

from acopio.cli.opened import opened_engine
from acopio.cli.output import say
from acopio.cli.run import show_jobs
from acopio.cli.usage import not_blank
from acopio.config.settings import Settings
from acopio.messages import text


@click.command(help=text("help-decide"))
@click.argument("dataset")
@click.argument("action", type=click.Choice(["publish", "withhold", "pin", "auto"]))
@click.option("--reason", required=True, callback=not_blank, help=text("help-reason"))
@click.option("--until", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help=text("help-until"))
@click.pass_obj
def command(
    settings: Settings, dataset: str, action: str, reason: str, until: datetime | None
) -> None:
    """Rule on one dataset, and carry it out."""
    from acopio.pipeline import officer

    with opened_engine(settings) as engine:
        job = officer.decide(engine, dataset, action, reason, until.date() if until else None)
        if job is None:
            say(text("ruling-waits", {"dataset": dataset}))
            return
        code = show_jobs(engine.store, [job], as_json=False)
    raise click.exceptions.Exit(code)
