"""A schema's page in Markdown, in the reader's language; ``docs/schemas/`` has them in English."""

from acopio.messages import text
from acopio.schemas.columns import Column, columns, description, title
from acopio.validators.known_schemas import KnownSchema


def markdown(one: KnownSchema) -> str:
    """Return the documentation page of a schema."""
    shown = columns(one)
    rules = one.descriptor["match"]
    matching = {
        "columns": ", ".join(f"`{name}`" for name in rules["identifying"]),
        "share": round(100 * rules["share"]),
        "confidence": rules["confidence"],
    }
    about = {"name": one.name, "version": one.version, "count": len(shown)}
    headings = text("schema-page-columns").split("|")
    sources = [f"- [{_cell(each['title'])}]({each['path']})" for each in one.descriptor["sources"]]
    return "\n".join(
        [
            f"# {title(one)}",
            "",
            description(one),
            "",
            text("schema-page-facts", about) + " " + text(f"schema-basis-{basis(one)}"),
            "",
            *sources,
            "",
            text("schema-page-use", about),
            "",
            text("schema-page-match", matching),
            "",
            f"## {text('schema-page-heading')}",
            "",
            f"| {' | '.join(headings)} |",
            "|" + "---|" * len(headings),
            *map(_row, shown),
            "",
            f"## {text('schema-page-example')}",
            "",
            "```csv",
            one.example().rstrip("\n"),
            "```",
            "",
        ]
    )


def basis(one: KnownSchema) -> str:
    """Return what a schema rests on: ``observed`` in published files, or ``proposed``."""
    return str(one.descriptor["basis"])


def _row(column: Column) -> str:
    cells = (f"`{column.name}`", column.type, "; ".join(column.rules), column.example, column.holds)
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(words: str) -> str:
    return words.replace("|", "\\|")
