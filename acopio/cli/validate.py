"""``acopio validate``: judge files or addresses, publish nothing."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acopio.cli.output import counted, emit, json_option, note, progress, say
from acopio.config.settings import Settings
from acopio.executor import Executor, open_executor
from acopio.messages import about, text
from acopio.model import RowRule
from acopio.subjects import Subjects, check_apart, is_address
from acopio.validation import Validated, document, read_schema, validate_all

if TYPE_CHECKING:
    from acopio.http import Client
    from acopio.reporting.rules import Rule

# A worker takes a second to start: for fewer files than this a second one is not worth it.
_FILES_A_WORKER = 40


@click.command(help=text("help-validate"))
@click.argument("given", metavar="PATH|URL...", nargs=-1, required=True)
@click.option("--schema", type=click.Path(path_type=Path), help=text("help-validate-schema"))
@click.option("--rules", type=click.Path(path_type=Path), help=text("help-validate-rules"))
@click.option(
    "--engine",
    type=click.Choice(["auto", "frictionless", "fast"]),
    default="auto",
    help=text("help-validate-engine"),
)
@json_option
@click.option("--report-out", type=click.Path(path_type=Path), help=text("help-validate-report"))
@click.option("--findings", type=click.Path(path_type=Path), help=text("help-validate-findings"))
@click.option("--rows", type=click.Path(path_type=Path), help=text("help-validate-rows"))
@click.option("--html", type=click.Path(path_type=Path), help=text("help-validate-html"))
@click.pass_obj
def command(
    settings: Settings,
    /,
    given: tuple[str, ...],
    schema: Path | None,
    rules: Path | None,
    engine: str,
    as_json: bool,
    **outputs: Path | None,
) -> None:
    """Validate each file; exit with 0 if there is nothing to put right, else with 1."""
    declared = read_schema(schema) if schema else None
    own = _own_rules(rules)
    reports = {name: path for name, path in outputs.items() if path}
    workers = _workers(settings.executor, len(given))
    where = f"local:{workers}" if workers else "serial"
    with (
        Subjects(given, _client(settings, given)) as subjects,
        closing(open_executor(where, settings.worker_memory)) as executor,
    ):
        inputs = [*(subject.path for subject in subjects), *filter(None, (schema, rules))]
        check_apart(list(reports.values()), inputs)
        judged = validate_all(
            subjects, declared, executor, at_once=workers + 1, rules=own, engine=engine
        )
        results = list(_watched(judged, len(subjects)))
        if engine == "fast":
            _fallen_back(results)
        _write(reports, results, executor)
    emit(document(results), as_json, lambda _: _show(results))
    raise click.exceptions.Exit(0 if all(result.clean for result in results) else 1)


def _fallen_back(results: Iterable[Validated]) -> None:
    """Say which tables the fast engine could not judge, and why."""
    for result in results:
        if result.table and result.table.engine != "fast":
            reason = text(f"engine-reason-{result.table.engine_reason}")
            note(text("engine-fell-back", {"path": result.subject.given, "reason": reason}))


def _own_rules(path: Path | None) -> tuple[RowRule, ...]:
    if path is None:
        return ()
    from acopio.config.rules import read_rules

    return read_rules(path)


def _workers(executor: str, files: int) -> int:
    """Return how many processes examine so many files; 0: this one does.

    Not in this process where that can be helped: a file that never lets go could not be left.
    """
    if executor == "serial":
        return 0
    kind, _, number = executor.partition(":")
    most = int(number or os.cpu_count() or 1) if kind == "local" else 1
    return min(most, -(-files // _FILES_A_WORKER))


def _watched(judged: Iterable[Validated], total: int) -> Iterator[Validated]:
    with progress(text("validating"), total=total) as advance:
        for result in judged:
            yield result
            advance(1)


def _client(settings: Settings, given: Sequence[str]) -> "Client | None":
    if not any(map(is_address, given)):
        return None
    from acopio.http import Client

    return Client(allowed_private_hosts=settings.allowed_private_hosts)


def _write(reports: Mapping[str, Path], results: Sequence[Validated], executor: Executor) -> None:
    if reports:
        # What it takes to make them is not imported for nothing.
        from acopio.reporting.files import write_report

        for name, path in reports.items():
            write_report(name, path, results, executor)


def _show(results: Sequence[Validated]) -> None:
    from acopio.reporting.rules import by_rule

    for result in results:
        _verdict(result)
        for rule in by_rule(result.findings):
            _rule(result.subject.name, rule)


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


def _rule(name: str, rule: "Rule") -> None:
    say(f"\n  {text('severity-' + rule.severity)} {rule.title} [{rule.code}] ({rule.count})")
    for finding in rule.examples:
        # What has no place in the file is about the file.
        whole = finding.row is None and finding.field is None
        say(f"    {name}: {about(finding)}" if whole else f"    {about(finding)}")
    if rule.rest:
        say("    " + text("and-more", {"count": rule.rest}))
    if rule.fix:
        say("    → " + rule.fix)
