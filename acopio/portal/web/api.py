"""CKAN's Action API over HTTP: ``/api/3/action/NAME`` and ``/api/action/NAME``.

Parameters come in the query, as JSON, or as a form, with a file if there is one. Answers are
CKAN's envelopes; what CKAN answers with a bare JSON string is one here.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import APIRouter
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from acopio.portal.actions import ACTIONS, Action
from acopio.portal.caller import STRANGER, Caller, by_token
from acopio.portal.problems import (
    BadRequest,
    IntegrityError,
    NotAuthorized,
    NotFound,
    Problem,
    SearchError,
    SearchQueryError,
    ValidationError,
)
from acopio.portal.rows import exact
from acopio.portal.site import Call, Site
from acopio.portal.web.address import base
from acopio.portal.web.parameters import parameters

VERSION = 3
_JSON = "application/json;charset=utf-8"
# Reading is for everyone, from any page; no cookie is ever looked at.
_HEADERS = {"Access-Control-Allow-Origin": "*"}
_METHODS = ["GET", "HEAD", "OPTIONS", "POST"]
_PREFLIGHT = _HEADERS | {
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-CKAN-API-Key",
    "Access-Control-Allow-Methods": ", ".join(_METHODS),
    "Access-Control-Max-Age": "86400",
    "Allow": ", ".join(_METHODS),
}
_ONLY_POST = "Bad request: JSON Error: Invalid request. Please use POST method for your request"


def router(site: Site) -> APIRouter:
    """Return the routes of the Action API."""
    routes = APIRouter()

    async def action(request: Request) -> Response:
        return await _action(site, request)

    async def version(_request: Request) -> Response:
        return Response(_dump({"version": VERSION}), media_type=_JSON, headers=_HEADERS)

    for path in (f"/api/{VERSION}/action/{{name}}", "/api/action/{name}"):
        routes.add_api_route(path, action, methods=_METHODS, include_in_schema=False)
    for path in ("/api", f"/api/{VERSION}"):
        routes.add_api_route(path, version, methods=["GET", "HEAD"], include_in_schema=False)
    return routes


async def _action(site: Site, request: Request) -> Response:
    if request.method == "OPTIONS":
        return Response(headers=_PREFLIGHT)
    name, here = request.path_params["name"], base(request)
    try:
        return await _called(site, request, here, name)
    except Problem as problem:
        return refused(problem, here, name)
    except OperationalError:  # the database is away, or too busy
        return _unavailable(here, name)


async def _called(site: Site, request: Request, here: str, name: str) -> Response:
    known = ACTIONS.get(name)
    if known is None:
        raise BadRequest(f"Bad request: Action name not known: {name[:100]}")
    if known.writes and request.method != "POST":
        raise BadRequest(_ONLY_POST)
    who = await run_in_threadpool(caller, site, request) if _token(request) else STRANGER
    async with parameters(request, uploads=known.writes and who.is_known) as asked:
        call = Call(site=site, caller=who, base=here)
        return await run_in_threadpool(_answer, call, known, asked)


def _answer(call: Call, action: Action, asked: Mapping[str, Any]) -> Response:
    # No script is ever answered, so a JSONP callback has no meaning.
    given = {name: value for name, value in asked.items() if name != "callback"}
    result = action.function(call, given)
    body = {"help": _help(call.base, action.name), "success": True, "result": result}
    return Response(_dump(body), media_type=_JSON, headers=_HEADERS)


def caller(site: Site, request: Request) -> Caller:
    """Return who asks, by the token in the header ``Authorization`` or ``X-CKAN-API-Key``."""
    given = _token(request)
    if not given:
        return STRANGER
    with site.store.read() as connection:
        return by_token(connection, given)


def _token(request: Request) -> str:
    headers = request.headers
    return (headers.get("authorization") or headers.get("x-ckan-api-key") or "").strip()


def refused(problem: Problem, here: str, name: str) -> Response:
    """Return a refusal as CKAN answers it."""
    if isinstance(problem, BadRequest):
        return Response(_dump(problem.message), 400, media_type=_JSON, headers=_HEADERS)
    return _enveloped(_error(problem), problem.status, here, name)


def failed(request: Request) -> Response:
    """Return what is said of a fault of ours: nothing of what it is."""
    said = _internal("The portal failed. What happened is in its log.")
    return _enveloped(said, 500, base(request), request.path_params.get("name", ""))


def _unavailable(here: str, name: str) -> Response:
    return _enveloped(_internal("The catalogue cannot be reached"), 503, here, name)


def _internal(message: str) -> dict[str, str]:
    return {"message": message, "__type": "Internal Server Error"}


def _enveloped(error: Mapping[str, Any], status: int, here: str, name: str) -> Response:
    body = {"help": _help(here, name), "success": False, "error": error}
    return Response(_dump(body), status, media_type=_JSON, headers=_HEADERS)


def _error(problem: Problem) -> dict[str, Any]:
    if isinstance(problem, ValidationError):
        return {**problem.errors, "__type": problem.type}
    said = problem.message
    words = {
        IntegrityError: said,
        NotFound: f"Not found: {said}" if said else "Not found",
        NotAuthorized: f"Access denied: {said}" if said else "Access denied",
        SearchError: f"Search error: {said!r}",
        SearchQueryError: f"Search Query is invalid: {said!r}",
    }
    return {"message": words[type(problem)], "__type": problem.type}


def _help(here: str, name: str) -> str:
    return f"{here}/api/{VERSION}/action/help_show?name={name}"


def _dump(value: Any) -> bytes:
    return orjson.dumps(value, default=exact)
