"""The page: the form, and beneath it what is wrong with the file somebody brought, or why not."""

from collections.abc import Mapping, Sequence
from typing import Any

from acopio.examine import rules_version
from acopio.messages import catalogue, said, spoken, text
from acopio.model import Severity, Table
from acopio.portal.web.pages import report
from acopio.portal.web.pages.rendering import Page
from acopio.portal.web.validating import attachments
from acopio.portal.web.validating.attachments import Attachment
from acopio.portal.web.validating.desk import Refused
from acopio.portal.web.validating.examining import Checked
from acopio.portal.web.validating.receiving import MOST_BYTES, Asked
from acopio.validation import Validated

TEMPLATE = "validar.html"
# Of the report, so many rules and so many cases of each; all rows are in the CSV.
RULES, CASES = 60, 5
_CHANGES = 60


def form(schemas: Sequence[tuple[str, str]]) -> Page:
    """Show the form alone. ``schemas`` are names and titles."""
    return Page(template=TEMPLATE, values=_form(schemas) | {"checked": None, "refusal": None})


def refusal(refused: Refused, schemas: Sequence[tuple[str, str]], url: str) -> Page:
    """Show the form, and why nothing was examined."""
    values = _form(schemas, url) | {
        "checked": None,
        "refusal": spoken(said(refused.key, refused.params)),
    }
    return Page(template=TEMPLATE, values=values, status=refused.status)


def result(
    checked: Checked,
    given: list[Attachment],
    schemas: Sequence[tuple[str, str]],
    asked: Asked,
) -> Page:
    """Show what was found. ``given`` are the files that come with it."""
    validated = checked.validated
    rules, more = report.by_rule(validated.findings, {}, cases=CASES, most=RULES)
    held = attachments.inlined(given)
    values = _form(schemas, asked.url, asked.schema) | {
        "refusal": None,
        "checked": checked,
        "name": validated.subject.name,
        "verdict": _verdict(validated),
        "counts": _counts(validated),
        "facts": _facts(validated.table),
        "rules": rules,
        "more": more,
        "version": rules_version(),
        "held": held,
        "left_out": len(given) - len(held),
        "changes": _changes(checked),
    }
    return Page(template=TEMPLATE, values=values)


def _form(schemas: Sequence[tuple[str, str]], url: str = "", schema: str = "") -> dict[str, Any]:
    return {"schemas": schemas, "url": url, "schema": schema, "most": MOST_BYTES}


def _verdict(validated: Validated) -> str:
    """Return a state's key: as for a dataset, it has a word, a colour and a shape."""
    if not validated.valid:
        return "errors"
    return "clean" if validated.clean else "warnings"


def _counts(validated: Validated) -> dict[str, int]:
    return {
        str(severity): sum(1 for one in validated.findings if one.severity is severity)
        for severity in Severity
    }


def _facts(table: Table | None) -> dict[str, Any]:
    """Return how a table was read; nothing where there was none to read."""
    if table is None:
        return {}
    return {
        **_written(table),
        "rows": table.rows,
        "columns": len(table.schema.get("fields", ())),
        "engine": table.engine,
        "schema": _schema(table.schema_source),
    }


def _written(table: Table) -> dict[str, str]:
    """Return how a table in text is written; of others there is nothing to tell."""
    if table.format != "csv":
        return {}
    return {"encoding": table.encoding, "delimiter": _delimiter(table.dialect)}


def _schema(source: str) -> str:
    """Return which schema judged a table, and why that one."""
    why, _, which = source.partition(" ")
    key = f"validar-schema-{why}" if which or why == "inferred" else "validar-schema-own"
    return text(key, {"which": which})


def _delimiter(dialect: Mapping[str, Any]) -> str:
    mark = str(dialect.get("csv", {}).get("delimiter", ","))
    key = f"delimiter-{ord(mark)}" if len(mark) == 1 else ""
    return text(key) if key in catalogue() else mark


def _changes(checked: Checked) -> list[str]:
    if checked.copy is None:
        return []
    changes = checked.copy.changes[:_CHANGES]
    return [text(f"change-{one['change']}", one) for one in changes]
