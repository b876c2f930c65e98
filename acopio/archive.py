"""Files by their content: each once, under its sha256, never changed, never half there.

``<url>/sha256/ab/cdef...`` on any fsspec address: ``file://``, ``memory://``, ``s3://`` and others
with their package installed. A local folder is dealt with directly: there files are moved in
instead of copied, and a power cut loses nothing that was added.
"""

import hashlib
import io
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

_SHA256 = re.compile(r"[0-9a-f]{64}")
# A writer still at it after a day is dead.
_ABANDONED_SECONDS = 24 * 3600
_CHUNK = 1024 * 1024


class _Store(Protocol):
    """Where objects are kept, by a key (``sha256/ab/cdef...``) that never means other bytes."""

    def has(self, key: str) -> bool: ...
    def is_own(self, path: Path) -> bool: ...
    def take(self, path: Path, key: str) -> None: ...
    def put(self, data: bytes, key: str) -> None: ...
    def open(self, key: str) -> BinaryIO: ...
    def path(self, key: str) -> Path: ...
    def size(self, key: str) -> int: ...
    def delete(self, key: str) -> None: ...
    def sweep(self) -> None: ...


class Archive:
    """The archive at ``url``. Safe to use from many threads and processes at once.

    ``scratch`` is a local folder for copies of what is kept elsewhere. Every method raises
    ValueError for what is no sha256 of 64 lower-case hexadecimal digits, and FileNotFoundError
    where an object is needed and not there.
    """

    def __init__(self, url: str, scratch: Path) -> None:
        from fsspec.core import url_to_fs
        from fsspec.implementations.local import LocalFileSystem

        self.url = url
        filesystem, root = url_to_fs(url)
        self._store: _Store = (
            _Local(Path(root))
            if isinstance(filesystem, LocalFileSystem)
            else _Remote(filesystem, root, _Local(scratch))
        )

    def add(self, path: Path, sha256: str) -> None:
        """Take the file in; ``path`` is gone afterwards. Does nothing else if it is there already.

        ``sha256`` is believed: whoever wrote the file hashed it. On the same disk the file is
        moved. Visible only when whole, and durable on return.
        """
        key = _key(sha256)
        if not self._store.has(key):
            self._store.take(path, key)
        # Whoever hands back what ``path`` gave them must not erase the object by it.
        if not self._store.is_own(path):
            path.unlink(missing_ok=True)

    def add_bytes(self, data: bytes) -> str:
        """Keep ``data``; return its sha256."""
        sha256 = hashlib.sha256(data).hexdigest()
        if not self.has(sha256):
            self._store.put(data, _key(sha256))
        return sha256

    def has(self, sha256: str) -> bool:
        """Tell whether the object is there, whole."""
        return self._store.has(_key(sha256))

    def open(self, sha256: str) -> BinaryIO:
        """Open the object for reading; the caller closes it."""
        return self._store.open(_key(sha256))

    def path(self, sha256: str) -> Path:
        """Return a local file with the object's bytes, to read and never to change or delete.

        The archive's own file where it is local, else a copy in the scratch folder.
        """
        return self._store.path(_key(sha256))

    def size(self, sha256: str) -> int:
        """Return the object's size in bytes."""
        return self._store.size(_key(sha256))

    def delete(self, sha256: str) -> None:
        """Erase the object, and its copy in scratch; one that is not there is no error."""
        self._store.delete(_key(sha256))

    def sweep(self) -> None:
        """Remove what killed writers left, and local copies nobody asked for in a day."""
        self._store.sweep()


def _key(sha256: str) -> str:
    """Refuse what is no hash, for it becomes a path."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"not a sha256: {sha256[:80]!r}")
    return f"sha256/{sha256[:2]}/{sha256[2:]}"


class _Local:
    """A folder. Objects appear by a rename within it, after their bytes are on the disk."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"

    def has(self, key: str) -> bool:
        return (self._root / key).is_file()

    def is_own(self, path: Path) -> bool:
        return path.resolve().is_relative_to((self._root / "sha256").resolve())

    def take(self, path: Path, key: str) -> None:
        if path.is_symlink() or self.is_own(path):
            self._copy(path, key)
            return
        folder = self._folder(key)
        try:
            _sync(path)
            path.replace(self._root / key)
        except FileNotFoundError:
            # Another process was given the same file for the same hash, and was faster.
            if not self.has(key):
                raise
        except OSError:
            # Another disk.
            self._copy(path, key)
            return
        _sync(folder)

    def put(self, data: bytes, key: str) -> None:
        with self._arriving(key) as file:
            file.write(data)

    def open(self, key: str) -> BinaryIO:
        return (self._root / key).open("rb")

    def path(self, key: str) -> Path:
        path = self._root / key
        if not path.is_file():
            raise FileNotFoundError(path)
        return path

    def size(self, key: str) -> int:
        return (self._root / key).stat().st_size

    def delete(self, key: str) -> None:
        path = self._root / key
        with suppress(FileNotFoundError):
            path.unlink()
            _sync(path.parent)

    def receive(self, source: BinaryIO, key: str) -> None:
        """Copy from another store, and see that it came as it was. Raises OSError if not."""
        digest = hashlib.sha256()
        with self._arriving(key) as target:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
            if key != _key(digest.hexdigest()):
                raise OSError(f"{key} came damaged from the archive")

    def _copy(self, path: Path, key: str) -> None:
        with path.open("rb") as source, self._arriving(key) as target:
            shutil.copyfileobj(source, target, _CHUNK)

    @contextmanager
    def _arriving(self, key: str) -> Iterator[BinaryIO]:
        """Give a file to write; it becomes the object when the block ends well."""
        self._incoming.mkdir(parents=True, exist_ok=True)
        self.sweep()
        temporary = self._incoming / secrets.token_hex(16)
        try:
            with temporary.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            folder = self._folder(key)
            temporary.replace(self._root / key)
            _sync(folder)
        finally:
            temporary.unlink(missing_ok=True)

    def _folder(self, key: str) -> Path:
        """Make the object's folder, so that it will still be there after a power cut."""
        folder = (self._root / key).parent
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            _sync(folder.parent)
            _sync(self._root)
        return folder

    def sweep(self) -> None:
        """Remove what killed writers left."""
        _remove_old(self._incoming.glob("*"))

    def touch(self, key: str) -> None:
        """Note that the object was asked for now."""
        os.utime(self._root / key)

    def forget(self) -> None:
        """Remove objects nobody asked for in a day: for a folder of copies."""
        _remove_old(self._root.glob("sha256/[0-9a-f][0-9a-f]/*"))


def _remove_old(paths: Iterable[Path]) -> None:
    oldest = time.time() - _ABANDONED_SECONDS
    for path in paths:
        with suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Remote:
    """Any other fsspec filesystem, with a local folder for copies."""

    def __init__(self, filesystem: Any, root: str, copies: _Local) -> None:
        self._filesystem = filesystem
        self._root = root.rstrip("/")
        self._copies = copies

    def has(self, key: str) -> bool:
        return bool(self._filesystem.isfile(self._at(key)))

    def is_own(self, path: Path) -> bool:
        return self._copies.is_own(path)

    def take(self, path: Path, key: str) -> None:
        with self._arriving(key) as temporary:
            self._filesystem.put_file(str(path), temporary)

    def put(self, data: bytes, key: str) -> None:
        with self._arriving(key) as temporary:
            self._filesystem.pipe_file(temporary, data)

    def open(self, key: str) -> BinaryIO:
        if self._filesystem.protocol == "memory":
            # Its open files share one position, so two readers would disturb each other.
            return io.BytesIO(self._filesystem.cat_file(self._at(key)))
        return cast("BinaryIO", self._filesystem.open(self._at(key), "rb"))

    def path(self, key: str) -> Path:
        try:
            self._copies.touch(key)
        except FileNotFoundError:
            with self.open(key) as source:
                self._copies.receive(source, key)
        return self._copies.path(key)

    def size(self, key: str) -> int:
        return int(self._filesystem.size(self._at(key)))

    def delete(self, key: str) -> None:
        with suppress(FileNotFoundError):
            self._filesystem.rm_file(self._at(key))
        self._copies.delete(key)

    def sweep(self) -> None:
        self._copies.sweep()
        self._copies.forget()

    def _at(self, key: str) -> str:
        return f"{self._root}/{key}"

    @contextmanager
    def _arriving(self, key: str) -> Iterator[str]:
        """Give an address to write to, and move it into place: not every store writes at once."""
        temporary, target = self._at(f"incoming/{secrets.token_hex(16)}"), self._at(key)
        try:
            yield temporary
            self._filesystem.makedirs(target.rpartition("/")[0], exist_ok=True)
            self._filesystem.cp_file(temporary, target)
        finally:
            with suppress(FileNotFoundError):
                self._filesystem.rm_file(temporary)
