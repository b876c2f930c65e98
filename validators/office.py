"""Take the text out of a written document: Word's DOCX (ISO 29500) and ODT (ISO 26300)."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from acopio.validators.wellformed import Beyond, read_xml

# What is unpacked of one document, in bytes, and how much text is taken, in characters.
_UNPACKED = 64 << 20
_CHARACTERS = 4 << 20
_BODY = re.compile(r"word/document\.xml|content\.xml|ppt/slides/slide[0-9]+\.xml")
_PARAGRAPHS = frozenset({"p", "h", "tr", "table-row"})
_CELLS = frozenset({"tc", "table-cell", "tab"})
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError),
)

OFFICE = frozenset({"docx", "odt", "pptx"})


def office_text(path: Path) -> str:
    """Return the text of the document at ``path``, a line a paragraph, within bounds.

    What is damaged gives what could be read of it.
    """
    parts: list[str] = []
    try:
        with zipfile.ZipFile(path) as archive, TemporaryDirectory(prefix="acopio-") as folder:
            for number, entry in enumerate(_bodies(archive)):
                place = Path(folder) / f"{number}.xml"
                place.write_bytes(archive.read(entry))
                _read(place, parts)
    except (*_BROKEN, Beyond):
        pass
    return "".join(parts)[:_CHARACTERS]


def _bodies(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    left = _UNPACKED
    for entry in archive.infolist():
        if _BODY.fullmatch(entry.filename):
            left -= entry.file_size
            if left < 0:
                return
            yield entry


def _read(place: Path, parts: list[str]) -> None:
    def end(name: str) -> None:
        local = name.rsplit(":", 1)[-1]
        if local in _PARAGRAPHS:
            parts.append("\n")
        elif local in _CELLS:
            parts.append("\t")

    read_xml(place, text=parts.append, end=end)
