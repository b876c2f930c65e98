"""The web application: one router a kind of address."""

from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry

from acopio.portal.site import Site
from acopio.portal.web import api, downloads, exports
from acopio.portal.web.address import BadHost
from acopio.portal.web.compressed import Compressed
from acopio.portal.web.measured import Measured, counting


def create_app(site: Site) -> FastAPI:
    """Return the portal as an ASGI application."""
    app = FastAPI(title="acopio", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Compressed)
    app.add_middleware(Measured, count=counting(CollectorRegistry()))
    for part in (api, downloads, exports):
        app.include_router(part.router(site))
    app.add_exception_handler(BadHost, _bad_host)
    return app


def _bad_host(_request: Request, _error: Exception) -> Response:
    return Response("Bad Request: the Host header is no host.", 400, media_type="text/plain")
