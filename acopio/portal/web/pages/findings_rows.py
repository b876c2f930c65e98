"""All rows of a dataset's report as a CSV, at an address that lasts as long as the report."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from acopio.portal.site import Site
from acopio.portal.web import conditional
from acopio.portal.web.pages import lookup, missing, report, reports, rows
from acopio.portal.web.pages.dataset import names
from acopio.portal.web.pages.language import of_reader
from acopio.portal.web.pages.rendering import rendered
from acopio.portal.web.sending import OPEN, disposition

PATH = "/dataset/{name}/report/{digest}/rows.csv"


def answering(site: Site) -> Callable[[Request], Response]:
    """Return the route's function: ``regla=CODE`` leaves the other rules out."""

    def answer(request: Request) -> Response:
        return _rows(site, request) or rendered(site, request, missing.anything)

    return answer


def _rows(site: Site, request: Request) -> Response | None:
    """Return the rows; None where there is no such report, or of it only the rules are told."""
    found = lookup.find(site, request.path_params["name"])
    if found is None or not found.is_shown or found.package is None:
        return None
    kept = reports.find(site, found, request.path_params["digest"])
    if kept is None or kept.is_withheld:
        return None
    try:
        every = report.findings(site, kept.digest)
    except LookupError:
        return None
    wanted = request.query_params.get("regla", "")
    these = [one for one in every if one.code == wanted] if wanted else every
    if wanted and not these:
        return None
    language = of_reader(request, site.settings.lang)
    mark = f'W/"{kept.digest[:24]}-{language}"'
    headers = OPEN | {
        "Cache-Control": "no-cache",
        "ETag": mark,
        "Vary": "Accept-Language, Cookie",
        "Content-Disposition": disposition(f"{found.package.name}-{wanted or 'rows'}.csv"),
    }
    if conditional.names(request.headers.get("if-none-match", ""), mark):
        return Response(status_code=304, headers=headers)
    lines = rows.rows(these, names(site, found), language)
    return StreamingResponse(lines, media_type=rows.MEDIA_TYPE, headers=headers)
