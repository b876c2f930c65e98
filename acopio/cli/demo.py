"""``acopio demo``: see the main job done on sample portals."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from acopio.cli.opened import opened_engine
from acopio.cli.output import json_option, note, print_parts, say
from acopio.cli.run import job_document, run_each, show_jobs
from acopio.config.settings import Settings
from acopio.messages import text

if TYPE_CHECKING:
    from acopio.store import Store


# What runs of the show may end as; failed or cancelled, there was none.
_ENDS = ("succeeded", "partial", "held")


@click.command(help=text("help-demo"))
@click.option("--no-serve", is_flag=True, help=text("help-demo-no-serve"))
@json_option
@click.pass_obj
def command(settings: Settings, no_serve: bool, as_json: bool) -> None:
    """Harvest the sample portals and show what became of each dataset.

    Exits with 0 when the show ran to its end, whatever was found: that is part of it.
    """
    from acopio.demo import show
    from acopio.pipeline.work import Options

    shown, own = show.samples(), show.apart(settings)
    with ExitStack() as stack:
        if not no_serve:
            # First, so that a taken port is told before any work.
            stack.enter_context(show.serving(settings))
        with show.answering(shown), opened_engine(own) as engine:
            show.register(engine.store, settings)
            numbers = run_each(engine, [sample.source.name for sample in shown], Options())
            _print(settings, engine.store, numbers, as_json=as_json)
            ended = len(numbers) == len(shown) and _ended(engine.store, numbers)
            if ended and not no_serve:
                note(text("demo-serving", {"url": f"http://{show.HOST}:{show.PORT}"}))
                engine.cancel.wait()
    raise click.exceptions.Exit(0 if ended else 1)


def _print(settings: Settings, store: "Store", numbers: Sequence[str], *, as_json: bool) -> None:
    from acopio.demo import show

    if as_json:
        print_parts(_document(store, numbers, str(show.home(settings))))
    else:
        show_jobs(store, numbers, as_json=False)
        where = {"folder": show.folder(settings), "home": show.home(settings)}
        say(text("demo-where", where))


def _ended(store: "Store", numbers: Sequence[str]) -> bool:
    from acopio.store import jobs

    found = [jobs.get(store, number) for number in numbers]
    return all(job is not None and job.status in _ENDS for job in found)


def _document(store: "Store", numbers: Sequence[str], home: str) -> Iterator[str]:
    from acopio.demo.show import HOST, PORT
    from acopio.store import jobs

    yield '{"runs": ['
    for index, number in enumerate(numbers):
        if job := jobs.get(store, number):
            yield ", " if index else ""
            yield from job_document(store, job, findings=False)
    rest = {"portal": f"http://{HOST}:{PORT}", "home": home}
    yield "], " + json.dumps(rest, ensure_ascii=False)[1:]
