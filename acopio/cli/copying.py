"""What ``acopio validate --clean`` does: clean copies put into a folder, and a word on each."""

import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from acopio.clean_copies import (
    ENDINGS,
    MOST_BYTES,
    CleanCopy,
    CleanFile,
    NoCopy,
    base_name,
    clean_copy,
)
from acopio.cli.output import note, say
from acopio.errors import ConfigError
from acopio.executor import Executor
from acopio.messages import text
from acopio.model import FileKind
from acopio.subjects import Subject
from acopio.validation import Validated, seconds_for

# A file of a clean copy may be so many times larger than what it is made from: Parquet and packed
# tables grow, short rows are filled up.
_TIMES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """What became of one file's clean copy: where its files are, or why there is none."""

    given: str
    copy: CleanCopy | NoCopy
    paths: Mapping[FileKind, Path] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether a copy was to be made and something went wrong."""
        return isinstance(self.copy, NoCopy) and self.copy.failed


class CleanFolder:
    """Where clean copies go. No two of them share a file, and none takes the place of an input."""

    def __init__(self, folder: Path, subjects: Iterable[Subject], used: Iterable[Path]) -> None:
        """Make the folder if need be. ``used`` are the files that are read or written otherwise.

        Raises ConfigError if it cannot be made, or a copy would be written over one of ``used``.
        """
        self._folder = folder
        self._used = frozenset(map(_identity, used))
        self._taken: set[str] = set()
        for subject in subjects:
            for name in _names(base_name(subject.name)):
                if _identity(folder / name) in self._used:
                    raise ConfigError("clean-over-input", path=str(folder / name))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _probe(folder)
        except OSError as error:
            raise _unwritable(folder, error) from None

    def put(self, validated: Validated, executor: Executor) -> Put:
        """Make the clean copy of a file and put it into the folder, over that of an earlier time.

        Raises ConfigError if it cannot be written there.
        """
        given = validated.subject.given
        with TemporaryDirectory(prefix="acopio-") as scratch:
            copy = clean_copy(
                validated,
                Path(scratch).absolute(),
                executor,
                seconds=seconds_for(validated.size),
                most_bytes=MOST_BYTES + _TIMES * validated.size,
            )
            if isinstance(copy, NoCopy):
                return Put(given=given, copy=copy)
            base = self.free(base_name(validated.subject.name))
            try:
                return Put(given=given, copy=copy, paths=self._kept(copy, base))
            except OSError as error:
                raise _unwritable(self._folder, error) from None

    def free(self, base: str) -> str:
        """Return a name no copy has and take it: ``base``, else ``base-2``, ``base-3``..."""
        names = chain([base], (f"{base}-{number}" for number in count(2)))
        free = next(name for name in names if self._is_free(name))
        self._taken.update(name.casefold() for name in _names(free))
        return free

    def _is_free(self, base: str) -> bool:
        return not any(
            name.casefold() in self._taken or _identity(self._folder / name) in self._used
            for name in _names(base)
        )

    def _kept(self, copy: CleanCopy, base: str) -> dict[FileKind, Path]:
        """Put the files of a copy into the folder; the data come last, when all else is there."""
        made = {file.kind: file for file in copy.files}
        paths = {kind: self._folder / f"{base}{ENDINGS[kind]}" for kind in ENDINGS}
        for kind, path in reversed(paths.items()):
            if kind in made:
                _replace(made[kind], path)
            else:
                # Of an earlier time; it would be taken for one of this copy's.
                path.unlink(missing_ok=True)
        return {kind: path for kind, path in paths.items() if kind in made}


def _names(base: str) -> list[str]:
    return [base + ending for ending in ENDINGS.values()]


def _identity(path: Path) -> object:
    """Return what is equal for two names of one file, of one that is not there yet too."""
    try:
        found = path.stat()
    except OSError:
        return _identity(path.absolute().parent), path.name
    return found.st_dev, found.st_ino


def _probe(folder: Path) -> None:
    """Raise OSError if nothing can be written to ``folder``."""
    with TemporaryDirectory(dir=folder, prefix=".acopio-"):
        pass


def _replace(file: CleanFile, path: Path) -> None:
    """Put a file at ``path``, whole or not at all."""
    partial = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        shutil.copyfile(file.path, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _unwritable(folder: Path, error: OSError) -> ConfigError:
    reason = error.strerror or str(error)
    return ConfigError("clean-not-written", path=str(folder), reason=reason)


def in_document(put: Put) -> dict[str, Any]:
    """Return what the JSON document says of a file's clean copy."""
    if isinstance(put.copy, NoCopy):
        return {
            "files": {},
            "changes": [],
            "rejects": None,
            "reason": _why_not(put.given, put.copy),
        }
    return {
        "files": {str(kind): str(path) for kind, path in put.paths.items()},
        "changes": list(put.copy.changes),
        "rejects": put.copy.rejects,
        "reason": None,
    }


def tell_made(puts: Sequence[Put]) -> None:
    """Say where the clean copies are."""
    for put in puts:
        if isinstance(put.copy, CleanCopy):
            say("".join(_sentences(put, put.copy)))


def tell_not_made(puts: Sequence[Put]) -> None:
    """Say of which files no clean copy was made, and why."""
    for put in puts:
        if isinstance(put.copy, NoCopy):
            note(_why_not(put.given, put.copy))


def _sentences(put: Put, copy: CleanCopy) -> Iterator[str]:
    yield text("clean-made", {"path": put.given, "copy": put.paths[FileKind.DATA]})
    yield text("clean-changes", {"count": len(copy.changes), "log": put.paths[FileKind.LOG]})
    if copy.rejects:
        rejects = put.paths[FileKind.REJECTS]
        yield text("clean-rejects", {"count": copy.rejects, "rejects": rejects})


def _why_not(given: str, none: NoCopy) -> str:
    return text(none.key, {"path": given, **none.params})
