"""``datastore_search``'s parameters, read with the table at hand: which rows, and how answered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from acopio.portal.rows.filters import Filter, read_filters
from acopio.portal.rows.reading import DEFAULT, QUERY, SEARCH, natural, read_each
from acopio.portal.rows.refusals import invalid
from acopio.portal.rows.tables import Column, Table

_CLAUSE = re.compile(r"(.+?)(?: +(asc|desc))?(?: +nulls +(first|last))? *", re.I | re.S)
_KNOWN = {*SEARCH, "resource_id", "id", "total_estimation_threshold"}
# What an answer always repeats.
_DEFAULTS = {
    "limit": DEFAULT,
    "records_format": "objects",
    "include_total": True,
    "include_next_page": False,
}


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
    read = read_each(asked, SEARCH)
    query = _query(read, table)
    unknown = next((name for name in asked if name not in _KNOWN), None)
    if unknown is not None:
        raise invalid("__extras", unknown)
    read = {**_DEFAULTS, **read, **_echoed(asked, query)}
    return Search(
        query=query,
        limit=read["limit"],
        records_format=read["records_format"],
        include_total=read["include_total"],
        include_next_page=read["include_next_page"],
        echo=read,
    )


def read_query(given: Mapping[str, Any], table: Table) -> tuple[Query, int | None]:
    """Return which rows a dump is of, and how many at most. Raises ValidationError."""
    read = read_each(given, {**QUERY, "limit": _most})
    return _query(read, table), read.pop("limit", None)


def _most(value: Any) -> int | None:
    return None if value == "" else natural(value)


def _echoed(asked: Mapping[str, Any], query: Query) -> dict[str, Any]:
    """Return what is repeated otherwise than it was read."""
    echo = {"resource_id": asked.get("resource_id", asked.get("id"))}
    if "sort" in asked:
        echo["sort"] = asked["sort"]
    if query.filters is not None:
        echo["filterops"] = query.filters.as_dict()
    return echo


def _query(read: Mapping[str, Any], table: Table) -> Query:
    asked, offset = read.get("filters", {}), read.get("offset", 0)
    filters = None if asked in ({}, []) else read_filters(asked, table.columns)
    if offset < 0:
        raise invalid("offset", offset)
    return Query(
        columns=_columns(read.get("fields", []), table),
        filters=filters,
        q=_searched(read.get("q", ""), table),
        full_text=read.get("full_text", ""),
        plain=read.get("plain", True),
        distinct=read.get("distinct", False),
        sort=_sort(read.get("sort", []), table),
        offset=offset,
    )


def _columns(names: list[str], table: Table) -> tuple[Column, ...]:
    """Return the columns asked for, each once; all of them where none is named."""
    found = {name: table.columns.get(name) or table.columns.get(_bare(name)) for name in names}
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
