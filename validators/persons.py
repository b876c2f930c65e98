"""Decide which columns hold persons, and how sure that is.

A DNI has no check digit of its own, so a shape alone proves nothing: the column's name, the shape
of its values and what stands beside it are weighed together. Budget codes, ubigeos, dates,
amounts and counts share shapes with a DNI and must not be taken for one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from acopio.validators.columns import Column, Survey
from acopio.validators.lexicon import Lexicon, is_person, lexicon, name_words
from acopio.validators.personal import Personal, PersonalKind, label_words, personal
from acopio.validators.private_facts import Company, private_fact
from acopio.validators.shapes import Shape

_EIGHT = (Shape.EIGHT, Shape.EIGHT_FROM_ZERO)
__all__ = ["Personal", "PersonalKind", "names_a_dni", "personal_columns"]

# Under a column's own name a date-like number is a DNI too; lost zeros leave seven or six digits,
# a check digit makes nine.
_DNI = (
    *_EIGHT,
    *(Shape.DATE, Shape.YEAR_NUMBER, Shape.SIX, Shape.SEVEN, Shape.NINE, Shape.FROM_ZERO),
    Shape.MOBILE,
    *(
        Shape.IDENTITY,
        Shape.EIGHT_APART,
        Shape.RUC_PERSON,
        Shape.MILLIONS,
        Shape.MILLIONS_COMMA,
        Shape.SCIENTIFIC,
    ),
)
_PLAIN = (*_EIGHT, Shape.YEAR_NUMBER, Shape.IDENTITY)
_NUMBERS = (
    *_DNI,
    *(Shape.INTEGER, Shape.RUC_OTHER, Shape.POINT, Shape.DOTTED, Shape.THOUSANDS, Shape.EITHER),
)
_PEOPLE = (Shape.PERSON, Shape.FULL_NAME)


def personal_columns(table: Survey) -> tuple[Personal, ...]:
    """Return the columns of ``table`` that hold persons, one entry a column, in their order."""
    words = lexicon()
    columns = table.columns
    named = [column for column in columns if _holds_names(column, words)]
    beside = _Beside(
        names=bool(named),
        persons=any(_beyond_doubt(column, words) for column in named),
        kinds=any(column.count(Shape.KIND) * 5 >= column.filled > 0 for column in columns),
        papers=any(label_words(column) & words.paper for column in columns),
    )
    found = [_identity(column, beside, words) for column in columns]
    ids = any(person and person.kind is PersonalKind.DNI for person in found)
    names = [_name(c, ids, columns, words) if c in named else None for c in columns]
    company = _company(columns, ids, beside, names, words)
    return tuple(
        person
        for column, identity, name in zip(columns, found, names, strict=True)
        if (
            person := identity
            or _mention(column)
            or _ruc(column, words)
            or name
            or private_fact(column, company)
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beside:
    """What stands in other columns: names, surely persons', ``DNI`` as a kind, papers' data."""

    names: bool
    persons: bool
    kinds: bool
    papers: bool


def names_a_dni(label: str) -> bool:
    """Tell whether a column or key is called as one that holds DNIs, and not a count of them."""
    words = lexicon()
    label_words = name_words(label)
    return not label_words & words.never and _named(label_words, words.identity)


def _identity(column: Column, beside: _Beside, words: Lexicon) -> Personal | None:
    """Return the column as one of DNIs, by its name and shapes, or by shapes and its company."""
    label = label_words(column)
    if label & words.never or not column.count(*_DNI):
        return None
    if _named(label, words.identity):
        return _under_its_name(column, beside, doubtful=bool(label & words.doubtful))
    if column.count(Shape.KIND) and _mostly(column, _PLAIN, 0.8):
        # The word stands in the column, as where the header is not the first row.
        return _under_its_name(column, beside, doubtful=True)
    if label & (words.doubtful | words.ruc):
        return None
    return _of_documents(column, label, beside, words) or _unnamed(column, beside)


def _under_its_name(column: Column, beside: _Beside, *, doubtful: bool) -> Personal | None:
    """Return a column called DNI: ``fecha DNI`` and ``personas con DNI`` by plain values alone."""
    if doubtful and not (_mostly(column, _PLAIN, 0.8) and _varied(column, _PLAIN)):
        return None
    if not _mostly(column, _DNI, 0.3):
        return None
    return personal(column, PersonalKind.DNI, 0.99 if beside.names else 0.95, *_DNI)


def _of_documents(
    column: Column, label: frozenset[str], beside: _Beside, words: Lexicon
) -> Personal | None:
    """Return a column called document: not where the documents are papers, numbered by year."""
    eight = (*_EIGHT, Shape.IDENTITY)
    documents = bool(label & words.document) and (beside.names or not beside.papers)
    kinds = beside.kinds and bool(label & (words.document | words.number))
    if not (documents or kinds) or not _mostly(column, eight, 0.5):
        return None
    sure = beside.names or beside.kinds
    return personal(column, PersonalKind.DNI, 0.95 if sure else 0.8, *eight)


def _unnamed(column: Column, beside: _Beside) -> Personal | None:
    if beside.persons and _mostly(column, _EIGHT, 0.8) and _varied(column, _EIGHT):
        return personal(column, PersonalKind.DNI, 0.75, *_EIGHT)
    return None


def _named(label: frozenset[str], words: frozenset[str]) -> bool:
    """Tell whether a column's words include all those of an entry: ``documento identidad``."""
    return any(label.issuperset(entry.split()) for entry in words)


def _mostly(column: Column, shapes: Sequence[Shape], share: float) -> bool:
    """Tell whether ``shapes`` are at least ``share`` of the column's numbers; masks don't count."""
    return 0 < share * column.count(*_NUMBERS) <= column.count(*shapes)


def _varied(column: Column, shapes: Sequence[Shape]) -> bool:
    """Tell whether values hardly repeat: a person's number does not, a code's does."""
    different = sum(column.variety.get(shape, 0) for shape in shapes)
    return different * 2 >= column.count(*shapes)


def _mention(column: Column) -> Personal | None:
    """Return a column of prose in which somebody's DNI is written."""
    if not column.count(Shape.MENTION):
        return None
    return personal(column, PersonalKind.MENTION, 0.9, Shape.MENTION)


def _ruc(column: Column, words: Lexicon) -> Personal | None:
    """Return a column with natural persons' RUCs: public by law in supplier lists, so a warning."""
    written = column.count(Shape.RUC_MENTION)
    if not column.count(Shape.RUC_PERSON) and not written:
        return None
    shaped = column.count(Shape.RUC_PERSON, Shape.RUC_OTHER)
    called = written or label_words(column) & words.ruc
    if not called and column.valid_rucs * 2 < shaped:
        return None
    confidence = round(0.6 + 0.39 * column.valid_rucs / shaped, 2) if shaped else 0.9
    shapes = (Shape.RUC_PERSON, Shape.RUC_MENTION)
    return personal(column, PersonalKind.RUC, confidence, *shapes, alone=True)


def _holds_names(column: Column, words: Lexicon) -> bool:
    """Tell whether a column holds persons' names: by its name and values, or by values alone."""
    label = label_words(column)
    people = column.count(*_PEOPLE)
    if not people or label & words.not_names:
        return False
    share = people / column.filled
    if label & words.names:
        return share >= 0.2
    if label & words.maybe_names:
        return share >= 0.4
    return share >= (0.7 if column.label else 0.5)


def _beyond_doubt(column: Column, words: Lexicon) -> bool:
    """Tell persons from streets and health posts that bear their names: MIGUEL GRAU is both.

    The column's name says so, or both surnames do; ``nombre`` alone is anything's.
    """
    label = label_words(column)
    if label & words.names or label & words.maybe_names - {"nombre"} or is_person(column.label):
        return True
    return column.count(Shape.FULL_NAME) * 2 >= column.count(*_PEOPLE)


def _name(
    column: Column, beside_ids: bool, columns: Sequence[Column], words: Lexicon
) -> Personal | None:
    """Return a column of names: certain beside DNIs, serious beside private facts.

    Names alone may be those of office holders, which the transparency law publishes, with how
    to reach them.
    """
    if beside_ids:
        return personal(column, PersonalKind.NAME, 0.95, *_PEOPLE)
    label = label_words(column)
    if not label & (words.names | words.maybe_names):
        return None
    others = frozenset[str]().union(*(name_words(other.label) for other in columns))
    private = others & words.private
    plain = label & (words.names | {"nombre"}) and others & words.office
    directory = bool(plain or label & words.holders) and private <= words.contact
    if private and not directory:
        return personal(column, PersonalKind.NAME, 0.85, *_PEOPLE)
    if label & words.names or private:
        return personal(column, PersonalKind.NAME, 0.6, *_PEOPLE, alone=True)
    return None


def _company(
    columns: Sequence[Column],
    ids: bool,
    beside: _Beside,
    names: Sequence[Personal | None],
    words: Lexicon,
) -> Company:
    """Return in whose company a telephone, an address or an illness stands."""
    others = frozenset[str]().union(*(name_words(column.label) for column in columns))
    return Company(
        identified=ids or any(name is not None and not name.alone for name in names),
        named=beside.persons,
        offices=bool(others & words.office),
    )
