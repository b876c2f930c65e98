"""The clean copy of a table that somebody validates: made as a run would, given back at once."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acopio.archive import Archive
from acopio.errors import PublishError
from acopio.model import FileKind
from acopio.publishers.clean import Cleaned, CleanJob, clean

# What is given back: the twin is for readers, not for who publishes.
KINDS = (FileKind.DATA, FileKind.LOG, FileKind.REJECTS, FileKind.SCHEMA)
# Filling up short rows can make much of little.
MOST_BYTES = 300_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanFile:
    """One file of a clean copy, on this machine while its visit lasts."""

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


def clean_within(job: CleanJob, most_bytes: int) -> Cleaned | None:
    """Make a clean copy; None where it cannot be made, or a file of it would be too large.

    A job for the executor: it bounds the files of the process it runs in.
    """
    try:
        with _files_within(most_bytes):
            return clean(job)
    # Rows that cannot be told apart, text that is none, a disk that is full or a file too large.
    except (PublishError, ValueError, OSError):
        return None


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


def copy_of(cleaned: Cleaned, archive: Archive) -> CleanCopy:
    """Return a clean copy as it is given back."""
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
            for kind in KINDS
            if kind in by_kind
        ),
        changes=cleaned.changes,
        rejects=cleaned.rejects,
    )
