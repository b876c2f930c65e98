"""Say which schema judges a file's table, and what is wrong with the one declared for it."""

from collections.abc import Callable, Collection, Generator, Mapping
from typing import Any

from acopio.model import File, Finding, Pinned, Resource
from acopio.validators.declared_schema import schema_kind
from acopio.validators.finding import finding
from acopio.validators.known_schemas import Chosen, choose, is_reference
from acopio.validators.tabular.judge import SchemaProblem, checked, within_the_table

# Names of other tables shown in one sentence, in characters.
_NAMES = 200


def chosen(
    file: File,
    resource: Resource,
    pinned: Pinned | None,
    seen: Callable[[], Mapping[str, Any]],
    codes: Callable[[], Collection[str]] = tuple,
) -> Generator[Finding, None, Chosen]:
    """Return the schema that judges ``file``, as ``known_schemas.choose`` does.

    A declared one that is no Table Schema is ``schema-error`` and counts for nothing; its keys to
    other tables are left out, which ``keys-not-checked`` says. A JSON Schema or an XSD is for other
    files than tables.
    """
    declared = None if schema_kind(resource.schema) else resource.schema
    if declared is not None and not is_reference(declared):
        declared = yield from _sound(file, declared)
    return choose(declared, pinned, seen, codes)


def _sound(
    file: File, declared: Mapping[str, Any]
) -> Generator[Finding, None, Mapping[str, Any] | None]:
    try:
        sound = checked(declared)
    except SchemaProblem as problem:
        yield finding("schema-error", resource=file.resource, note=str(problem))
        return None
    schema, tables = within_the_table(sound, file.name or file.path.name)
    if tables:
        names = ", ".join(tables)[:_NAMES]
        yield finding("keys-not-checked", resource=file.resource, tables=names)
    return schema
