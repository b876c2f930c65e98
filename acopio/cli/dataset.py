"""``acopio dataset``: what is known of each dataset."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from acopio.cli.opened import opened_store
from acopio.cli.output import day, emit, json_option, listing, print_parts, say, size, tell
from acopio.config.settings import Settings
from acopio.messages import text
from acopio.model import OutcomeState

if TYPE_CHECKING:
    from acopio.store.datasets import Known


_SHOWN = 500
_EXAMPLES = 5
_SEVERITIES = ("error", "warning", "info")


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
        rows = (_row(dataset_line(known)) for known in found)
        listing("dataset", islice(rows, _SHOWN))
        if more := sum(1 for _ in rows):
            say("  " + text("and-more", {"count": more}))


def _document(found: "Iterator[Known]") -> Iterator[str]:
    from acopio.documents import dataset_line

    yield '{"datasets": ['
    for index, known in enumerate(found):
        yield (", " if index else "") + json.dumps(dataset_line(known), ensure_ascii=False)
    yield "]}"


def _row(line: dict[str, Any]) -> tuple[str, ...]:
    return (line["name"], line["source"], _outcome(line), day(line["since"]), line["title"])


def _outcome(line: dict[str, Any]) -> str:
    return text(f"outcome-{line['outcome'] or 'none'}")


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
    said = {name: document[name] for name in ("name", "title", "source")}
    said |= {"outcome": _outcome(document), "since": day(document["since"])}
    say(text("dataset-head", said))
    if document["reason"]:
        tell(document["reason"])
    if document["ruling"]:
        say("  " + text(f"ruling-{document['ruling']['action']}", document["ruling"]))
    for one in document["publications"]:
        say("  " + text(f"dataset-at-{one['state']}", one | {"url": one["url"] or one["id"]}))
    for one in document["resources"]:
        key = "resource-published" if one["published"] else "resource-not-published"
        say("  " + text(key, one | {"size": size(one["size"])}))
    show_findings(document["findings_list"])


def show_findings(found: list[dict[str, Any]]) -> None:
    """Print findings by their code, worst first: a few examples of each, and the remedy."""
    groups: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for one in found:
        groups.setdefault((_SEVERITIES.index(one["severity"]), one["code"]), []).append(one)
    for (_, code), alike in sorted(groups.items()):
        count = f" ({len(alike)})" if len(alike) > 1 else ""
        say(f"\n  {text('severity-' + alike[0]['severity'])} {code}{count}")
        for one in alike[:_EXAMPLES]:
            tell(one["message"], "    ")
        if len(alike) > _EXAMPLES:
            say("    " + text("and-more", {"count": len(alike) - _EXAMPLES}))
        if alike[0]["fix"]:
            tell("→ " + alike[0]["fix"], "    ")
