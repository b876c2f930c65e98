"""The country's schemas: which there are, what each says of its columns, templates to fill in."""

from starlette.requests import Request

from acopio.portal.site import Site
from acopio.portal.web.pages import missing
from acopio.portal.web.pages.rendering import Page
from acopio.schemas.columns import columns, description, title
from acopio.validators.known_schemas import KnownSchema, known, of_name


def every(site: Site, _request: Request) -> Page:
    """List the schemas."""
    schemas = [(one, title(one), description(one)) for one in known(site.settings.country)]
    return Page(template="schemas.html", values={"schemas": schemas})


def shown(site: Site, request: Request) -> Page:
    """Show one schema."""
    one = of_name(request.path_params["name"], site.settings.country)
    if one is None:
        return missing.anything(site, request)
    values = {
        "schema": one,
        "title": title(one),
        "description": description(one),
        "columns": columns(one),
        "sources": one.descriptor["sources"],
        "rules": _rules(one),
        "example": one.example(),
    }
    return Page(template="schema.html", values=values)


def _rules(one: KnownSchema) -> dict[str, object]:
    found = one.descriptor["match"]
    return {
        "columns": ", ".join(found["identifying"]),
        "share": round(100 * found["share"]),
        "confidence": found["confidence"],
    }
