"""``acopio validate``: judge files or addresses, publish nothing."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from acopio.cli.output import Document, counted, emit, json_option, note, progress, say
from acopio.config.settings import Settings
from acopio.errors import ConfigError
from acopio.executor import open_executor
from acopio.messages import about, text
from acopio.model import Finding
from acopio.subjects import Subject, Subjects, check_apart, is_address
from acopio.validation import (
    Validated,
    by_code,
    document,
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
        if report_out:
            inputs = [subject.path for subject in subjects]
            check_apart(report_out, [*inputs, schema] if schema else inputs)
        results = _validated(settings, subjects, declared)
    if report_out:
        _write(report_out, joint_report(results))
    emit(document(results), as_json, lambda _: _show(results))
    raise click.exceptions.Exit(0 if all(result.clean for result in results) else 1)


def _validated(
    settings: Settings, subjects: Sequence[Subject], schema: Mapping[str, Any] | None
) -> list[Validated]:
    """Judge one file after another, in one worker that can be ended if a file never lets go."""
    serial = settings.executor == "serial"
    results = []
    with (
        closing(open_executor("serial" if serial else "local:1")) as executor,
        progress(text("validating"), total=len(subjects)) as advance,
    ):
        for subject in subjects:
            results.append(validate(subject, schema, executor))
            advance(1)
    return results


def _client(settings: Settings, given: Sequence[str]) -> "Client | None":
    if not any(map(is_address, given)):
        return None
    from acopio.http import Client

    return Client(allowed_private_hosts=settings.allowed_private_hosts)


def _write(path: Path, report: Document) -> None:
    try:
        path.write_text(json.dumps(report, ensure_ascii=False, indent=2, default=str), "utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError("report-not-written", path=str(path), reason=reason) from None


def _show(results: Sequence[Validated]) -> None:
    for result in results:
        _verdict(result)
        for code, findings in by_code(result.findings):
            _group(result.subject.name, code, findings)


def _verdict(result: Validated) -> None:
    key = "verdict-clean" if result.clean else "verdict-valid" if result.valid else "verdict-bad"
    rows = result.table.rows if result.table else 0
    params = {
        "path": result.subject.given,
        "rows": counted("row", rows),
        "bytes": counted("byte", result.size),
        "errors": counted("found-error", _count(result, "error")),
        "warnings": counted("found-warning", _count(result, "warning")),
    }
    say(text(key, params))


def _count(result: Validated, severity: str) -> int:
    return sum(1 for finding in result.findings if finding.severity == severity)


def _group(name: str, code: str, findings: Sequence[Finding]) -> None:
    say(f"\n  {text('severity-' + findings[0].severity)} {code} ({len(findings)})")
    for finding in findings[:_EXAMPLES]:
        # What has no place in the file is about the file.
        whole = finding.row is None and finding.field is None
        say(f"    {name}: {about(finding)}" if whole else f"    {about(finding)}")
    if len(findings) > _EXAMPLES:
        say("    " + text("and-more", {"count": len(findings) - _EXAMPLES}))
    say("    → " + about(findings[0], part="fix_"))
