"""Make findings whose severity is the catalogue's, never a validator's own idea."""

from typing import Any

from acopio.messages import catalogue
from acopio.model import Finding, Severity

_EVIDENCE = 200


def severity_of(code: str) -> Severity:
    """Return the severity the message catalogue gives ``code``; error for an unknown one.

    What nobody described is not waved through.
    """
    return Severity(catalogue().get(code, {}).get("severity", Severity.ERROR))


def examination_failed(resource: str | None, limit: str, value: object) -> Finding:
    """Return that a resource was not examined: which ``limit`` it met, and its ``value``."""
    return finding("examination-failed", resource=resource, limit=limit, value=value)


def finding(
    code: str,
    *,
    resource: str | None = None,
    row: int | None = None,
    field: str | None = None,
    evidence: str = "",
    severity: Severity | None = None,
    **params: Any,
) -> Finding:
    """Return a finding; ``severity`` only where one code has two (persons and supplier lists).

    ``evidence`` and ``field`` are cut at 200 characters; evidence comes masked from whoever knows
    it is personal.
    """
    if field and len(field) > _EVIDENCE:
        field = field[: _EVIDENCE - 1] + "…"
    if len(evidence) > _EVIDENCE:
        evidence = evidence[: _EVIDENCE - 1] + "…"
    return Finding(
        code=code,
        severity=severity or severity_of(code),
        resource=resource,
        row=row,
        field=field,
        evidence=evidence,
        params=params,
    )
