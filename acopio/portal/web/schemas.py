"""The files of the country's schemas: the Table Schema itself, its example, templates."""

from collections.abc import Callable
from functools import cache, partial
from hashlib import sha256

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from acopio.canonical import dumps
from acopio.messages import language, speaking
from acopio.portal.site import Site
from acopio.portal.web import conditional
from acopio.portal.web.pages import missing
from acopio.portal.web.pages.language import of_reader
from acopio.portal.web.pages.rendering import rendered
from acopio.schemas.template import FORMATS
from acopio.validators.known_schemas import KnownSchema, of_name

_CSV = "text/csv; charset=utf-8; header=present"
_OPEN = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
# What a file is called when it is saved, its media type, and what makes it.
_File = tuple[str, str, Callable[[KnownSchema], bytes]]


def router(site: Site) -> APIRouter:
    """Return the routes of the schemas' files."""
    routes = APIRouter()
    addresses: dict[str, _File] = {
        "/schemas/{name}.json": ("{}.json", "application/json", _schema),
        "/schemas/{name}/example.csv": ("{}.csv", _CSV, _example),
        **{
            f"/schemas/{{name}}/template.{form}": (f"{{}}.{form}", media_type, partial(_made, form))
            for form, (_, media_type) in FORMATS.items()
        },
    }
    for path, file in addresses.items():
        routes.add_api_route(
            path, _answering(site, file), methods=["GET", "HEAD"], include_in_schema=False
        )
    return routes


def _answering(site: Site, file: _File) -> Callable[[Request], Response]:
    called, media_type, make = file

    def answer(request: Request) -> Response:
        one = of_name(request.path_params["name"], site.settings.country)
        if one is None:
            return rendered(site, request, missing.anything)
        with speaking(of_reader(request, site.settings.lang)):
            body = make(one)
        headers = {
            "ETag": f'"{sha256(body).hexdigest()[:24]}"',
            "Cache-Control": "no-cache",
            "Vary": "Accept-Language, Cookie",
            **_OPEN,
        }
        if conditional.names(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        headers["Content-Disposition"] = f'attachment; filename="{called.format(one.name)}"'
        return Response(body, media_type=media_type, headers=headers)

    return answer


def _schema(one: KnownSchema) -> bytes:
    return dumps(one.schema).encode()


def _example(one: KnownSchema) -> bytes:
    return one.example().encode()


def _made(form: str, one: KnownSchema) -> bytes:
    return _template(one.country, one.name, form, language())


@cache
def _template(country: str, name: str, form: str, _language: str) -> bytes:
    one = of_name(name, country)
    assert one is not None  # noqa: S101 (asked of a schema that is there)
    return FORMATS[form][0](one)
