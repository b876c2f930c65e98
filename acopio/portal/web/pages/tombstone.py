"""What is still said of a dataset that went, and how little where persons were the reason."""

from collections.abc import Mapping
from typing import Any

from acopio.messages import catalogue, spoken, text
from acopio.portal import groups, licences, versions
from acopio.portal.packages import Package
from acopio.portal.site import Site
from acopio.portal.web.pages import links, report
from acopio.portal.web.pages.figures import read_moment
from acopio.portal.web.pages.lookup import Found
from acopio.publishers.ckansite.record import NO_LICENCE
from acopio.store.datasets import Known

GONE = ("withdrawn", "removed")
PERSONS = "persons"
# A tombstone of a thousand files names the first.
_FILES = 100
_UNTOLD: Mapping[str, Any] = dict.fromkeys(("notes", "licence", "licence_url", "landing"), "")


def of(site: Site, found: Found) -> dict[str, Any]:
    """Return what the tombstone shows; texts that may name persons only where none were found."""
    package, known = found.package, found.known
    files = _files(site, package)
    values = {
        "title": _title(found),
        "owner": _owner(site, package),
        "since": known.since if known is not None else package.modified if package else None,
        "created": package.created if package else None,
        "modified": read_moment(_extras(package).get("modified")),
    }
    if _held_persons(site, known):
        reason = text(f"family-{PERSONS}").capitalize() + "."
        bare = [one | {"name": str(number)} for number, one in enumerate(files, 1)]
        return values | {"reason": reason, "files": bare, "source": "", "told": _UNTOLD}
    return values | {
        "reason": spoken(known.reason) if known and known.state in GONE else None,
        "files": files,
        "source": known.source if known else "",
        "told": _told(package),
    }


def _held_persons(site: Site, known: Known | None) -> bool:
    """Tell whether persons were found when the dataset was looked at last."""
    try:
        found = report.findings(site, known.findings) if known else ()
    except LookupError:
        return True  # nobody can tell any more: say the least
    return any(catalogue().get(one.code, {}).get("family") == PERSONS for one in found)


def _told(package: Package | None) -> Mapping[str, Any]:
    """Return the description, licence and page of a dataset by its last metadata."""
    if package is None:
        return _UNTOLD
    extras = _extras(package)
    licence = licences.find(package.body.get("license_id"))
    declared = licence.title if licence else str(extras.get("licence") or "")
    return {
        "notes": str(package.body.get("notes") or ""),
        "licence": "" if declared == NO_LICENCE else declared,
        "licence_url": extras.get("licence_url") or (licence.url if licence else ""),
        "landing": links.outward(package.body.get("url")),
    }


def _title(found: Found) -> str:
    if found.package is not None:
        return str(found.package.body.get("title") or found.package.name)
    return found.known.title if found.known else ""


def _owner(site: Site, package: Package | None) -> str:
    if package is None:
        return ""
    with site.store.read() as connection:
        owner = groups.by_ids(connection, [package.owner_org]).get(package.owner_org)
    return owner.title or owner.name if owner else ""


def _extras(package: Package | None) -> Mapping[str, Any]:
    return {one["key"]: one["value"] for one in package.body["extras"]} if package else {}


def _files(site: Site, package: Package | None) -> list[dict[str, str]]:
    """Return the files readers saw last, by name and hash: enough to know a copy by."""
    if package is None:
        return []
    with site.store.read() as connection:
        last = versions.last(connection, package.id)
    return [
        {"name": str(one.get("name") or one["url"]), "sha256": str(one["acopio_sha256"])}
        for one in (last["resources"] if last else ())[:_FILES]
        if one.get("acopio_sha256")
    ]
