"""RUCs whose check digit is wrong, and DNIs that do not have their eight digits."""

import re
from collections.abc import Iterator
from functools import partial

from acopio.model import Finding
from acopio.validators.checking import Check, name_of
from acopio.validators.columns import Column, Survey, is_ruc
from acopio.validators.finding import finding
from acopio.validators.hiding import mask
from acopio.validators.lexicon import lexicon, name_words
from acopio.validators.persons import PersonalKind, names_a_dni, personal_columns
from acopio.validators.shapes import RUCS, Shape
from acopio.validators.values import Answer, Key, Question, Seen, in_sql

_EIGHT = (Shape.EIGHT, Shape.EIGHT_FROM_ZERO, Shape.DATE, Shape.YEAR_NUMBER)
# A number somebody meant as an identifier: not a word, not one its source has masked.
_MEANT = re.compile(r"[0-9][0-9 .-]{3,18}[0-9A-K]?")
_DNI, _RUC = re.compile("[0-9]{8}"), re.compile("(10|15|17|20)[0-9]{9}")
_MARKS = str.maketrans("", "", " .-")
# A column of other numbers that merely have eleven digits.
_SURE = 0.9
_UNNAMED = 10


def _sql_of_right_ruc() -> str:
    """Return what DuckDB knows a RUC by: eleven digits, the last one modulo 11."""
    weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    digits = "substr({{0}}, {place}, 1)::INTEGER * {weight}"
    total = " + ".join(digits.format(place=p, weight=w) for p, w in enumerate(weights, 1))
    right = f"(11 - ({total}) % 11) % 10 = substr({{0}}, 11, 1)::INTEGER"
    return f"CASE WHEN regexp_full_match({{0}}, {in_sql(_RUC)}) THEN {right} ELSE false END"


# Most are right: they never leave the engine that reads them.
_WRONG_RUC = Key(
    sql=f"CASE WHEN NOT ({_sql_of_right_ruc()}) THEN {{0}} END",
    of=lambda text: None if _RUC.fullmatch(text) and is_ruc(text) else text,
)
_WRONG_DNI = Key(
    sql=f"CASE WHEN NOT regexp_full_match({{0}}, {in_sql(_DNI)}) THEN {{0}} END",
    of=lambda text: None if _DNI.fullmatch(text) else text,
)


def checks(table: Survey) -> Iterator[Check]:
    """Yield a check for each column of RUCs, and of DNIs, that has a cell of another shape."""
    for column in table.columns:
        if column.filled > column.valid_rucs and _holds_rucs(column):
            yield Check(
                question=Question(columns=(column.number,), key=_WRONG_RUC),
                judge=partial(_rucs, column),
            )
    dnis = {p.number for p in personal_columns(table) if p.kind is PersonalKind.DNI}
    for column in table.columns:
        if (
            column.number in dnis
            and _is_called_dni(column)
            and column.filled > column.count(*_EIGHT)
        ):
            yield Check(
                question=Question(columns=(column.number,), key=_WRONG_DNI),
                judge=partial(_dnis, column),
            )


def _holds_rucs(column: Column) -> bool:
    """Tell whether a column holds RUCs: by its name, or because nearly all are right ones."""
    words = lexicon()
    label = name_words(column.label)
    if label & words.ruc:
        return not label & words.never
    shaped = column.count(*RUCS)
    many = shaped >= _UNNAMED and shaped >= _SURE * column.filled
    return many and column.valid_rucs >= _SURE * shaped


def _is_called_dni(column: Column) -> bool:
    return names_a_dni(column.label) and not name_words(column.label) & lexicon().doubtful


def _rucs(column: Column, answer: Answer) -> Iterator[Finding]:
    from stdnum.pe import ruc

    wrong = {
        value: seen
        for value, seen in answer.seen.items()
        if _MEANT.fullmatch(value) and not ruc.is_valid(value.translate(_MARKS))
    }
    if wrong:
        yield _found("ruc-invalid", column, wrong)


def _dnis(column: Column, answer: Answer) -> Iterator[Finding]:
    """Find numbers of another length; with a right check character nine are well formed."""
    from stdnum.pe import cui

    wrong = {
        value: seen
        for value, seen in answer.seen.items()
        if _MEANT.fullmatch(value) and not cui.is_valid(value.translate(_MARKS))
    }
    if wrong:
        yield _found("dni-malformed", column, wrong)


def _found(code: str, column: Column, values: dict[str, Seen]) -> Finding:
    example, first = next(iter(values.items()))
    # Even a wrong number is nearly somebody's.
    kind = PersonalKind.RUC if example.startswith("20") else PersonalKind.DNI
    return finding(
        code,
        row=first.first_row,
        field=name_of(column),
        evidence=mask(kind, example),
        number=column.number,
        count=sum(seen.count for seen in values.values()),
        different=len(values),
        digits=sum(character.isdigit() for character in example),
    )
