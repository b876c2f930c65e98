"""Say that a document is no data, and of what sort: with text, scanned, locked."""

from collections.abc import Iterator
from typing import ClassVar

from acopio.model import Finding, Snapshot
from acopio.validators.files import data_files
from acopio.validators.finding import examination_failed, finding
from acopio.validators.pdf import Pdf, read_pdf
from acopio.validators.preflight import profile

DOCUMENTS = frozenset({"pdf", "doc", "docx", "odt", "rtf", "ppt", "pptx"})


class DocumentValidator:
    """Opens PDF files; of other documents it says what they are."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "1"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield ``document-not-data`` or ``scanned-pdf``, or why a PDF could not be opened.

        ``params``: ``pages`` and ``tables`` (``likely``, ``none``, ``unknown``).
        """
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name, file.reading)
            if found.format == "pdf":
                yield from _pdf(read_pdf(file.path), file.resource)
            elif found.format in DOCUMENTS:
                yield _document(file.resource, found.format, "unknown", "unknown")


def _pdf(found: Pdf, resource: str) -> Iterator[Finding]:
    if found.locked:
        yield finding("encrypted", resource=resource, real="pdf")
        return
    if found.broken:
        yield _document(resource, "pdf", "unknown", "unknown")
        yield examination_failed(resource, "unreadable", "pdf")
        return
    if found.pictures and found.blank * 2 > found.read:
        yield finding(
            "scanned-pdf", resource=resource, pages=found.pages, read=found.read, blank=found.blank
        )
    else:
        tables = "likely" if found.tables else "none"
        yield _document(resource, "pdf", str(found.pages), tables)
    if found.read < found.pages:
        yield finding("not-examined", resource=resource, real="pdf", why="pages", read=found.read)


def _document(resource: str, real: str, pages: str, tables: str) -> Finding:
    return finding("document-not-data", resource=resource, real=real, pages=pages, tables=tables)
