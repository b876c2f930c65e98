"""The portal's pages, in Spanish and English: public, and read without a script."""

from contextlib import suppress

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from acopio.portal.site import Site
from acopio.portal.web.address import BadHost
from acopio.portal.web.pages import (
    dataset,
    findings,
    findings_rows,
    job,
    missing,
    organization,
    resource,
    schemas,
    search,
    source,
    version,
)
from acopio.portal.web.pages.dataset import with_dataset
from acopio.portal.web.pages.rendering import Page, View, answering, rendered

# The order counts: the first that fits is taken.
VIEWS: dict[str, View] = {
    "/": search.home,
    "/dataset/": search.results,
    "/dataset/{name}": with_dataset(dataset.shown),
    "/dataset/{name}/report": with_dataset(findings.shown),
    "/dataset/{name}/report/{digest}": with_dataset(findings.kept),
    "/dataset/{name}/versions": with_dataset(version.every),
    "/dataset/{name}/versions/{number}": with_dataset(version.one),
    "/dataset/{name}/resource/{resource}": with_dataset(resource.shown),
    "/organization/": organization.every,
    "/organization/{name}": organization.shown("organization"),
    "/group/{name}": organization.shown("group"),
    "/source/": source.every,
    "/source/{name}": source.shown,
    "/job/{number}": job.shown,
    "/schemas": schemas.every,
    "/schemas/{name}": schemas.shown,
}


def router(site: Site) -> APIRouter:
    """Return the routes of the pages."""
    routes = APIRouter()
    for path, view in VIEWS.items():
        routes.add_api_route(
            path, answering(site, view), methods=["GET", "HEAD"], include_in_schema=False
        )
    routes.add_api_route(
        findings_rows.PATH,
        findings_rows.answering(site),
        methods=["GET", "HEAD"],
        include_in_schema=False,
    )
    return routes


def speak_of_nothing(app: FastAPI, site: Site) -> None:
    """Let the application answer with a page where nothing is."""

    def nothing(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 (what it is registered for)
        if not is_for_programs(request) and error.status_code == 404:
            with suppress(BadHost):  # no page can say where it is; the answer below need not
                return rendered(site, request, missing.anything)
        return JSONResponse({"detail": error.detail}, error.status_code, headers=error.headers)

    app.add_exception_handler(HTTPException, nothing)


def failed(site: Site, request: Request) -> Response:
    """Return the page that says the portal failed."""
    return rendered(site, request, lambda *_: Page(template="failed.html", status=500))


def is_for_programs(request: Request) -> bool:
    """Tell whether an address is the Action API's: its answers are JSON."""
    return request.url.path.startswith("/api/")
