"""The web application: one router a kind of address."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry

from acopio.portal import indexing
from acopio.portal.site import Site
from acopio.portal.web import (
    api,
    assets,
    downloads,
    dumps,
    exports,
    health,
    pages,
    schemas,
    validating,
)
from acopio.portal.web.address import BadHost
from acopio.portal.web.compressed import Compressed
from acopio.portal.web.faults import Faults
from acopio.portal.web.gauges import Gauges
from acopio.portal.web.measured import Measured, counting
from acopio.portal.web.validating.desk import Desk


def create_app(site: Site) -> FastAPI:
    """Return the portal as an ASGI application; while it lives, its search index follows."""
    desk = Desk(site.home / "validar", site.settings.worker_memory)

    @asynccontextmanager
    async def living(_app: FastAPI) -> AsyncIterator[None]:
        with indexing.following(site), desk:
            yield

    app = FastAPI(title="acopio", docs_url=None, redoc_url=None, openapi_url=None, lifespan=living)
    registry = CollectorRegistry()
    registry.register(Gauges(site))

    def failed(request: Request) -> Response:
        return (
            api.failed(request) if pages.is_for_programs(request) else pages.failed(site, request)
        )

    app.add_middleware(Faults, failed=failed)
    app.add_middleware(Compressed)
    app.add_middleware(Measured, count=counting(registry))
    app.include_router(health.router(site, registry))
    for part in (api, downloads, dumps, exports, schemas, pages):
        app.include_router(part.router(site))
    app.include_router(validating.router(site, desk))
    app.include_router(assets.router())
    pages.speak_of_nothing(app, site)
    app.add_exception_handler(BadHost, _bad_host)
    return app


def _bad_host(_request: Request, _error: Exception) -> Response:
    return Response("Bad Request: the Host header is no host.", 400, media_type="text/plain")
