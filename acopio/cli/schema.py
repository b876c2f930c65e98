"""``acopio schema``: the schemas tables are matched to, and templates to fill in."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from acopio.cli.output import emit, json_option, listing, say, table, tell
from acopio.config.settings import Settings
from acopio.errors import ConfigError
from acopio.messages import text

if TYPE_CHECKING:
    from acopio.validators.known_schemas import KnownSchema


@click.group(help=text("help-schema"))
def command() -> None:
    """Work with the country's schemas."""


@command.command("list", help=text("help-schema-list"))
@json_option
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """List the schemas."""
    from acopio.schemas.columns import title
    from acopio.validators.known_schemas import known

    document = {
        "schemas": [
            {
                "name": one.name,
                "version": one.version,
                "basis": one.descriptor["basis"],
                "columns": len(one.names),
                "title": title(one),
            }
            for one in known(settings.country)
        ]
    }
    emit(document, as_json, lambda shown: listing("schemas", _rows(shown)))


def _rows(document: dict[str, Any]) -> list[tuple[object, ...]]:
    names = ("name", "version", "columns", "title")
    return [tuple(one[name] for name in names) for one in document["schemas"]]


@command.command("show", help=text("help-schema-show"))
@click.argument("name")
@click.option("--markdown", "as_page", is_flag=True, help=text("help-schema-markdown"))
@json_option
@click.pass_obj
def show(settings: Settings, name: str, as_page: bool, as_json: bool) -> None:
    """Show one schema: its Table Schema, its page, or its columns."""
    from acopio.schemas.columns import schema_named
    from acopio.schemas.page import markdown

    one = schema_named(name, settings.country)
    if as_page and not as_json:
        click.echo(markdown(one), nl=False)
    else:
        emit(one.schema, as_json, lambda _: _show(one))


def _show(one: "KnownSchema") -> None:
    from acopio.schemas.columns import columns, description, title

    say(f"{title(one)} ({one.name} {one.version})")
    tell(description(one))
    tell(text(f"schema-basis-{one.descriptor['basis']}"))
    rows = [
        (each.name, each.type, "; ".join(each.rules), each.example, each.holds)
        for each in columns(one)
    ]
    table(text("schema-page-columns").split("|"), rows)


@command.command("template", help=text("help-schema-template"))
@click.argument("name")
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice(["csv", "xlsx"]),
    help=text("help-schema-format"),
)
@click.option("--out", type=click.Path(path_type=Path), help=text("help-schema-out"))
@click.pass_obj
def template(settings: Settings, name: str, form: str, out: Path | None) -> None:
    """Write an empty table with the schema's columns; never over a file that is there."""
    from acopio.schemas.columns import schema_named
    from acopio.schemas.template import FORMATS

    make, _ = FORMATS[form]
    body = make(schema_named(name, settings.country))
    if out is None:
        if form == "xlsx" and sys.stdout.isatty():
            raise ConfigError("schema-template-terminal", name=name)
        click.echo(body, nl=False)
        return
    try:
        with out.open("xb") as file:
            file.write(body)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError("schema-template-unwritten", path=str(out), reason=reason) from None
