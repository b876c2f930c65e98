"""What ``acopio validate`` does: validate each file, write the reports asked for, and tell."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from acopio import leftovers
from acopio.cli.output import counted, emit, note, progress, say
from acopio.config.settings import Settings
from acopio.errors import ConfigError
from acopio.executor import Executor
from acopio.given_schema import meant_for, read_schema
from acopio.messages import about, text
from acopio.model import RowRule
from acopio.subjects import Subject, Subjects, check_apart, is_address
from acopio.validation import Validated, document, validate_all
from acopio.validators.tabular.judge import SchemaProblem

if TYPE_CHECKING:
    from acopio.cli.copying import CleanFolder, Put
    from acopio.http import Client
    from acopio.reporting.rules import Rule

T = TypeVar("T")

# So many files are named in a sentence.
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command's arguments; ``reports`` are paths to write to, by kind of report.

    ``clean_folder`` is where clean copies go; None where none are asked for.
    """

    given: Sequence[str]
    schema: Path | None
    rules: Path | None
    engine: str
    clean_folder: Path | None
    as_json: bool
    reports: Mapping[str, Path]


def validate_and_tell(asked: Asked, settings: Settings, executor: Executor, at_once: int) -> bool:
    """Validate all files, ``at_once`` at a time, and tell whether there is nothing to put right.

    There is, too, where a clean copy was to be made and something went wrong.
    """
    declared = read_schema(asked.schema) if asked.schema else None
    own = _own_rules(asked.rules)
    leftovers.sweep_temporary()
    with Subjects(asked.given, _client(settings, asked.given)) as subjects:
        outputs = list(asked.reports.values())
        inputs = [
            *(subject.path for subject in subjects),
            *filter(None, (asked.schema, asked.rules)),
        ]
        check_apart(outputs, inputs)
        folder = _clean_folder(asked.clean_folder, subjects, [*inputs, *outputs])
        judged = validate_all(
            subjects, declared, executor, at_once=at_once, rules=own, engine=asked.engine
        )
        try:
            results = list(_watched("validating", judged, len(subjects)))
        except SchemaProblem as problem:
            path, reason = str(asked.schema), str(problem)
            raise ConfigError("schema-unreadable", path=path, reason=reason) from None
        if asked.engine == "fast":
            _fallen_back(results)
        if declared is not None:
            _not_judged_by(str(asked.schema), declared, results)
        copies = _copied(folder, results, executor)
        _write(asked.reports, results, executor)
    emit(_document(results, copies), asked.as_json, lambda _: _show(results, copies))
    return all(result.clean for result in results) and not any(copy.failed for copy in copies)


def _clean_folder(
    path: Path | None, subjects: Sequence[Subject], used: Sequence[Path]
) -> "CleanFolder | None":
    if path is None:
        return None
    # What it takes to make copies is not imported for nothing.
    from acopio.cli.copying import CleanFolder

    return CleanFolder(path, subjects, used)


def _copied(
    folder: "CleanFolder | None", results: Sequence[Validated], executor: Executor
) -> list["Put"]:
    """Put the clean copies into the folder, if there is one, and say which were not made."""
    if folder is None:
        return []
    from acopio.cli.copying import tell_not_made

    made = (folder.put(result, executor) for result in results)
    copies = list(_watched("cleaning", made, len(results)))
    tell_not_made(copies)
    return copies


def _not_judged_by(path: str, schema: Mapping[str, Any], results: Sequence[Validated]) -> None:
    """Say which files the schema is not for: nobody is to think they keep to it."""
    others = [result.subject.given for result in results if not result.by_schema]
    if others:
        names = ", ".join(text("named", {"name": name}) for name in others[:_NAMED])
        rest = len(others) - _NAMED
        files = text("and-others", {"names": names, "count": rest}) if rest > 0 else names
        what = text(f"schema-is-for-{meant_for(schema)}")
        note(text("schema-not-for", {"path": path, "files": files, "what": what}))


def _document(results: Sequence[Validated], copies: Sequence["Put"]) -> dict[str, Any]:
    """Return the JSON document; of each file with what became of its clean copy, if asked for."""
    whole = document(results)
    if copies:
        from acopio.cli.copying import in_document

        pairs = zip(whole["files"], copies, strict=True)
        whole["files"] = [{**file, "clean_copy": in_document(copy)} for file, copy in pairs]
    return whole


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


def _watched(doing: str, results: Iterable[T], total: int) -> Iterator[T]:
    with progress(text(doing), total=total) as advance:
        for result in results:
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


def _show(results: Sequence[Validated], copies: Sequence["Put"]) -> None:
    from acopio.reporting.rules import by_rule

    for result in results:
        _verdict(result)
        for rule in by_rule(result.findings):
            _rule(result.subject.name, rule)
    if copies:
        from acopio.cli.copying import tell_made

        tell_made(copies)


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
