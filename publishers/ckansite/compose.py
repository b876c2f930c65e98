"""Flat fields back into the package CKAN takes, in one call."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from acopio.publishers.ckansite.merge import Merged
from acopio.publishers.ckansite.record import MARK, PLAIN, Fields, mark

# CKAN makes these itself; a sysadmin who sends the modification date back would freeze it.
_CKANS_OWN = frozenset({"organization", "metadata_modified"})


def compose(
    merged: Merged,
    wanted: Fields,
    ours: Mapping[str, str],
    package: Mapping[str, Any],
    beside: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """Return the package to send.

    ``package`` is the target's (empty for a new one): what is not ours in it is sent back, because
    CKAN drops what it is not told. ``ours`` maps its resource ids to our own. ``beside`` holds
    attributes of our resources that go along without being compared.
    """
    fields = merged.fields
    sent = {key: value for key, value in package.items() if key not in _CKANS_OWN}
    sent |= {key: fields[key] for key in PLAIN}
    bound = [tag for tag in package.get("tags") or () if tag.get("vocabulary_id")]
    sent["tags"] = bound + [{"name": name} for name in fields["tags"]]
    extras = {key[7:]: value for key, value in fields.items() if key.startswith("extras.")}
    extras[MARK] = mark({key: fields.get(key, "") for key in wanted}, merged.edited)
    sent["extras"] = [{"key": key, "value": value} for key, value in extras.items()]
    sent["resources"] = list(_resources(_linked(fields, wanted), ours, package, beside))
    return sent


def _linked(fields: Fields, wanted: Fields) -> Fields:
    """Return the fields with every link we set marked as one: it may have been an upload before."""
    links = [key for key, value in wanted.items() if _is_url(key) and fields.get(key) == value]
    return fields | {key.removesuffix(".url") + ".url_type": "" for key in links}


def _is_url(key: str) -> bool:
    return key.startswith("resources.") and key.endswith(".url")


def _resources(
    fields: Fields,
    ours: Mapping[str, str],
    package: Mapping[str, Any],
    beside: Mapping[str, Mapping[str, str]],
) -> Iterable[dict[str, Any]]:
    mine: dict[str, dict[str, Any]] = {}
    for key, value in fields.items():
        if key.startswith("resources."):
            _, resource, attribute = key.split(".", 2)
            mine.setdefault(resource, {})[attribute] = value
    for there in package.get("resources") or ():
        one = ours.get(there["id"])
        if one is None:
            yield dict(there)  # an editor's
        elif one in mine:
            yield {**there, **_filled(mine.pop(one)), **beside.get(one, {})}
    for one, attributes in mine.items():
        yield {"id": one, **_filled(attributes), **beside.get(one, {})}


def _filled(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes as CKAN takes them: a size is a number or none, or what an editor wrote."""
    filled = dict(attributes)
    if "size" in filled:
        size = filled["size"]
        filled["size"] = int(size) if re.fullmatch(r"[0-9]{1,18}", size) else size or None
    return filled
