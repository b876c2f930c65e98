"""``acopio demo``: see the main job done on sample portals."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from acopio.cli.opened import opened_engine
from acopio.cli.output import counted, json_option, note, print_parts, say, table
from acopio.cli.run import headline, job_document, run_each, urgency
from acopio.config.settings import Settings
from acopio.messages import text

if TYPE_CHECKING:
    from acopio.store import Store
    from acopio.store.jobs import Job


# What runs of the show may end as; failed or cancelled, there was none.
_ENDS = ("succeeded", "partial", "held")
_WORST = ("error", "warning", "info")


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
    from acopio.portal.site import Site
    from acopio.portal.web.serving import answering, listening

    shown = show.samples()
    with ExitStack() as stack:
        # Ports first, so that one that is taken is told before any work.
        door = None if no_serve else stack.enter_context(listening(show.HOST, show.PORT))
        stack.enter_context(show.answering(shown))
        engine = stack.enter_context(opened_engine(show.apart(settings, shown)))
        if door is not None:
            site = Site(engine.settings, engine.store, engine.archive)
            stack.enter_context(answering(site, door))
        show.register(engine, shown)
        numbers = run_each(engine, [sample.source.name for sample in shown], Options())
        _print(settings, engine.store, numbers, as_json=as_json)
        ended = len(numbers) == len(shown) and _ended(engine.store, numbers)
        if ended and not no_serve:
            note(text("demo-serving", {"url": show.address()}))
            engine.cancel.wait()
    raise click.exceptions.Exit(0 if ended else 1)


def _print(settings: Settings, store: "Store", numbers: Sequence[str], *, as_json: bool) -> None:
    from acopio.demo import show
    from acopio.store import jobs

    found = [job for number in numbers if (job := jobs.get(store, number))]
    if as_json:
        print_parts(_document(store, found, str(show.home(settings))))
        return
    for job in found:
        _tell(store, job)
    where = {"url": show.address(), "home": str(show.home(settings)), "acopio": typed()}
    _where_next(store, found, where)


def _tell(store: "Store", job: "Job") -> None:
    """Print what became of a portal's datasets, those that need someone first."""
    from acopio.documents import job_datasets, job_errors, job_head

    head = job_head(store, job)
    say(headline(head))
    for said in dict.fromkeys(
        filter(None, [head["reason"], *_messages(job_errors(store, job.id))])
    ):
        say(f"  {said}")
    every = sorted(job_datasets(store, job.id, findings=True), key=urgency)
    rows = [_row(one) for one in every if one["outcome"] != "unchanged"]
    if rows:
        table(text("demo-columns").split("|"), rows)


def _messages(errors: Sequence[dict[str, Any]]) -> list[str]:
    return [one["message"] for one in errors]


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    found = one["findings_list"]
    told = one["outcome"] in ("withheld", "failed") and found
    reason = "" if told else one["reason"]
    # One that was never examined is not one in which nothing was found.
    said = " ".join(filter(None, [_why(found) if found or not reason else "", reason]))
    return (text(f"outcome-{one['outcome']}"), one["title"], said)


def _why(found: Sequence[dict[str, Any]]) -> str:
    """Return what was found in one line: the worst in its own words, the rest counted."""
    if not found:
        return text("demo-nothing-found")
    # Of two as bad, what is wrong with a file says more than what the record lacks.
    worst = min(found, key=lambda one: (_WORST.index(one["severity"]), not one["resource"]))
    others = Counter(one["severity"] for one in found if one is not worst)
    rest = [counted(f"found-{name}", others[name]) for name in _WORST if others[name]]
    return f"{worst['message']} (+ {', '.join(rest)})" if rest else str(worst["message"])


def _where_next(store: "Store", found: Sequence["Job"], where: dict[str, str]) -> None:
    """Say where to look: the portal, a dataset that was not published, a run."""
    from acopio.documents import job_datasets

    withheld = (
        one["name"]
        for job in found
        for one in job_datasets(store, job.id)
        if one["outcome"] == "withheld"
    )
    say(text("demo-where", where))
    if name := next(withheld, ""):
        say(text("demo-where-dataset", where | {"name": name}))
    if found:
        say(text("demo-where-run", where | {"job": found[-1].id}))


def typed() -> str:
    """Return what to type for ``acopio``: where it was started from, if it is not on the path."""
    import shutil
    import sys
    from pathlib import Path

    started = Path(sys.argv[0])
    if shutil.which("acopio") or started.name != "acopio":
        return "acopio"
    here, there = Path.cwd(), started.absolute()
    if not there.is_relative_to(here):
        return str(there)
    return "./acopio" if there.parent == here else str(there.relative_to(here))


def _ended(store: "Store", numbers: Sequence[str]) -> bool:
    from acopio.store import jobs

    found = [jobs.get(store, number) for number in numbers]
    return all(job is not None and job.status in _ENDS for job in found)


def _document(store: "Store", found: Sequence["Job"], home: str) -> Iterator[str]:
    from acopio.demo import show

    yield '{"runs": ['
    for index, job in enumerate(found):
        yield ", " if index else ""
        yield from job_document(store, job, findings=False)
    rest = {"portal": show.address(), "home": home}
    yield "], " + json.dumps(rest, ensure_ascii=False)[1:]
