"""Compare the tables of a dataset with its data dictionaries."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import ClassVar

from acopio.matching import label
from acopio.model import Examined, Finding, Role, Table
from acopio.validators.dictionaries.comparison import (
    contradicted,
    described,
    sections,
    superfluous,
    undescribed,
)
from acopio.validators.finding import finding

# Findings of one kind about one table, or about one section of a dictionary.
_MOST = 100


class DocumentationValidator:
    """Says which tables nothing explains, and where a dictionary and its table disagree."""

    scope: ClassVar[str] = "dataset"
    version: ClassVar[str] = "1"

    def validate(self, examined: Examined) -> Iterator[Finding]:
        """Yield ``dictionary-missing``, and per column how tables and dictionaries differ."""
        names = {one.id: label(one) for one in examined.snapshot.dataset.resources}
        known = sections(examined.dictionaries, names)
        tables = [described(table, known) for table in examined.tables]
        for one in tables:
            if one.about:
                yield from _bounded(undescribed(one))
                yield from _bounded(contradicted(one))
        for section in known:
            if about := [one for one in tables if section in one.about]:
                yield from _bounded(superfluous(section, about))
        yield from _missing(examined, [one.table for one in tables if not one.about])


def _bounded(found: Iterator[Finding]) -> Iterator[Finding]:
    yield from islice(found, _MOST)
    for one in islice(found, 1):
        yield finding("report-cut", resource=one.resource, limit=_MOST)


def _missing(examined: Examined, bare: Sequence[Table]) -> Iterator[Finding]:
    """Say that nothing explains the ``bare`` tables, and whether there is a dictionary at all.

    A table with a schema of its own is explained by that. What could not be fetched may explain.
    """
    resources = {one.id: one for one in examined.snapshot.dataset.resources}
    bare = [one for one in bare if not resources[one.resource].schema]
    declared = [number for number, one in resources.items() if one.role is Role.DICTIONARY]
    read = {one.resource for one in examined.dictionaries}
    fetched = {file.resource for file in examined.snapshot.files}
    unread = [number for number in declared if number not in read]
    if not bare or not fetched.issuperset(declared):
        return
    if not declared:
        yield finding("dictionary-missing", gap="none")
    for number in unread:
        name = label(resources[number])
        yield finding("dictionary-missing", resource=number, evidence=name, gap="unread")
    for table in bare if declared and not unread else ():
        name = label(resources[table.resource])
        yield finding("dictionary-missing", resource=table.resource, evidence=name, gap="other")
