"""Read what a PDF says (ISO 32000): its pages, its text layer, whether tables stand in it.

Pages, characters and time are bounded: a scanned archive of thousands of pages is judged by its
beginning, and what was read is told.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

PAGES = 200
_CHARACTERS = 4 << 20
_SECONDS = 30.0
# Fewer letters than this are a stamp or a page number, not a text layer.
_SOME_TEXT = 20
# So many lines with two numbers or more are a table, not prose.
_ROWS = 5
_NUMBER = re.compile(r"[-+(]?[0-9][0-9.,/%'-]*\)?")
# What pypdf lets through of a file that is not what it says, besides its own errors.
_BROKEN = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError),
    *(RecursionError, NotImplementedError, OSError, MemoryError),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdf:
    """What a PDF holds. ``pages`` counts all, ``read`` those looked at, from the first.

    ``blank`` are pages read without a text layer, ``pictures`` those of them with an image.
    ``text`` is that of all pages read; ``tables`` tells whether some page seems to have one.
    ``locked`` when a password is asked for; ``broken`` when it is no PDF a reader can open.
    """

    pages: int = 0
    read: int = 0
    blank: int = 0
    pictures: int = 0
    text: str = ""
    tables: bool = False
    locked: bool = False
    broken: bool = False


def read_pdf(path: Path) -> Pdf:
    """Return what the PDF at ``path`` holds. A file that is none is ``broken``; raises OSError."""
    stat = path.stat()
    return _read(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=2)
def _read(path: Path, _size: int, _changed: int) -> Pdf:
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import PyPdfError

    with _quiet(), path.open("rb") as file:
        try:
            reader = PdfReader(file)
            if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
                return Pdf(locked=True)
            return _pages(reader)
        except (PyPdfError, *_BROKEN):
            return Pdf(broken=True)


def _pages(reader: "PdfReader") -> Pdf:
    ends = monotonic() + _SECONDS
    texts: list[str] = []
    pictures, left = 0, _CHARACTERS
    for page in _first(reader):
        text = _text_of(page)[:left]
        if not _has_text(text) and _has_picture(page):
            pictures += 1
        texts.append(text)
        left -= len(text)
        if left <= 0 or monotonic() > ends:
            break
    return Pdf(
        pages=len(reader.pages),
        read=len(texts),
        blank=sum(1 for text in texts if not _has_text(text)),
        pictures=pictures,
        text="\n".join(texts),
        tables=any(map(_has_table, texts)),
    )


def _first(reader: "PdfReader") -> Iterator["PageObject"]:
    for number in range(min(PAGES, len(reader.pages))):
        yield reader.pages[number]


def _text_of(page: "PageObject") -> str:
    """Return a page's text; nothing of a page that cannot be read."""
    from pypdf.errors import PyPdfError

    try:
        return page.extract_text()
    except (PyPdfError, *_BROKEN):
        return ""


def _has_text(text: str) -> bool:
    return sum(map(str.isalnum, text[:2000])) >= _SOME_TEXT


def _has_picture(page: "PageObject") -> bool:
    """Tell whether a page draws an image, without unpacking any."""
    from pypdf.errors import PyPdfError

    try:
        resources: Any = page.get("/Resources", {})
        drawn: Any = resources.get_object().get("/XObject", {}).get_object()
        return any(drawn[name].get_object().get("/Subtype") == "/Image" for name in drawn)
    except (PyPdfError, *_BROKEN):
        return False


def _has_table(text: str) -> bool:
    rows = 0
    for line in text.splitlines():
        words = line.split()
        numbers = sum(1 for word in words if _NUMBER.fullmatch(word))
        rows += len(words) >= 3 and numbers >= 2
    return rows >= _ROWS


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep pypdf from logging each oddity of a file: what matters is a finding."""
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
