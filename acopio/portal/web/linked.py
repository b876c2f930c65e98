"""What a download says of what stands beside it: the header ``Link`` (RFC 8288)."""

from collections.abc import Collection
from urllib.parse import quote

from acopio.model import FileKind
from acopio.portal import licences
from acopio.portal.packages import Package

# Everything an address may be made of; what else stands in one is escaped.
_SAFE = "!#$%&'()*+,/:;=?@[]~-._"
_LONGEST = 2_000


def links(
    here: str, package: Package, resource: str, beside: Collection[FileKind], cited: str
) -> str:
    """Return the header's value. ``cited``: the SHA-256 by which the bytes are cited, or empty.

    schema and report are ``describedby``, the untouched original ``via``, the licence ``license``,
    the address that always means these bytes ``cite-as`` (RFC 8574).
    """
    dataset = f"{here}/dataset/{package.name}"
    file = f"{dataset}/resource/{resource}"
    found = [_link(dataset, "collection", type="text/html")]
    if cited:
        found.append(_link(f"{here}/file/sha256/{cited}", "cite-as"))
    if FileKind.SCHEMA in beside:
        schema = {"type": "application/json", "title": "schema"}
        found.append(_link(f"{file}/schema", "describedby", **schema))
    if beside:
        report = {"type": "text/html", "title": "report"}
        found.append(_link(f"{dataset}/report", "describedby", **report))
    if FileKind.ORIGINAL in beside:
        found.append(_link(f"{file}/original", "via", title="original"))
    if licence := _licence(package):
        found.append(_link(licence, "license"))
    return ", ".join(found)


def _link(url: str, rel: str, **attributes: str) -> str:
    said = "".join(f'; {name}="{value}"' for name, value in attributes.items())
    return f'<{quote(url, safe=_SAFE)}>; rel="{rel}"{said}'


def _licence(package: Package) -> str:
    known = licences.find(package.body.get("license_id"))
    declared = [one["value"] for one in package.body["extras"] if one["key"] == "licence_url"]
    for url in (known.url if known else "", *declared):
        if str(url).startswith(("http://", "https://")) and len(str(url)) <= _LONGEST:
            return str(url)
    return ""
