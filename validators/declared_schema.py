"""Judge a JSON by its declared JSON Schema and an XML by its declared XSD, offline.

A schema is what its publisher sent along: it may refer to itself and to nothing outside.
"""

import re
import warnings
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property, lru_cache
from inspect import getattr_static
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acopio.model import Finding
from acopio.validators.faults import Faults
from acopio.validators.finding import finding
from acopio.validators.tabular.judge import LET_OUT, SchemaProblem

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from referencing import Resource
    from xmlschema import XMLSchema

# What is read whole to be judged, in bytes; what a schema may be in characters.
LARGEST = 32 << 20
_SCHEMA = 4 << 20
_ERRORS = 1000
# Of what is wrong with a schema so much is told, in characters.
_TOLD = 200
_MISSING = re.compile(r"'([^']*)' is a required property")
_JSON_SCHEMA = ("properties", "items", "$ref", "anyOf", "oneOf", "allOf", "$defs", "definitions")
_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
# Schemas of schemas: they come with the library.
_STANDARD = re.compile(r"https?://json-schema\.org/")
# Keywords of JSON Schema that have words of their own; others are "does not keep to the schema".
_WORDS = frozenset({"type", "required", "enum", "pattern", "format", "additionalProperties"})


def schema_kind(schema: Mapping[str, Any] | None) -> str:
    """Return ``json-schema``, ``xsd`` (``{"xsd": "<xs:schema …"}``) or, for others, nothing."""
    if not schema or "fields" in schema:
        return ""
    if isinstance(schema.get("xsd"), str):
        return "xsd"
    named = "json-schema.org" in str(schema.get("$schema", ""))
    typed = schema.get("type") in _TYPES
    known = named or typed or any(key in schema for key in _JSON_SCHEMA)
    return "json-schema" if known else ""


def check_schema(schema: Mapping[str, Any]) -> None:
    """Raise SchemaProblem where a JSON Schema or an XSD cannot judge any file.

    It is broken, or refers to what is outside of it. For schemas of a ``schema_kind``.
    """
    if schema_kind(schema) == "xsd":
        _check_xsd(str(schema["xsd"]))
    else:
        _check_json_schema(schema)


def _check_json_schema(schema: Mapping[str, Any]) -> None:
    from jsonschema import SchemaError
    from jsonschema.exceptions import UnknownType
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012, specification_with

    draft = specification_with(str(schema.get("$schema", "")), default=DRAFT202012)
    whole = draft.create_resource(schema)
    try:
        # What goes round in circles shows with any value.
        next(_errors(schema)(None), None)
        _look_up(whole, Registry[Any]().resolver_with_root(whole))
    except SchemaError as error:
        raise SchemaProblem(f"{error.json_path}: {error.message}"[:_TOLD]) from None
    except Unresolvable as error:
        raise SchemaProblem(f'"$ref": {error.ref}'[:_TOLD]) from None
    except (UnknownType, *LET_OUT) as error:
        # What else the libraries let out of a schema they do not expect.
        raise SchemaProblem(type(error).__name__) from None


def _look_up(schema: "Resource[Any]", resolver: Any) -> None:
    """Follow each reference there is within a schema. Raises Unresolvable."""
    contents = schema.contents
    reference = contents.get("$ref") if isinstance(contents, Mapping) else None
    if isinstance(reference, str) and not _STANDARD.match(reference):
        resolver.lookup(reference)
    for inner in schema.subresources():
        _look_up(inner, resolver.in_subresource(inner))


def _check_xsd(xsd: str) -> None:
    import xmlschema

    try:
        _xsd_of(xsd)
    except xmlschema.XMLSchemaException as error:
        said = str(getattr(error, "message", "") or error).partition("\n")[0]
        raise SchemaProblem(said[:_TOLD]) from None
    except LET_OUT as error:
        raise SchemaProblem(str(error)[:_TOLD] or type(error).__name__) from None


# The texts of a JSON that are values by themselves, each with its line where there are several.
Values = Iterator[tuple[int | None, bytes]]


def one_value(path: Path) -> Values:
    """Yield the whole of a JSON."""
    yield None, path.read_bytes().removeprefix(BOM_UTF8)


def value_a_line(path: Path) -> Values:
    """Yield the lines of JSON Lines, but for blank ones."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if text := line.removeprefix(BOM_UTF8).strip():
                yield number, text


def against_json_schema(
    path: Path, schema: Mapping[str, Any], resource: str, read: Callable[[Path], Values]
) -> Iterator[Finding]:
    """Yield ``json-invalid`` for each kind of departure of what is ``read`` from ``schema``.

    Drafts 3 to 2020-12, as ``$schema`` says. A broken schema is ``schema-error``; a file of more
    than 32 MiB is ``not-examined``.
    """
    import orjson
    from jsonschema import SchemaError
    from referencing.exceptions import Unresolvable

    if path.stat().st_size > LARGEST:
        yield finding("not-examined", resource=resource, real="json", why="size-schema")
        return
    try:
        faults = Faults()
        errors = _errors(schema)
        departures = (
            (row, error) for row, text in read(path) for error in errors(orjson.loads(text))
        )
        for row, error in islice(departures, _ERRORS):
            _add(faults, row, error)
    except orjson.JSONDecodeError:
        # Well formed, as was seen, but beyond what is read as values.
        yield finding("not-examined", resource=resource, real="json", why="values")
    except SchemaError as error:
        yield finding("schema-error", resource=resource, note=str(error.validator))
    except (Unresolvable, RecursionError) as error:
        yield finding("schema-error", resource=resource, note=type(error).__name__)
    else:
        yield from faults.findings("json-invalid", resource, "json")


def _errors(schema: Mapping[str, Any]) -> "Callable[[object], Iterator[ValidationError]]":
    """Return what judges values. Raises SchemaError."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for
    from referencing import Registry

    make = validator_for(schema, default=Draft202012Validator)
    make.check_schema(schema)
    # With a registry of its own, an empty one, it fetches nothing.
    judge: Callable[[object], Iterator[ValidationError]]
    judge = make(schema, registry=Registry()).iter_errors
    return judge


def _add(faults: Faults, row: int | None, error: "ValidationError") -> None:
    keyword = str(error.validator)
    problem = f"schema-{keyword}" if keyword in _WORDS else "schema"
    place = "/".join(map(str, error.absolute_path)) or "/"
    faults.add(problem, place if row is None else f"{row}: {place}", field=_field(error), row=row)


def _field(error: "ValidationError") -> str | None:
    """Return the member that is missing, or the innermost one that is wrong."""
    missing = _MISSING.match(error.message) if error.validator == "required" else None
    names = [part for part in error.absolute_path if isinstance(part, str)]
    return missing[1] if missing else (names[-1] if names else None)


@cache
def _look_up_statically() -> None:
    """Have xmlschema list its cached properties without asking each attribute of a class.

    Once zope.interface is loaded (contracting data need it), abstract classes have an attribute
    ``__provides__`` that is listed but raises AttributeError, and no schema could be built.
    """
    from xmlschema.validators.xsdbase import XsdValidator

    def cached_properties(cls: type) -> Iterator[str]:
        for name in dir(cls):
            if isinstance(getattr_static(cls, name, None), cached_property):
                yield name

    XsdValidator._cached_properties = classmethod(cached_properties)  # type: ignore[assignment, method-assign]


def against_xsd(path: Path, xsd: str, resource: str) -> Iterator[Finding]:
    """Yield ``xml-invalid`` for each kind of departure from ``xsd``, the schema's text.

    XSD 1.0. Nothing the schema or the file point to is opened. A broken schema is
    ``schema-error``.
    """
    import xmlschema

    try:
        schema = _xsd_of(xsd)
    except (xmlschema.XMLSchemaException, xmlschema.XMLResourceError, ValueError) as error:
        yield finding("schema-error", resource=resource, note=type(error).__name__)
        return
    faults = Faults()
    source = xmlschema.XMLResource(path, lazy=True, allow="local", defuse="always")
    errors = schema.iter_errors(source, use_location_hints=False)
    for departure in islice(errors, _ERRORS):
        place = str(departure.path or "/")
        faults.add("schema", place, field=place.rsplit("/", 1)[-1].split("[")[0] or None)
    yield from faults.findings("xml-invalid", resource, "xml")


@lru_cache(maxsize=2)
def _xsd_of(xsd: str) -> "XMLSchema":
    """Return the schema of that text; it is asked for more than once a file, and files are alike.

    Raises XMLSchemaException, ValueError.
    """
    import xmlschema

    _look_up_statically()
    with warnings.catch_warnings():
        # What it points to is left out on purpose.
        warnings.simplefilter("ignore", xmlschema.XMLSchemaImportWarning)
        return xmlschema.XMLSchema(
            xsd[:_SCHEMA], allow="none", defuse="always", use_location_hints=False
        )
