"""The beginning of a file, kept until the rest has come, in this run or in a later one."""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from acopio.http.budget import Budget

_CHUNK = 1024 * 1024
_LOCK_PAUSE = 0.1
_VALIDATOR = re.compile(r"[\x20-\x7e]{1,300}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What tells one version of a file from another (RFC 9110, section 8.8): as the server said."""

    etag: str = ""
    last_modified: str = ""

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "Validators":
        """Read them from an answer's headers; one that could not be sent back is left out."""
        etag, modified = headers.get("ETag", ""), headers.get("Last-Modified", "")
        return cls(
            etag=etag if _VALIDATOR.fullmatch(etag) else "",
            last_modified=modified if _VALIDATOR.fullmatch(modified) else "",
        )

    def unless_same(self) -> dict[str, str]:
        """Return the headers that ask for the file only if it changed."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}

    def if_same(self) -> str:
        """Return the value of If-Range, or empty: a weak ETag cannot vouch for bytes."""
        return self.last_modified if self.etag.startswith("W/") else self.etag or self.last_modified


class Partial:
    """What came so far of one URL: ``<sha256 of the URL>.part``, its validators beside it.

    Locked while open, so that two processes fetching the same address take turns.
    """

    def __init__(self, path: Path, url: str, file: BinaryIO) -> None:
        self._path = path
        self._notes = path.with_suffix(".json")
        self._url = url
        self._file = file
        self.validators = Validators()
        self.total: int | None = None
        self.size = 0
        self._digest = hashlib.sha256()
        # Once the file has another name, or none, the old one may be another process's.
        self._is_ours = True

    @classmethod
    @contextmanager
    def open(cls, folder: Path, url: str, budget: Budget) -> Iterator["Partial"]:
        """Open, or begin, the partial of ``url``; wait while another process has it."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{hashlib.sha256(url.encode()).hexdigest()}.part"
        with _locked(path, budget) as file:
            partial = cls(path, url, file)
            partial._recall(budget)
            try:
                yield partial
            finally:
                if partial._is_ours and not partial.size:
                    partial.discard()

    def resume(self) -> dict[str, str]:
        """Return the headers that ask for the rest; empty when all must be asked for."""
        same = self.validators.if_same()
        return {"Range": f"bytes={self.size}-", "If-Range": same} if self.size and same else {}

    def begin(self, validators: Validators, total: int | None) -> None:
        """Forget what came, and note which version is coming, of ``total`` bytes if known."""
        self._file.truncate(0)
        self.size, self._digest = 0, hashlib.sha256()
        self.validators, self.total = validators, total
        notes = {"url": self._url, "etag": validators.etag, "total": total}
        notes["last_modified"] = validators.last_modified
        temporary = self._notes.with_suffix(".tmp")
        temporary.write_text(json.dumps(notes), "utf-8")
        temporary.replace(self._notes)

    def append(self, piece: bytes) -> None:
        """Add what came next."""
        self._file.write(piece)
        self._digest.update(piece)
        self.size += len(piece)

    def finish(self) -> tuple[Path, str]:
        """Give the file away; return where it is now, and its sha256.

        The name has both hashes: who fetches the same address later cannot replace other bytes.
        """
        self._file.flush()
        sha256 = self._digest.hexdigest()
        path = self._path.with_name(f"{self._path.stem[:16]}-{sha256}")
        self._is_ours = False
        self._notes.unlink(missing_ok=True)
        self._path.replace(path)
        return path, sha256

    def discard(self) -> None:
        """Leave nothing behind."""
        self._is_ours = False
        self._notes.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)

    def _recall(self, budget: Budget) -> None:
        """Take up what an earlier call left, if it is known what it is the beginning of."""
        notes = self._read_notes()
        if notes.get("url") != self._url:
            self._file.truncate(0)
            return
        self.validators = Validators.of(
            {
                "ETag": str(notes.get("etag", "")),
                "Last-Modified": str(notes.get("last_modified", "")),
            }
        )
        total = notes.get("total")
        self.total = total if isinstance(total, int) else None
        self._file.seek(0)
        while chunk := self._file.read(_CHUNK):
            budget.check()
            self._digest.update(chunk)
            self.size += len(chunk)

    def _read_notes(self) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            notes = json.loads(self._notes.read_text("utf-8"))
            return notes if isinstance(notes, dict) else {}
        return {}


@contextmanager
def _locked(path: Path, budget: Budget) -> Iterator[BinaryIO]:
    """Open ``path`` for appending, alone."""
    while True:
        # "a": every write goes to the end, wherever reading was.
        with path.open("a+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                budget.sleep(_LOCK_PAUSE)
                continue
            # Whoever had it before may have finished it: then the name is free again.
            if _is_still(path, file):
                yield file
                return


def _is_still(path: Path, file: BinaryIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
