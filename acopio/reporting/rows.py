"""Every finding as a row of a CSV, for who mends a file in a spreadsheet.

UTF-8 with its mark, without which Excel shows accents wrong, and comma-separated (RFC 4180).
Evidence is a stranger's: what a spreadsheet would take for a formula has an apostrophe before it.
"""

import csv
import re
from collections.abc import Iterable
from typing import TextIO

from acopio.messages import about
from acopio.model import Finding
from acopio.reporting.rules import rule_name
from acopio.validation import Validated

ENCODING = "utf-8-sig"
COLUMNS = (
    "file", "severity", "code", "rule", "row", "column", "field", "evidence", "message", "fix",
)  # fmt: skip
_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*")


def write_rows(results: Iterable[Validated], file: TextIO) -> None:
    """Write the findings of all files to ``file``, which was opened with ``newline=""``."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for result in results:
        writer.writerows(row(result.subject.given, finding) for finding in result.findings)


def harmless(cell: str) -> str:
    """Return a cell as a spreadsheet shows it, and never runs it."""
    return "'" + cell if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def row(name: str, finding: Finding) -> list[str]:
    """Return the cells of one finding about the file ``name``, as ``COLUMNS`` lists them."""
    cells = (
        name,
        str(finding.severity),
        finding.code,
        rule_name(finding.code),
        finding.row or "",
        finding.params.get("number") or "",
        finding.field or "",
        finding.evidence,
        about(finding),
        about(finding, part="fix_"),
    )
    return [harmless(str(cell)) for cell in cells]
