"""Sort a cell's text into the few shapes that decide a column's type and its privacy."""

import re
from enum import StrEnum

from acopio.validators.lexicon import is_person


class Shape(StrEnum):
    """What a cell looks like. Shapes exclude one another; the first that fits is taken."""

    RUC_PERSON = "ruc_person"
    RUC_OTHER = "ruc_other"
    DATE = "date"
    EIGHT_FROM_ZERO = "eight_from_zero"
    EIGHT = "eight"
    FROM_ZERO = "from_zero"
    SEVEN = "seven"
    INTEGER = "integer"
    DOTTED = "dotted"
    POINT = "point"
    COMMA = "comma"
    GROUPED_COMMA = "grouped_comma"
    THOUSANDS = "thousands"
    EITHER = "either"
    IDENTITY = "identity"
    MENTION = "mention"
    PERSON = "person"
    TEXT = "text"


# Digits are ASCII on purpose: what looks like an identifier in another script is text.
_SHAPES = (
    (Shape.RUC_PERSON, r"10[0-9]{9}"),
    (Shape.RUC_OTHER, r"(?:15|16|17|20)[0-9]{9}"),
    (Shape.DATE, r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"),
    (Shape.EIGHT_FROM_ZERO, r"0[0-9]{7}"),
    (Shape.EIGHT, r"[0-9]{8}"),
    (Shape.FROM_ZERO, r"0[0-9]+"),
    (Shape.SEVEN, r"[0-9]{7}"),
    (Shape.INTEGER, r"[-+]?[0-9]+"),
    # 1.234.567 and, alone, 1.234: grouped in one country, a fraction in another.
    (Shape.DOTTED, r"[-+]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+"),
    # What a spreadsheet makes of a DNI that it took for a number.
    (Shape.IDENTITY, r"[0-9]{7,8}\.0"),
    (Shape.POINT, r"[-+]?[0-9]*\.[0-9]+(?:[eE][-+]?[0-9]+)?"),
    (Shape.GROUPED_COMMA, r"[-+]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+"),
    (
        Shape.COMMA,
        r"[-+]?(?:[0-9]*,(?:[0-9]{1,2}|[0-9]{4,})|(?:0|[0-9]{4,}),[0-9]+)",
    ),
    (Shape.THOUSANDS, r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[-+]?[0-9]{1,3}(?:,[0-9]{3}){2,}"),
    (Shape.EITHER, r"[-+]?[0-9]{1,3},[0-9]{3}"),
    # A DNI with its check character, a prefix, or the marks a spreadsheet leaves.
    (
        Shape.IDENTITY,
        r"(?:(?i:dni|le|l\.e\.)[\s:.°º#-]*)?'?[0-9]{2}[. ]?[0-9]{3}[. ]?[0-9]{3}"
        r"(?:\.0|[- ]?[0-9A-K])?",
    ),
)
_MASTER = re.compile("|".join(f"({pattern})" for _, pattern in _SHAPES))
_STARTS = frozenset("0123456789+-.,'dDlL")
_DIGIT = re.compile(r"[0-9]")
_MENTION = re.compile(r"\b(?i:d\.?n\.?i\.?)\W{0,3}(?i:n(?:[°ºo.]|ro)*\W{0,3})?[0-9]{7,8}\b")


def shape_of(text: str) -> Shape:
    """Return the shape of a cell that is not blank; ``text`` is stripped of white space."""
    match = _MASTER.fullmatch(text) if len(text) <= 40 and text[0] in _STARTS else None
    if match:
        return _SHAPES[(match.lastindex or 1) - 1][0]
    if _DIGIT.search(text, 0, 10000):
        return Shape.MENTION if _MENTION.search(text[:10000]) else Shape.TEXT
    return Shape.PERSON if is_person(text) else Shape.TEXT
