"""Read what is packed in gz, bz2, xz or zip, from memory: nothing is unpacked to disk."""

import bz2
import gzip
import hashlib
import lzma
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from acopio.tables.sheet import Unreadable

# What is held of one file, in bytes.
MOST = 512 << 20
COMPRESSIONS = frozenset({"gz", "bz2", "xz", "zip"})
_BLOCK = 1 << 20
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError),
    KeyError,
)


@contextmanager
def unpacked(path: Path, compression: str, innerpath: str) -> Iterator[Path]:
    """Give a path at which the unpacked bytes can be read by this process, and by it alone.

    ``compression`` is one of ``COMPRESSIONS``; ``innerpath`` the member of a zip. Raises Unreadable
    beyond ``MOST`` and for what is damaged or needs a password.
    """
    with os.fdopen(os.memfd_create("acopio"), "wb") as memory:
        try:
            with _opened(path, compression, innerpath) as stream:
                while block := stream.read(_BLOCK):
                    if memory.tell() + len(block) > MOST:
                        raise Unreadable("inflated", MOST)
                    memory.write(block)
        except _BROKEN as error:
            raise Unreadable("damaged", str(error)[:200]) from None
        memory.flush()
        yield Path(f"/proc/self/fd/{memory.fileno()}")


@contextmanager
def _opened(path: Path, compression: str, innerpath: str) -> Iterator[IO[bytes]]:
    if compression == "zip":
        with zipfile.ZipFile(path) as archive, archive.open(innerpath) as member:
            yield member
        return
    openers: dict[str, Callable[[Path], Any]] = {
        "gz": gzip.open,
        "bz2": bz2.open,
        "xz": lzma.open,
    }
    with openers[compression](path) as stream:
        yield stream


def hashes(path: Path) -> tuple[str, str]:
    """Return a file's MD5 and SHA-256, in hexadecimal, as frictionless reports both."""
    digests = (hashlib.md5(usedforsecurity=False), hashlib.sha256())
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            for digest in digests:
                digest.update(block)
    return digests[0].hexdigest(), digests[1].hexdigest()
