"""A resource's own address, as CKAN has it: the place on its dataset's page."""

from starlette.requests import Request

from acopio.portal.packages import Package
from acopio.portal.site import Site
from acopio.portal.web.pages import datafiles, links, missing
from acopio.portal.web.pages.dataset import FILES
from acopio.portal.web.pages.lookup import Found
from acopio.portal.web.pages.rendering import Elsewhere, Page


def shown(site: Site, request: Request, package: Package, found: Found) -> Page | Elsewhere:
    """Lead to a resource, or to the one whose Parquet twin it is."""
    wanted = request.path_params["resource"]
    for place, pair in enumerate(datafiles.pairs(package)):
        if wanted in (pair.id, pair.twin and pair.twin["id"]):
            number = place // FILES + 1
            address = links.page("dataset", package.name, archivos=number if number > 1 else "")
            return Elsewhere(address=f"{address}#archivo-{pair.id}")
    return missing.anything(site, request)
