"""The catalogue for machines: ``/data.json``, ``/catalog.*``, a dataset's own, the feed.

All carry an ETag made of the catalogue's sequence number: who asks again is told in one query
that nothing changed.
"""

import re
from collections.abc import Callable
from functools import partial

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from acopio.canonical import digest
from acopio.messages import language, text
from acopio.portal.exports import atom, listing, rdf
from acopio.portal.site import Site
from acopio.portal.web import conditional
from acopio.portal.web.address import base
from acopio.publishers.folders import datajson
from acopio.publishers.folders.datapackage import encoded

# Datasets in a page of the RDF catalogue: what rdflib writes in well under a second.
RDF_PAGE = 100
FEED = 50
_DESCRIPTOR = "application/vnd.datapackage+json; charset=utf-8"
_OPEN = {"Access-Control-Allow-Origin": "*"}


Answer = Callable[[Site, Request, str], Response]


def router(site: Site) -> APIRouter:
    """Return the routes of the exports."""
    routes = APIRouter()
    answers: dict[str, Answer] = {
        "/data.json": _data_json,
        "/catalog.{form}": _catalogue,
        "/dataset/{name}/datapackage.json": _package,
        "/feeds/dataset.atom": _feed,
        # One route each: a dataset's name has no dot.
        **{f"/dataset/{{name}}.{form}": partial(_dataset, form) for form in rdf.FORMATS},
    }
    for path, answer in answers.items():
        routes.add_api_route(
            path, _unless_known(site, answer), methods=["GET", "HEAD"], include_in_schema=False
        )
    return routes


def _unless_known(site: Site, answer: Answer) -> Callable[[Request], Response]:
    """Answer 304 to who has this already (RFC 9110, 13.1.2), else what ``answer`` gives."""

    def endpoint(request: Request) -> Response:
        here = base(request)
        # The same number, address and question: the same answer.
        asked = digest(here, request.url.path, request.url.query)[:12]
        mark = f'W/"{listing.mark(site)}-{asked}"'
        if conditional.names(request.headers.get("if-none-match", ""), mark):
            return Response(status_code=304, headers={"ETag": mark, **_OPEN})
        found = answer(site, request, here)
        if found.status_code == 200:
            found.headers.update({"ETag": mark, "Cache-Control": "no-cache", **_OPEN})
        return found

    return endpoint


def _data_json(site: Site, _request: Request, here: str) -> Response:
    pieces = datajson.catalogue(listing.every(site, here), "")
    return StreamingResponse(pieces, media_type="application/json")


def _catalogue(site: Site, request: Request, here: str) -> Response:
    form = request.path_params["form"]
    asked = request.query_params.get("page", "1")
    if form not in rdf.FORMATS:
        return _said("export-unknown-format", 404, forms=", ".join(rdf.FORMATS))
    if not re.fullmatch("[1-9][0-9]{0,6}", asked):
        return _said("export-bad-page", 400)
    page = listing.page(site, here, number=int(asked), size=RDF_PAGE)
    if page.number > page.pages:
        return _said("export-no-such-page", 404, pages=page.pages)
    body = rdf.catalogue(page, here, form, title=text("portal-title"), language=language())
    return Response(body, media_type=rdf.FORMATS[form][1])


def _package(site: Site, request: Request, here: str) -> Response:
    name = request.path_params["name"]
    found = listing.one(site, here, name)
    if found is None:
        return _said("export-no-dataset", 404, name=name[:100])
    return Response(encoded(found), media_type=_DESCRIPTOR)


def _dataset(form: str, site: Site, request: Request, here: str) -> Response:
    name = request.path_params["name"]
    found = listing.one(site, here, name)
    if found is None:
        return _said("export-no-dataset", 404, name=name[:100])
    body = rdf.dataset(found, here, form, language=language())
    return Response(body, media_type=rdf.FORMATS[form][1])


def _feed(site: Site, _request: Request, here: str) -> Response:
    found = listing.newest(site, here, size=FEED)
    updated = found[0]["updated"] if found else "1970-01-01T00:00:00Z"
    body = atom.feed(found, here, title=text("portal-title"), updated=updated)
    return Response(body, media_type="application/atom+xml; charset=utf-8")


def _said(key: str, status: int, **params: object) -> Response:
    return PlainTextResponse(text(key, params) + "\n", status)
