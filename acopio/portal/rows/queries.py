"""A query as SQL statements: a page of it, and how many rows it has in all.

Without ``sort`` rows come in the order of the file, which DuckDB keeps, and reading stops with the
page. With it, only the sorted columns are read to find the page's rows, so that wide tables are
sorted in little memory; equal rows keep the order of the file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from acopio.portal.rows import tsquery
from acopio.portal.rows.conditions import condition
from acopio.portal.rows.parameters import Order, Query
from acopio.portal.rows.refusals import impossible, quoted
from acopio.portal.rows.statement import Values, all_of, source
from acopio.portal.rows.tables import ROW, Table
from acopio.portal.rows.words import has_all


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and the values bound in it."""

    sql: str
    values: Mapping[str, Any]


def grouped(query: Query) -> bool:
    """Return whether equal rows are put together; those that show their number are distinct."""
    return query.distinct and all(column.kind != "row" for column in query.columns)


def by_number(query: Query) -> str | None:
    """Return ``gt`` where rows come in the order of ``_id``, ``lt`` in its reverse, or None."""
    if grouped(query):
        return None
    if not query.sort:
        return "gt"
    first = query.sort[0]
    return ("lt" if first.descending else "gt") if first.column.kind == "row" else None


def page(
    query: Query, table: Table, cells: Sequence[str], *, limit: int, after: int | None = None
) -> Statement:
    """Return the statement for ``limit`` rows of ``cells``, from the query's offset.

    ``after`` (only in the file's order) is the ``_id`` of the row before the page.
    """
    values = Values(table)
    conditions = _conditions(query, table, values)
    offset = query.offset
    if not conditions and by_number(query) == "gt":
        # The row numbered so: what is before it need not be read to be counted.
        after, offset = (after or 0) + offset, 0
    if after is not None:
        conditions.append(f"{ROW} >= {values.add(after)}")
    where = f"FROM {source(table)} WHERE {all_of(conditions)}"
    window = f"LIMIT {values.add(limit)} OFFSET {values.add(offset)}"
    select = f"SELECT {', '.join(cells)}"
    if grouped(query):
        sql = f"{select} FROM ({_distinct(query, where)} {window}) ORDER BY {_keys(query, 'first')}"
    elif by_number(query) == "gt":
        sql = f"{select} {where} {window}"
    else:
        keys = _keys(query, ROW)
        chosen = f"SELECT {ROW} {where} ORDER BY {keys} {window}"
        sql = f"{select} FROM {source(table)} WHERE {ROW} IN ({chosen}) ORDER BY {keys}"
    return Statement(sql, values.bound)


def total(query: Query, table: Table) -> Statement | None:
    """Return the statement for the number of rows; None where all of the table's are meant."""
    values = Values(table)
    conditions = _conditions(query, table, values)
    where = f"FROM {source(table)} WHERE {all_of(conditions)}"
    if grouped(query):
        where = f"FROM (SELECT DISTINCT {_group(query)} {where})"
        return Statement(f"SELECT count(*) {where}", values.bound)
    return Statement(f"SELECT count(*) {where}", values.bound) if conditions else None


def _group(query: Query) -> str:
    return ", ".join(column.ref for column in query.columns)


def _distinct(query: Query, where: str) -> str:
    outside = next((each for each in query.sort if each.column not in query.columns), None)
    if outside is not None:
        name = quoted(outside.column.name)
        raise impossible(f'with distinct, sort must be by one of fields, which "{name}" is not')
    group = _group(query)
    select = f"SELECT {group}, min({ROW}) AS first {where} GROUP BY {group}"
    return f"{select} ORDER BY {_keys(query, 'first')}"


def _keys(query: Query, last: str) -> str:
    return ", ".join([*map(_key, query.sort), last])


def _key(order: Order) -> str:
    way = "DESC" if order.descending else "ASC"
    return f"{order.column.ref} {way} NULLS {'FIRST' if order.nulls_first else 'LAST'}"


def _conditions(query: Query, table: Table, values: Values) -> list[str]:
    found = [condition(query.filters, table.columns, values)] if query.filters else []
    matches = has_all if query.plain else tsquery.matches
    if query.full_text:
        found.append(matches(query.full_text, table.own, values))
    if isinstance(query.q, Mapping):
        for name, asked in query.q.items():
            found.append(matches(asked, [table.columns[name]], values))
    elif query.q and not query.full_text:
        found.append(matches(query.q, table.own, values))
    return found
