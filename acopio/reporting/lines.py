"""Findings as JSON Lines, each line complete: what, where, in which bytes, by which rules."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from acopio.messages import LANGUAGES, about, speaking
from acopio.model import Finding
from acopio.validation import Validated, fetch_document


def finding_lines(
    results: Sequence[Validated], rules: str, offsets: Mapping[str, Mapping[int, int]]
) -> Iterator[str]:
    """Yield one JSON object a finding, without its line feed.

    ``file`` is as given and ``sha256`` its bytes'; ``byte`` is where the row begins, counted from
    0 (null where that is not known), ``row`` and ``column`` count from 1; ``fetched`` is None for
    local files. ``rules`` is the rule set's version. ``offsets`` are by hash, then row.
    """
    for result in results:
        rows = offsets.get(result.sha256, {})
        origin = {
            "file": result.subject.given,
            "sha256": result.sha256,
            "fetched": fetch_document(result.subject),
            "rules": rules,
        }
        for finding in result.findings:
            byte = rows.get(finding.row) if finding.row is not None else None
            line = {**_finding(finding), "byte": byte, **origin}
            yield json.dumps(line, ensure_ascii=False, default=str)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": _in_each_language(finding, ""),
        "fix": _in_each_language(finding, "fix_"),
        "row": finding.row,
        "column": finding.params.get("number") or None,
        "field": finding.field,
        "evidence": finding.evidence,
    }


def _in_each_language(finding: Finding, part: str) -> dict[str, str]:
    said = {}
    for language in LANGUAGES:
        with speaking(language):
            said[language] = about(finding, part=part)
    return said
