"""For whoever runs the portal: ``/healthz`` (alive), ``/readyz`` (able to answer), ``/metrics``."""

import logging
from collections.abc import Callable, Mapping
from functools import partial

import anyio
import orjson
from fastapi import APIRouter
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import PlainTextResponse, Response

from acopio.portal.site import Site
from acopio.store import HEAD, catalog

log = logging.getLogger(__name__)

# Whoever asks has a deadline of its own; a part that says nothing for so long is not ready.
_SECONDS = 5.0
_NEVER_KEPT = {"Cache-Control": "no-store"}
# What a part that cannot be used raises; tantivy's failures are ValueErrors.
_FAILURES = (SQLAlchemyError, OSError, ValueError, LookupError)


def router(site: Site, registry: CollectorRegistry) -> APIRouter:
    """Return the routes. ``registry`` has what ``/metrics`` tells."""
    routes = APIRouter()

    async def alive() -> Response:
        """Answer as long as requests are answered at all: no part is asked."""
        return PlainTextResponse("ok\n", headers=_NEVER_KEPT)

    async def ready() -> Response:
        """Answer 503, and with which part, where one cannot be used."""
        found = {name: await _state(partial(look, site)) for name, look in _PARTS.items()}
        able = all(state == "ok" for state in found.values())
        body = orjson.dumps({"ready": able, "checks": found})
        status = 200 if able else 503
        return Response(body, status, media_type="application/json", headers=_NEVER_KEPT)

    def metrics() -> Response:
        """Answer in Prometheus's text format."""
        return Response(
            generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST} | _NEVER_KEPT
        )

    for path, endpoint in {"/healthz": alive, "/readyz": ready, "/metrics": metrics}.items():
        routes.add_api_route(path, endpoint, methods=["GET", "HEAD"], include_in_schema=False)
    return routes


async def _state(look: Callable[[], str]) -> str:
    with anyio.move_on_after(_SECONDS):
        return await anyio.to_thread.run_sync(_looked, look, abandon_on_cancel=True)
    return "no answer in time"


def _looked(look: Callable[[], str]) -> str:
    """Return ``ok`` or what is wrong: never more than a kind, for anybody may ask."""
    try:
        return look()
    except _FAILURES as error:
        log.warning("not ready: %s", error)
        return type(error).__name__


def _database(site: Site) -> str:
    version = site.store.version()
    return "ok" if version == HEAD else f"its tables are at {version}, not at {HEAD}"


def _index(site: Site) -> str:
    site.index.sequence()
    return "ok"


def _archive(site: Site) -> str:
    """Look for the bytes of one file the catalogue has: an archive not mounted is an empty one."""
    with site.store.read() as connection:
        known = connection.execute(select(catalog.file.c.sha256).limit(1)).scalar()
    there = site.archive.has(known or "0" * 64)
    return "ok" if there or known is None else "files of the catalogue are not in it"


_PARTS: Mapping[str, Callable[[Site], str]] = {
    "database": _database,
    "index": _index,
    "archive": _archive,
}
