"""The schemas a country keeps: found by their name, or by the header of a table.

Each is a Table Schema in ``config/<country>/schemas/NAME.json`` with a version, its sources and
an example beside it, ``NAME.csv``. Beyond the standard it has, for a field, ``aliases``; for the
schema ``basis`` (``observed`` in published files, or ``proposed`` by us) and ``match``: columns
that must be there (``identifying``), which ``share`` of its columns, and from which confidence.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from acopio.model import Pinned
from acopio.validators.drift import plain
from acopio.validators.schema_fit import fitted, still, with_required

_ENDING = ".json"
# A name, perhaps with a version, or the end of a portal's address of it.
_REFERENCE = re.compile(
    r"(?:.*/schemas/)?(?P<name>[a-z0-9][a-z0-9-]{0,99})(?:\.json)?(?:@(?P<version>[0-9.]{1,20}))?"
)
_LONGEST = 2000
# Under which keys a declared schema refers to one that is elsewhere, the surest first.
_BY = ("url", "path", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSchema:
    """A schema kept in the configuration. ``descriptor`` is the file, as it is."""

    name: str
    version: str
    country: str
    descriptor: Mapping[str, Any]

    @property
    def fields(self) -> Sequence[Mapping[str, Any]]:
        """The fields' descriptors, in order; ``aliases`` are other names a column goes by."""
        fields: Sequence[Mapping[str, Any]] = self.descriptor["fields"]
        return fields

    @property
    def names(self) -> list[str]:
        """The names of its columns, in order."""
        return [str(field["name"]) for field in self.fields]

    @property
    def aliases(self) -> dict[str, str]:
        """The name of a field by each other name of it, in plain form."""
        return {
            plain(alias): field["name"]
            for field in self.fields
            for alias in field.get("aliases", ())
        }

    @property
    def schema(self) -> dict[str, Any]:
        """The Table Schema alone, for who knows nothing of acopio."""
        fields = [{k: v for k, v in field.items() if k != "aliases"} for field in self.fields]
        own = {"match", "basis", "title_en", "description_en", "sources", "fields"}
        return {k: v for k, v in self.descriptor.items() if k not in own} | {"fields": fields}

    def example(self) -> str:
        """Return the example: a CSV with its header and rows that are valid."""
        return _folder(self.country).joinpath(f"{self.name}.csv").read_text("utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A schema found by a header.

    ``share`` is which part of the schema's columns the table has; ``confidence``, from 0 to 1,
    the columns both have in relation to those of either (Dice's coefficient).
    """

    known: KnownSchema
    share: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The schema that judges a table, and why it: ``Table.schema_source``."""

    schema: Mapping[str, Any]
    source: str


def _folder(country: str) -> Traversable:
    return files("acopio.config").joinpath(country).joinpath("schemas")


@cache
def known(country: str = "peru") -> tuple[KnownSchema, ...]:
    """Return the schemas of ``country``, a folder of the configuration, by name."""
    folder = _folder(country)
    if not folder.is_dir():
        return ()
    found = []
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(_ENDING):
            descriptor = json.loads(file.read_text("utf-8"))
            found.append(
                KnownSchema(
                    name=file.name.removesuffix(_ENDING),
                    version=descriptor["version"],
                    country=country,
                    descriptor=descriptor,
                )
            )
    return tuple(found)


def rules(country: str = "peru") -> list[str]:
    """Return the schemas' names and versions: tables are judged anew when they change."""
    return [f"schema {one.name} {one.version}" for one in known(country)]


def of_name(name: str, country: str = "peru") -> KnownSchema | None:
    """Return the schema of exactly that name."""
    return next((one for one in known(country) if one.name == name), None)


def named(reference: str, country: str = "peru") -> KnownSchema | None:
    """Return the schema that ``reference`` means: a name, ``NAME@VERSION``, or an address of it.

    None where there is none, or only in another version.
    """
    asked = _REFERENCE.fullmatch(reference.strip()) if len(reference) <= _LONGEST else None
    if asked is None:
        return None
    one = of_name(asked["name"], country)
    return one if one and asked["version"] in (None, one.version) else None


def referred(schema: Mapping[str, Any], country: str = "peru") -> KnownSchema | None:
    """Return the schema a declared descriptor without fields refers to by name or address."""
    if not is_reference(schema):
        return None
    told = [one for key in _BY if isinstance(one := schema.get(key), str)]
    return next((found for one in told if (found := named(one, country))), None)


def declared_names(schema: Mapping[str, Any] | None, country: str = "peru") -> tuple[str, ...]:
    """Return the columns' names a declared descriptor has, or the schema it refers to, in order.

    None of what is no Table Schema.
    """
    referred_to = referred(schema, country) if schema else None
    fields = referred_to.fields if referred_to else (schema or {}).get("fields")
    named = fields if isinstance(fields, Sequence) else ()
    return tuple(str(one["name"]) for one in named if isinstance(one, Mapping) and "name" in one)


def is_reference(schema: Mapping[str, Any]) -> bool:
    """Tell whether a declared descriptor only says where or what its schema is."""
    return "fields" not in schema and any(isinstance(schema.get(key), str) for key in _BY)


def match(labels: Sequence[str], country: str = "peru") -> Match | None:
    """Return the schema that a table with these column names follows, the likeliest if several.

    Names are compared without letter case, accents and signs. A match has all the schema's
    identifying columns, at least its ``share`` of columns, and at least its ``confidence``.
    """
    there = {plain(label) for label in labels} - {""}
    matches = [one for each in known(country) if (one := _matched(each, there, len(labels)))]
    return max(matches, key=lambda one: one.confidence, default=None)


def _matched(one: KnownSchema, there: Collection[str], width: int) -> Match | None:
    aliases = one.aliases
    found = {name for name in one.names if plain(name) in there}
    found |= {name for alias, name in aliases.items() if alias in there}
    rules = one.descriptor["match"]
    share = len(found) / len(one.names)
    confidence = 2 * len(found) / (len(one.names) + width) if width else 0.0
    if not found.issuperset(rules["identifying"]):
        return None
    if share < rules["share"] or confidence < rules["confidence"]:
        return None
    return Match(known=one, share=round(share, 3), confidence=round(confidence, 3))


def choose(
    declared: Mapping[str, Any] | None,
    pinned: Pinned | None,
    seen: Callable[[], Mapping[str, Any]],
    codes: Callable[[], Collection[str]] = tuple,
    country: str = "peru",
) -> Chosen:
    """Return the schema that judges a table: declared, else pinned, else matched, else inferred.

    ``declared`` has fields, or refers to a schema kept here; another reference counts for nothing.
    ``seen`` gives the schema inferred from the file and ``codes`` the columns with leading zeros;
    they are asked only when they count.
    """
    if declared is not None and "fields" in declared:
        return Chosen(schema=declared, source="declared")
    referred_to = referred(declared, country) if declared is not None else None
    inferred = seen()
    if referred_to is not None:
        return _by(referred_to, inferred, "declared")
    if pinned is not None:
        return Chosen(schema=still(pinned.schema, inferred, codes()), source="pinned")
    found = match([str(field["name"]) for field in inferred.get("fields", ())], country)
    if found is not None:
        return _by(found.known, inferred, "matched")
    return Chosen(schema=inferred, source="inferred")


def _by(one: KnownSchema, inferred: Mapping[str, Any], why: str) -> Chosen:
    standard = one.schema
    judged = with_required(fitted(standard, inferred, one.aliases), one.descriptor)
    return Chosen(schema=judged, source=f"{why} {one.name} {one.version}")
