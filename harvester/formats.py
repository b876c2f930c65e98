"""What a resource is: its format, its role, and an id where the portal gives none."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from acopio.harvester.values import dump, line
from acopio.matching import undated
from acopio.model import Role

_BY_MEDIA_TYPE = {
    "text/csv": "csv",
    "application/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/plain": "txt",
    "text/html": "html",
    "application/json": "json",
    "application/geo+json": "geojson",
    "application/vnd.geo+json": "geojson",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/x-zip-compressed": "zip",
    "application/gzip": "gz",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.apache.parquet": "parquet",
    "application/vnd.google-earth.kml+xml": "kml",
    "application/geopackage+sqlite3": "gpkg",
    "application/rdf+xml": "rdf",
    "text/turtle": "ttl",
}
_EXTENSIONS_WORDS = """
csv tsv txt xls xlsx xlsm ods json jsonl geojson xml pdf zip gz rar 7z doc docx odt html htm
parquet kml kmz shp gpkg dbf sav rdf ttl
"""
_EXTENSIONS = frozenset(_EXTENSIONS_WORDS.split())
_SERVICES_WORDS = """
api rest wms wfs wcs wmts csw sparql soap odata arcgis esri esri_rest mapserver featureserver
arcgis_geoservices_rest_api arcgis_geoservice ogc_wms ogc_wfs web_service
"""
_SERVICES = frozenset(_SERVICES_WORDS.split())
_SERVICE_ADDRESS = re.compile(
    r"/(?:MapServer|FeatureServer|ImageServer)(?:/\d+)?/?\Z|[?&]service=(?:wms|wfs|wcs|csw)\b",
    re.IGNORECASE,
)
_PROSE_FORMATS = frozenset(["pdf", "doc", "docx", "odt", "html", "htm", "txt", "md", "rtf"])
_PLACEHOLDERS = frozenset(
    ["", "none", "null", "n/a", "otro", "other", "data", "dato", "datos", "unknown"]
)
# Formats said in words; whatever else is said around them.
_SAID = (
    (re.compile(r"comma[ -]separated|separad[oa]s? por comas?"), "csv"),
    (re.compile(r"tab[ -]separated|separad[oa]s? por tab"), "tsv"),
    (re.compile(r"\bshape ?files?\b"), "shp"),
)
_TOKEN = re.compile(r"[a-z0-9]+")
_DICTIONARY = re.compile(
    r"\b(?:diccionarios?|data[ _-]?dictionary|dictionary|metadatos?|metadata|codebook)(?![^\W_])"
)
_DOCUMENTATION = re.compile(
    r"(?<![^\W_])(?:documentaci[oó]n|documentation|manual|notas?|ficha|metodolog[ií]a|methodology|"
    r"gu[ií]a|instructivo|l[eé]eme|readme|nota[ _-]t[eé]cnica)(?![^\W_])"
)
_UPLOAD_SUFFIX = re.compile(r"_\d{1,2}(?=\.[A-Za-z0-9]{1,8}\Z)")


def format_of(declared: object, media_type: str = "", url: str = "") -> str:
    """Return a format as ``csv``: as declared, else from the media type, else from the address.

    ``CSV UTF-8`` and ``excel csv`` are csv; a declaration that says two formats is the address's.
    A name nobody knows is kept only where nothing else tells.
    """
    name = line(declared, 200).lower()
    plain = name.partition(";")[0].strip()
    name = _BY_MEDIA_TYPE.get(plain, name).lstrip(". ").removeprefix("ogc:")
    if name in _EXTENSIONS or _service(name, ""):
        return name
    own = extension_of(url)
    said = _said(name)
    if said:
        return own if own in said else said[0]
    known = _BY_MEDIA_TYPE.get(media_type.partition(";")[0].strip().lower()) or own
    return known or ("" if name in _PLACEHOLDERS or "/" in name else name[:80])


def _said(name: str) -> list[str]:
    """Return the formats that a declaration of several words, or an address of one, names."""
    words = [word for word in _TOKEN.findall(name) if word in _EXTENSIONS]
    return [form for pattern, form in _SAID if pattern.search(name)] or words


def extension_of(url: str) -> str:
    """Return the extension of an address's file where it is a known format, else ``""``."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    last = path.rpartition("/")[2].rpartition(".")[2].lower()
    return last if last in _EXTENSIONS else ""


def is_extension(word: str) -> bool:
    """Tell whether a word, in lower case, is the extension of a format known here."""
    return word in _EXTENSIONS


def role_of(*, name: str, description: str, format: str, url: str) -> Role:  # noqa: A002
    """Tell data from what explains it and from what serves it.

    A description counts only by how it begins: that of a data file often mentions its dictionary.
    The name of the file tells a dictionary as well.
    """
    title = name.lower()
    if _service(format, url):
        return Role.SERVICE
    if _is_dictionary(title, description) or _is_dictionary_file(url):
        return Role.DICTIONARY
    if format in _PROSE_FORMATS and _documents(title, description):
        return Role.DOCUMENTATION
    return Role.DATA


def _is_dictionary(title: str, description: str) -> bool:
    opening = description[:40].lower()
    return bool(_DICTIONARY.search(title.replace("_", " ")) or _DICTIONARY.match(opening))


def _is_dictionary_file(url: str) -> bool:
    """Judge by the file's name: that of a table has to begin so, as it is examined if data."""
    form = extension_of(url)
    file = unquote(urlsplit(url).path.rpartition("/")[2]).lower().replace("_", " ") if form else ""
    found = _DICTIONARY.search(file)
    return found is not None and (found.start() == 0 or form in _PROSE_FORMATS)


def _service(format_name: str, url: str) -> bool:
    plain = format_name.replace(" ", "_").replace("-", "_")
    return plain in _SERVICES or _SERVICE_ADDRESS.search(url) is not None


def _documents(title: str, description: str) -> bool:
    return bool(_DOCUMENTATION.search(title) or _DOCUMENTATION.match(description[:40].lower()))


def stable_ids(described: list[tuple[str, str, str]]) -> list[str]:
    """Return one id for each ``(own id, title, url)``, the same whatever their order.

    Without an id of its own a resource is known by title and address, dates and upload suffixes
    aside, so that tomorrow's ``RENIPRESS_30-09-2026.csv`` is today's resource; where that is
    the same for two, by the whole address.
    """
    loose = [own or _digest(_undated(title), _undated(url)) for own, title, url in described]
    shared = Counter(loose)
    strict = [
        key if shared[key] == 1 else _digest(title, url, own)
        for key, (own, title, url) in zip(loose, described, strict=True)
    ]
    return _numbered(strict)


def _numbered(keys: list[str]) -> list[str]:
    met: Counter[str] = Counter()
    numbered = []
    for key in keys:
        met[key] += 1
        numbered.append(key if met[key] == 1 else f"{key}-{met[key]}")
    return numbered


def _undated(written: str) -> str:
    return _UPLOAD_SUFFIX.sub("", undated(unquote(written[:4000])))


# A schema's name, perhaps with its version, or an address.
_REFERENCE = re.compile(r"[a-z0-9][a-z0-9-]{0,99}(?:@[0-9.]{1,20})?|https?://[^\s\\<>\"]{1,1900}")


def _digest(*parts: str) -> str:
    joined = "\n".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:32]


def table_schema(value: object) -> Mapping[str, Any] | None:
    """Return a Table Schema descriptor given as an object or as its JSON; None for anything else.

    It has ``fields``, a list of objects that have names, and is at most 256 KiB as JSON.
    """
    found = _parsed(value) if isinstance(value, str) else value
    if not isinstance(found, dict) or not isinstance(found.get("fields"), list):
        return None
    named = all(isinstance(f, dict) and isinstance(f.get("name"), str) for f in found["fields"])
    return found if named and found["fields"] and 0 < len(dump(found)) <= 2**18 else None


def schema_reference(value: object) -> Mapping[str, Any] | None:
    """Return ``{"path": …}`` for a schema declared by its name or address; None for anything else.

    Whoever judges the table knows which schemas there are.
    """
    if not isinstance(value, str) or not _REFERENCE.fullmatch(value.strip()):
        return None
    return {"path": value.strip()}


def _parsed(written: str) -> object:
    import json

    if len(written) > 2**18 or not written.lstrip().startswith("{"):
        return None
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return None
