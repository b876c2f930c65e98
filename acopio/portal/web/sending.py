"""Bytes of the archive as an answer: whole, in part, coded, or not at all."""

import base64
import hashlib
import logging
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from acopio.archive import Archive
from acopio.messages import text
from acopio.portal.web.compressed import as_is
from acopio.portal.web.conditional import (
    Mark,
    NotSatisfiable,
    Part,
    accepts_gzip,
    part,
    short_answer,
)

log = logging.getLogger(__name__)

_CHUNK = 256 * 1024
# Texts of these sizes are compressed, whole, so that length and digest of what is sent are known.
# Larger ones are sent as they are: they can be resumed, and have a Parquet twin.
_GZIP_BYTES = range(500, 10_000_000)
_TEXT = re.compile(
    r"text/.*|application/(json|xml|sql|javascript|rtf|.*\+(json|xml))|image/svg\+xml"
)
# Anybody's page may read, and see what these headers say. A source's HTML runs no script here.
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Content-Disposition, Content-Encoding, Content-Length, Content-Range, "
        "ETag, Last-Modified, Link, Repr-Digest"
    ),
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Bytes to send, and what is said of them. ``content_type`` may have parameters."""

    sha256: str
    size: int
    name: str
    content_type: str
    modified: datetime
    cache: str
    links: str = ""

    @property
    def mark(self) -> Mark:
        """What tells these bytes from others."""
        return Mark(etag=f'"{self.sha256}"', modified=self.modified)


def send(request: Request, archive: Archive, body: Body) -> Response:
    """Answer a GET or HEAD with what of the bytes is asked for.

    What the archive lost is told as 404, and logged for whoever runs the portal.
    """
    try:
        whole = archive.size(body.sha256) == body.size
    except FileNotFoundError:
        whole = False
    except OSError:
        log.exception("the archive does not answer")
        return said("download-archive-silent", 503)
    if not whole:
        log.error("the archive lost %s (%s, %d bytes)", body.sha256, body.name, body.size)
        return said("download-lost", 404, name=body.name)
    as_is(request)
    return _answer(request, archive, body)


def _answer(request: Request, archive: Archive, body: Body) -> Response:
    asked, mark = request.headers, body.mark
    coded = _is_worth_coding(body) and accepts_gzip(asked) and "range" not in asked
    if status := short_answer(asked, mark):
        return Response(status_code=status, headers=_lasting(body, coded=coded))
    if coded:
        return _coded(request, archive, body)
    try:
        wanted = part(asked, body.size, mark) if request.method == "GET" else None
    except NotSatisfiable:
        outside = {"Content-Range": f"bytes */{body.size}"}
        return Response(status_code=416, headers=_lasting(body, coded=False) | outside)
    return _plain(request, archive, body, wanted)


def _coded(request: Request, archive: Archive, body: Body) -> Response:
    """Answer with a text coded with gzip: the same bytes each time, for no date goes in."""
    coder = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    parts = [coder.compress(one) for one in _chunks(archive, body.sha256, Part(0, body.size))]
    content = b"".join([*parts, coder.flush()])
    headers = {
        "Content-Encoding": "gzip",
        "Content-Length": str(len(content)),
        "Repr-Digest": _digest(hashlib.sha256(content).digest()),
    }
    headers |= _lasting(body, coded=True) | _described(body)
    return Response(b"" if request.method == "HEAD" else content, headers=headers)


def _plain(request: Request, archive: Archive, body: Body, wanted: Part | None) -> Response:
    sent = wanted or Part(0, body.size)
    headers = {
        "Content-Length": str(sent.end - sent.start),
        "Repr-Digest": _digest(bytes.fromhex(body.sha256)),
    }
    headers |= _lasting(body, coded=False) | _described(body)
    if wanted:
        headers["Content-Range"] = f"bytes {wanted.start}-{wanted.end - 1}/{body.size}"
    if request.method == "HEAD":
        return Response(headers=headers)
    chunks = _chunks(archive, body.sha256, sent)
    return StreamingResponse(chunks, 206 if wanted else 200, headers=headers)


def _lasting(body: Body, *, coded: bool) -> dict[str, str]:
    """Return the headers that a 304 has as well.

    Coded bytes are others than those the strong ETag stands for, of the same meaning.
    """
    return OPEN | {
        "ETag": f"W/{body.mark.etag}" if coded else body.mark.etag,
        "Last-Modified": format_datetime(body.modified.astimezone(UTC), usegmt=True),
        "Cache-Control": body.cache,
        "Accept-Ranges": "bytes",
        **({"Vary": "Accept-Encoding"} if _is_worth_coding(body) else {}),
    }


def _described(body: Body) -> dict[str, str]:
    links = {"Link": body.links} if body.links else {}
    return links | {
        "Content-Type": body.content_type,
        "Content-Disposition": disposition(body.name),
    }


def disposition(name: str) -> str:
    """Return the header that has a file saved under its name (RFC 6266)."""
    plain = re.sub(r"[^ -~]|[\"\\%]", "_", name)
    extended = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'attachment; filename="{plain}"{extended}'


def _is_worth_coding(body: Body) -> bool:
    kind = body.content_type.partition(";")[0]
    return body.size in _GZIP_BYTES and _TEXT.fullmatch(kind) is not None


def _chunks(archive: Archive, sha256: str, wanted: Part) -> Iterator[bytes]:
    left = wanted.end - wanted.start
    with archive.open(sha256) as file:
        if wanted.start:
            file.seek(wanted.start)
        while left and (chunk := file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk


def _digest(digest: bytes) -> str:
    """Return the digest of what is represented, its coding included (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(digest).decode()}:"


def said(key: str, status: int, **params: object) -> Response:
    """Answer with one sentence; nobody keeps it."""
    headers = OPEN | {"Cache-Control": "no-store"}
    return PlainTextResponse(text(key, params) + "\n", status, headers=headers)
