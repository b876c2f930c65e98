"""``/validar``: a file or an address is examined as a run would, and nothing of it is kept.

It changes nothing, so nobody signs in and no other site's form does harm; what it costs is bounded
by the desk. The decision on what comes with a report is in ``attachments``.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event

import anyio
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from acopio.errors import Cancelled
from acopio.messages import speaking
from acopio.portal.site import Site
from acopio.portal.web.compressed import as_is
from acopio.portal.web.pages.language import of_reader
from acopio.portal.web.pages.rendering import rendered, unkept
from acopio.portal.web.sending import OPEN, disposition
from acopio.portal.web.validating import attachments, schemas, showing
from acopio.portal.web.validating.desk import Desk, Refused, visitor
from acopio.portal.web.validating.examining import examined
from acopio.portal.web.validating.receiving import Asked, asked

PATH = "/validar"
# How soon is noticed that nobody waits any more.
_GONE_SECONDS = 0.5


def router(site: Site, desk: Desk) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    def shown(request: Request) -> Response:
        return rendered(site, request, lambda *_: showing.form(schemas.offered(site)))

    async def posted(request: Request) -> Response:
        return await _posted(site, desk, request)

    routes.add_api_route(PATH, shown, methods=["GET", "HEAD"], include_in_schema=False)
    routes.add_api_route(PATH, posted, methods=["POST"], include_in_schema=False)
    return routes


async def _posted(site: Site, desk: Desk, request: Request) -> Response:
    url = ""
    try:
        with desk.visit(visitor(request)):
            async with asked(request) as wish:
                url = wish.url
                cancel = Event()
                work = partial(_answered, site, desk, request, wish, cancel)
                return await _while_awaited(request, cancel, work)
    except Refused as refused:
        return await anyio.to_thread.run_sync(_refused, site, request, refused, url)


async def _while_awaited(request: Request, cancel: Event, work: Callable[[], Response]) -> Response:
    """Return what ``work`` answers; let it end soon once nobody waits for it."""
    answer: Response | None = None
    async with anyio.create_task_group() as group:
        group.start_soon(_watched, request, cancel)
        try:
            answer = await anyio.to_thread.run_sync(work, abandon_on_cancel=True)
        finally:
            cancel.set()
            group.cancel_scope.cancel()
    assert answer is not None  # noqa: S101 (or the group has raised)
    return answer


async def _watched(request: Request, cancel: Event) -> None:
    while not await request.is_disconnected():
        await anyio.sleep(_GONE_SECONDS)
    cancel.set()


def _answered(site: Site, desk: Desk, request: Request, wish: Asked, cancel: Event) -> Response:
    """Examine, and answer with a page or a ZIP; a refusal is an answer too."""
    try:
        schema = schemas.named(site, wish.schema)
        with examined(
            wish,
            schema,
            desk=desk,
            allowed=_allowed(site, request),
            cancel=cancel,
        ) as checked:
            with speaking(of_reader(request, site.settings.lang)):
                given = attachments.attachments(checked)
            if wish.as_zip:
                return _zip(request, given, checked.validated.subject.name)
            return unkept(
                site, request, lambda: showing.result(checked, given, schemas.offered(site), wish)
            )
    except Refused as refused:
        return _refused(site, request, refused, wish.url)
    except Cancelled:  # nobody is there to hear it
        return Response(status_code=503)


def _allowed(site: Site, request: Request) -> frozenset[str]:
    """Return the private hosts a visitor may have asked: those of the settings, from here alone.

    They were allowed to sources and targets. A stranger who named one could read what is on it.
    """
    return site.settings.allowed_private_hosts if visitor(request) is None else frozenset()


def _zip(request: Request, given: list[attachments.Attachment], name: str) -> Response:
    as_is(request)
    headers = OPEN | {
        "Cache-Control": "no-store",
        "Content-Disposition": disposition(f"{Path(name).stem or 'acopio'}-revision.zip"),
    }
    parts = attachments.sent(attachments.zipped(given))
    return StreamingResponse(parts, media_type="application/zip", headers=headers)


def _refused(site: Site, request: Request, refused: Refused, url: str) -> Response:
    answer = unkept(site, request, lambda: showing.refusal(refused, schemas.offered(site), url))
    if refused.again is not None:
        answer.headers["Retry-After"] = str(refused.again)
    if refused.status == 408:
        answer.headers["Connection"] = "close"
    return answer
