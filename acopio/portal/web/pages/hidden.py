"""Datasets that readers do not see: the public record of one withheld, the tombstone of another."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from acopio.plan import in_force
from acopio.portal.site import Site
from acopio.portal.web.pages import missing, report, tombstone
from acopio.portal.web.pages.lookup import Found
from acopio.portal.web.pages.rendering import Page
from acopio.store import datasets, publications, sources
from acopio.store.datasets import Known

_RULES = 20


def hidden(site: Site, request: Request, found: Found) -> Page:
    """Show what may be said of a dataset that is not shown."""
    known = found.known
    if known is not None and known.state == "withheld":
        return _withheld(site, known)
    was_shown = found.package is not None and found.package.state == "deleted"
    if was_shown or (
        known is not None and known.state in tombstone.GONE and _published(site, known)
    ):
        return _tombstone(site, found)
    return missing.dataset(request.path_params["name"])


def _published(site: Site, known: Known) -> bool:
    with site.store.read() as connection:
        return bool(publications.of_dataset(connection, known.id))


def _withheld(site: Site, known: Known) -> Page:
    """Show the record of a dataset that does not pass; never a word of what is in it.

    What an officer wrote stays with the officers: it may name persons. Of what was found only
    the rules are named, with their remedies.
    """
    ruled = _ruled(known)
    found = () if ruled else report.findings(site, known.findings)
    values = {
        "title": known.title or known.name,
        "entity": entity(site, known),
        "since": known.since,
        "family": _family(known),
        "by_officer": ruled,
        "rules": report.by_rule(found, {}, cases=0, most=_RULES)[0],
        "source": known.source,
    }
    return Page(template="withheld.html", values=values)


def entity(site: Site, known: Known) -> str:
    """Return the title of the organization a dataset would be published under."""
    from acopio.config.entities import organization_of

    source = next(
        (one for one in sources.list_sources(site.store) if one.name == known.source), None
    )
    if source is None:
        return known.source
    try:
        described = datasets.described(site.store, known.payload)
    except LookupError:
        return source.title or source.name
    return organization_of(source, described, site.settings.country).title


def _family(known: Known) -> str:
    """Return the family of findings a dataset is withheld for; ``other`` where none was kept."""
    if _ruled(known):
        return "ruling"
    kept: Mapping[str, Any] = json.loads(known.reason) if known.reason else {}
    return str(kept.get("params", {}).get("family") or "other")


def _ruled(known: Known) -> bool:
    return in_force(known.ruling, datetime.now(UTC).date()) == "withhold"


def _tombstone(site: Site, found: Found) -> Page:
    """Show what was known of a dataset that went: 410, as for all that is gone for good."""
    values = tombstone.of(site, found)
    values["entity"] = values["owner"] or (entity(site, found.known) if found.known else "")
    return Page(template="tombstone.html", values=values, status=410)
