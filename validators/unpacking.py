"""Look inside a zip or gz, one level down, within bounds: a padrón is no less public for it."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

# All that is inflated of one file, in bytes, and how many of its members.
MOST = 256 << 20
_MEMBERS = 50
_BLOCK = 1 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


class Readable(Protocol):
    """What gives bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most ``size`` bytes, none at the end."""
        ...


@contextmanager
def unpacked(path: Path, kind: str) -> Iterator[Iterator[Path]]:
    """Give the members of a ``zip`` or ``gz`` as files, one at a time, and delete them after.

    Stops after 256 MiB or fifty members; what is encrypted or broken is left out.
    """
    with TemporaryDirectory(prefix="acopio-") as folder:
        yield _members(path, kind, Path(folder))


def _members(path: Path, kind: str, folder: Path) -> Iterator[Path]:
    left = MOST
    for number, member in enumerate(_opened(path, kind)):
        place = folder / f"{number}"
        left = _copied(member, place, left)
        if left < 0:
            return
        yield place
        place.unlink()


def _opened(path: Path, kind: str) -> Iterator[Readable]:
    try:
        if kind == "gz":
            with gzip.open(path) as stream:
                yield stream
            return
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist()[:_MEMBERS]:
                if not entry.is_dir() and not entry.flag_bits & 1:
                    with archive.open(entry) as stream:
                        yield stream
    except (*_BROKEN, NotImplementedError):
        return


def _copied(member: Readable, place: Path, left: int) -> int:
    """Write a member to ``place``; return how many bytes may still come, negative if too many."""
    with place.open("wb") as file:
        try:
            while left >= 0 and (block := member.read(_BLOCK)):
                left -= len(block)
                file.write(block)
        except _BROKEN:
            # What came before the damage is looked at.
            return left
    return left
