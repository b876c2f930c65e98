"""What killed processes left behind: removed by the next one, after a day.

Only what has a name we give, and never the beginning of a file, which waits to be resumed.
"""

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acopio.archive import Archive

# Longer than a job may run: whatever is older is nobody's.
ABANDONED_SECONDS = 24 * 3600

# A download that was finished and never taken into the archive; a folder clean copies grow in.
_FINISHED = re.compile(r"[0-9a-f]{16}-[0-9a-f]{64}")
_CLEANING = re.compile(r"clean-[a-z0-9_]{8}")
# A folder one file is examined in, which may hold cells of it.
_EXAMINING = re.compile(r"acopio-[a-z0-9_]{8}")


def sweep(home: Path, archive: "Archive") -> None:
    """Remove what nobody wrote to in ``home`` for a day; what cannot be removed stays."""
    oldest = time.time() - ABANDONED_SECONDS
    archive.sweep()
    for entry in _older(home / "partial", _FINISHED, oldest):
        with suppress(OSError):  # or a folder: not ours
            Path(entry).unlink()
    for entry in _older(home / "scratch", _CLEANING, oldest):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry, ignore_errors=True)


def sweep_temporary() -> None:
    """Do the same in the folder for temporary files, which is everybody's: with our own alone."""
    oldest = time.time() - ABANDONED_SECONDS
    mine = os.getuid() if hasattr(os, "getuid") else 0
    for entry in _older(Path(gettempdir()), _EXAMINING, oldest):
        if entry.is_dir(follow_symlinks=False) and _owner(entry) == mine:
            shutil.rmtree(entry, ignore_errors=True)


def _owner(entry: "os.DirEntry[str]") -> int | None:
    try:
        return entry.stat(follow_symlinks=False).st_uid
    except OSError:  # gone meanwhile
        return None


def _older(folder: Path, name: re.Pattern[str], oldest: float) -> "Iterator[os.DirEntry[str]]":
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if name.fullmatch(entry.name) and _changed(entry) < oldest:
                yield entry


def _changed(entry: "os.DirEntry[str]") -> float:
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except OSError:  # gone meanwhile
        return time.time()
