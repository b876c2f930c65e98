"""Compare the columns of a table with what a data dictionary says of them.

Names are compared without letter case, accents and signs, in any order. Types are compared only
where both sides speak of one that is known, and only a contradiction counts: text holds anything,
and digits that are codes may be called numbers.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice

from acopio.model import Dictionary, DictionaryEntry, Finding, Table
from acopio.validators.dictionaries.words import is_code, spoken_type
from acopio.validators.drift import plain
from acopio.validators.finding import finding
from acopio.validators.lexicon import name_words

_DATES = frozenset({"date", "datetime", "year"})
# Sections of all dictionaries of a dataset that are compared with its tables.
_SECTIONS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The entries that a dictionary has under one name, by their plain names.

    ``dictionary`` is what its resource is called.
    """

    dictionary: str
    entries: Mapping[str, DictionaryEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A table with its fields by their plain names, and the sections that are about it."""

    table: Table
    columns: Mapping[str, Mapping[str, str]]
    about: tuple[Section, ...]


def sections(dictionaries: Sequence[Dictionary], names: Mapping[str, str]) -> list[Section]:
    """Return the sections of some dictionaries; ``names`` are those of resources, by id."""
    found: dict[tuple[str, str], dict[str, DictionaryEntry]] = {}
    for dictionary in dictionaries:
        for entry in dictionary.entries:
            place = (dictionary.resource, entry.section)
            found.setdefault(place, {}).setdefault(_key(entry.name), entry)
    return [
        Section(dictionary=names.get(resource, resource), entries=entries)
        for (resource, _), entries in islice(found.items(), _SECTIONS)
    ]


def described(table: Table, known: Sequence[Section]) -> Described:
    """Return a table with those of the ``known`` sections that are about it.

    Such a one shares half of the shorter one's names with it, and two at least.
    """
    columns = {_key(str(field.get("name", ""))): field for field in table.schema.get("fields", [])}
    about = (section for section in known if _fits(section.entries.keys(), columns.keys()))
    return Described(table=table, columns=columns, about=tuple(about))


def _fits(entries: Set[str], columns: Set[str]) -> bool:
    shared, shorter = len(entries & columns), min(len(entries), len(columns))
    return shared * 2 >= shorter > 0 and shared >= min(2, shorter)


def undescribed(one: Described) -> Iterator[Finding]:
    """Yield ``dictionary-column-missing`` for each column that none of its sections describes."""
    known = {key for section in one.about for key in section.entries}
    for key, field in one.columns.items():
        if key not in known:
            yield finding(
                "dictionary-column-missing",
                resource=one.table.resource,
                field=field["name"],
                evidence=field["name"],
                dictionary=one.about[0].dictionary,
            )


def contradicted(one: Described) -> Iterator[Finding]:
    """Yield ``dictionary-type-mismatch`` for each column that holds other than is said of it."""
    for key, field in one.columns.items():
        section = next((section for section in one.about if key in section.entries), None)
        if section is None or agrees(section.entries[key].type, field, one.table):
            continue
        yield finding(
            "dictionary-type-mismatch",
            resource=one.table.resource,
            field=field["name"],
            evidence=section.entries[key].type,
            dictionary=section.dictionary,
            holds=field["type"],
        )


def superfluous(section: Section, about: Sequence[Described]) -> Iterator[Finding]:
    """Yield ``dictionary-column-extra`` for each entry that none of the tables it is about has."""
    had = {key for one in about for key in one.columns}
    for key, entry in section.entries.items():
        if key not in had:
            yield finding(
                "dictionary-column-extra",
                resource=about[0].table.resource,
                field=entry.name,
                evidence=entry.name,
                dictionary=section.dictionary,
            )


def agrees(written: str, field: Mapping[str, str], table: Table) -> bool:
    """Tell whether a column may be of the type that a dictionary's words mean."""
    said, holds = spoken_type(written), field.get("type", "any")
    if said is None or not said.accepts or holds == "any" or holds in said.accepts:
        return True
    if said.accepts & _DATES and field["name"] in table.dates:
        # 31/01/2026 and 20260131 are days, whatever a Table Schema makes of them.
        return True
    return said.name in ("number", "integer") and is_code(name_words(field["name"]))


def _key(name: str) -> str:
    return plain(name) or name
