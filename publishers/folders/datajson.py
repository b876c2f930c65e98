"""``data.json``: a catalogue of data packages, as Project Open Data 1.1 (DCAT) has it.

Made from the data packages alone, one after the other, so it is true of what readers see and needs
no memory.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_SCHEMA = "https://project-open-data.cio.gov/v1.1/schema"
_HEAD = {
    "@context": f"{_SCHEMA}/catalog.jsonld",
    "@type": "dcat:Catalog",
    "conformsTo": _SCHEMA,
    "describedBy": f"{_SCHEMA}/catalog.json",
}


def catalogue(packages: Iterable[Mapping[str, Any]], base: str) -> Iterator[bytes]:
    """Yield the catalogue piece by piece; ``base`` is where the folder is on the web, or empty.

    Paths of data packages may be addresses of the web: then they stand as they are.
    """
    head = json.dumps(_HEAD, indent=1)
    yield f'{head.removesuffix("}").rstrip()},\n "dataset": ['.encode()
    separator = "\n"
    for package in packages:
        record = json.dumps(dataset(package, base), ensure_ascii=False)
        yield (separator + record).encode("utf-8", "replace")
        separator = ",\n"
    yield b"\n]}\n"


def dataset(package: Mapping[str, Any], base: str) -> dict[str, Any]:
    """Return a data package as a dataset of the catalogue; what is not known is left out."""
    contact = next((c for c in package.get("contributors", ()) if c["role"] == "contact"), None)
    publisher = next((c for c in package.get("contributors", ()) if c["role"] == "publisher"), None)
    licence: Mapping[str, str] = next(iter(package.get("licenses", ())), {})
    record = {
        "@type": "dcat:Dataset",
        "identifier": package["id"],
        "acopio_id": package.get("acopio_id"),
        "title": package["title"],
        "description": package.get("description") or package["title"],
        "keyword": package.get("keywords"),
        "theme": package.get("themes"),
        "issued": package.get("issued"),
        "modified": package.get("modified"),
        "accrualPeriodicity": package.get("frequency"),
        "spatial": package.get("spatial"),
        "temporal": package.get("temporal"),
        "landingPage": package.get("homepage"),
        "license": licence.get("path") or licence.get("name"),
        "rights": package.get("licence_note"),
        "accessLevel": "public",
        "publisher": publisher and {"@type": "org:Organization", "name": publisher["title"]},
        "contactPoint": contact and _contact(contact),
        "distribution": [_distribution(r, package["name"], base) for r in package["resources"]],
    }
    return {key: value for key, value in record.items() if value}


def _contact(contact: Mapping[str, str]) -> dict[str, str]:
    card = {"@type": "vcard:Contact", "fn": contact["title"]}
    email = contact.get("email")
    return card | {"hasEmail": f"mailto:{email}"} if email else card


def _distribution(resource: Mapping[str, Any], folder: str, base: str) -> dict[str, Any]:
    path = resource.get("path", "")
    ours = "hash" in resource
    record = {
        "@type": "dcat:Distribution",
        "title": resource.get("title") or resource["name"],
        "description": resource.get("description"),
        "downloadURL": _address(base, folder, path) if ours and "://" not in path else path,
        "mediaType": resource.get("mediatype"),
        "format": resource.get("format"),
    }
    return {key: value for key, value in record.items() if value}


def _address(base: str, folder: str, path: str) -> str:
    from urllib.parse import quote

    relative = f"{folder}/{quote(path)}"
    return f"{base.rstrip('/')}/{relative}" if base else relative
