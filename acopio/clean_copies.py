"""The clean copy of a table that somebody validates: as a run would make it, or why there is none.

What ``/validar`` gives back and what ``acopio validate --clean`` writes. Nothing is published.
"""

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from acopio.archive import Archive
from acopio.errors import PublishError
from acopio.executor import Executor, TookTooLong, WorkerDied
from acopio.gate import PERSONS
from acopio.messages import catalogue
from acopio.model import FileKind, Severity
from acopio.publishers.clean import Cleaned, CleanJob, clean
from acopio.publishers.names import safe_name
from acopio.subjects import is_address
from acopio.tables.packed import COMPRESSIONS
from acopio.validation import Validated

# What is given back: the twin is for readers, not for who publishes.
ENDINGS = {
    FileKind.DATA: ".csv",
    FileKind.LOG: ".log.json",
    FileKind.REJECTS: ".rejects.csv",
    FileKind.SCHEMA: ".schema.json",
}
# Filling up short rows can make much of little.
MOST_BYTES = 300_000_000
# Its properties are judged as a table; a copy of them alone would have lost the map.
_MAP = "geojson"
# What may stand before the ending of a packed file: ``gasto.csv.gz`` is called ``gasto``.
_INSIDE = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".parquet", ".jsonl"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanFile:
    """One file of a clean copy, on this machine while the folder it was made in lasts."""

    kind: FileKind
    name: str
    media_type: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanCopy:
    """A clean copy. ``changes`` are its log's: ``{"change": code, ...}``."""

    files: tuple[CleanFile, ...]
    changes: tuple[Mapping[str, Any], ...]
    rejects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoCopy:
    """Why there is no clean copy: the key and the values of a sentence.

    ``failed``: one was to be made, and something went wrong.
    """

    key: str
    failed: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)


def clean_copy(
    validated: Validated,
    folder: Path,
    executor: Executor,
    *,
    seconds: float,
    most_bytes: int,
    cancel: Event | None = None,
) -> CleanCopy | NoCopy:
    """Make the clean copy of a table in ``folder``, an absolute path; the file given stays as is.

    It takes no longer than ``seconds``, and none of its files is larger than ``most_bytes``.
    Raises Cancelled soon after ``cancel`` is set.
    """
    table = validated.table
    if holds_persons(validated):
        return NoCopy(key="no-copy-persons")
    if table is None:
        return NoCopy(key="no-copy-not-a-table")
    if table.format == _MAP:
        return NoCopy(key="no-copy-map")
    archive = Archive(f"file://{folder}/archive", folder / "scratch")
    given = validated.subject.given
    job = CleanJob(
        archive_url=archive.url,
        scratch=str(folder / "scratch"),
        sha256=validated.sha256,
        name=base_name(validated.subject.name),
        table=table,
        source_url=given if is_address(given) else "",
    )
    try:
        _lend(validated, folder, archive)
        made = executor.call(clean_within, job, most_bytes, seconds=seconds, cancel=cancel)
    except TookTooLong as error:
        return NoCopy(key="no-copy-took-too-long", failed=True, params=error.params)
    except WorkerDied as error:
        return NoCopy(key=f"no-copy-{error.code}", failed=True, params=error.params)
    except OSError as error:
        return _not_written(error)
    return made if isinstance(made, NoCopy) else _given_back(made, archive)


def holds_persons(validated: Validated) -> bool:
    """Tell whether a run would withhold it for persons: then no copy of it is made either."""
    return any(
        one.severity is Severity.ERROR and catalogue().get(one.code, {}).get("family") == PERSONS
        for one in validated.findings
    )


def base_name(name: str) -> str:
    """Return what the copy of the file ``name`` is called, without ending; safe everywhere."""
    outer = Path(name)
    inner = Path(outer.stem)
    packed = outer.suffix.lower().removeprefix(".") in COMPRESSIONS
    stem = inner.stem if packed and inner.suffix.lower() in _INSIDE else outer.stem
    return safe_name(stem, "tabla")


def clean_within(job: CleanJob, most_bytes: int) -> Cleaned | NoCopy:
    """Make a clean copy; or say why it cannot be made, as that a file of it would be too large.

    A job for the executor: it bounds the files of the process it runs in.
    """
    try:
        with _files_within(most_bytes):
            return clean(job)
    except PublishError as error:
        # Between judging and cleaning somebody else wrote to it.
        changed = error.key == "archive-damaged"
        key = "no-copy-changed" if changed else "no-copy-unreadable"
        return NoCopy(key=key, failed=True)
    # Text that is none. What it says may quote a cell.
    except ValueError:
        return NoCopy(key="no-copy-unreadable", failed=True)
    # A disk that is full, or a file too large.
    except OSError as error:
        return _not_written(error)


def _lend(validated: Validated, folder: Path, archive: Archive) -> None:
    """Put the file's bytes into ``archive``, which takes what it is given: so, a copy of them."""
    lent = folder / "given"
    shutil.copyfile(validated.subject.path, lent)
    archive.add(lent, validated.sha256)


@contextmanager
def _files_within(most_bytes: int) -> Iterator[None]:
    """Bound each file this process writes; Windows knows no such bound."""
    if sys.platform == "win32":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    most = most_bytes if hard == resource.RLIM_INFINITY else min(most_bytes, hard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _not_written(error: OSError) -> NoCopy:
    reason = error.strerror or str(error)
    return NoCopy(key="no-copy-not-written", failed=True, params={"reason": reason})


def _given_back(cleaned: Cleaned, archive: Archive) -> CleanCopy:
    by_kind = {file.kind: file for file in cleaned.files}
    return CleanCopy(
        files=tuple(
            CleanFile(
                kind=kind,
                name=by_kind[kind].name,
                media_type=by_kind[kind].media_type,
                path=archive.path(by_kind[kind].sha256),
                size=by_kind[kind].size,
            )
            for kind in ENDINGS
            if kind in by_kind
        ),
        changes=cleaned.changes,
        rejects=cleaned.rejects,
    )
