"""The style sheet and pictures of the pages, under addresses that change with their content."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from mimetypes import guess_type

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

# All may be read by all.
_ROBOTS = "User-agent: *\nDisallow:\n"
_DAY = "public, max-age=86400"
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file of ``static/``; ``mark`` is a part of its hash."""

    body: bytes
    media_type: str
    mark: str


@cache
def _known() -> dict[str, Asset]:
    found = {}
    for file in files("acopio.portal").joinpath("static").iterdir():
        body = file.read_bytes()
        media_type = guess_type(file.name)[0] or "application/octet-stream"
        mark = sha256(body).hexdigest()[:12]
        found[file.name] = Asset(body=body, media_type=media_type, mark=mark)
    return found


def address(name: str) -> str:
    """Return where a file of ``static/`` is served, its content's mark included."""
    return f"/static/{_known()[name].mark}/{name}"


def router() -> APIRouter:
    """Return the routes of the assets, and of what browsers and robots ask for by custom."""
    routes = APIRouter()

    def asset(request: Request) -> Response:
        found = _known().get(request.path_params["name"])
        if found is None:
            return Response("Not Found", 404, media_type="text/plain")
        # An older page's mark gets what there is now, but nobody is to keep it under that mark.
        current = request.path_params["mark"] == found.mark
        headers = {
            "Cache-Control": _FOREVER if current else "no-cache",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(found.body, media_type=found.media_type, headers=headers)

    routes.add_api_route(
        "/static/{mark}/{name}", asset, methods=["GET", "HEAD"], include_in_schema=False
    )
    routes.add_api_route("/robots.txt", _robots, methods=["GET", "HEAD"], include_in_schema=False)
    routes.add_api_route("/favicon.ico", _icon, methods=["GET", "HEAD"], include_in_schema=False)
    return routes


def _robots() -> Response:
    return PlainTextResponse(_ROBOTS, headers={"Cache-Control": _DAY})


def _icon() -> Response:
    return RedirectResponse(address("mark.svg"), 302, headers={"Cache-Control": _DAY})
