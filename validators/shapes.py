"""Sort a cell's text into the few shapes that decide a column's type and its privacy."""

import re
from enum import StrEnum

from acopio.validators.lexicon import is_full_name, lexicon, name_in
from acopio.validators.loose_numbers import has_right_ruc


class Shape(StrEnum):
    """What a cell looks like. Shapes exclude one another; the first that fits is taken."""

    RUC_PERSON = "ruc_person"
    RUC_OTHER = "ruc_other"
    DATE = "date"
    EIGHT_FROM_ZERO = "eight_from_zero"
    EIGHT = "eight"
    FROM_ZERO = "from_zero"
    SEVEN = "seven"
    SIX = "six"
    NINE = "nine"
    MOBILE = "mobile"
    EMAIL = "email"
    YEAR_NUMBER = "year_number"
    INTEGER = "integer"
    DOTTED = "dotted"
    MILLIONS = "millions"
    MILLIONS_COMMA = "millions_comma"
    SCIENTIFIC = "scientific"
    POINT = "point"
    COMMA = "comma"
    GROUPED_COMMA = "grouped_comma"
    THOUSANDS = "thousands"
    EITHER = "either"
    IDENTITY = "identity"
    EIGHT_APART = "eight_apart"
    KIND = "kind"
    MENTION = "mention"
    RUC_MENTION = "ruc_mention"
    FULL_NAME = "full_name"
    PERSON = "person"
    TEXT = "text"


RUCS = frozenset({Shape.RUC_PERSON, Shape.RUC_OTHER})

# Digits are ASCII on purpose: a number in another script is text, but for eight full-width digits.
_SHAPES = (
    (Shape.RUC_PERSON, r"10[0-9]{9}"),
    (Shape.RUC_OTHER, r"(?:15|16|17|20)[0-9]{9}"),
    (Shape.DATE, r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"),
    # The year a paper was numbered in, or a DNI given in two or three departments.
    (Shape.YEAR_NUMBER, r"(?:199|20[0-3])[0-9]{5}"),
    (Shape.EIGHT_FROM_ZERO, r"0[0-9]{7}"),
    (Shape.EIGHT, r"[0-9]{8}"),
    (Shape.FROM_ZERO, r"0[0-9]+"),
    (Shape.SEVEN, r"[0-9]{7}"),
    (Shape.SIX, r"[0-9]{6}"),
    # A mobile's number, with the country's or without; so may a DNI look with its check digit.
    (Shape.MOBILE, r"(?:\+?51[ -]?)?9[0-9]{2}(?:[0-9]{6}|[ -][0-9]{3}[ -][0-9]{3})"),
    (Shape.NINE, r"[0-9]{9}"),
    (Shape.INTEGER, r"[-+]?[0-9]+"),
    (Shape.MILLIONS, r"[1-9][0-9]?(?:\.[0-9]{3}){2}"),
    # 1.234.567 and, alone, 1.234: grouped in one country, a fraction in another.
    (Shape.DOTTED, r"[-+]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+"),
    # What a spreadsheet makes of a DNI that it took for a number.
    (Shape.IDENTITY, r"[0-9]{7,8}\.0"),
    (Shape.SCIENTIFIC, r"[0-9]\.[0-9]{1,8}[eE]\+?0?7"),
    (Shape.POINT, r"[-+]?[0-9]*\.[0-9]+(?:[eE][-+]?[0-9]+)?"),
    (Shape.GROUPED_COMMA, r"[-+]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+"),
    (
        Shape.COMMA,
        r"[-+]?(?:[0-9]*,(?:[0-9]{1,2}|[0-9]{4,})|(?:0|[0-9]{4,}),[0-9]+)",
    ),
    (Shape.MILLIONS_COMMA, r"[1-9][0-9]?(?:,[0-9]{3}){2}"),
    (Shape.THOUSANDS, r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[-+]?[0-9]{1,3}(?:,[0-9]{3}){2,}"),
    (Shape.EITHER, r"[-+]?[0-9]{1,3},[0-9]{3}"),
    # A DNI with its check character, a prefix, or the marks a spreadsheet leaves.
    (
        Shape.IDENTITY,
        r"(?:(?i:dni|le|l\.e\.)[\s:.°º#-]*)?'?[0-9]{2}[. ]?[0-9]{3}[. ]?[0-9]{3}"
        r"(?:\.0|[- ]?[0-9A-K])?",
    ),
    # A DNI under its own name alone; elsewhere a paper's number and its year, 0012-2024.
    (Shape.EIGHT_APART, r"(?!(?:19|20)[0-9]{2}-(?:19|20))[0-9]{4}-[0-9]{4}|[0-9]{2}-[0-9]{6}"),
    (Shape.KIND, r"(?i:d\.?n\.?i\.?|doc(?:umento)? nacional de identidad)"),
)
_MASTER = re.compile("|".join(f"({pattern})" for _, pattern in _SHAPES))
_STARTS = frozenset("0123456789+-.,'dDlL")
_DIGIT = re.compile(r"[0-9]")
_WIDE = re.compile(r"[\uFF10-\uFF19]{8}")
# How somebody's number is written in prose: what it is, perhaps "Nro.", and the digits.
_NUMBER = r"(?:[0-9]{7,9}|[0-9]{1,2}(?:[. ,][0-9]{3}){2})(?![0-9])"
MENTION = re.compile(
    r"\b(?:d\.?n\.?i\.?|doc(?:umento|\.)?\s{1,3}(?:nacional\s{1,3})?(?:de\s{1,3})?identidad)"
    r"\W{0,3}(?:(?:de\s|es\s|el\s){0,2}n(?:[°ºo.]|ro|[uú]m(?:ero)?){0,3}\W{0,3})?" + _NUMBER,
    re.IGNORECASE,
)
# It begins with plain text, which a search finds quickly.
_MAYBE_RUC = re.compile(r"10[-. ]?[0-9]{2}[. ]?[0-9]{2}[- ]?[0-9][. ]?[0-9]{3}[-. ]?[0-9]")
_RUC_MENTION = re.compile(
    r"\br\.?u\.?c\.?\W{0,3}(?:n[°ºo.r]{0,3}\W{0,3})?10[0-9]{9}\b", re.IGNORECASE
)
_NAME_AND_NUMBER = re.compile(
    r"(?P<name>[^\W\d_][^\d]{5,78}?)[\s:;,./(|\u2013-]{1,5}(?P<number>(?:10)?[0-9]{8}[0-9]?)\)?"
    r"|(?P<first>(?:10)?[0-9]{8}[0-9]?)[\s:;,./|\u2013-]{1,5}(?P<second>[^\W\d_][^\d]{5,78})"
)
_MAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]{1,64}@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4})")
_MARKS = " -\u2013:;,./|()"
_WORDS = (Shape.TEXT, Shape.PERSON, Shape.FULL_NAME)
_LONGEST = 10000


def shape_of(text: str) -> Shape:
    """Return the shape of a cell that is not blank; ``text`` is stripped of white space."""
    match = _MASTER.fullmatch(text) if len(text) <= 40 and text[0] in _STARTS else None
    if match:
        return _SHAPES[(match.lastindex or 1) - 1][0]
    if _DIGIT.search(text, 0, _LONGEST):
        return _of_prose(text[:_LONGEST])
    if "@" in text and _has_private_mail(text):
        return Shape.EMAIL
    if not text.isascii() and _WIDE.fullmatch(text):
        return Shape.EIGHT_APART
    return _WORDS[name_in(text)]


def _has_private_mail(text: str) -> bool:
    """Tell whether an address of a provider that anybody may use is in ``text``."""
    providers = lexicon().providers
    return any(match[1].lower() in providers for match in _MAIL.finditer(text, 0, _LONGEST))


def _of_prose(text: str) -> Shape:
    if MENTION.search(text):
        return Shape.MENTION
    if _RUC_MENTION.search(text) or (_MAYBE_RUC.search(text) and has_right_ruc(text)):
        return Shape.RUC_MENTION
    both = _NAME_AND_NUMBER.fullmatch(text) if len(text) <= 100 else None
    if both and is_full_name((both["name"] or both["second"]).strip(_MARKS)):
        number = both["number"] or both["first"]
        return Shape.RUC_MENTION if len(number) > 9 else Shape.MENTION
    return Shape.EMAIL if "@" in text and _has_private_mail(text) else Shape.TEXT
