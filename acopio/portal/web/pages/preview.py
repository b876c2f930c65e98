"""The first rows of a dataset's tables, with the fields and their types."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from acopio.portal.problems import Problem
from acopio.portal.rows import FirstRows
from acopio.portal.site import Site
from acopio.portal.web.pages import links
from acopio.portal.web.pages.datafiles import DataFile
from acopio.portal.web.pages.paging import Pages, asked

ROWS = 10
COLUMNS = 20
_CELL = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Some rows of one table, as ``Rows.first`` gives them."""

    file: DataFile
    found: FirstRows
    pages: Pages


def of(site: Site, request: Request, name: str, files: Sequence[DataFile]) -> Preview | None:
    """Return rows of the table that the address asks for, ``tabla=ID``, else of the first."""
    tables = [one for one in files if one.table]
    wanted = request.query_params.get("tabla", "")
    file = next((one for one in tables if one.id == wanted), tables[0] if tables else None)
    if file is None or file.table is None:
        return None
    number = asked(request, "pagina")
    try:
        found = site.rows.first(
            site.archive.path(file.table),
            limit=ROWS,
            offset=(number - 1) * ROWS,
            columns=COLUMNS,
            width=_CELL,
        )
    except (Problem, OSError):
        return None
    pages = Pages(
        number=number,
        size=ROWS,
        total=found.total,
        address=lambda n: links.page("dataset", name, tabla=file.id, pagina=n) + "#filas",
    )
    return Preview(file=file, found=found, pages=pages)
