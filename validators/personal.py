"""What a column is found to hold of persons, and how such a finding is put together."""

from dataclasses import dataclass
from enum import StrEnum

from acopio.validators.columns import Column
from acopio.validators.lexicon import name_words
from acopio.validators.shapes import Shape


class PersonalKind(StrEnum):
    """What of a person a column holds."""

    DNI = "dni"
    RUC = "ruc"
    NAME = "name"
    MENTION = "mention"
    PHONE = "phone"
    EMAIL = "email"
    HEALTH = "health"


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


def personal(
    column: Column, kind: PersonalKind, confidence: float, *shapes: Shape, alone: bool = False
) -> Personal:
    """Return a column whose cells of ``shapes`` hold what ``kind`` says; one of them must."""
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


def label_words(column: Column) -> frozenset[str]:
    """Return the words of a column's name; without one, of the first word that stands in it."""
    if column.label or Shape.TEXT not in column.first:
        return name_words(column.label)
    return name_words(column.first[Shape.TEXT][1][:100])
