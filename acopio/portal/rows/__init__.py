"""Rows of published tables: CKAN's DataStore for reading, by DuckDB over Parquet files.

Nothing is loaded anywhere: the Parquet twin of a clean file is the table. ``_id`` is the number of
a row from 1, in the order of the file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from acopio.portal.rows import cells, dump, queries
from acopio.portal.rows.engine import Engine, Session
from acopio.portal.rows.fields import Schema, described, native
from acopio.portal.rows.parameters import Search, read_query, read_search
from acopio.portal.rows.reading import truth
from acopio.portal.rows.refusals import refused
from acopio.portal.rows.tables import Table, Tables

# The text of an answer; what is longer is asked for in parts, or dumped.
_ANSWER = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRows:
    """Some rows as people read them: ``rows`` has each one's ``_id`` and its cells, None is null.

    ``columns`` are those shown, ``hidden`` the number of those that are not; ``total`` is the
    number of rows of the table.
    """

    columns: Sequence[dict[str, Any]]
    hidden: int
    rows: Sequence[tuple[int, tuple[str | None, ...]]]
    total: int


class Rows:
    """Searches tables. One is enough for a process: safe to use from several threads.

    ``memory`` and ``seconds`` bound each search, ``at_once`` how many run at a time. Every method
    takes the path of a Parquet file and raises ValidationError: for what is asked wrongly, when a
    bound is reached, and when the file cannot be read.
    """

    def __init__(
        self, *, memory: str = "512MB", threads: int = 2, seconds: float = 20, at_once: int = 4
    ) -> None:
        self._engine = Engine(memory=memory, threads=threads, seconds=seconds, at_once=at_once)
        self._tables = Tables()

    def search(
        self, path: Path, asked: Mapping[str, Any], *, schema: Schema | None = None
    ) -> dict[str, Any]:
        """Return ``datastore_search``'s result. Decimals stay Decimal: see ``exact``."""
        table = self._tables.open(path)
        search = read_search(asked, table)
        with self._engine.session(table) as session:
            found = _page(session, search, table)
            total = _total(session, search, table, len(found))
        result = {**search.echo, "fields": described(search.query.columns, schema)}
        result["records"] = _records(search, found)
        if search.include_total:
            result["total"] = total
        return result | _next_page(search, found)

    def info(
        self, path: Path, asked: Mapping[str, Any], *, schema: Schema | None = None
    ) -> dict[str, Any]:
        """Return ``datastore_info``'s result: sizes are the file's, ``_id`` is left out."""
        table = self._tables.open(path)
        fields = described(table.own, schema)
        if truth(asked.get("include_fields_schema", True)):
            for field, column in zip(fields, table.own, strict=True):
                field["schema"] = native(column)
        if not truth(asked.get("include_meta", True)):
            return {"fields": fields}
        meta = {"id": asked.get("resource_id"), "count": table.rows, "table_type": "BASE TABLE"}
        sizes = {"size": table.bytes, "db_size": table.bytes, "idx_size": 0}
        return {"meta": {**meta, **sizes, "aliases": []}, "fields": fields}

    def dump(
        self, path: Path, form: str, asked: Mapping[str, Any], *, schema: Schema | None = None
    ) -> Iterator[bytes]:
        """Return ``/datastore/dump/ID``'s body, piece by piece; ``form`` is csv, tsv or json.

        What is wrong with the question is raised before the first piece is asked for; later
        pieces can still fail, when the file goes or a page takes too long.
        """
        table = self._tables.open(path)
        query, limit = read_query(asked, table)
        form = dump.checked(form)
        pages = dump.pages(self._engine, table, query, form, limit)
        first = next(pages, None)
        found = pages if first is None else chain([first], pages)
        bom = truth(asked.get("bom", False))
        return dump.written(found, query, form, schema=schema, bom=bom)

    def first(
        self,
        path: Path,
        *,
        limit: int,
        offset: int,
        schema: Schema | None = None,
        columns: int = 50,
        width: int = 300,
    ) -> FirstRows:
        """Return rows to show on a page: at most ``columns`` of them, cells cut at ``width``."""
        table = self._tables.open(path)
        query, _ = read_query({"offset": offset}, table)
        shown = table.own[:columns]
        wanted = [table.columns["_id"], *shown]
        select = [cells.shown(column, width) for column in wanted]
        statement = queries.page(query, table, select, limit=limit)
        with self._engine.session(table) as session:
            found, _ = session.rows(statement.sql, statement.values, size=_ANSWER)
        return FirstRows(
            columns=described(shown, schema),
            hidden=len(table.own) - len(shown),
            rows=[(int(row[0]), tuple(_cut(cell, width) for cell in row[1:])) for row in found],
            total=table.rows,
        )


def exact(value: Any) -> Any:
    """Give orjson a Decimal as a number with all its digits: ``dumps(result, default=exact)``."""
    import orjson

    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(f"{type(value).__name__} is no value of a row")


def _page(session: Session, search: Search, table: Table) -> list[tuple[Any, ...]]:
    """Return the rows, each after its ``_id``, or after 0 where rows are put together."""
    if search.limit == 0:
        return []
    statement = queries.page(search.query, table, _cells(search, table), limit=search.limit)
    found, whole = session.rows(statement.sql, statement.values, size=_ANSWER)
    if not whole:
        raise refused("limit", "The answer would be too large: ask for fewer rows or fields")
    return found


def _cells(search: Search, table: Table) -> list[str]:
    columns = search.query.columns
    row = table.columns["_id"]
    number = "0" if queries.grouped(search.query) else cells.value(row)
    if search.records_format in dump.SEPARATORS:
        return [number, dump.lines(columns, search.records_format)]
    return [number, *map(cells.value, columns)]


def _records(search: Search, found: list[tuple[Any, ...]]) -> Any:
    if search.records_format in dump.SEPARATORS:
        return "".join(f"{row[1]}\n" for row in found)
    if search.records_format == "lists":
        return [list(row[1:]) for row in found]
    names = [column.name for column in search.query.columns]
    return [dict(zip(names, row[1:], strict=True)) for row in found]


def _total(session: Session, search: Search, table: Table, found: int) -> int:
    offset = search.query.offset
    if not search.include_total:
        return 0
    if found < search.limit and (found or not offset):
        return offset + found
    statement = queries.total(search.query, table)
    return session.number(statement.sql, statement.values) if statement else table.rows


def _next_page(search: Search, found: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Return the filter for the page that follows, where rows come by their number."""
    way = queries.by_number(search.query)
    if not search.include_next_page or way is None or not found:
        return {}
    return {"next_page": {"_id": {way: found[-1][0]}}}


def _cut(cell: str | None, width: int) -> str | None:
    return cell if cell is None or len(cell) <= width else f"{cell[:width]}…"
