"""Check JSON and XML: well formed, and as their declared schema says."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from acopio.model import File, Finding, Resource, Snapshot
from acopio.validators.declared_schema import (
    against_json_schema,
    against_xsd,
    one_value,
    schema_kind,
    value_a_line,
)
from acopio.validators.files import data_files
from acopio.validators.finding import examination_failed, finding
from acopio.validators.preflight import profile
from acopio.validators.wellformed import Beyond, Flaw, json_flaw, xml_flaw

MARKUP = frozenset({"json", "xml"})
_LINES = frozenset({"jsonl", "ndjson", "jsonlines", "geojsonl", "geojsonseq"})


class MarkupValidator:
    """Reads every JSON and XML to its end, as a stream."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "3"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield ``json-invalid`` or ``xml-invalid``, and what a declared schema finds.

        ``params``: ``problem``, ``count`` and ``place``, a byte's number or the path of a value.
        What is too deep or too long to read is ``examination-failed``, with the limit.
        """
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name, file.reading)
            if found.format in MARKUP:
                yield from _markup(file, resource, found.format, found.declared)


def _markup(file: File, resource: Resource, real: str, declared: str) -> Iterator[Finding]:
    try:
        several = declared in _LINES
        flaw = _flaw(file.path, real, several)
        if flaw is None:
            yield from _by_schema(file, resource, real, several)
    except Beyond as beyond:
        yield examination_failed(file.resource, beyond.limit, beyond.value)
        return
    if flaw is not None:
        yield finding(
            "json-invalid" if real == "json" else "xml-invalid",
            resource=file.resource,
            row=flaw.line,
            problem=flaw.problem,
            real=real,
            count=1,
            place=f"byte {flaw.byte}",
        )


def _flaw(path: Path, real: str, several: bool) -> Flaw | None:
    if real == "json":
        return json_flaw(path, several=several)
    return xml_flaw(path)


def _by_schema(file: File, resource: Resource, real: str, several: bool) -> Iterator[Finding]:
    kind = schema_kind(resource.schema)
    if resource.schema is None or not kind:
        return
    if kind == "json-schema" and real == "json":
        read = value_a_line if several else one_value
        yield from against_json_schema(file.path, resource.schema, file.resource, read)
    elif kind == "xsd" and real == "xml":
        yield from against_xsd(file.path, str(resource.schema["xsd"]), file.resource)
