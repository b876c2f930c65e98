"""Check contracting data by the Open Contracting Data Standard 1.1, with libcoveocds, offline.

The standard's rules are ours to keep (``config/ocds``), and extensions, which a package names by
address, are left out: what they add is not judged. A 1.0 package is judged by 1.1, which takes it.
"""

import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from acopio.model import Finding, Snapshot
from acopio.validators.faults import Faults
from acopio.validators.files import data_files
from acopio.validators.finding import finding
from acopio.validators.ocds_schema import standard
from acopio.validators.preflight import profile
from acopio.validators.wellformed import Beyond, json_flaw

# libcoveocds holds the whole file, several times, and reads less than a megabyte a second.
LARGEST = 16 << 20
_HEAD = 64 << 10
_VERSION = "1.1"
_EARLIER = (None, "", "1.0", _VERSION)
_MISSING = re.compile(r"'(\w+)' is missing")
_WORDS = {
    "required": "schema-required",
    "enum": "schema-enum",
    "date-time": "schema-format",
    "uri": "schema-format",
    "uniqueItems": "repeated-id",
    **dict.fromkeys(("string", "number", "integer", "boolean", "array", "object"), "schema-type"),
}


class OcdsValidator:
    """Judges a JSON that looks like a release package or a record package."""

    scope: ClassVar[str] = "file"
    version: ClassVar[str] = "1"

    def validate(self, snapshot: Snapshot) -> Iterator[Finding]:
        """Yield one ``ocds-invalid`` per kind of problem and field.

        ``params``: ``problem``, ``count`` and ``place``, the path of the first. Without the
        ``ocds`` extra, or beyond 16 MiB, ``not-examined`` says so.
        """
        for file, resource in data_files(snapshot):
            found = profile(file.path, resource.format, file.name, file.reading)
            if found.kind.format == "json" and looks_like_ocds(file.path):
                yield from _judged(file.path, file.resource)


def looks_like_ocds(path: Path) -> bool:
    """Tell whether the first 64 KiB of a JSON have what every OCDS package has."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    listed = b'"releases"' in head or b'"records"' in head
    return listed and b'"ocid"' in head


def _judged(path: Path, resource: str) -> Iterator[Finding]:
    why = _left_out(path)
    if why:
        yield finding("not-examined", resource=resource, real="OCDS", why=why)
        return
    package = _package(path)
    if package is not None:
        yield from _faults(package).findings("ocds-invalid", resource, "OCDS")


def _left_out(path: Path) -> str:
    if find_spec("libcoveocds") is None:
        return "extra-ocds"
    return "size-ocds" if path.stat().st_size > LARGEST else ""


def _package(path: Path) -> dict[str, Any] | None:
    """Return the package, without what libcoveocds would fetch; None if it is none to judge."""
    import orjson

    try:
        # What is too deep or broken is said elsewhere, and is nothing to walk through.
        if json_flaw(path) is not None:
            return None
        content = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except (Beyond, orjson.JSONDecodeError):
        return None
    if not isinstance(content, dict) or not {"releases", "records"} & content.keys():
        return None
    return {name: value for name, value in content.items() if name != "extensions"}


def _faults(package: dict[str, Any]) -> Faults:
    faults = Faults()
    if package.get("version") not in _EARLIER:
        faults.add("ocds-version", "version", field="version")
        return faults
    answer = _answer({**package, "version": _VERSION})
    for error in answer.get("validation_errors", ()):
        missing = _MISSING.match(str(error["description"]))
        field = missing[1] if missing else str(error["field"]).rsplit("/", 1)[-1] or None
        faults.add(_WORDS.get(error["type"], "schema"), str(error["path"]) or "/", field=field)
    wrong = answer.get("conformance_errors", {}).get("ocds_prefixes_bad_format", ())
    for _, place in wrong:
        faults.add("ocds-prefix", place, field="ocid")
    return faults


def _answer(package: Mapping[str, Any]) -> Mapping[str, Any]:
    from libcoveocds.api import ocds_json_output
    from libcoveocds.config import LibCoveOCDSConfig

    config = LibCoveOCDSConfig(
        {"context": "api", "standard_zip": standard(), "additional_checks": "none"}
    )
    answer: Mapping[str, Any] = ocds_json_output(json_data=package, lib_cove_ocds_config=config)
    return answer
