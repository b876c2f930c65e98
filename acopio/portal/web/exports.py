"""The catalogue for machines: ``/data.json``, ``/catalog.*``, a dataset's own, the feed.

All carry an ETag made of the catalogue's sequence number: who asks again is told in one query
that nothing changed.
"""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from acopio.canonical import digest
from acopio.messages import text
from acopio.portal.exports import atom, listing, rdf
from acopio.portal.site import Site
from acopio.portal.web.address import base
from acopio.publishers.folders import datajson
from acopio.publishers.folders.datapackage import encoded

# Datasets in a page of the RDF catalogue: what rdflib writes in well under a second.
RDF_PAGE = 100
FEED = 50
_DESCRIPTOR = "application/vnd.datapackage+json; charset=utf-8"
_OPEN = {"Access-Control-Allow-Origin": "*"}


def router(site: Site) -> APIRouter:
    """Return the routes of the exports."""
    routes = APIRouter()

    def data_json(request: Request) -> Response:
        here = base(request)
        mark = _mark(site, here)
        return _unless_known(request, mark, lambda: _data_json(site, here))

    def catalogue(request: Request) -> Response:
        here, form = base(request), request.path_params["form"]
        asked = request.query_params.get("page", "1")
        if form not in rdf.FORMATS:
            return _said("export-unknown-format", 404, forms=", ".join(rdf.FORMATS))
        if not (asked.isascii() and asked.isdigit() and len(asked) < 7 and int(asked)):
            return _said("export-bad-page", 400)
        mark = _mark(site, here, form, asked)
        return _unless_known(request, mark, lambda: _catalogue(site, here, form, int(asked)))

    def package(request: Request) -> Response:
        here, name = base(request), request.path_params["name"]
        mark = _mark(site, here, name)
        return _unless_known(request, mark, lambda: _package(site, here, name))

    def dataset(request: Request) -> Response:
        here, name = base(request), request.path_params["name"]
        form = request.url.path.rpartition(".")[2]
        mark = _mark(site, here, name, form)
        return _unless_known(request, mark, lambda: _dataset(site, here, name, form))

    def feed(request: Request) -> Response:
        here = base(request)
        return _unless_known(request, _mark(site, here), lambda: _feed(site, here))

    for path, answer in {
        "/data.json": data_json,
        "/catalog.{form}": catalogue,
        "/dataset/{name}/datapackage.json": package,
        "/feeds/dataset.atom": feed,
    }.items():
        routes.add_api_route(path, answer, methods=["GET", "HEAD"], include_in_schema=False)
    for form in rdf.FORMATS:  # one route each: a dataset's own name may have no dot
        routes.add_api_route(
            f"/dataset/{{name}}.{form}", dataset, methods=["GET", "HEAD"], include_in_schema=False
        )
    return routes


def _mark(site: Site, *parts: str) -> str:
    return f'W/"{listing.mark(site)}-{digest(*parts)[:12]}"'


def _unless_known(request: Request, mark: str, make: Callable[[], Response]) -> Response:
    """Answer 304 to who has this already (RFC 9110, 13.1.2), else what ``make`` gives."""
    known = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if mark in known or mark.removeprefix("W/") in known:
        return Response(status_code=304, headers={"ETag": mark, **_OPEN})
    answer = make()
    if answer.status_code == 200:
        answer.headers.update({"ETag": mark, "Cache-Control": "no-cache", **_OPEN})
    return answer


def _data_json(site: Site, here: str) -> Response:
    pieces = datajson.catalogue(listing.every(site, here), "")
    return StreamingResponse(pieces, media_type="application/json")


def _catalogue(site: Site, here: str, form: str, number: int) -> Response:
    page = listing.page(site, here, number=number, size=RDF_PAGE)
    if number > page.pages:
        return _said("export-no-such-page", 404, pages=page.pages)
    language = site.settings.lang
    body = rdf.catalogue(page, here, form, title=text("portal-title"), language=language)
    return Response(body, media_type=rdf.FORMATS[form][1])


def _package(site: Site, here: str, name: str) -> Response:
    found = listing.one(site, here, name)
    if found is None:
        return _said("export-no-dataset", 404, name=name[:100])
    return Response(encoded(found), media_type=_DESCRIPTOR)


def _dataset(site: Site, here: str, name: str, form: str) -> Response:
    found = listing.one(site, here, name)
    if found is None:
        return _said("export-no-dataset", 404, name=name[:100])
    body = rdf.dataset(found, here, form, language=site.settings.lang)
    return Response(body, media_type=rdf.FORMATS[form][1])


def _feed(site: Site, here: str) -> Response:
    found = listing.newest(site, here, size=FEED)
    updated = found[0]["updated"] if found else "1970-01-01T00:00:00Z"
    body = atom.feed(found, here, title=text("portal-title"), updated=updated)
    return Response(body, media_type="application/atom+xml; charset=utf-8")


def _said(key: str, status: int, **params: object) -> Response:
    return PlainTextResponse(text(key, params) + "\n", status)
