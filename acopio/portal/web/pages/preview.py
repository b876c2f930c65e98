"""The first rows of a dataset's tables, with the fields and their types."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from acopio.portal.packages import Package
from acopio.portal.problems import Problem
from acopio.portal.rows import FirstRows
from acopio.portal.site import Site
from acopio.portal.web.pages import links
from acopio.portal.web.pages.datafiles import DataFile, Pair, described
from acopio.portal.web.pages.paging import Pages, asked

ROWS = 10
COLUMNS = 20
TABLES = 12
_CELL = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Some rows of ``file``'s table, as ``Rows.first`` gives them; ``tables`` are (id, name)."""

    file: DataFile
    found: FirstRows
    pages: Pages
    tables: Sequence[tuple[str, str]]


def of(site: Site, request: Request, package: Package, pairs: Sequence[Pair]) -> Preview | None:
    """Return rows of the table that the address asks for, ``tabla=ID``, else of the first."""
    tables = [one for one in pairs if one.twin is not None]
    wanted = request.query_params.get("tabla", "")
    chosen = [one for one in tables if one.id == wanted] or tables[:1]
    number = asked(request, "pagina")
    for file in described(site, package, chosen):
        found = _first(site, file.table, number)
        if found is not None:
            return Preview(
                file=file,
                found=found,
                pages=_pages(package.name, file.id, number, found.total),
                tables=[(one.id, one.name) for one in tables[:TABLES]],
            )
    return None


def _first(site: Site, table: str | None, number: int) -> FirstRows | None:
    if table is None:
        return None
    try:
        return site.rows.first(
            site.archive.path(table),
            limit=ROWS,
            offset=(number - 1) * ROWS,
            columns=COLUMNS,
            width=_CELL,
        )
    except (Problem, OSError):
        return None


def _pages(name: str, file: str, number: int, total: int) -> Pages:
    return Pages(
        number=number,
        size=ROWS,
        total=total,
        address=lambda n: links.page("dataset", name, tabla=file, pagina=n) + "#filas",
    )
