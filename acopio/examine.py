"""Examine one file: the executor's job. A top-level function of plain values that returns values.

It runs in a worker process that was spawned, so everything is imported and found again there.
"""

import hashlib
import logging
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from acopio import registry
from acopio.canonical import digest, to_json
from acopio.errors import AcopioError
from acopio.messages import catalogue
from acopio.model import (
    UNPINNED,
    Dataset,
    Dictionary,
    Examined,
    File,
    Finding,
    Judged,
    Pinned,
    Reading,
    Report,
    Resource,
    RowRule,
    Snapshot,
    Table,
)
from acopio.packed import with_inside
from acopio.ports import DatasetValidator, FileValidator, RowsValidator
from acopio.validators import known_schemas
from acopio.validators.finding import examination_failed

_GROUP = "validators"
# It reads a table once for all that others ask about it; in another order all would be slower.
_FIRST = "table"
_log = logging.getLogger(__name__)

Found = Finding | Table | Dictionary


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """One file to examine: where it is, and what its publisher declares about it.

    ``name`` is the file's own name, which reports show; ``path`` a local file, or None to take
    the file from the archive at ``archive_url`` by its ``sha256``, through the folder ``scratch``.
    With a ``path`` the hash may be empty. ``hashed_elsewhere`` is as a ``File``'s.
    ``pinned`` is what was published of it before; ``reading`` how an officer says it is written,
    ``engine`` what judges it if it is a table (see ``File``); ``rules`` what officers ask of its
    rows.
    """

    archive_url: str
    scratch: Path
    sha256: str
    resource: Resource
    name: str
    path: Path | None = None
    pinned: Pinned | None = None
    reading: Reading = UNPINNED
    engine: str = "auto"
    rules: tuple[RowRule, ...] = ()
    hashed_elsewhere: bool = False


def examine(job: Examination) -> Report:
    """Return all that the validators of scope ``file`` find, persons masked.

    A file that breaks a validator is a finding (``examination-failed``), never an exception.
    Raises MemoryError, and what the archive raises when it cannot give the file.
    """
    path = job.path or _from_archive(job)
    outside = _survived(job, Report(), "file", lambda: _examined(job, path))
    return _survived(job, outside, "packed", lambda: with_inside(job, path, outside, _examined))


def _survived(job: Examination, known: Report, step: str, look: Callable[[], Report]) -> Report:
    """Return what ``look`` finds; where it breaks, what is ``known`` and that ``step`` broke."""
    try:
        return look()
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - as in ``_guarded``: one file must not stop others
        _log.warning("examination failed at %s", step, exc_info=error)
        failed = examination_failed(job.resource.id, type(error).__name__, step)
        return replace(known, findings=(*known.findings, failed))


def _examined(job: Examination, path: Path) -> Report:
    columns = known_schemas.declared_names(job.resource.schema)
    job = replace(job, reading=replace(job.reading, columns=columns))
    file = File(
        resource=job.resource.id,
        sha256=job.sha256,
        size=path.stat().st_size,
        url=job.resource.url,
        path=path,
        name=job.name,
        reading=job.reading,
        engine=job.engine,
        hashed_elsewhere=job.hashed_elsewhere,
    )
    dataset = Dataset(id="", title="", resources=(job.resource,))
    pinned = {file.resource: job.pinned} if job.pinned else {}
    snapshot = Snapshot(dataset=dataset, files=(file,), pinned=pinned)
    found = list(_all_found("file", snapshot, job.resource.id))
    found += _ruled(job, file, [item for item in found if isinstance(item, Table)])
    return _masked(path, job, found)


def _ruled(job: Examination, file: File, tables: list[Table]) -> Iterator[Found]:
    """Yield what officers' rules find in the tables of a file."""
    for table in tables if job.rules else ():
        given = Judged(file=file, format=job.resource.format, table=table, rules=job.rules)
        yield from _all_found("rows", given, job.resource.id)


def examine_dataset(examined: Examined) -> tuple[Finding, ...]:
    """Return what the validators of scope ``dataset`` find."""
    found = _all_found("dataset", examined, None)
    return tuple(item for item in found if isinstance(item, Finding))


def unexamined(resource: str, name: str, error: AcopioError) -> Finding:
    """Return what is said of a file whose examination the executor could not finish.

    The bound it met is told, where there was one; else ``name``, the file's.
    """
    bound = error.params.get("seconds", error.params.get("mebibytes", name))
    return examination_failed(resource, error.code, str(bound))


def rules_version(own: Sequence[RowRule] = ()) -> str:
    """Return the version of the rules: ``1.1.0+0123456789abcdef``, and ``.01234567`` of ``own``.

    After the number in ``config/rules.toml`` comes a digest of what decides findings: validators
    and frictionless, and severities. A report made under another version is made anew.
    """
    added = f".{digest(*map(to_json, own))[:8]}" if own else ""
    return f"{_number()}+{_digest()}{added}"


@cache
def _number() -> str:
    text = files("acopio.config").joinpath("rules.toml").read_text("utf-8")
    return str(tomllib.loads(text)["versions"][0]["number"])


@cache
def _digest() -> str:
    rules = [f"{name} {registry.load(_GROUP, name).version}" for name in registry.names(_GROUP)]
    rules.append(f"frictionless {version('frictionless')}")
    rules += known_schemas.rules()
    rules += [
        f"{code} {message['severity']} {message.get('family', '')}"
        for code, message in sorted(catalogue().graded())
    ]
    return hashlib.sha256("\n".join(rules).encode()).hexdigest()[:16]


def _all_found(scope: str, given: Any, resource: str | None) -> Iterator[Found]:
    for name in sorted(registry.names(_GROUP), key=lambda name: name != _FIRST):
        validator = registry.load(_GROUP, name)
        if validator.scope == scope:
            yield from _guarded(name, validator, given, resource)


def _guarded(
    name: str,
    make: Callable[[], FileValidator | RowsValidator | DatasetValidator],
    given: Any,
    resource: str | None,
) -> Iterator[Found]:
    """Yield what one validator finds, and a finding where it broke.

    A validator must not raise for bad data, but the parsers below it are not ours, and files are
    made by strangers: one of them must not take down a run over thousands. Here alone everything
    is caught, because what is lost is one validator on one file, and the finding says so. Only that
    memory ran out the executor has to know.
    """
    try:
        yield from make().validate(given)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        _log.warning("validator %s failed", name, exc_info=error)
        yield examination_failed(resource, type(error).__name__, name)


def _masked(path: Path, job: Examination, found: list[Found]) -> Report:
    from acopio.validators.masking import Mask, mask_of

    findings = tuple(item for item in found if isinstance(item, Finding))
    tables = tuple(item for item in found if isinstance(item, Table))
    # What reads them hides whom they name: what they say has no columns to go by.
    dictionaries = tuple(item for item in found if isinstance(item, Dictionary))
    try:
        schemas = [job.resource.schema or {}, *(table.schema for table in tables)]
        mask: Mask = mask_of(path, job.resource.format, job.name, job.reading, schemas)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - as above; and what cannot be masked is not shown
        _log.warning("masking failed", exc_info=error)
        return Report(
            findings=(
                *(_bare(finding) for finding in findings),
                examination_failed(job.resource.id, type(error).__name__, "mask"),
            )
        )
    findings, tables = tuple(map(mask.finding, findings)), tuple(map(mask.table, tables))
    return Report(findings=findings, tables=tables, dictionaries=dictionaries)


def _bare(finding: Finding) -> Finding:
    """Return ``finding`` without anything that could be copied from a cell."""
    kept = {name: value for name, value in finding.params.items() if not isinstance(value, str)}
    if finding.code == "examination-failed":
        return finding
    return replace(finding, evidence="", field=None, params=kept)


def _from_archive(job: Examination) -> Path:
    from acopio.archive import Archive

    return Archive(job.archive_url, job.scratch).path(job.sha256)
