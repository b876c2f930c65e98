"""There is nothing here: what was looked for, and where to look instead."""

from starlette.requests import Request

from acopio.portal.site import Site
from acopio.portal.web.pages.rendering import Page

_LONGEST = 100


def dataset(wanted: str) -> Page:
    """Say that there is no such dataset, its name ready to be searched."""
    words = wanted[:_LONGEST].replace("-", " ").replace("_", " ")
    return Page(template="missing.html", values={"wanted": words}, status=404)


def anything(_site: Site, _request: Request) -> Page:
    """Say that there is no such page."""
    return Page(template="missing.html", values={"wanted": ""}, status=404)
