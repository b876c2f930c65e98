"""Words and marks that stand for "no value" in columns of numbers or days."""

import re
from collections.abc import Iterator
from functools import partial

from acopio.model import Finding
from acopio.validators.checking import Check, name_of
from acopio.validators.columns import Column, Survey
from acopio.validators.country import column_words
from acopio.validators.dates import holds_dates
from acopio.validators.finding import finding
from acopio.validators.lexicon import fold
from acopio.validators.shapes import Shape
from acopio.validators.tabular.tally import DIGIT, has_digit
from acopio.validators.values import Answer, Key, Question, Seen, in_sql

_WORDS = (Shape.TEXT, Shape.PERSON, Shape.FULL_NAME)
_DECIMALS = (Shape.POINT, Shape.COMMA, Shape.GROUPED_COMMA, Shape.THOUSANDS)
_WHOLE = (Shape.INTEGER, Shape.SIX, Shape.SEVEN, Shape.EIGHT, Shape.NINE, Shape.MOBILE)
# Whatever has no digit is a word; what has one is a number, a day, or somebody else's finding.
_NUMBER = re.compile("[-+]?[0-9]+")
_WORD_KEY = Key(
    sql=f"CASE WHEN NOT regexp_matches({{0}}, {in_sql(DIGIT)}) THEN {{0}} END",
    of=lambda text: None if has_digit(text) else text,
)
_NUMBER_KEY = Key(
    sql=f"CASE WHEN regexp_full_match({{0}}, {in_sql(_NUMBER)}) THEN {{0}} END",
    of=lambda text: text if _NUMBER.fullmatch(text) else None,
)
# Besides the words, the column must be what its numbers say it is.
_OTHERWISE = 0.95
_TIMES = 3
_SHOWN = 5


def checks(table: Survey) -> Iterator[Check]:
    """Yield a check for each column of numbers or days with a word in it, or with a stand-in."""
    for column in table.columns:
        words = column.count(*_WORDS)
        if words and (words < column.filled * 0.9 or holds_dates(column)):
            yield Check(
                question=Question(columns=(column.number,), key=_WORD_KEY, of_words=True),
                judge=partial(_words, column),
            )
        elif _may_stand_in(column):
            yield Check(
                question=Question(columns=(column.number,), key=_NUMBER_KEY),
                judge=partial(_numbers, column),
            )


def _words(column: Column, answer: Answer) -> Iterator[Finding]:
    """Find the words for nothing, if all cells but a few of the rest have digits."""
    known = column_words("missing")["tokens"]
    tokens = {value: seen for value, seen in answer.seen.items() if fold(value) in known}
    without = sum(seen.count for seen in answer.seen.values())
    rest = column.filled - sum(seen.count for seen in tokens.values())
    digits = column.filled - without
    shaped = column.filled - column.count(*_WORDS)
    of_numbers = shaped >= _OTHERWISE * rest and shaped
    if tokens and (of_numbers or holds_dates(column)) and digits >= _OTHERWISE * rest > 0:
        yield _found(column, tokens)


def _may_stand_in(column: Column) -> bool:
    """Tell whether a column of decimals has whole numbers that begin with one for nothing."""
    whole = [column.first[shape] for shape in _WHOLE if shape in column.first]
    decimals = column.count(*_DECIMALS)
    known = column_words("missing")["numbers"]
    return bool(whole) and decimals >= 0.5 * column.filled and min(whole)[1] in known


def _numbers(column: Column, answer: Answer) -> Iterator[Finding]:
    """Find one number for nothing: the only whole one, several times, among decimals."""
    if len(answer.seen) != 1:
        return
    ((value, seen),) = answer.seen.items()
    if value in column_words("missing")["numbers"] and seen.count >= _TIMES:
        yield _found(column, {value: seen})


def _found(column: Column, tokens: dict[str, Seen]) -> Finding:
    first = next(iter(tokens.values()))
    return finding(
        "missing-value-token",
        row=first.first_row,
        field=name_of(column),
        evidence=next(iter(tokens)),
        number=column.number,
        count=sum(seen.count for seen in tokens.values()),
        tokens=" ".join(f"«{token}»" for token in list(tokens)[:_SHOWN]),
    )
