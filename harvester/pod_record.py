"""One dataset of a data.json catalogue as a ``Dataset``. Pure: no I/O.

Project Open Data 1.1 (DCAT-US 1.1) and DCAT-US 3, in which many texts may be objects, and most
objects lists.
"""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any

from acopio.harvester import formats, values
from acopio.harvester.notes import markdown
from acopio.model import Contact, Dataset, Licence, Organization, Resource, Role

_MAPPED_WORDS = """
@type @context title description identifier keyword theme modified issued publisher contactPoint
license accrualPeriodicity spatial temporal landingPage distribution accessLevel describedBy
describedByType
"""
_MAPPED = frozenset(_MAPPED_WORDS.split())
_LABELS = ("prefLabel", "title", "name", "label", "rdfs:label", "@value", "fn", "@id")
_DICTIONARY = "describedBy"
Pairs = dict[str, str]


def identity(record: object) -> str | None:
    """Return the identifier as text: a string, or the first usable name of an Identifier object."""
    if not isinstance(record, dict):
        return None
    for key in ("identifier", "@id"):
        found = _identifier(record.get(key))
        if found:
            return found
    return None


def _identifier(value: object) -> str:
    for one in values.items(value) or [value]:
        if isinstance(one, dict):
            keys = ("schema:identifier", "notation", "skos:notation", "@value", "identifier", "@id")
            one = next((one[key] for key in keys if values.text(one.get(key))), None)
        found = values.line(one, values.LINE)
        if found:
            return found
    return ""


def left_out(record: Mapping[str, Any]) -> bool:
    """Tell what is not ours to take: not declared public, or published by acopio itself."""
    access = _label(record.get("accessLevel")).lower()
    return access not in {"", "public"} or bool(values.raw(record.get("acopio_id")))


def dataset(record: Mapping[str, Any], base: str, zone: tzinfo) -> Dataset:
    """Map a dataset that has an identifier; ``base`` is the address of the catalogue's folder.

    A moment without an offset is taken to be in ``zone``. A field that is not what it should be
    is left empty, and its text kept in ``extras``.
    """
    get = record.get
    extras = {
        values.line(key, values.WORD): written
        for key, value in list(record.items())[:300]
        if key not in _MAPPED and (written := values.raw(value))
    }
    resources = tuple(_resources(record, base, zone))
    modified, issued = values.when(get("modified"), zone), values.when(get("issued"), zone)
    _keep(extras, "modified", get("modified"), unless=modified)
    _keep(extras, "issued", get("issued"), unless=issued)
    return Dataset(
        id=identity(record) or "",
        title=values.line(_label(get("title")), values.TITLE) or identity(record) or "",
        notes=markdown(_label(get("description"), values.PROSE)),
        publisher=_publisher(get("publisher")),
        licence=_licence(get("license")),
        themes=values.words(_label(theme) for theme in values.items(get("theme"))),
        keywords=values.words(_keywords(get("keyword"))),
        issued=issued,
        modified=modified,
        frequency=values.line(_label(get("accrualPeriodicity")), values.WORD),
        spatial="; ".join(values.words(_place(place) for place in values.items(get("spatial")))),
        temporal="; ".join(values.words(_period(each) for each in values.items(get("temporal")))),
        contact=_contact(get("contactPoint")),
        landing_page=values.web_page(values.address(_address(get("landingPage")), base)),
        extras=extras,
        resources=resources,
    )


def _keep(extras: Pairs, key: str, value: object, *, unless: object) -> None:
    written = values.raw(value)
    if unless is None and written:
        extras[key] = written


def _label(value: object, limit: int = values.LINE) -> str:
    """Take the text of a text, of a labelled object, or of the first member of a list."""
    for _ in range(4):
        if isinstance(value, list):
            value = value[0] if value else ""
        elif isinstance(value, dict):
            value = next((value[key] for key in _LABELS if value.get(key)), "")
        else:
            break
    return values.text(value, limit)


def _address(value: object) -> str:
    """Take an address given as text, or as an object with an ``@id``."""
    for one in values.items(value):
        found = values.text(one.get("@id") if isinstance(one, dict) else one, values.ADDRESS)
        if found:
            return found
    return ""


def _keywords(value: object) -> Iterator[str]:
    for one in values.items(value):
        written = _label(one)
        yield from (part.strip()[: values.WORD] for part in written.split(",", values.WORDS))


def _publisher(value: object) -> Organization | None:
    title = values.line(_label(value), values.TITLE)
    return Organization(title=title) if title else None


def _contact(value: object) -> Contact | None:
    """Take the first contact that is one."""
    for one in values.items(value):
        point = values.mapping(one)
        mail = values.email(_address(point.get("hasEmail")) or _label(point.get("email")))
        name = values.line(_label(point.get("fn") or point.get("name")))
        name, mail = values.person(name, mail)
        if name or mail:
            return Contact(name=name, email=mail)
    return None


def _licence(value: object) -> Licence | None:
    """Keep a licence as declared: an address, or a name."""
    declared = _address(value) or _label(value)
    if not declared:
        return None
    if declared.startswith(("http://", "https://")):
        return Licence(url=declared)
    return Licence(id=values.line(declared, values.WORD))


def _place(value: object) -> str:
    if isinstance(value, dict):
        for key in ("prefLabel", "locn:geometry", "geometry", "bbox", "dcat:bbox", "centroid"):
            found = _label(value.get(key)) or values.raw(value.get(key), values.LINE)
            if found:
                return found
        return values.raw(value, values.LINE)
    return values.line(value)


def _period(value: object) -> str:
    if isinstance(value, dict):
        ends = [
            next((found for key in keys if (found := _label(value.get(key)))), "")
            for keys in (("startDate", "dcat:startDate"), ("endDate", "dcat:endDate"))
        ]
        return "/".join(ends) if any(ends) else values.raw(value, values.LINE)
    return values.line(value)


def _resources(record: Mapping[str, Any], base: str, zone: tzinfo) -> Iterator[Resource]:
    listed = [one for one in values.items(record.get("distribution")) if isinstance(one, dict)]
    described = [
        (
            _identifier(one.get("identifier")) or _identifier(one.get("@id")),
            values.line(_label(one.get("title"))),
            values.address(
                _address(one.get("downloadURL")) or _address(one.get("accessURL")), base
            ),
        )
        for one in listed
    ]
    dictionaries = dict.fromkeys(_dictionaries([record, *listed], base))
    described += [("", "", url) for url in dictionaries]
    ids = formats.stable_ids(described)
    for key, (_, name, url), one in zip(ids, described, listed, strict=False):
        yield _resource(key, name, url, one, zone)
    for key, url in zip(ids[len(listed) :], dictionaries, strict=True):
        yield Resource(id=key, url=url, format=formats.format_of("", "", url), role=Role.DICTIONARY)


def _dictionaries(described: list[Mapping[str, Any]], base: str) -> Iterator[str]:
    """Yield the addresses of data dictionaries, of the dataset and of its distributions."""
    for one in described:
        url = values.web_page(values.address(_address(one.get(_DICTIONARY)), base))
        if url and formats.table_schema(one.get(_DICTIONARY)) is None:
            yield url


def _resource(key: str, name: str, url: str, one: dict[str, Any], zone: tzinfo) -> Resource:
    media_type = values.line(_label(one.get("mediaType")), values.WORD).lower()
    media_type = media_type.rpartition("/media-types/")[2]
    direct = bool(_address(one.get("downloadURL")))
    form = formats.format_of(_label(one.get("format")), media_type, url)
    description = markdown(_label(one.get("description"), values.PROSE))
    role = formats.role_of(name=name, description=description, format=form, url=url)
    if role is Role.DATA and not direct and form in {"", "html", "htm"}:
        role = Role.SERVICE  # an accessURL alone leads to a page, not to a file
    return Resource(
        id=key,
        url=url,
        name=name,
        description=description,
        format=form,
        media_type=media_type,
        size=values.size(one.get("byteSize")),
        role=role,
        modified=values.when(one.get("modified"), zone),
        licence=_licence(one.get("license")),
        schema=formats.table_schema(one.get(_DICTIONARY)),
    )
