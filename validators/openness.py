"""Say when a file's format belongs to a vendor, so that reading it takes their program."""

from collections.abc import Iterator
from typing import ClassVar

from acopio.model import Finding, Severity, Snapshot
from acopio.validators.files import data_files
from acopio.validators.finding import finding
from acopio.validators.preflight import profile

# An ISO standard that every spreadsheet program reads, yet a vendor's: no more than a remark.
_READ_EVERYWHERE = frozenset({"xlsx", "xls", "docx"})
_CLOSED_WORDS = """
xlsb doc ppt pptx rar mdb accdb sav zsav por dta sas7bdat xpt dwg mxd lyr gdb pub vsd mpp ole
"""
_CLOSED = frozenset(_CLOSED_WORDS.split())


class OpennessValidator:
    """Judges the real format; one that is only declared is somebody's word."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "1"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield ``proprietary-format`` at most once a file; Excel's formats are a remark."""
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name, file.reading)
            # Some formats have no signature of their own: then the declared one counts.
            real = found.declared if found.format in ("binary", "ole") else found.format
            if real in _READ_EVERYWHERE:
                severity = Severity.INFO
            elif real in _CLOSED:
                severity = Severity.WARNING
            else:
                continue
            yield finding(
                "proprietary-format", resource=file.resource, severity=severity, real=real
            )
