"""The schema ``acopio validate`` is given: one for tables, or one for JSON or for XML."""

import codecs
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acopio.errors import ConfigError
from acopio.examine import Examination
from acopio.model import Report
from acopio.subjects import check_regular
from acopio.tables.packed import COMPRESSIONS
from acopio.validators.declared_schema import check_schema, schema_kind
from acopio.validators.preflight import profile
from acopio.validators.tabular.judge import checked

_SCHEMA_BYTES = 4 << 20
# A byte order mark, or white space, before the first character.
_BLANK = codecs.BOM_UTF8 + b" \t\r\n"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ENCODING = re.compile(rb"""\s*<\?xml[^>]{0,200}\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_FOR = {"json-schema": "json", "xsd": "xml", "": "tables"}


def read_schema(path: Path) -> Mapping[str, Any]:
    """Return the schema in the file at ``path``; ``validate`` sees whether it is a sound one.

    A Table Schema or JSON Schema is the object in a JSON, an XSD ``{"xsd": text}``. Raises
    ConfigError when it cannot be read, is above 4 MiB, or is neither a JSON object nor XML.
    """
    try:
        check_regular(path)
        with path.open("rb") as file:
            return _parsed(file.read(_SCHEMA_BYTES + 1), path.suffix.lower())
    except OSError as error:
        raise ConfigError("schema-unreadable", path=str(path), reason=error.strerror) from None
    except (ValueError, LookupError, RecursionError) as error:
        raise ConfigError("schema-unreadable", path=str(path), reason=str(error)) from None


def _parsed(data: bytes, suffix: str) -> Mapping[str, Any]:
    """Return the schema that is in ``data``. Raises ValueError, LookupError, RecursionError."""
    if len(data) > _SCHEMA_BYTES:
        raise ValueError("> 4 MiB")
    if suffix == ".xsd" or data.lstrip(_BLANK).startswith(b"<"):
        return {"xsd": _xml_text(data)}
    descriptor = json.loads(data)
    if not isinstance(descriptor, dict):
        raise ValueError("JSON: {…}")  # noqa: TRY004 (what a file says, not what a caller gave)
    return descriptor


def _xml_text(data: bytes) -> str:
    """Return the text of an XML in its own encoding. Raises ValueError, LookupError."""
    declared = _ENCODING.match(data)
    encoding = declared[1].decode() if declared else "utf-8-sig"
    text = data.decode("utf-16" if data.startswith(_UTF16) else encoding).strip()
    if not text.startswith("<"):
        raise ValueError("XML: <…>")
    return text


def check_given(schema: Mapping[str, Any]) -> None:
    """Raise SchemaProblem for what is no sound schema of its kind."""
    if schema_kind(schema):
        check_schema(schema)
    else:
        checked(schema)


def meant_for(schema: Mapping[str, Any]) -> str:
    """Return what a schema is for: ``json``, ``xml`` or ``tables``."""
    return _FOR[schema_kind(schema)]


def is_for(schema: Mapping[str, Any], job: Examination, report: Report) -> bool:
    """Tell whether a schema is one for the file that was examined. ``job`` has a path."""
    meant = meant_for(schema)
    if meant == "tables":
        return any(table.schema_source.startswith("declared") for table in report.tables)
    path = job.path or Path(job.name)
    real = profile(path, job.resource.format, job.name, job.reading).format
    # Of what is packed only tables are known here.
    return real == meant or (real in COMPRESSIONS and not report.tables)
