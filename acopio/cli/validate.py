"""``acopio validate``: judge files or addresses, publish nothing."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acopio.cli.output import Document, emit, json_option, note, progress, say
from acopio.config.settings import Settings
from acopio.errors import ConfigError
from acopio.messages import about, text
from acopio.model import Finding
from acopio.validation import (
    Subjects,
    Validated,
    by_code,
    document,
    is_address,
    joint_report,
    read_schema,
    validate,
)

if TYPE_CHECKING:
    from acopio.http import Client

_EXAMPLES = 5


@click.command(help=text("help-validate"))
@click.argument("given", metavar="PATH|URL...", nargs=-1, required=True)
@click.option("--schema", type=click.Path(path_type=Path), help=text("help-validate-schema"))
@click.option(
    "--engine",
    type=click.Choice(["auto", "frictionless", "fast"]),
    default="auto",
    help=text("help-validate-engine"),
)
@json_option
@click.option("--report-out", type=click.Path(path_type=Path), help=text("help-validate-report"))
@click.pass_obj
def command(
    settings: Settings,
    given: tuple[str, ...],
    schema: Path | None,
    engine: str,
    as_json: bool,
    report_out: Path | None,
) -> None:
    """Validate each file; exit with 0 if there is nothing to put right, else with 1."""
    declared = read_schema(schema) if schema else None
    if engine == "fast":
        note(text("engine-fell-back"))
    with Subjects(given, _client(settings, given)) as subjects:
        results = []
        with progress(text("validating"), total=len(subjects)) as advance:
            for subject in subjects:
                results.append(validate(subject, declared))
                advance(1)
    if report_out:
        _write(report_out, joint_report(results))
    emit(document(results), as_json, lambda _: _show(results))
    raise click.exceptions.Exit(0 if all(result.clean for result in results) else 1)


def _client(settings: Settings, given: Sequence[str]) -> "Client | None":
    if not any(map(is_address, given)):
        return None
    from acopio.http import Client

    return Client(allowed_private_hosts=settings.allowed_private_hosts)


def _write(path: Path, report: Document) -> None:
    try:
        path.write_text(json.dumps(report, ensure_ascii=False, indent=2, default=str), "utf-8")
    except OSError as error:
        raise ConfigError(
            "report-not-written", path=str(path), reason=error.strerror or str(error)
        ) from None


def _show(results: Sequence[Validated]) -> None:
    for result in results:
        _verdict(result)
        for code, findings in by_code(result.findings):
            _group(code, findings)


def _verdict(result: Validated) -> None:
    key = "verdict-clean" if result.clean else "verdict-valid" if result.valid else "verdict-bad"
    rows = result.table.rows if result.table else 0
    params = {"path": result.subject.given, "rows": rows, "bytes": result.size}
    counted = {"errors": _count(result, "error"), "warnings": _count(result, "warning")}
    say(text(key, {**params, **counted}))


def _count(result: Validated, severity: str) -> int:
    return sum(1 for finding in result.findings if finding.severity == severity)


def _group(code: str, findings: Sequence[Finding]) -> None:
    say(f"\n  {text('severity-' + findings[0].severity)} {code} ({len(findings)})")
    for finding in findings[:_EXAMPLES]:
        say(f"    {about(finding)}")
    if len(findings) > _EXAMPLES:
        say("    " + text("and-more", {"count": len(findings) - _EXAMPLES}))
    say("    → " + about(findings[0], part="fix_"))
