"""Write, in DuckDB's SQL, how a cell of text is read by its field of a Table Schema."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

# Characters of a text that are compared. DuckDB keeps what each function makes of 2,048 of them.
LONGEST = 1000
_FORMAT = re.compile(r"(?:%[dmyYHMSbB]|[-/. :T])+")
_TRUE, _FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")

Field = Mapping[str, Any]


def typed(cell: str, field: Field, missing: Sequence[str]) -> str:
    """Return the expression of a value: NULL for a missing one, and for one not of the type.

    ``cell`` is an expression of text. Numbers are exact decimals with nine places, whole numbers
    have 64 bits, dates and moments are DuckDB's; what has another type stays text.
    """
    read = _READERS.get(str(field.get("type", "string")))
    value = read(cell, field) if read else f"substr({cell}, 1, {LONGEST})"
    return (
        f"CASE WHEN {cell} IN ({_texts(missing)}) THEN NULL ELSE {value} END" if missing else value
    )


def quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _texts(values: Sequence[str]) -> str:
    return ", ".join(map(quoted, values))


def _integer(text: str, field: Field) -> str:
    # Cast alone, 1.5 would be 2.
    plain = _plain_number(text, field)
    return f"CASE WHEN contains({plain}, '.') THEN NULL ELSE TRY_CAST({plain} AS BIGINT) END"


def _number(text: str, field: Field) -> str:
    return f"TRY_CAST({_plain_number(text, field)} AS DECIMAL(38, 9))"


def _plain_number(text: str, field: Field) -> str:
    group, decimal = str(field.get("groupChar", "")), str(field.get("decimalChar", "."))
    if group:
        text = f"replace({text}, {quoted(group)}, '')"
    return text if decimal == "." else f"replace({text}, {quoted(decimal)}, '.')"


def _boolean(text: str, field: Field) -> str:
    true, false = field.get("trueValues", _TRUE), field.get("falseValues", _FALSE)
    return (
        f"CASE WHEN {text} IN ({_texts(true)}) THEN true "
        f"WHEN {text} IN ({_texts(false)}) THEN false END"
    )


def _moment(type_: str) -> Callable[[str, Field], str]:
    def read(text: str, field: Field) -> str:
        form = str(field.get("format", "default"))
        if form in ("default", "any"):
            return f"TRY_CAST({text} AS {type_})"
        if _FORMAT.fullmatch(form):
            return f"CAST(try_strptime({text}, {quoted(form)}) AS {type_})"
        return text

    return read


_READERS: Mapping[str, Callable[[str, Field], str]] = {
    "integer": _integer,
    "year": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _moment("DATE"),
    "datetime": _moment("TIMESTAMP"),
    "time": _moment("TIME"),
}
