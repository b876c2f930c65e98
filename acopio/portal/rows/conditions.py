"""Filters as SQL, each value compared as the type of its column. Null equals nothing, as in SQL."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from acopio.portal.rows.filters import Compare, Filter
from acopio.portal.rows.numbers import as_value, bound, number, same
from acopio.portal.rows.refusals import impossible, quoted
from acopio.portal.rows.statement import FALSE, Values, all_of, any_of
from acopio.portal.rows.tables import ROW, Column, Kind

_SIGNS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_TRUE = {"t", "true", "y", "yes", "on", "1"}
_NOT = {"f", "false", "n", "no", "off", "0"}
_DAY = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}")


def condition(asked: Filter, columns: Mapping[str, Column], values: Values) -> str:
    """Return ``asked`` as SQL. Raises ValidationError for a value its column cannot have."""
    if not isinstance(asked, Compare):
        members = [condition(each, columns, values) for each in asked.members]
        return all_of(members) if asked.op == "$and" else any_of(members)
    column = columns[asked.field]
    given = asked.value if asked.op == "in" else [asked.value]
    wanted = [each for each in given if each is not None]
    if column.kind in {"exact", "row"}:
        return _numbers(column, asked.op, wanted, values)
    read = _READ[column.kind]
    names = [values.add(read(column, each)) for each in wanted]
    left = f"CAST({column.ref} AS VARCHAR)" if column.kind == "other" else column.ref
    if asked.op == "in":
        return f"{left} IN ({', '.join(names)})" if names else FALSE
    return f"{left} {_SIGNS[asked.op]} {names[0]}" if names else FALSE


def _numbers(column: Column, op: str, given: list[Any], values: Values) -> str:
    exact = [number(column, each) for each in given]
    if op in {"eq", "in"}:
        equal = [same(column, each) for each in exact]
        names = [_name(column, each, values) for each in equal if each is not None]
        return f"{column.ref} IN ({', '.join(names)})" if names else FALSE
    if not exact:
        return FALSE
    limit, upward = bound(column, op, exact[0]), op in {"gt", "gte"}
    if column.bottom <= limit <= column.top:
        return f"{column.ref} {'>=' if upward else '<='} {_name(column, limit, values)}"
    return f"{column.ref} IS NOT NULL" if upward == (limit < column.bottom) else FALSE


def _name(column: Column, scaled: int, values: Values) -> str:
    # Rows are numbered from 1 in answers and from 0 in the file.
    return values.add(as_value(column, scaled) - (column.ref == ROW))


def _text(column: Column, value: Any) -> str:
    return str(_scalar(column, value))


def _scalar(column: Column, value: Any) -> Any:
    if isinstance(value, list | dict):
        raise _mismatch(column, value)
    return value


def _float(column: Column, value: Any) -> float:
    number(column, value)  # or it is refused
    return float(str(value))


def _bool(column: Column, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word not in _TRUE | _NOT:
        raise _mismatch(column, value)
    return word in _TRUE


def _date(column: Column, value: Any) -> date:
    return _moment(column, value).date()


def _moment(column: Column, value: Any) -> datetime:
    # A zone does not move a moment that has none, as in PostgreSQL.
    return _iso(column, value).replace(tzinfo=None)


def _zoned(column: Column, value: Any) -> datetime:
    found = _iso(column, value)
    try:
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except OverflowError as error:
        raise _mismatch(column, value) from error


def _iso(column: Column, value: Any) -> datetime:
    text = value.strip() if isinstance(value, str) else ""
    if not _DAY.match(text):
        raise _mismatch(column, value)
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise _mismatch(column, value) from error


def _mismatch(column: Column, value: Any) -> Exception:
    return impossible(f'invalid input syntax for type {column.type}: "{quoted(value)}"')


_READ: Mapping[Kind, Callable[[Column, Any], Any]] = {
    "text": _text,
    "other": _text,
    "float": _float,
    "bool": _bool,
    "date": _date,
    "moment": _moment,
    "zoned": _zoned,
}
