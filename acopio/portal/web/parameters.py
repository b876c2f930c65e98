"""What a request asks, from its query, its JSON or its form."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from starlette.datastructures import ImmutableMultiDict, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request

from acopio.portal.problems import BadRequest
from acopio.portal.site import Upload

# A dataset's metadata is kilobytes; files come as uploads.
MOST_BYTES = 20_000_000
_NOT_JSON = "Bad request: JSON Error: Error decoding JSON data."


@asynccontextmanager
async def parameters(request: Request) -> AsyncIterator[dict[str, Any]]:
    """Give the parameters of a call. Raises BadRequest."""
    if request.method != "POST":
        yield _single(request.query_params)
        return
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        try:
            async with request.form(max_files=1, max_fields=1000) as form:
                yield _single(form)
        except MultiPartException as error:
            raise BadRequest(f"Bad request: {error.message}") from None
        return
    body = await _body(request)
    yield _json(body) if body.strip() else {}


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    try:
        async for chunk in request.stream():
            parts.append(chunk)
            size += len(chunk)
            if size > MOST_BYTES:
                raise BadRequest(f"Bad request: more than {MOST_BYTES} bytes")
    except ClientDisconnect:
        raise BadRequest("Bad request: cut short") from None
    return b"".join(parts)


def _json(body: bytes) -> dict[str, Any]:
    try:
        given = orjson.loads(body)
    except (orjson.JSONDecodeError, RecursionError):
        raise BadRequest(_NOT_JSON) from None
    if not isinstance(given, dict):
        raise BadRequest("Bad request: JSON Error: Request data must be a dictionary.")
    return given


def _single(form: ImmutableMultiDict[str, Any]) -> dict[str, Any]:
    """Return fields by name; one that stands several times is a list."""
    found: dict[str, Any] = {}
    for name in form:
        values = [_value(value) for value in form.getlist(name)]
        found[name] = values[0] if len(values) == 1 else values
    return found


def _value(value: Any) -> Any:
    if isinstance(value, UploadFile):
        return Upload(
            name=value.filename or "", body=value.file, media_type=value.content_type or ""
        )
    return value
