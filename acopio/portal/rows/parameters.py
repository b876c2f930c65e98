"""``datastore_search``'s parameters, as CKAN 2.12 reads them; its words for what is wrong."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from acopio.portal.problems import ValidationError
from acopio.portal.rows.filters import Filter, read_filters
from acopio.portal.rows.refusals import invalid, quoted, refused
from acopio.portal.rows.tables import Column, Table

DEFAULT, MOST = 100, 32_000
FORMATS = ("objects", "lists", "csv", "tsv")
_TRUE = {"true", "yes", "t", "y", "1"}
_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,40}\s*")
_CLAUSE = re.compile(r"(.+?)(?: +(asc|desc))?(?: +nulls +(first|last))? *", re.I | re.S)
# No table has so many rows: a larger number means the same to us, and DuckDB can hold this one.
_FAR = 2**62
_KNOWN = {
    "resource_id", "id", "q", "plain", "filters", "language", "limit", "offset", "fields", "sort",
    "distinct", "include_total", "total_estimation_threshold", "records_format",
    "include_next_page", "full_text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """One clause of ``sort``. Nulls come last upward and first downward unless asked otherwise."""

    column: Column
    descending: bool
    nulls_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which rows of a table: what a search, a dump and a count have in common."""

    columns: tuple[Column, ...]
    filters: Filter | None
    q: str | Mapping[str, str]
    full_text: str
    plain: bool
    distinct: bool
    sort: tuple[Order, ...]
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A query, how its answer is given, and ``echo``: the parameters as the answer repeats them."""

    query: Query
    limit: int
    records_format: str
    include_total: bool
    include_next_page: bool
    echo: dict[str, Any]


def read_search(given: Mapping[str, Any], table: Table) -> Search:
    """Return what ``given`` asks of ``table``. Raises ValidationError."""
    asked = {name: value for name, value in given.items() if value is not None}
    wrong: dict[str, Any] = {}
    parsed = _each(asked, wrong)
    if wrong:
        raise ValidationError(wrong)
    query = _query(parsed, table)
    unknown = next((name for name in asked if name not in _KNOWN), None)
    if unknown is not None:
        raise invalid("__extras", unknown)
    return Search(
        query=query,
        limit=parsed["limit"],
        records_format=parsed["records_format"],
        include_total=parsed["include_total"],
        include_next_page=parsed["include_next_page"],
        echo=_echo(parsed, asked, query),
    )


def read_query(given: Mapping[str, Any], table: Table) -> tuple[Query, int | None]:
    """Return which rows a dump is of, and how many at most. Raises ValidationError."""
    names = {"q", "plain", "filters", "language", "offset", "fields", "sort", "distinct"}
    asked = {name: given[name] for name in names if given.get(name) is not None}
    limit = given.get("limit")
    wrong: dict[str, Any] = {}
    parsed = _each(asked, wrong)
    most = None if limit in (None, "") else _checked("limit", natural, limit, wrong)
    if wrong:
        raise ValidationError(wrong)
    return _query(parsed, table), most


def _each(asked: Mapping[str, Any], wrong: dict[str, Any]) -> dict[str, Any]:
    """Return every parameter read by itself; what is wrong is added to ``wrong``."""
    readers = {
        "limit": lambda v: min(natural(v), MOST) if v != "" else DEFAULT,
        "offset": lambda v: integer(v) if v != "" else 0,
        "filters": _json,
        "q": _text_or_object,
        "fields": _names,
        "sort": _names,
        "records_format": _format,
        "full_text": str,
        "language": str,
        **dict.fromkeys(("plain", "distinct", "include_total", "include_next_page"), truth),
    }
    defaults: dict[str, Any] = {
        "limit": DEFAULT, "offset": 0, "filters": {}, "q": "", "fields": None, "sort": [],
        "records_format": "objects", "full_text": "", "plain": True, "distinct": False,
        "include_total": True, "include_next_page": False,
    }  # fmt: skip
    read = {
        name: _checked(name, reader, asked[name], wrong)
        for name, reader in readers.items()
        if name in asked
    }
    return defaults | read


def _checked(name: str, reader: Any, value: Any, wrong: dict[str, Any]) -> Any:
    try:
        return reader(value)
    except ValidationError as error:
        wrong[name] = error.errors["said"]


def integer(value: Any) -> int:
    """Return ``value`` as a whole number, near enough where it is beyond any row."""
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if whole or (isinstance(value, str) and _INTEGER.fullmatch(value)):
        return max(-_FAR, min(int(value), _FAR))
    raise refused("said", "Invalid integer")


def natural(value: Any) -> int:
    """Return ``value`` as a whole number from zero."""
    try:
        found = integer(value)
    except ValidationError:
        more = ["Please enter an integer value"] if isinstance(value, str) else []
        raise refused("said", "Invalid integer", *more) from None
    if found < 0:
        raise refused("said", "Must be a natural number")
    return found


def truth(value: Any) -> bool:
    """Return whether ``value`` says yes; what says nothing says no, as in CKAN."""
    return value is True or str(value).strip().lower() in _TRUE


def _json(value: Any) -> Any:
    if isinstance(value, list | dict):
        return value
    try:
        return json.loads(value)
    except (ValueError, TypeError, RecursionError):
        raise refused("said", "Cannot parse JSON") from None


def _text_or_object(value: Any) -> str | dict[str, Any]:
    try:
        found = _json(value)
    except ValidationError:
        found = None
    return found if isinstance(found, dict) else str(value)


def _names(value: Any) -> list[str]:
    found = value
    if isinstance(value, str):
        found = [each.strip() for each in value.split(",") if each.strip()]
    if not isinstance(found, list):
        raise refused("said", "Not a list")
    odd = next((each for each in found if not isinstance(each, str)), None)
    if odd is not None:
        raise refused("said", f"Neither a string nor a list: {quoted(odd)}")
    return found


def _format(value: Any) -> str:
    if value not in FORMATS:
        raise refused("said", f"Value must be one of {list(FORMATS)}")
    return str(value)


def _query(parsed: Mapping[str, Any], table: Table) -> Query:
    asked = parsed["filters"]
    filters = read_filters(asked, table.columns) if asked or asked == 0 else None
    if parsed["offset"] < 0:
        raise invalid("offset", parsed["offset"])
    return Query(
        columns=_columns(parsed["fields"], table),
        filters=filters,
        q=_searched(parsed["q"], table),
        full_text=parsed["full_text"],
        plain=parsed["plain"],
        distinct=parsed["distinct"],
        sort=_sort(parsed["sort"], table),
        offset=parsed["offset"],
    )


def _columns(names: list[str] | None, table: Table) -> tuple[Column, ...]:
    """Return the columns asked for, each once; all of them where none is named."""
    found = {
        name: table.columns.get(name) or table.columns.get(_bare(name)) for name in names or ()
    }
    unknown = next((name for name, column in found.items() if column is None), None)
    if unknown is not None:
        raise invalid("fields", unknown)
    chosen = dict.fromkeys(column for column in found.values() if column is not None)
    return tuple(chosen) or tuple(table.columns.values())


def _searched(q: Any, table: Table) -> str | Mapping[str, str]:
    for name, value in q.items() if isinstance(q, dict) else ():
        if name not in table.columns or not isinstance(value, str):
            raise invalid("q", name)
    found: str | Mapping[str, str] = q
    return found


def _sort(clauses: list[str], table: Table) -> tuple[Order, ...]:
    found: dict[str, Order] = {}
    for clause in clauses:
        match = _CLAUSE.fullmatch(clause.strip())
        name = match[1] if match else ""
        column = table.columns.get(name) or table.columns.get(_bare(name))
        if match is None or column is None:
            raise invalid("sort", clause)
        down = (match[2] or "").lower() == "desc"
        first = match[3].lower() == "first" if match[3] else down
        found.setdefault(column.name, Order(column, down, first))
    return tuple(found.values())


def _bare(name: str) -> str:
    quoted = len(name) > 1 and name[0] == name[-1] == '"'
    return name[1:-1] if quoted else name


def _echo(parsed: Mapping[str, Any], asked: Mapping[str, Any], query: Query) -> dict[str, Any]:
    """Return the parameters as CKAN repeats them: some always, the others where given."""
    always = ("limit", "records_format", "include_total", "include_next_page")
    given = ("offset", "filters", "q", "distinct", "plain", "full_text", "language")
    echo = {name: parsed[name] for name in always}
    echo |= {name: parsed.get(name) for name in given if name in asked}
    echo |= {name: asked[name] for name in ("resource_id", "sort") if name in asked}
    if query.filters is not None:
        echo["filterops"] = query.filters.as_dict()
    return echo
