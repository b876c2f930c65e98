"""What a request asks, from its query, its JSON or its form."""

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from acopio.portal.problems import BadRequest
from acopio.portal.site import Upload

# A dataset's metadata is kilobytes; files come as uploads.
MOST_BYTES = 20_000_000
MOST_UPLOADED = 4_000_000_000
_MOST_FIELDS = 1000
# The one field that may be a file.
_FILE = "upload"
_DEPTH = 64
_NOT_JSON = "Bad request: JSON Error: Error decoding JSON data."
_TOO_DEEP = f"Bad request: JSON Error: nested deeper than {_DEPTH} levels."
_NUL = "Bad request: a NUL character can be in no text."
# An escaped NUL; one after an escaped backslash is only its name.
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


@asynccontextmanager
async def parameters(request: Request, *, uploads: bool) -> AsyncIterator[dict[str, Any]]:
    """Give the parameters of a call; ``uploads``: whether the caller may send files.

    Raises BadRequest for what cannot be read, or is too much.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST":
        yield single(request.query_params.multi_items())
    elif kind == "multipart/form-data":
        bounded = _bounded(request, MOST_UPLOADED if uploads else MOST_BYTES)
        try:
            async with bounded.form(max_files=1, max_fields=_MOST_FIELDS) as form:
                yield single(form.multi_items())
        except HTTPException as error:  # what Starlette makes of a malformed form
            raise BadRequest(f"Bad request: {error.detail}") from None
        except ClientDisconnect:
            raise BadRequest("Bad request: cut short") from None
    else:
        body = (await _body(request)).strip()
        yield _read(body, kind) if body else single(request.query_params.multi_items())


def _bounded(request: Request, most: int) -> Request:
    """Return the request, refusing its body where it is longer than ``most`` bytes."""
    size = 0

    async def receive() -> Message:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > most:
            raise BadRequest(f"Bad request: more than {most} bytes")
        return message

    return Request(request.scope, receive)


async def _body(request: Request) -> bytes:
    parts = []
    try:
        async for chunk in _bounded(request, MOST_BYTES).stream():
            parts.append(chunk)
    except ClientDisconnect:
        raise BadRequest("Bad request: cut short") from None
    return b"".join(parts)


def _read(body: bytes, kind: str) -> dict[str, Any]:
    """Read JSON; curl and others send it as a form, and a form may be one."""
    if kind != "application/x-www-form-urlencoded" or body.startswith((b"{", b"[")):
        return _json(body)
    try:
        fields = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise BadRequest(f"Bad request: more than {_MOST_FIELDS} fields") from None
    if len(fields) == 1 and fields[0][1] in ("", "1"):
        return _json(fields[0][0].encode())
    return single(fields)


def _json(body: bytes) -> dict[str, Any]:
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(_NOT_JSON) from None
    if not isinstance(given, dict):
        said = orjson.dumps(given).decode()[:100]
        raise BadRequest(
            f"Bad request: JSON Error: Request data JSON decoded to {said}"
            " but it needs to be a dictionary."
        )
    if _ESCAPED_NUL.search(body):
        raise BadRequest(_NUL)
    if body.count(b"[") + body.count(b"{") > _DEPTH and _is_deep(given):
        raise BadRequest(_TOO_DEEP)
    return given


def _is_deep(value: Any) -> bool:
    """Tell whether anything is nested deeper than ``_DEPTH``, without descending itself."""
    level = [value]
    for _ in range(_DEPTH):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
    return bool(level)


def single(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return fields by name; one that stands several times is a list. Raises BadRequest."""
    found: dict[str, list[Any]] = {}
    for name, value in fields:
        if "\0" in name or (isinstance(value, str) and "\0" in value):
            raise BadRequest(_NUL)
        found.setdefault(name, []).append(_value(name, value))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, UploadFile):
        if name != _FILE:
            raise BadRequest(f"Bad request: {name[:100]!r} is a text; a file comes as {_FILE!r}.")
        return Upload(
            name=value.filename or "", body=value.file, media_type=value.content_type or ""
        )
    return value
