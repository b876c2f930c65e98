"""What ``acopio validate`` does: validate each file, write the reports asked for, and tell."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from acopio.cli.output import counted, emit, note, progress, say
from acopio.config.settings import Settings
from acopio.errors import ConfigError
from acopio.executor import Executor
from acopio.messages import about, text
from acopio.model import RowRule
from acopio.subjects import Subjects, check_apart, is_address
from acopio.validation import Validated, document, read_schema, validate_all
from acopio.validators.tabular.judge import SchemaProblem

if TYPE_CHECKING:
    from acopio.http import Client
    from acopio.reporting.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command's arguments; ``reports`` are paths to write to, by kind of report."""

    given: Sequence[str]
    schema: Path | None
    rules: Path | None
    engine: str
    as_json: bool
    reports: Mapping[str, Path]


def validate_and_tell(asked: Asked, settings: Settings, executor: Executor, at_once: int) -> bool:
    """Validate all files, ``at_once`` at a time, and tell whether there is nothing to put right."""
    declared = read_schema(asked.schema) if asked.schema else None
    own = _own_rules(asked.rules)
    with Subjects(asked.given, _client(settings, asked.given)) as subjects:
        inputs = [
            *(subject.path for subject in subjects),
            *filter(None, (asked.schema, asked.rules)),
        ]
        check_apart(list(asked.reports.values()), inputs)
        judged = validate_all(
            subjects, declared, executor, at_once=at_once, rules=own, engine=asked.engine
        )
        try:
            results = list(_watched(judged, len(subjects)))
        except SchemaProblem as problem:
            path, reason = str(asked.schema), str(problem)
            raise ConfigError("schema-unreadable", path=path, reason=reason) from None
        if asked.engine == "fast":
            _fallen_back(results)
        _write(asked.reports, results, executor)
    emit(document(results), asked.as_json, lambda _: _show(results))
    return all(result.clean for result in results)


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
