"""Turn what a frictionless report says into findings, one an error."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from acopio.model import Finding
from acopio.validators.finding import finding

# How frictionless words a type error; our sentences say the type in the reader's language.
_TYPE_NOTE = re.compile(r'type is "(\w+)/')
_NOTE = 500


def findings_of(report: Mapping[str, Any], resource: str) -> Iterator[Finding]:
    """Yield the errors of a frictionless report's descriptor, and that it was cut if it was."""
    for task in report["tasks"]:
        for error in task["errors"]:
            yield _finding(error, resource)
        if task["warnings"]:
            yield finding("report-cut", resource=resource, limit=len(task["errors"]))


def _finding(error: Mapping[str, Any], resource: str) -> Finding:
    rows = error.get("rowNumbers") or []
    note = str(error.get("note", ""))[:_NOTE]
    expected = _TYPE_NOTE.match(note)
    width: dict[str, Any] = {"cells": len(error["cells"])} if "cells" in error else {}
    return finding(
        str(error["type"]),
        resource=resource,
        row=error.get("rowNumber") or (rows[0] if rows else None),
        field=error.get("fieldName") or error.get("label") or None,
        evidence=str(error.get("cell", error.get("label", ""))),
        number=error.get("fieldNumber", 0),
        note=note,
        expected=expected.group(1) if expected else "",
        **width,
    )
