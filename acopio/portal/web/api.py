"""CKAN's Action API over HTTP: ``/api/3/action/NAME`` and ``/api/action/NAME``.

Parameters come in the query, as JSON, or as a form, with a file if there is one. Answers are
CKAN's envelopes; what CKAN answers with a bare JSON string is one here.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from acopio.portal.actions import ACTIONS, Action
from acopio.portal.caller import STRANGER, Caller, by_token
from acopio.portal.problems import (
    BadRequest,
    NotAuthorized,
    NotFound,
    Problem,
    SearchError,
    SearchQueryError,
    ValidationError,
)
from acopio.portal.site import Call, Site
from acopio.portal.web.address import base
from acopio.portal.web.parameters import parameters

_JSON = "application/json;charset=utf-8"
# Reading is for everyone, from any page.
_HEADERS = {"Access-Control-Allow-Origin": "*"}


def router(site: Site) -> APIRouter:
    """Return the routes of the Action API."""
    routes = APIRouter()

    async def action(request: Request) -> Response:
        name = request.path_params["name"]
        here = base(request)
        known = ACTIONS.get(name)
        try:
            if known is None:
                raise BadRequest(f"Bad request: Action name not known: {name[:100]}")
            if known.writes and request.method != "POST":
                raise BadRequest("Bad request: Invalid request. Please use POST method for it.")
            async with parameters(request) as asked:
                return await run_in_threadpool(_answer, site, known, request, here, asked)
        except Problem as problem:
            return refused(problem, here, name)

    for path in ("/api/{version:int}/action/{name}", "/api/action/{name}"):
        routes.add_api_route(path, action, methods=["GET", "POST", "HEAD"], include_in_schema=False)
    return routes


def _answer(
    site: Site, action: Action, request: Request, here: str, asked: Mapping[str, Any]
) -> Response:
    call = Call(site=site, caller=caller(site, request), base=here)
    result = action.function(call, asked)
    body = {"help": _help(here, action.name), "success": True, "result": result}
    return Response(_dump(body), media_type=_JSON, headers=_HEADERS)


def caller(site: Site, request: Request) -> Caller:
    """Return who asks, by the token in the header ``Authorization`` or ``X-CKAN-API-Key``."""
    given = request.headers.get("authorization") or request.headers.get("x-ckan-api-key")
    if not given:
        return STRANGER
    with site.store.read() as connection:
        return by_token(connection, given.strip())


def refused(problem: Problem, here: str, name: str) -> Response:
    """Return a refusal as CKAN answers it."""
    if isinstance(problem, BadRequest):
        return Response(_dump(problem.message), 400, media_type=_JSON, headers=_HEADERS)
    body = {"help": _help(here, name), "success": False, "error": _error(problem)}
    return Response(_dump(body), problem.status, media_type=_JSON, headers=_HEADERS)


def _error(problem: Problem) -> dict[str, Any]:
    if isinstance(problem, ValidationError):
        return {**problem.errors, "__type": problem.type}
    words = {
        NotFound: problem.message,
        NotAuthorized: f"Access denied: {problem.message}",
        SearchError: f"Search error: {problem.message!r}",
        SearchQueryError: f"Search Query is invalid: {problem.message!r}",
    }
    return {"message": words.get(type(problem), problem.message), "__type": problem.type}


def _help(here: str, name: str) -> str:
    return f"{here}/api/3/action/help_show?name={name}"


def _dump(value: Any) -> bytes:
    return orjson.dumps(value)
