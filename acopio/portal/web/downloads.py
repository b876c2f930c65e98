"""Downloads: a resource's bytes, what stands beside them, and any published bytes by their hash.

``/dataset/DATASET/resource/ID/download/NAME`` is CKAN's address, the last part as one likes;
``.../ID/original``, ``rejects``, ``schema`` and ``log`` are what the clean copy was made from and
with; ``/file/sha256/HASH`` always means the same bytes, older versions too.
"""

import re
from collections.abc import Callable
from functools import partial

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from acopio.model import FileKind, ReleaseFile
from acopio.portal import files, packages
from acopio.portal.caller import Caller
from acopio.portal.files import Stored
from acopio.portal.packages import Package
from acopio.portal.site import Site
from acopio.portal.web import api
from acopio.portal.web.address import base
from acopio.portal.web.linked import links
from acopio.portal.web.sending import OPEN, Body, said, send
from acopio.publishers.ckansite.record import twin_id

# What stands beside a clean copy and has an address of its own.
_KINDS = (FileKind.ORIGINAL, FileKind.REJECTS, FileKind.SCHEMA, FileKind.LOG)
# A dataset's and a resource's id or name; nothing else is looked for.
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
# What is proved to be UTF-8 before it is called so, where cleaning did not prove it.
_PROVED_BYTES = 1_000_000
_LONGEST_URL = 8_000
_ANYTHING = "application/octet-stream"
_CLEAN_CSV = "text/csv; charset=utf-8; header=present"

# Readers ask again each time, and are told in a few bytes that nothing changed.
_ASK_AGAIN = "no-cache"
_FOR_THE_CALLER = "private, no-store"
# The bytes never change, but a dataset may be taken down: caches between us and readers, who
# would not hear of it, keep them for minutes.
_FOR_EVER = "public, max-age=31536000, s-maxage=600, immutable"

_PREFLIGHT = OPEN | {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Authorization, If-Match, If-None-Match, If-Range, Range",
    "Access-Control-Max-Age": "86400",
}

Answer = Callable[[Site, Request], Response]


class Refused(Exception):  # noqa: N818 (an answer, no error of ours)
    """The bytes cannot be had; ``answer`` says why."""

    def __init__(self, key: str, status: int) -> None:
        super().__init__(key)
        self.key = key
        self.status = status


def router(site: Site) -> APIRouter:
    """Return the routes of the downloads."""
    routes = APIRouter()
    resource = "/dataset/{dataset}/resource/{resource}"
    answers: dict[str, Answer] = {
        f"{resource}/download": _download,
        f"{resource}/download/{{name:path}}": _download,
        **{f"{resource}/{kind}": partial(_beside, kind) for kind in _KINDS},
        "/file/sha256/{hash}": _cited,
    }
    for path, answer in answers.items():
        routes.add_api_route(
            path,
            _told(site, answer),
            methods=["GET", "HEAD", "OPTIONS"],
            include_in_schema=False,
        )
    return routes


def _told(site: Site, answer: Answer) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=_PREFLIGHT)
        try:
            return answer(site, request)
        except Refused as refused:
            return said(refused.key, refused.status)

    return endpoint


def _download(site: Site, request: Request) -> Response:
    """Answer with a resource's bytes, or send on to where it is."""
    who = api.caller(site, request)
    with site.store.read() as connection:
        package, resource = _found(connection, request, who)
        stored = files.current(connection, resource)
        beside = files.beside(connection, _table(package, resource), stored)
    described = next(one for one in package.resources if one["id"] == resource)
    if described.get("url_type") != "upload":
        return _elsewhere(str(described.get("url") or ""))
    if stored is None:
        raise Refused("download-unknown", 404)
    body = Body(
        sha256=stored.sha256,
        size=stored.size,
        name=stored.name,
        content_type=_content_type(site, stored, beside),
        modified=stored.added,
        cache=_ASK_AGAIN if package.is_public else _FOR_THE_CALLER,
        links=links(base(request), package, _table(package, resource), beside, stored.sha256),
    )
    return send(request, site.archive, body)


def _beside(kind: FileKind, site: Site, request: Request) -> Response:
    """Answer with what stands beside the clean copy that the catalogue shows now."""
    who = api.caller(site, request)
    with site.store.read() as connection:
        package, resource = _found(connection, request, who)
        stored = files.current(connection, resource)
        beside = files.beside(connection, resource, stored)
    if stored is None or kind not in beside:
        raise Refused("download-unknown", 404)
    file = beside[kind]
    body = Body(
        sha256=file.sha256,
        size=file.size,
        name=file.name,
        content_type=_CLEAN_CSV if kind is FileKind.REJECTS else _safe(file.media_type),
        modified=stored.added,
        cache=_ASK_AGAIN if package.is_public else _FOR_THE_CALLER,
        links=links(base(request), package, resource, set(beside) - {kind}, ""),
    )
    return send(request, site.archive, body)


def _cited(site: Site, request: Request) -> Response:
    """Answer with published bytes by their hash: strangers' datasets alone have such addresses."""
    sha256 = request.path_params["hash"].lower()
    if not _SHA256.fullmatch(sha256):
        raise Refused("download-no-hash", 404)
    with site.store.read() as connection:
        stored = files.citable(connection, sha256)
        if stored is None:
            gone = files.was_withdrawn(connection, sha256)
            raise Refused("download-gone", 410) if gone else Refused("download-unknown", 404)
        package = packages.find_by_resource(connection, stored.resource)
        if package is None:
            raise Refused("download-unknown", 404)
        table = _table(package, stored.resource)
        beside = files.beside(connection, table, stored)
    body = Body(
        sha256=sha256,
        size=stored.size,
        name=stored.name,
        content_type=_content_type(site, stored, beside),
        modified=stored.added,
        cache=_FOR_EVER,
        links=links(base(request), package, table, beside, sha256),
    )
    return send(request, site.archive, body)


def _found(connection: Connection, request: Request, who: Caller) -> tuple[Package, str]:
    """Return the dataset and the resource's id. Raises Refused, with CKAN's status codes.

    What was withdrawn is gone for everyone: it may hold what nobody is to have.
    """
    dataset, resource = (request.path_params[name] for name in ("dataset", "resource"))
    if not (_ID.fullmatch(dataset) and _ID.fullmatch(resource)):
        raise Refused("download-unknown", 404)
    package = packages.find_by_resource(connection, resource)
    if package is None or dataset not in (package.id, package.name):
        raise Refused("download-unknown", 404)
    if package.state == "deleted":
        raise Refused("download-gone", 410)
    if not (package.is_public or who.reads_private_of(package.owner_org)):
        raise Refused("download-private", 403)
    return package, resource


def _elsewhere(url: str) -> Response:
    """Send on to a resource that is only linked, as CKAN does."""
    if not url.startswith(("http://", "https://")) or len(url) > _LONGEST_URL:
        raise Refused("download-unknown", 404)
    return RedirectResponse(url, 302, headers=OPEN | {"Cache-Control": "no-cache"})


def _table(package: Package, resource: str) -> str:
    """Return the id of the resource whose Parquet twin this is, or its own."""
    ids = (one["id"] for one in package.resources)
    return next((one for one in ids if twin_id(one) == resource), resource)


def _content_type(site: Site, stored: Stored, beside: dict[FileKind, ReleaseFile]) -> str:
    """Return the media type; its charset only where it is known."""
    kind = _safe(stored.media_type)
    if kind == _ANYTHING:  # what clients say of a file they know nothing of
        kind = files.media_type(stored.name) or kind
    clean = beside.get(FileKind.DATA)
    if clean is not None and clean.sha256 == stored.sha256 and FileKind.SCHEMA in beside:
        return _CLEAN_CSV
    if kind.startswith("text/") and stored.size <= _PROVED_BYTES and _is_utf8(site, stored):
        return f"{kind}; charset=utf-8"
    return kind


def _safe(media_type: str) -> str:
    """Return a media type without its parameters: it may be a stranger's word."""
    kind = media_type.partition(";")[0].strip().lower()
    return kind if _MEDIA_TYPE.fullmatch(kind) else _ANYTHING


def _is_utf8(site: Site, stored: Stored) -> bool:
    try:
        with site.archive.open(stored.sha256) as file:
            file.read(_PROVED_BYTES).decode("utf-8")
    except (UnicodeDecodeError, FileNotFoundError):
        return False
    return True
