"""A report as one HTML file that needs no other: to read, to send, to print.

Nothing in it runs, and it asks for nothing: its own policy forbids both. What files say is
escaped, and characters that do not print are shown as one that does.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from acopio.messages import about, language, text
from acopio.model import Table
from acopio.reporting.rules import by_rule
from acopio.validation import Validated

# The quote and the rows above the header follow from the others, or are findings.
_MARKS = {"\t": "TAB", " ": "␣", "\u00a0": "␣"}
_TOLD = (
    "encoding", "delimiter", "header_row", "decimal", "thousands", "date_order", "missing_words",
    "identifiers",
)  # fmt: skip

if TYPE_CHECKING:
    from jinja2 import Template


def page(results: Sequence[Validated], rules: str, made: datetime) -> str:
    """Return the report in the reader's language. ``made`` is an aware moment, shown as such."""
    return _template().render(
        files=[_file(result) for result in results],
        rules=rules,
        made=made,
        language=language(),
    )


def _file(result: Validated) -> dict[str, Any]:
    return {
        "name": result.subject.given,
        "sha256": result.sha256,
        "size": result.size,
        "table": result.table,
        "detected": _detected(result.table),
        "fetch": result.subject.fetch,
        "verdict": "clean" if result.clean else "valid" if result.valid else "bad",
        "rules": by_rule(result.findings),
    }


def _detected(table: Table | None) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what was found out about how a table is written, where people have a word for it."""
    if table is None:
        return []
    return [(fact, found) for fact, found in table.detected.items() if fact in _TOLD]


@cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("acopio.reporting", ""),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals |= {"t": _say, "about": about}
    environment.filters |= {"shown": _shown, "told": _told}
    return environment.get_template("page.html")


def _say(key: str, **params: object) -> str:
    return text(key, params)


def _told(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return _MARKS.get(str(value), str(value))


def _shown(words: object) -> str:
    """Return words with a mark for each character that does not print or turns text around."""
    return "".join(
        c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in str(words)
    )
