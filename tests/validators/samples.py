"""Small files for the tests of validators, and the short way to examine one."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from acopio.examine import Examination, examine
from acopio.model import Finding, Report, Resource, RowRule

Write = Callable[[str, str | bytes], Path]


def examined(
    path: Path,
    *,
    declared: str = "csv",
    name: str = "",
    schema: Mapping[str, Any] | None = None,
    rules: tuple[RowRule, ...] = (),
) -> Report:
    """Examine ``path`` as a run does."""
    return examine(
        Examination(
            archive_url="",
            scratch=path.parent,
            sha256="0" * 64,
            resource=Resource(id="r", url="http://x.example/f", format=declared, schema=schema),
            name=name or path.name,
            path=path,
            rules=rules,
        )
    )


def codes(report: Report) -> list[str]:
    """Return the codes found, in order, repeated ones once."""
    return list(dict.fromkeys(finding.code for finding in report.findings))


def only(report: Report, code: str) -> Finding:
    """Return the one finding of ``code``."""
    (found,) = [finding for finding in report.findings if finding.code == code]
    return found
