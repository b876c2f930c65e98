"""A local folder whose datasets change in one step.

What readers see under ``NAME`` is a link to ``.acopio/versions/NAME/DIGEST``; a new version is
written whole beside the old one and the link is replaced, which is atomic where a folder of files
could not be. The old version goes afterwards. ``.acopio/names/NAME`` says whose a name is, for
ever. A dataset that is withdrawn is erased, not moved aside: the folder may be a web server's.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from acopio.errors import PublishError
from acopio.model import ReleaseFile
from acopio.publishers.folders.datapackage import DESCRIPTOR
from acopio.publishers.intact import copy

OURS = ".acopio"


class LocalFolder:
    """Datasets as folders under ``root``."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._ours = root / OURS
        self._changed = self._ours / "changed"
        self._rebuilding = self._ours / "rebuilding"

    def claim(self, name: str, owner: str) -> str:
        """Return whose ``name`` is: ``owner``'s if it was nobody's, empty if not one of ours."""
        claim = self._ours / "names" / name
        claim.parent.mkdir(parents=True, exist_ok=True)
        if not claim.exists():
            if os.path.lexists(self._root / name):
                return ""
            mine = self._temporary(claim.parent)
            mine.write_text(owner, "utf-8")
            with suppress(FileExistsError):
                os.link(mine, claim)  # fails where it exists: never half written, never two owners
            mine.unlink()
        return claim.read_text("utf-8")

    def read(self, name: str) -> bytes | None:
        """Return a dataset's descriptor as readers see it, or None."""
        with suppress(FileNotFoundError, NotADirectoryError):
            return (self._root / name / DESCRIPTOR).read_bytes()
        return None

    def size(self, name: str, file: str) -> int | None:
        """Return the size of one of a dataset's files, or None."""
        with suppress(FileNotFoundError, NotADirectoryError):
            return (self._root / name / file).stat().st_size
        return None

    def replace(
        self, name: str, files: Iterable[tuple[str, Path, ReleaseFile]], descriptor: bytes
    ) -> None:
        """Show readers these files and this descriptor under ``name``, in one step.

        Raises PublishError, and shows nothing new, if a file is damaged.
        """
        versions = self._ours / "versions" / name
        new = versions / uuid4().hex
        new.mkdir(parents=True)
        try:
            _fill(new, files, descriptor)
        except (PublishError, OSError):
            shutil.rmtree(new, ignore_errors=True)
            raise
        link = self._temporary(self._ours)
        link.symlink_to(Path(OURS, "versions", name, new.name))
        link.replace(self._root / name)
        _sync(self._root)
        for old in versions.iterdir():  # versions before, and what a killed process left
            if old != new:
                shutil.rmtree(old, ignore_errors=True)

    def remove(self, name: str) -> None:
        """Take a dataset from readers, then its bytes. One that is not there is no error."""
        with suppress(FileNotFoundError):
            (self._root / name).unlink()
        shutil.rmtree(self._ours / "versions" / name, ignore_errors=True)

    def mark_changed(self) -> None:
        """Note, before it happens, that the catalogue will be out of date."""
        self._ours.mkdir(parents=True, exist_ok=True)
        self._changed.touch()

    def begin_catalogue(self) -> bool:
        """Tell whether the catalogue is out of date; what changes from now on counts anew."""
        with suppress(FileNotFoundError):
            self._changed.replace(self._rebuilding)
        return self._rebuilding.exists()

    def end_catalogue(self, file: str, pieces: Iterable[bytes]) -> None:
        """Write the catalogue, in one step, and forget that it was out of date."""
        temporary = self._temporary(self._ours)
        with temporary.open("wb") as body:
            body.writelines(pieces)
        _sync(temporary)
        temporary.replace(self._root / file)
        self._rebuilding.unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """Yield the names of the datasets readers see, in order."""
        links = (path.name for path in self._root.iterdir() if path.is_symlink())
        yield from sorted(links)

    def probe(self) -> None:
        """Raise OSError if nothing can be written here."""
        self._ours.mkdir(parents=True, exist_ok=True)
        probe = self._temporary(self._ours)
        probe.symlink_to("nowhere")
        probe.unlink()

    def _temporary(self, folder: Path) -> Path:
        return folder / f".{uuid4().hex}"


def _fill(folder: Path, files: Iterable[tuple[str, Path, ReleaseFile]], descriptor: bytes) -> None:
    for name, source, file in files:
        copy(source, folder / name, file)
        _sync(folder / name)
    (folder / DESCRIPTOR).write_bytes(descriptor)
    _sync(folder / DESCRIPTOR)
    _sync(folder)


def _sync(path: Path) -> None:
    """Have the disk keep what was written, before anything points to it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
