"""Decide which columns hold persons, and how sure that is.

A DNI has no check digit of its own, so a shape alone proves nothing: the column's name, the shape
of its values and what stands beside it are weighed together. Budget codes, ubigeos, dates,
amounts and counts share shapes with a DNI and must not be taken for one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from acopio.validators.columns import Column, Survey
from acopio.validators.lexicon import Lexicon, lexicon, name_words
from acopio.validators.shapes import Shape

_EIGHT = (Shape.EIGHT, Shape.EIGHT_FROM_ZERO)
# Under a column's own name a date-like number is a DNI too, and a lost zero leaves seven digits.
_DNI = (*_EIGHT, Shape.DATE, Shape.SEVEN, Shape.IDENTITY, Shape.RUC_PERSON)
_NUMBERS = (*_DNI, Shape.FROM_ZERO, Shape.INTEGER, Shape.RUC_OTHER, Shape.POINT, Shape.DOTTED)


class PersonalKind(StrEnum):
    """What of a person a column holds."""

    DNI = "dni"
    RUC = "ruc"
    NAME = "name"
    MENTION = "mention"


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """A column that holds persons. ``confidence`` is 0 to 1, ``count`` the cells that do.

    ``row`` and ``example`` are the first such cell's: the example is *not* masked yet.
    ``alone`` when, by itself, it is public by law or too little to accuse: a warning.
    """

    number: int
    field: str
    kind: PersonalKind
    confidence: float
    count: int
    row: int
    example: str
    alone: bool = False


def personal_columns(table: Survey) -> tuple[Personal, ...]:
    """Return the columns of ``table`` that hold persons, one entry a column, in their order."""
    words = lexicon()
    columns = table.columns
    named = [column for column in columns if _holds_names(column, words)]
    found = [_identity(column, bool(named), words) for column in columns]
    ids = any(person and person.kind is PersonalKind.DNI for person in found)
    names = [_name(c, ids, columns, words) if c in named else None for c in columns]
    return tuple(
        person
        for column, identity, name in zip(columns, found, names, strict=True)
        if (person := identity or _mention(column) or _ruc(column, words) or name)
    )


def _personal(
    column: Column, kind: PersonalKind, confidence: float, *shapes: Shape, alone: bool = False
) -> Personal:
    row, example = min(column.first[shape] for shape in shapes if shape in column.first)
    return Personal(
        number=column.number,
        field=column.label or f"field{column.number}",
        kind=kind,
        confidence=confidence,
        count=column.count(*shapes),
        row=row,
        example=example,
        alone=alone,
    )


def _identity(column: Column, beside_names: bool, words: Lexicon) -> Personal | None:
    """Return the column as one of DNIs, by its name and shapes, or by shapes beside names."""
    label = name_words(column.label)
    if label & words.never or not column.count(*_DNI):
        return None
    if _named(label, words.identity) and _mostly(column, _DNI, 0.3):
        return _personal(column, PersonalKind.DNI, 0.99 if beside_names else 0.95, *_DNI)
    if label & words.ruc:
        return None
    eight = (*_EIGHT, Shape.IDENTITY)
    if label & words.document and _mostly(column, eight, 0.5):
        return _personal(column, PersonalKind.DNI, 0.95 if beside_names else 0.8, *eight)
    if beside_names and _mostly(column, _EIGHT, 0.8) and _varied(column):
        return _personal(column, PersonalKind.DNI, 0.75, *_EIGHT)
    return None


def _named(label: frozenset[str], words: frozenset[str]) -> bool:
    """Tell whether a column's words include all those of an entry: ``documento identidad``."""
    return any(label.issuperset(entry.split()) for entry in words)


def _mostly(column: Column, shapes: Sequence[Shape], share: float) -> bool:
    """Tell whether ``shapes`` are at least ``share`` of the column's numbers; masks don't count."""
    return 0 < share * column.count(*_NUMBERS) <= column.count(*shapes)


def _varied(column: Column) -> bool:
    """Tell whether values hardly repeat: a person's number does not, a code's does."""
    different = sum(column.variety.get(shape, 0) for shape in _EIGHT)
    return different * 2 >= column.count(*_EIGHT)


def _mention(column: Column) -> Personal | None:
    """Return a column of prose in which somebody's DNI is written."""
    if not column.count(Shape.MENTION):
        return None
    return _personal(column, PersonalKind.MENTION, 0.9, Shape.MENTION)


def _ruc(column: Column, words: Lexicon) -> Personal | None:
    """Return a column with natural persons' RUCs: public by law in supplier lists, so a warning."""
    if not column.count(Shape.RUC_PERSON):
        return None
    shaped = column.count(Shape.RUC_PERSON, Shape.RUC_OTHER)
    if not name_words(column.label) & words.ruc and column.valid_rucs * 2 < shaped:
        return None
    confidence = round(0.6 + 0.39 * column.valid_rucs / shaped, 2)
    return _personal(column, PersonalKind.RUC, confidence, Shape.RUC_PERSON, alone=True)


def _holds_names(column: Column, words: Lexicon) -> bool:
    """Tell whether a column holds persons' names: by its name and values, or by values alone."""
    label = name_words(column.label)
    people = column.count(Shape.PERSON)
    if not people or label & words.not_names:
        return False
    share = people / column.filled
    if label & words.names:
        return share >= 0.2
    if label & words.maybe_names:
        return share >= 0.4
    return share >= 0.7


def _name(
    column: Column, beside_ids: bool, columns: Sequence[Column], words: Lexicon
) -> Personal | None:
    """Return a column of names: certain beside DNIs, serious beside private facts.

    Names alone may be those of office holders, which the transparency law publishes.
    """
    if beside_ids:
        return _personal(column, PersonalKind.NAME, 0.95, Shape.PERSON)
    label = name_words(column.label)
    if not label & (words.names | words.maybe_names):
        return None
    if any(name_words(other.label) & words.private for other in columns):
        return _personal(column, PersonalKind.NAME, 0.85, Shape.PERSON)
    if label & words.names:
        return _personal(column, PersonalKind.NAME, 0.6, Shape.PERSON, alone=True)
    return None
