"""Say what a file is before anything is validated: format, encoding, layout.

What several validators need is found once: results are kept for the last few files, by path, size
and moment of change.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from acopio.model import UNPINNED, Reading
from acopio.validators.dialect import Layout, lay_out
from acopio.validators.drift import plain
from acopio.validators.encoding import Encoding, decide
from acopio.validators.magic import Kind, kind_of

# Formats that are no table in text: text under such a name is judged by nobody as a table. Any
# other name, known or not, is settled by the bytes.
_NOT_TABULAR_WORDS = """
xls xlsx xlsm xlsb ods json jsonl geojson xml rdf ttl kml kmz gml html pdf doc docx odt rtf
ppt pptx md zip gz 7z rar shp gpkg parquet sav dbf sql
"""
_NOT_TABULAR = frozenset(_NOT_TABULAR_WORDS.split())
_WORDS = re.compile(r"[a-z0-9]+")
_ALIASES = {
    "text/csv": "csv",
    "application/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/plain": "txt",
    "application/json": "json",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "text/html": "html",
    "text/xml": "xml",
    "application/xml": "xml",
    "excel": "xlsx",
    "htm": "html",
    "xhtml": "html",
    "gzip": "gz",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a file was found to be. ``declared`` is what its publisher (or its name) says.

    ``format`` is ``csv`` for every table in text, whatever its delimiter. ``encoding`` is None
    for what is not text, ``layout`` for what is not a table. ``lines`` is how any text reads as
    rows, table or not: persons are looked for in all of it. ``size`` is in bytes.
    ``pinned`` is what an officer said of it, and was not guessed.
    """

    size: int
    declared: str
    kind: Kind
    encoding: Encoding | None = None
    layout: Layout | None = None
    lines: Layout | None = None
    pinned: Reading = UNPINNED

    @property
    def format(self) -> str:
        """Return the real format's short name."""
        return "csv" if self.layout else self.kind.format

    @property
    def too_long_a_line(self) -> bool:
        """Whether a line is beyond what can be read row by row in bounded memory."""
        return self.encoding is not None and self.encoding.too_long_a_line


def profile(path: Path, declared_format: str, name: str, pinned: Reading = UNPINNED) -> Profile:
    """Return what the file at ``path`` is.

    ``declared_format`` is the resource's (``csv``, ``text/csv``); without one the suffix of
    ``name`` counts as the declaration. What an officer pinned is not guessed; a text whose columns
    a declared schema names is a table. Reads the file once, in blocks. Raises OSError.
    """
    stat = path.stat()
    declared = normal_format(declared_format) or normal_format(Path(name).suffix)
    written = replace(pinned, columns=())
    found = _profile(path, declared, written, stat.st_size, stat.st_mtime_ns)
    if found.layout is None and found.lines and _is_named(declared, found.lines, pinned.columns):
        return replace(found, layout=found.lines)
    return found


def normal_format(text: str) -> str:
    """Return a declared format or suffix in its short form: ``.CSV`` and ``text/csv`` are csv.

    So are ``CSV UTF-8`` and ``excel csv``: people write more than the name.
    """
    short = text.split(";")[0].strip().strip(".").lower()
    if short in _ALIASES:
        return _ALIASES[short]
    return "csv" if "csv" in _WORDS.findall(short) else short


@lru_cache(maxsize=16)
def _profile(path: Path, declared: str, pinned: Reading, size: int, _changed: int) -> Profile:
    if not size:
        return Profile(size=0, declared=declared, kind=Kind(format="empty"))
    kind = kind_of(path)
    if kind.format not in ("text", "empty"):
        return Profile(size=size, declared=declared, kind=kind)
    encoding = decide(path, pinned.encoding)
    if encoding.too_long_a_line:
        return Profile(size=size, declared=declared, kind=kind, encoding=encoding)
    layout = lay_out(path, encoding.name, pinned)
    if kind.format == "empty" and layout:
        # Blank for the first 64 KiB only: what follows decides.
        kind = Kind(format="text")
    tabular = layout is not None and _proves_tabular(declared, layout)
    return Profile(
        size=size,
        declared=declared,
        kind=kind,
        encoding=encoding,
        layout=layout if tabular else None,
        lines=layout,
        pinned=pinned,
    )


def _proves_tabular(declared: str, layout: Layout) -> bool:
    """Trust a declared csv; any other text must look like a table."""
    if declared in ("csv", "tsv"):
        return True
    return declared not in _NOT_TABULAR and layout.width > 1 and layout.regular >= 0.8


def _is_named(declared: str, layout: Layout, columns: Collection[str]) -> bool:
    """Tell whether a text is the table of ``columns``: it has one as they do, or their labels."""
    if declared in _NOT_TABULAR or not columns:
        return False
    if layout.width == len(columns) == 1:
        return True
    return {plain(label) for label in layout.labels} <= {plain(column) for column in columns}
