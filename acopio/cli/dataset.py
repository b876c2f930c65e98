"""``acopio dataset``: what is known of each dataset."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from acopio.cli.opened import opened_store
from acopio.cli.output import emit, json_option, print_parts, say, table
from acopio.config.settings import Settings
from acopio.messages import text
from acopio.model import OutcomeState

if TYPE_CHECKING:
    from acopio.store.datasets import Known


@click.group(help=text("help-dataset"))
def command() -> None:
    """List datasets, or show one."""


@command.command("list", help=text("help-dataset-list"))
@click.option("--source", metavar="NAME", help=text("help-dataset-source"))
@click.option(
    "--outcome",
    type=click.Choice([state.value for state in OutcomeState]),
    help=text("help-dataset-outcome"),
)
@json_option
@click.pass_obj
def list_(settings: Settings, source: str | None, outcome: str | None, as_json: bool) -> None:
    """List datasets by name."""
    from acopio.documents import dataset_line
    from acopio.store import datasets, sources

    with opened_store(settings) as store:
        if source is not None:
            sources.get_source(store, source)
        found = datasets.every(store, source=source, outcome=outcome)
        if as_json:
            print_parts(_document(found))
            return
        rows = (dataset_line(known) for known in found)
        table(text("dataset-columns").split("|"), map(_row, rows))


def _document(found: "Iterator[Known]") -> Iterator[str]:
    from acopio.documents import dataset_line

    yield '{"datasets": ['
    for index, known in enumerate(found):
        yield (", " if index else "") + json.dumps(dataset_line(known), ensure_ascii=False)
    yield "]}"


def _row(line: dict[str, Any]) -> tuple[str, ...]:
    outcome = text(f"outcome-{line['outcome']}") if line["outcome"] else ""
    return (line["name"], line["source"], outcome, line["since"][:10], line["title"])


@command.command("show", help=text("help-dataset-show"))
@click.argument("name")
@json_option
@click.pass_obj
def show(settings: Settings, name: str, as_json: bool) -> None:
    """Show one dataset: where it is, its files, what was found."""
    from acopio import documents
    from acopio.store import datasets

    with opened_store(settings) as store:
        document = documents.dataset(store, datasets.find(store, name))
    emit(document, as_json, _show)


def _show(document: dict[str, Any]) -> None:
    outcome = text(f"outcome-{document['outcome']}") if document["outcome"] else ""
    say(f"{document['name']}: {document['title']}")
    say(f"  {document['source']} · {outcome} · {document['since'][:10]}")
    if document["reason"]:
        say(f"  {document['reason']}")
    for one in document["publications"]:
        say(f"  → {one['target']}: {one['state']} {one['url'] or one['id']}")
    for one in document["resources"]:
        say(f"  - {one['name']} ({one['size'] or 0} B) {one['url']}")
    show_findings(document["findings_list"])


def show_findings(found: list[dict[str, Any]], limit: int = 40) -> None:
    """Print findings, one a line, each with its remedy."""
    for one in found[:limit]:
        where = " ".join(str(part) for part in (one["row"], one["field"]) if part is not None)
        say(f"  [{text('severity-' + one['severity'])}] {one['code']} {where}: {one['message']}")
        if one["fix"]:
            say(f"      {one['fix']}")
    if len(found) > limit:
        say(text("and-more", {"count": len(found) - limit}))
