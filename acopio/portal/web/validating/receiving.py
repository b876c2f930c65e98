"""What is asked: a file or an address, perhaps a schema, and as a page or as one ZIP.

A body is read as far as it may go and no longer than it may take, by whatever a client says of it.
What is sent goes to unnamed files of the system's, which are gone when the answer is, or we are.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO

import anyio
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from acopio.portal.web.validating.desk import Refused
from acopio.publishers.names import safe_name

# Larger files are for `acopio validate`, which has no limit of its own.
MOST_BYTES = 100_000_000
# A form around a file; and a form without one.
_ENVELOPE_BYTES, _FORM_BYTES = 100_000, 20_000
# A body that pauses for so long, or takes so long in all, is given up.
SILENCE_SECONDS, BODY_SECONDS = 15.0, 180.0
_MOST_FIELDS = 10
_LONGEST_URL = 2_000
_LONGEST_NAME = 100
_MULTIPART = "multipart/form-data"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One visit's wish. Either ``body`` is there, open for reading, or ``url`` is not empty.

    ``name`` is the file's own, safe to show; ``schema`` one of those offered, or empty.
    """

    body: IO[bytes] | None
    name: str
    media_type: str
    url: str
    schema: str
    as_zip: bool


@asynccontextmanager
async def asked(request: Request) -> AsyncIterator[Asked]:
    """Give what a form asks; what it sent is gone after the block. Raises Refused."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (_MULTIPART, _FORM):
        raise Refused("validar-no-form", 400)
    most = MOST_BYTES + _ENVELOPE_BYTES if kind == _MULTIPART else _FORM_BYTES
    try:
        form = _bounded(request, most).form(max_files=1, max_fields=_MOST_FIELDS)
        async with form as given:
            yield _read(given)
    except HTTPException:  # what Starlette makes of a malformed form
        raise Refused("validar-no-form", 400) from None
    except ClientDisconnect:
        raise Refused("validar-cut", 400) from None


def _bounded(request: Request, most: int) -> Request:
    """Return the request, its body refused beyond ``most`` bytes and when it comes too slowly."""
    if _announced(request) > most:
        raise _too_large()
    deadline = time.monotonic() + BODY_SECONDS
    size = 0

    async def receive() -> Message:
        nonlocal size
        left = min(SILENCE_SECONDS, deadline - time.monotonic())
        try:
            with anyio.fail_after(max(0.0, left)):
                message = await request.receive()
        except TimeoutError:
            raise Refused("validar-slow", 408, seconds=round(BODY_SECONDS)) from None
        size += len(message.get("body", b""))
        if size > most:
            raise _too_large()
        return message

    return Request(request.scope, receive)


def _announced(request: Request) -> int:
    said = request.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0


def _too_large() -> Refused:
    return Refused("validar-too-large", 413, megabytes=MOST_BYTES // 1_000_000)


def _read(form: FormData) -> Asked:
    sent = form.get("file")
    # A browser sends a field without a file as a file without a name.
    upload = sent if isinstance(sent, UploadFile) and (sent.filename or sent.size) else None
    url = _text(form, "url").strip()
    if (upload is None) == (not url):
        raise Refused("validar-both" if url else "validar-neither", 400)
    if upload and (upload.size or 0) > MOST_BYTES:
        raise _too_large()
    if len(url) > _LONGEST_URL:
        raise Refused("validar-long-url", 400, most=_LONGEST_URL)
    return Asked(
        body=upload.file if upload else None,
        name=_name(upload.filename or "") if upload else "",
        media_type=(upload.content_type or "")[:_LONGEST_NAME] if upload else "",
        url=url,
        schema=_text(form, "schema")[:_LONGEST_NAME],
        as_zip=_text(form, "as") == "zip",
    )


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.replace("\0", "") if isinstance(value, str) else ""


def _name(given: str) -> str:
    """Return the file's own name: some browsers of old sent the folders as well."""
    return safe_name(given.replace("\\", "/").rpartition("/")[2])
