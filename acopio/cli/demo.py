"""``acopio demo``: see the main job done on sample portals."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from acopio.cli.opened import opened_engine
from acopio.cli.output import json_option, note, print_parts, say
from acopio.cli.run import job_document, run_each, show_jobs
from acopio.config.settings import Settings
from acopio.messages import text

if TYPE_CHECKING:
    from acopio.store import Store


@click.command(help=text("help-demo"))
@click.option("--no-serve", is_flag=True, help=text("help-demo-no-serve"))
@json_option
@click.pass_obj
def command(settings: Settings, no_serve: bool, as_json: bool) -> None:
    """Harvest the sample portals and show what became of each dataset."""
    from acopio.demo import show
    from acopio.pipeline.work import Options

    shown, own = show.samples(), show.apart(settings)
    with show.answering(shown), opened_engine(own) as engine:
        show.register(engine.store, settings)
        numbers = run_each(engine, [sample.source.name for sample in shown], Options())
        if as_json:
            print_parts(_document(engine.store, numbers, str(own.home)))
        else:
            show_jobs(engine.store, numbers, as_json=False)
            say(text("demo-where", {"folder": show.folder(settings), "home": own.home}))
        cancelled = engine.cancel.is_set()
    if not no_serve and not cancelled:
        _serve(settings)


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


def _serve(settings: Settings) -> None:
    """Serve what was published until Ctrl-C or SIGTERM."""
    import signal
    from threading import Event, Thread

    from acopio.demo import show

    ended = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with show.serving(settings) as server:
        note(text("demo-serving", {"url": f"http://{show.HOST}:{show.PORT}"}))
        Thread(target=server.serve_forever, daemon=True).start()
        while not ended.wait(1.0):
            continue
        server.shutdown()
