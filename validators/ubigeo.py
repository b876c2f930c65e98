"""Ubigeos: codes of places that nobody gave out, and codes that lost the zero they begin with.

INEI's and RENIEC's codings give most districts different codes. Which of them a column follows is
decided by which fits more of its cells: files rarely say, and are not always right when they do.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from acopio.model import Finding
from acopio.validators.checking import Check, name_of
from acopio.validators.columns import Column, Survey
from acopio.validators.country import column_words, ubigeos
from acopio.validators.finding import finding
from acopio.validators.lexicon import fold
from acopio.validators.values import Answer, Question, Seen

# What a spreadsheet makes of a code that it took for a number.
_DECIMALS: Final = ".0"
# A column whose cells are codes of something else, whatever it is called.
_FITTING = 0.5

Values = Mapping[str, Seen]


def checks(table: Survey) -> Iterator[Check]:
    """Yield a check for each column called a ubigeo."""
    parts = column_words("ubigeo")["parts"]
    for column in table.columns:
        label = fold(column.label)
        if column.filled and any(part in label for part in parts):
            yield Check(question=Question(columns=(column.number,)), judge=partial(_judged, column))


def _judged(column: Column, answer: Answer) -> Iterator[Finding]:
    written = {value: seen for value, seen in answer.seen.items() if _bare(value).isdecimal()}
    coding = _coding(written)
    codes = ubigeos()[coding]
    lost = {
        v: seen for v, seen in written.items() if _bare(v) not in codes and _restored(v) in codes
    }
    unknown = {v: seen for v, seen in written.items() if _restored(v) not in codes}
    if _cells(unknown) > _FITTING * _cells(written):
        return
    if lost:
        yield _found("ubigeo-lost-zero", column, lost, coding)
    if unknown:
        yield _found("ubigeo-unknown", column, unknown, coding)


def _coding(written: Values) -> str:
    """Return the coding that most cells fit; INEI's where both do."""
    fits = {
        coding: _cells({v: seen for v, seen in written.items() if _restored(v) in codes})
        for coding, codes in ubigeos().items()
    }
    return max(fits, key=lambda coding: fits[coding])


def _cells(values: Values) -> int:
    return sum(seen.count for seen in values.values())


def _bare(value: str) -> str:
    return value.removesuffix(_DECIMALS)


def _restored(value: str) -> str:
    """Return a code with the zero it may have lost: codes have an even number of digits."""
    code = _bare(value)
    return "0" + code if len(code) % 2 else code


def _found(code: str, column: Column, values: Values, coding: str) -> Finding:
    example, first = next(iter(values.items()))
    return finding(
        code,
        row=first.first_row,
        field=name_of(column),
        evidence=example,
        number=column.number,
        count=_cells(values),
        different=len(values),
        coding=coding.upper(),
        expected=_restored(example),
    )
