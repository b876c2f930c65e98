"""A schema's columns in words, in the reader's language."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from acopio.errors import ConfigError
from acopio.messages import language, text
from acopio.validators.known_schemas import KnownSchema, known, named

_DIGITS = re.compile(r"(\d*)\[0-9\]\{(\d+)(?:,(\d+))?\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column as people are told of it.

    ``title`` and ``description`` are Spanish, the language of the data; ``type`` and ``rules``
    the reader's. ``kind`` and ``form`` are the Table Schema type and format, ``example`` a cell of
    the schema's example, ``choices`` the only values there may be, if they are few.
    """

    name: str
    title: str
    description: str
    kind: str
    type: str
    rules: tuple[str, ...]
    example: str
    choices: tuple[str, ...]
    form: str

    @property
    def holds(self) -> str:
        """What the column holds, in a sentence or two."""
        return f"{self.title}. {self.description}" if self.description else self.title


def schema_named(name: str, country: str) -> KnownSchema:
    """Return the country's schema of that name. Raises ConfigError, which names those there are."""
    found = named(name, country)
    if found is None:
        there = ", ".join(one.name for one in known(country))
        raise ConfigError("schema-unknown", name=name[:100], known=there)
    return found


def title(one: KnownSchema) -> str:
    """Return a schema's title in the reader's language."""
    return _translated(one, "title")


def description(one: KnownSchema) -> str:
    """Return what a schema is about, in the reader's language."""
    return _translated(one, "description")


def _translated(one: KnownSchema, key: str) -> str:
    said: str = one.descriptor[f"{key}_en" if language() == "en" else key]
    return said


def columns(one: KnownSchema) -> list[Column]:
    """Return a schema's columns in words, in its order."""
    examples = next(csv.DictReader(StringIO(one.example())))
    key = one.descriptor.get("primaryKey", ())
    return [
        Column(
            name=field["name"],
            title=field["title"],
            description=field.get("description", ""),
            kind=field["type"],
            type=text(f"schema-type-{field['type']}"),
            rules=tuple(_rules(field, key)),
            example=examples[field["name"]],
            choices=tuple(field.get("constraints", {}).get("enum", ())),
            form=field.get("format", ""),
        )
        for field in one.fields
    ]


def _rules(field: Mapping[str, Any], key: object) -> Iterator[str]:
    constraints = field.get("constraints", {})
    for name in ("required", "unique"):
        if constraints.get(name):
            yield text(f"schema-rule-{name}")
    if isinstance(key, list) and field["name"] in key:
        yield text("schema-rule-key", {"columns": ", ".join(key)})
    yield from _values(constraints)
    if form := field.get("format"):
        yield text("schema-rule-uri" if form == "uri" else "schema-rule-written")


def _values(constraints: Mapping[str, Any]) -> Iterator[str]:
    if "pattern" in constraints:
        yield _pattern(constraints["pattern"])
    for name in ("minimum", "maximum"):
        if name in constraints:
            yield text(f"schema-rule-{name}", {"value": constraints[name]})
    if "enum" in constraints:
        yield text("schema-rule-enum", {"values": ", ".join(constraints["enum"])})


def _pattern(pattern: str) -> str:
    digits = _DIGITS.fullmatch(pattern)
    start, least, most = digits.groups() if digits else ("", "", "")
    if digits is None or (start and most):
        return text("schema-rule-pattern", {"pattern": pattern})
    if start:
        count = len(start) + int(least)
        return text("schema-rule-digits-from", {"count": count, "start": start})
    if most is None:
        return text("schema-rule-digits", {"count": least})
    return text("schema-rule-digits-between", {"least": least, "most": most})
