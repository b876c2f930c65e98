"""Tell whether a column says how to reach a person, or what a person suffers from.

A telephone is a person's where persons are named beside it, or where it is called a mobile and no
office is in sight; an address, where a provider gave it that serves anybody; an illness, only
where somebody is identified who has it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from acopio.validators.columns import Column
from acopio.validators.lexicon import Lexicon, fold, lexicon, name_words
from acopio.validators.personal import Personal, PersonalKind, label_words, personal
from acopio.validators.shapes import Shape

_WORDS = (Shape.TEXT, Shape.PERSON, Shape.FULL_NAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What the other columns hold: ``identified`` persons, ``named`` ones, ``offices``."""

    identified: bool
    named: bool
    offices: bool


def private_fact(column: Column, company: Company) -> Personal | None:
    """Return the column as one of telephones, private addresses or illnesses, or None."""
    tried: tuple[Callable[[Column, Company, Lexicon], Personal | None], ...]
    tried = (_phone, _mail, _health)
    words = lexicon()
    if not column.filled or label_words(column) & words.counts:
        return None
    found = (look(column, company, words) for look in tried)
    return next((person for person in found if person), None)


def _phone(column: Column, company: Company, words: Lexicon) -> Personal | None:
    mobiles = column.count(Shape.MOBILE)
    label = label_words(column)
    called = label & (words.phone | words.mobile)
    if not mobiles or mobiles < column.filled * (0.3 if called else 0.8):
        return None
    if company.identified or company.named:
        certain = bool(called)
        if not certain and (label & words.never or not _varied(column)):
            return None
        return _found(column, PersonalKind.PHONE, company, 0.95 if certain else 0.7, Shape.MOBILE)
    if label & words.mobile and not company.offices:
        return personal(column, PersonalKind.PHONE, 0.6, Shape.MOBILE, alone=True)
    return None


def _mail(column: Column, company: Company, _: Lexicon) -> Personal | None:
    """Return a column with private addresses: of few in an office's list nothing is said."""
    mails = column.count(Shape.EMAIL)
    if not mails:
        return None
    if company.identified or company.named:
        return _found(column, PersonalKind.EMAIL, company, 0.95, Shape.EMAIL)
    if company.offices or mails < column.filled * 0.5:
        return None
    return personal(column, PersonalKind.EMAIL, 0.6, Shape.EMAIL, alone=True)


def _found(
    column: Column, kind: PersonalKind, company: Company, confidence: float, shape: Shape
) -> Personal:
    """Return how to reach somebody: in a list of an office's people it is a warning."""
    alone = not company.identified
    return personal(column, kind, confidence - 0.2 * alone, shape, alone=alone)


def _health(column: Column, company: Company, words: Lexicon) -> Personal | None:
    if not company.identified:
        return None
    called = name_words(column.label) & words.health
    examples = (column.first[shape][1] for shape in _WORDS if shape in column.first)
    told = any(words.illness.intersection(fold(text[:200]).split()) for text in examples)
    if not called and not told:
        return None
    return personal(column, PersonalKind.HEALTH, 0.9 if called else 0.7, *column.counts)


def _varied(column: Column) -> bool:
    """Tell whether values hardly repeat, as persons' own do."""
    return column.variety.get(Shape.MOBILE, 0) * 2 >= column.count(Shape.MOBILE)
