"""A folder on a file system fsspec knows (S3, memory, SFTP), where nothing replaces a folder.

Files are written first, the descriptor last, what the new descriptor does not name is removed
after: a reader who starts from the descriptor finds every file it names.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from acopio.model import ReleaseFile
from acopio.publishers.folders.datapackage import DESCRIPTOR
from acopio.publishers.folders.local import OURS
from acopio.publishers.intact import checked


class RemoteFolder:
    """Datasets as folders under ``root`` of an fsspec file system."""

    def __init__(self, filesystem: Any, root: str) -> None:
        self._fs = filesystem
        self._root = root.rstrip("/")
        self._lock = Lock()

    def claim(self, name: str, owner: str) -> str:
        """Return whose ``name`` is: ``owner``'s if it was nobody's, empty if not one of ours.

        Safe among threads; two processes are kept apart by the lease on a source.
        """
        path = self._at(OURS, "names", name)
        with self._lock:
            if not self._fs.exists(path):
                if self._fs.exists(self._at(name)):
                    return ""
                self._write(path, owner.encode())
            return bytes(self._fs.cat_file(path)).decode()

    def read(self, name: str) -> bytes | None:
        """Return a dataset's descriptor, or None."""
        with suppress(FileNotFoundError):
            return bytes(self._fs.cat_file(self._at(name, DESCRIPTOR)))
        return None

    def size(self, name: str, file: str) -> int | None:
        """Return the size of one of a dataset's files, or None."""
        with suppress(FileNotFoundError):
            return int(self._fs.size(self._at(name, file)))
        return None

    def replace(
        self, name: str, files: Iterable[tuple[str, Path, ReleaseFile]], descriptor: bytes
    ) -> None:
        """Write files, then descriptor, then remove what is stale.

        Raises PublishError, before a reader could meet it, if a file is damaged.
        """
        kept = {DESCRIPTOR}
        self._fs.makedirs(self._at(name), exist_ok=True)
        for path, source, file in files:
            self._fs.put_file(str(checked(source, file)), self._at(name, path))
            kept.add(path)
        self._write(self._at(name, DESCRIPTOR), descriptor)
        for path in self._fs.ls(self._at(name), detail=False, refresh=True):
            if path.rsplit("/", 1)[-1] not in kept:
                self._fs.rm_file(path)

    def remove(self, name: str) -> None:
        """Take away the descriptor, then the files. One that is not there is no error."""
        with suppress(FileNotFoundError):
            self._fs.rm_file(self._at(name, DESCRIPTOR))
        with suppress(FileNotFoundError):
            self._fs.rm(self._at(name), recursive=True)

    def mark_changed(self) -> None:
        """Note, before it happens, that the catalogue will be out of date."""
        self._write(self._at(OURS, "changed"), b"")

    def begin_catalogue(self) -> bool:
        """Tell whether the catalogue is out of date; what changes from now on counts anew."""
        if self._fs.exists(self._at(OURS, "changed")):
            self._write(self._at(OURS, "rebuilding"), b"")
            self._fs.rm_file(self._at(OURS, "changed"))
        return bool(self._fs.exists(self._at(OURS, "rebuilding")))

    def end_catalogue(self, file: str, pieces: Iterable[bytes]) -> None:
        """Write the catalogue and forget that it was out of date."""
        with self._fs.open(self._at(file), "wb") as body:
            for piece in pieces:
                body.write(piece)
        self._fs.rm_file(self._at(OURS, "rebuilding"))

    def names(self) -> Iterator[str]:
        """Yield the names of the datasets, in order."""
        for path in sorted(self._fs.ls(self._root, detail=False, refresh=True)):
            name = path.rstrip("/").rsplit("/", 1)[-1]
            if name != OURS and self.read(name) is not None:
                yield name

    def probe(self) -> None:
        """Raise OSError if nothing can be written here."""
        self._write(self._at(OURS, "probe"), b"")
        self._fs.rm_file(self._at(OURS, "probe"))

    def _write(self, path: str, data: bytes) -> None:
        self._fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        self._fs.pipe_file(path, data)

    def _at(self, *parts: str) -> str:
        return "/".join([self._root, *parts])
