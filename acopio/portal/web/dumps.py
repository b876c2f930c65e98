"""All rows of a resource as one file: ``/datastore/dump/ID``, as CKAN's DataStore has it."""

from collections.abc import Iterator
from threading import BoundedSemaphore

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from acopio.messages import text
from acopio.portal import tables
from acopio.portal.problems import Problem
from acopio.portal.site import Call, Site
from acopio.portal.web.address import base
from acopio.portal.web.api import caller, refused

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "tsv": "text/tab-separated-values; charset=utf-8; header=present",
    "json": "application/json",
}
# Each holds a page of rows in memory, and a thread, as long as its reader takes.
AT_ONCE = 8
_OPEN = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}


def router(site: Site) -> APIRouter:
    """Return the route of the dumps."""
    routes = APIRouter()
    turns = BoundedSemaphore(AT_ONCE)

    def dump(request: Request) -> Response:
        here = base(request)
        if not turns.acquire(blocking=False):
            said = text("dump-too-many") + "\n"
            return PlainTextResponse(said, 429, headers={"Retry-After": "30", **_OPEN})
        try:
            return _dumped(site, request, here, turns)
        except Problem as problem:
            turns.release()
            return refused(problem, here, "datastore_search")

    routes.add_api_route("/datastore/dump/{resource}", dump, include_in_schema=False)
    return routes


def _dumped(site: Site, request: Request, here: str, turns: BoundedSemaphore) -> Response:
    resource = request.path_params["resource"]
    asked = dict(request.query_params)
    form = asked.pop("format", "csv")
    call = Call(site=site, caller=caller(site, request), base=here)
    pieces = site.rows.dump(tables.path(call, resource), form, asked)
    headers = {"Content-Disposition": f'attachment; filename="{resource}.{form}"', **_OPEN}
    body = _giving_back(pieces, turns)
    next(body)
    return StreamingResponse(body, media_type=MEDIA_TYPES[form], headers=headers)


def _giving_back(pieces: Iterator[bytes], turns: BoundedSemaphore) -> Iterator[bytes]:
    """Yield the pieces, and give the turn back: also where nobody reads them to the end."""
    try:
        yield b""  # asked for at once: only what has begun is ended when it is dropped
        yield from pieces
    finally:
        turns.release()
