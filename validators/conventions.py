"""See by which conventions a table's cells are written: the order of dates, words for nothing.

From a sample; what breaks a convention further down is for the checks of the whole file.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from acopio.validators.country import column_words
from acopio.validators.lexicon import fold

_DATE = re.compile(r"([0-9]{1,4})([/.-])([0-9]{1,2})\2([0-9]{2,4})(?:[ T].{0,30})?")
_NUMBER = re.compile(r"[-+]?[0-9][0-9., /:-]*%?")
_ORDERS = ("ymd", "dmy", "mdy")
# Where every day could be a month, the country's custom is as good as a guess.
_CUSTOM = "dmy"
_GUESS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """How a sample's cells are written; a confidence is 0 to 1.

    ``date_order`` is ``ymd``, ``dmy``, ``mdy``, or empty where there are no dates.
    ``missing_words`` stand for nothing in columns of numbers and dates.
    """

    date_order: str = ""
    date_confidence: float = 0.0
    missing_words: tuple[str, ...] = ()
    missing_confidence: float = 0.0


UNKNOWN = Conventions()


def conventions(rows: Sequence[Sequence[str]]) -> Conventions:
    """Return the conventions that ``rows``, without the header, follow."""
    order, order_confidence = _date_order(rows)
    words, words_confidence = _missing_words(rows)
    return Conventions(
        date_order=order,
        date_confidence=order_confidence,
        missing_words=words,
        missing_confidence=words_confidence,
    )


def _date_order(rows: Sequence[Sequence[str]]) -> tuple[str, float]:
    """Return the order most dates prove, and the share of those that prove any."""
    matches = (_DATE.fullmatch(cell.strip()) for row in rows for cell in row)
    orders = Counter(_order(match) for match in matches if match)
    proven = sum(orders[order] for order in _ORDERS)
    if not proven:
        return (_CUSTOM, _GUESS) if orders["either"] else ("", 0.0)
    order = max(_ORDERS, key=lambda one: orders[one])
    return order, round(orders[order] / proven, 2)


def _order(match: re.Match[str]) -> str:
    first, second, last = match[1], int(match[3]), match[4]
    if len(first) == 4 and len(last) == 2:
        return "ymd"
    if len(first) > 2 or len(last) == 3 or not 1 <= min(int(first), second) <= 12:
        return "none"
    if max(int(first), second) > 31:
        return "none"
    if second > 12:
        return "mdy"
    return "dmy" if int(first) > 12 else "either"


def _missing_words(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], float]:
    """Return the words found, the most frequent first, and how pure their columns are else."""
    words: Counter[str] = Counter()
    others = values = 0
    for column in zip_longest(*rows, fillvalue=""):
        missing, valued, rest = _sorted_cells(column)
        if missing and valued > rest:
            words.update(missing)
            values += valued
            others += rest
    confidence = round(values / (values + others), 2) if words else 0.0
    return tuple(word for word, _ in words.most_common()), confidence


def _sorted_cells(cells: Sequence[str]) -> tuple[Counter[str], int, int]:
    """Return the words for nothing among ``cells``; count numbers and dates; count the rest."""
    known = column_words("missing")["tokens"]
    filled = Counter(cell.strip() for cell in cells)
    del filled[""]
    words = Counter({text: times for text, times in filled.items() if not _is_value(text)})
    missing = Counter({text: times for text, times in words.items() if fold(text) in known})
    return missing, filled.total() - words.total(), words.total() - missing.total()


def _is_value(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text) or _DATE.fullmatch(text))
