"""One dataset of a DKAN 7 in CKAN's words, so that it is mapped as CKAN's are. Pure: no I/O.

DKAN 7 (Drupal 7) imitates CKAN's ``package_show`` with the texts of its own forms: dates as people
read them, sizes in words, states in the site's language, publishers as groups.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from html import unescape
from typing import Any

from acopio.harvester import ckan_record, values
from acopio.model import Dataset

# What the few sites seen write for a node that readers are not to see. "Published" and ``true``
# are DKAN's words for a public one, so that a test of truth would leave out the whole catalogue.
_HIDDEN_WORDS = (
    "unpublished, not published, private, deleted, draft, inactive, "
    "no publicado, no publicada, sin publicar, despublicado, despublicada, privado, privada, "
    "eliminado, eliminada, borrador, inactivo, inactiva, unveröffentlicht, nicht veröffentlicht"
)
_HIDDEN = frozenset(_HIDDEN_WORDS.split(", "))
# "Jue, 10/31/2024 - 10:54": the day's name in the site's language, the month always first.
_MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) - (\d{1,2}):(\d{2})\Z")
# "16.36", "16,36"; thousands are told from decimals only where both are written: "1,234.5".
_SIZE = re.compile(
    r"(\d{1,9}(?:[.,]\d{1,2})?|\d{1,3}(?:,\d{3}){1,3}\.\d{1,2}|\d{1,3}(?:\.\d{3}){1,3},\d{1,2})"
    r" ?(bytes?|[KMGT]B)\Z",
    re.IGNORECASE,
)
_POWERS = {"B": 0, "K": 1, "M": 2, "G": 3, "T": 4}
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*\Z")


def left_out(record: Mapping[str, Any]) -> bool:
    """Tell what is not ours to take: hidden from readers, or published by acopio itself."""
    hidden = (values.text(record.get(key)).lower() in _HIDDEN for key in ("state", "private"))
    return any(hidden) or ckan_record.left_out({**record, "state": "", "private": False})


def dataset(record: Mapping[str, Any], base: str, zone: tzinfo) -> Dataset:
    """Map a dataset that has an id; ``base`` is the portal's address.

    A moment without an offset is taken to be in ``zone``. A field that is not what it should be
    is left empty, and its text kept in ``extras``.
    """
    found = ckan_record.dataset(_package(record, zone), base)
    if found.landing_page:
        return found
    return replace(found, landing_page=values.web_page(record.get("url")))


def _package(record: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    """Return what DKAN 7 says of a dataset as CKAN would say it."""
    return {
        **{key: value for key, value in record.items() if key != "url"},
        **_groups(record.get("groups")),
        **_licence(record),
        "metadata_created": _iso(record.get("metadata_created"), zone),
        "metadata_modified": _iso(record.get("metadata_modified"), zone),
        "extras": _extras(record.get("extras")),
        "resources": _resources(record.get("resources"), zone),
    }


def _groups(listed: object) -> dict[str, Any]:
    """Make the first group the organization: in DKAN 7 groups are who publishes.

    ``name`` is a path (``group/minsa``), and ``display_name`` the dataset's own title.
    """
    groups = values.items(listed)
    first = values.mapping(groups[0]) if groups else {}
    path = values.line(first.get("name"), values.WORD)
    organization = {"name": path.rpartition("/")[2], "title": first.get("title")}
    return {"organization": organization, "groups": values.raw(groups[1:] if first else listed)}


def _licence(record: Mapping[str, Any]) -> dict[str, Any]:
    """Tell a licence's key, address and label apart: ``license_title`` may be each of them."""
    said = values.text(record.get("license_title"), values.ADDRESS)
    if said.startswith(("http://", "https://")):
        return {"license_title": "", "license_url": said}
    if _KEY.match(said):
        return {"license_title": "", "license_id": said}
    return {"license_title": said}


def _iso(value: object, zone: tzinfo) -> object:
    """Return a moment as ISO 8601 with its offset; what is no moment as it is.

    ``last_modified`` comes after a label and a tab: ``Date changed<TAB>Wed, 05/13/2015 - 04:56``.
    """
    if not isinstance(value, str):
        return value
    written = value[-100:].rpartition("\t")[2].strip()
    found = values.when(written, zone) or _month_first(written, zone)
    return found.isoformat() if found else value


def _month_first(written: str, zone: tzinfo) -> datetime | None:
    match = _MONTH_FIRST.search(written)
    if match is None:
        return None
    month, day, year, hour, minute = map(int, match.groups())
    try:
        return datetime(year, month, day, hour, minute, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _extras(listed: object) -> object:
    """Undo the escaping that DKAN applies to the texts of extras."""
    if not isinstance(listed, list):
        return listed
    return [
        {key: unescape(value) if isinstance(value, str) else value for key, value in pair.items()}
        for pair in listed
        if isinstance(pair, dict)
    ]


def _resources(listed: object, zone: tzinfo) -> object:
    return list(_live(listed, zone)) if isinstance(listed, list) else listed


def _live(listed: list[Any], zone: tzinfo) -> Iterator[dict[str, Any]]:
    for entry in listed:
        if isinstance(entry, dict) and values.text(entry.get("state")).lower() not in _HIDDEN:
            media_type = values.text(entry.get("mimetype"))
            yield {
                **entry,
                "state": "",
                "mimetype": media_type if "/" in media_type else "",  # else a format's label
                "size": _bytes(entry.get("size")),
                "last_modified": _iso(entry.get("last_modified"), zone),
            }


def _bytes(size: object) -> object:
    """Return a size in words (``16.36 KB``) as bytes, as exact as the words; else as it is."""
    match = _SIZE.match(values.text(size))
    if match is None:
        return size
    power = _POWERS[match[2][0].upper()]
    whole, point, part = match[1].replace(",", ".").rpartition(".")
    return round(float(whole.replace(".", "") + point + part) * 1024**power)
