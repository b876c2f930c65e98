"""Files on their way out of the archive: hashed once more, for a disk may have changed them.

A damaged file published under its old hash would pass for what was examined.
"""

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from acopio.errors import PublishError
from acopio.model import ReleaseFile

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK = 1024 * 1024


class Hashed(io.RawIOBase):
    """A body that is hashed while somebody reads it, from its beginning to its end."""

    def __init__(self, body: BinaryIO) -> None:
        self._body = body
        self._digest = hashlib.sha256()

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes; who goes back to the beginning begins anew."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go elsewhere in the body."""
        position = self._body.seek(offset, whence)
        if position == 0:
            self._digest = hashlib.sha256()
        return position

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read what comes next."""
        view = memoryview(buffer)
        data = self._body.read(len(view))
        view[: len(data)] = data
        self._digest.update(data)
        return len(data)

    @property
    def sha256(self) -> str:
        """Return the hash of what was read so far."""
        return self._digest.hexdigest()


def checked(path: Path, file: ReleaseFile) -> Path:
    """Return ``path`` if its bytes are the file's. Raises PublishError if not."""
    with path.open("rb") as body:
        _compare(hashlib.file_digest(body, "sha256").hexdigest(), file)
    return path


def copy(path: Path, to: Path, file: ReleaseFile) -> None:
    """Copy a file, a mebibyte at a time. Raises PublishError if its bytes are not the file's."""
    digest = hashlib.sha256()
    with path.open("rb") as body, to.open("wb") as target:
        while chunk := body.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
    _compare(digest.hexdigest(), file)


def _compare(sha256: str, file: ReleaseFile) -> None:
    if sha256 != file.sha256:
        raise PublishError("archive-damaged", file=file.name, sha256=file.sha256)
