"""A page from its template: in the reader's language, under a policy that lets no script run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from acopio.messages import LANGUAGES, speaking, text
from acopio.portal.site import Site
from acopio.portal.web import assets, conditional
from acopio.portal.web.address import base
from acopio.portal.web.pages import links, notes, words
from acopio.portal.web.pages.figures import figures
from acopio.portal.web.pages.language import COOKIE, asked_for, of_reader

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# A longer one no page of ours made; it is not repeated.
_LONGEST_QUERY = 8_000
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A template and what it shows."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The same thing has another address."""

    address: str


View = Callable[[Site, Request], Page | Elsewhere]


def answering(site: Site, view: View) -> Callable[[Request], Response]:
    """Return a route's function: the view, put into HTML."""

    def answer(request: Request) -> Response:
        return rendered(site, request, view)

    return answer


def rendered(site: Site, request: Request, view: View) -> Response:
    """Return what a view shows as an answer; 304 to who has it already."""
    chosen = of_reader(request, site.settings.lang)
    with speaking(chosen):
        shown = view(site, request)
        if isinstance(shown, Elsewhere):
            return RedirectResponse(shown.address, 302, headers=_headers())
        body = _html(site, request, shown, chosen)
    return _answer(request, body, shown.status)


def unkept(site: Site, request: Request, show: Callable[[], Page]) -> Response:
    """Return a page that is the asker's alone: nobody keeps it, not even their browser."""
    chosen = of_reader(request, site.settings.lang)
    with speaking(chosen):
        shown = show()
        body = _html(site, request, shown, chosen)
    headers = _headers() | {"Cache-Control": "no-store"}
    return Response(body, shown.status, media_type="text/html; charset=utf-8", headers=headers)


def _html(site: Site, request: Request, shown: Page, chosen: str) -> bytes:
    template = environment(site.settings.country, chosen).get_template(shown.template)
    return template.render(_everywhere(site, request, chosen) | dict(shown.values)).encode()


def _answer(request: Request, body: bytes, status: int) -> Response:
    mark = f'W/"{sha256(body).hexdigest()[:24]}"'
    headers = _headers() | {"ETag": mark, "Cache-Control": "no-cache"}
    if status == 200 and conditional.names(request.headers.get("if-none-match", ""), mark):
        return Response(status_code=304, headers=headers)
    answer = Response(body, status, media_type="text/html; charset=utf-8", headers=headers)
    if chosen := asked_for(request):
        answer.set_cookie(COOKIE, chosen, max_age=_YEAR, httponly=True, samesite="lax")
    return answer


def _headers() -> dict[str, str]:
    return {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Vary": "Accept-Language, Cookie",
    }


def _everywhere(site: Site, request: Request, chosen: str) -> dict[str, Any]:
    """Return what every page's frame shows."""
    others = [one for one in LANGUAGES if one != chosen]
    path = request.url.path
    query = [pair for pair in request.query_params.multi_items() if pair[0] != "lang"]
    if len(request.url.query) > _LONGEST_QUERY:
        query = []
    return {
        "language": chosen,
        "languages": [(one, links.asking(path, [*query, ("lang", one)])) for one in others],
        "site_title": text("portal-title"),
        "here": base(request),
        "path": path,
    }


@cache
def environment(country: str, chosen: str) -> Environment:
    """Return the templates, as one country and language write figures."""
    made = Environment(
        loader=PackageLoader("acopio.portal"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = figures(country, chosen)
    made.globals |= {
        "t": words.say,
        "said": text,
        "counted": lambda noun, count: words.counted(noun, count, shown.number(count)),
        "number": shown.number,
        "size": shown.size,
        "day": shown.day,
        "moment": shown.moment,
        "ago": shown.ago,
        "lasting": shown.lasting,
        "outward": links.outward,
        "page": links.page,
        "asset": assets.address,
        "notes": notes.html,
        "plain": notes.plain,
    }
    return made
