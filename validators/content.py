"""Check that a file is what its publisher says it is."""

from collections.abc import Iterator
from typing import ClassVar

from acopio.model import File, Finding, Snapshot
from acopio.validators.archives import ARCHIVES
from acopio.validators.documents import DOCUMENTS
from acopio.validators.files import data_files
from acopio.validators.finding import finding
from acopio.validators.geo import geo_kind
from acopio.validators.hiding import hidden_label
from acopio.validators.loose_numbers import name_without_dnis
from acopio.validators.markup import MARKUP
from acopio.validators.preflight import Profile, profile
from acopio.validators.sheets.book import book_of
from acopio.validators.surveys import survey

# Declared format -> real formats that keep the promise. Portals say XLS for both Excel formats.
_KEEPS = {
    "csv": {"csv", "text"},
    "tsv": {"csv", "text"},
    "txt": {"csv", "text", "json", "xml"},
    "xls": {"xls", "xlsx", "xlsb"},
    "xlsx": {"xls", "xlsx", "xlsb"},
    "ods": {"ods"},
    "json": {"json"},
    "jsonl": {"json"},
    "ndjson": {"json"},
    "geojson": {"json"},
    "xml": {"xml"},
    "rdf": {"xml", "text"},
    "kml": {"xml"},
    "gml": {"xml"},
    "kmz": {"kmz", "zip"},
    "shp": {"zip", "binary", "shp"},
    "gpkg": {"sqlite", "gpkg"},
    "zip": {"zip", "kmz", "xlsx", "ods", "docx"},
    "gz": {"gz"},
    "7z": {"7z"},
    "rar": {"rar"},
    "pdf": {"pdf"},
    "doc": {"doc", "docx", "rtf"},
    "docx": {"doc", "docx"},
    "parquet": {"parquet"},
}
# What other validators look into.
_EXAMINED = DOCUMENTS | MARKUP | ARCHIVES


class ContentValidator:
    """Finds error pages saved as data, formats that are not the declared one, and nothing."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "4"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield at most one finding about what each file is, and one if it is encrypted."""
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name, file.reading)
            # Whether a PDF asks for its password is known once it is opened.
            if found.kind.encrypted and found.format != "pdf":
                yield finding("encrypted", resource=file.resource, real=found.format)
            problem = _what_it_is(file, found) or _emptiness(file, found) or _unread(file, found)
            if problem:
                yield problem


def _what_it_is(file: File, found: Profile) -> Finding | None:
    if found.format == "html":
        if found.declared == "html":
            return None
        return finding("html-instead-of-data", resource=file.resource, declared=found.declared)
    keeps = _KEEPS.get(found.declared)
    if keeps is None or found.format in keeps or found.format == "empty":
        return None
    return finding(
        "format-mismatch",
        resource=file.resource,
        evidence=", ".join(map(name_without_dnis, found.kind.members[:5])),
        declared=found.declared,
        real=found.format,
    )


def _emptiness(file: File, found: Profile) -> Finding | None:
    if found.format == "empty":
        return finding("empty-file", resource=file.resource, size=found.size)
    layout, table = found.layout, survey(file.path, found)
    if layout is None or table is None or table.limit:
        return None
    if any(column.filled for column in table.columns):
        return None
    return finding(
        "empty-table",
        resource=file.resource,
        evidence=", ".join(map(hidden_label, layout.labels)),
        columns=len(layout.labels),
    )


def _unread(file: File, found: Profile) -> Finding | None:
    """Say that a file was not looked into: silence would read as approval."""
    if found.format in _EXAMINED or geo_kind(file.path, found):
        return None
    read = found.layout is not None or book_of(file.path, found) is not None
    if not read and not found.too_long_a_line:
        return finding("not-examined", resource=file.resource, real=found.format, why="format")
    return None
