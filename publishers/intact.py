"""Files on their way out of the archive: hashed once more, for a disk may have changed them.

A damaged file published under its old hash would pass for what was examined.
"""

import hashlib
from pathlib import Path

from acopio.errors import PublishError
from acopio.model import ReleaseFile

_CHUNK = 1024 * 1024


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
