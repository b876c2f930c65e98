"""One CKAN package, as ``package_search`` gives it, as a ``Dataset``. Pure: no I/O."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from acopio.harvester import formats, values
from acopio.harvester.notes import markdown
from acopio.model import Contact, Dataset, Licence, Organization, Resource

# Read into a field of their own, or CKAN's bookkeeping: what is not here is kept in the extras.
_MAPPED_WORDS = """
id name title notes organization owner_org license_id license_title license_url isopen groups
tags tag_string extras resources metadata_created metadata_modified author author_email
maintainer maintainer_email private state type num_tags num_resources creator_user_id
revision_id revision_timestamp tracking_summary relationships_as_object relationships_as_subject
frequency accrual_periodicity spatial temporal_start temporal_end temporal_coverage
validated_data_dict indexed_ts
"""
_MAPPED = frozenset(_MAPPED_WORDS.split())
_EXTRAS = 300
Pairs = dict[str, str]


def identity(record: object) -> str | None:
    """Return the package's id as text, None when it has none that can be used."""
    if not isinstance(record, dict):
        return None
    return values.line(record.get("id"), values.WORD) or None


def left_out(record: Mapping[str, Any]) -> bool:
    """Tell what is not ours to take: private, not active, a harvest source, or acopio's own."""
    state = values.text(record.get("state")).lower()
    return (
        record.get("private") is True
        or values.text(record.get("private")).lower() in {"true", "1"}
        or state not in {"", "active"}
        or values.text(record.get("type")).lower() == "harvest"
        or bool(values.raw(record.get("acopio_id")))
        or any(key == "acopio_id" for key, _ in _pairs(record.get("extras")))
    )


def dataset(record: Mapping[str, Any], base: str) -> Dataset:
    """Map a package that has an id; ``base`` is the portal's address.

    A field that is not what it should be is left empty, and its text kept in ``extras``.
    """
    get = record.get
    extras = _extras(record)
    name = values.line(get("name"), values.WORD)
    rest: Pairs = {}
    contact = _contact(get, rest)
    modified = _moment(record, "metadata_modified", rest)
    issued = _moment(record, "metadata_created", rest)
    fields: dict[str, str] = {
        "frequency": _first(record, extras, "frequency", "accrual_periodicity"),
        "spatial": _first(record, extras, "spatial"),
        "temporal": _temporal(record, extras),
    }
    resources = tuple(_resources(get("resources"), base, rest))
    return Dataset(
        id=identity(record) or "",
        title=values.line(get("title"), values.TITLE) or name or identity(record) or "",
        name=name,
        notes=markdown(get("notes")),
        publisher=_publisher(get("organization")),
        licence=_licence(get),
        themes=_labels(get("groups"), rest, "groups"),
        keywords=_labels(get("tags"), rest, "tags"),
        issued=issued,
        modified=modified,
        contact=contact,
        landing_page=f"{base}/dataset/{name}" if name else "",
        extras={**extras, **rest},
        resources=resources,
        **fields,
    )


def _pairs(extras: object) -> Iterator[tuple[str, object]]:
    """Yield key and value: a list of pairs since CKAN 2, an object on older and other portals."""
    if isinstance(extras, dict):
        yield from extras.items()
    elif isinstance(extras, list):
        for pair in extras:
            if isinstance(pair, dict) and isinstance(pair.get("key"), str):
                yield pair["key"], pair.get("value")


def _extras(record: Mapping[str, Any]) -> Pairs:
    found: Pairs = {}
    for key, value in record.items():
        if key not in _MAPPED and value:
            _keep(found, key, value)
    for key, value in _pairs(record.get("extras")):
        _keep(found, key, value)
    if not isinstance(record.get("extras"), list | dict | None):
        _keep(found, "extras", record["extras"])
    return found


def _keep(found: Pairs, key: str, value: object) -> None:
    written = values.raw(value)
    if written and len(found) < _EXTRAS:
        found[values.line(key, values.WORD)] = written


def _first(record: Mapping[str, Any], extras: Pairs, *keys: str) -> str:
    """Take the first of ``keys`` that says something, from the package or from its extras."""
    for key in keys:
        found = values.raw(record.get(key)) or extras.pop(key, "")
        if found:
            return found
    return ""


def _temporal(record: Mapping[str, Any], extras: Pairs) -> str:
    start = _first(record, extras, "temporal_start")
    end = _first(record, extras, "temporal_end")
    return f"{start}/{end}" if start or end else _first(record, extras, "temporal_coverage")


def _moment(record: Mapping[str, Any], key: str, rest: Pairs) -> Any:
    moment = values.when(record.get(key))
    if moment is None and record.get(key):
        _keep(rest, key, record[key])
    return moment


def _contact(get: Callable[[str], Any], rest: Pairs) -> Contact | None:
    """Name the maintainer, who answers for the data; the author where there is none."""
    people = [
        values.person(values.line(get(who)), values.email(get(f"{who}_email")))
        for who in ("maintainer", "author")
    ]
    named = [Contact(name=name, email=mail) for name, mail in people if name or mail]
    if len(named) == 2 and named[0] != named[1]:
        _keep(rest, "author", get("author"))
        _keep(rest, "author_email", get("author_email"))
    return named[0] if named else None


def _publisher(organization: object) -> Organization | None:
    found = values.mapping(organization)
    name = values.line(found.get("name"), values.WORD)
    title = values.line(found.get("title"), values.TITLE)
    return Organization(name=name, title=title or name) if name or title else None


def _licence(get: Callable[[str], Any]) -> Licence | None:
    declared = Licence(
        id=values.line(get("license_id"), values.WORD),
        title=values.line(get("license_title")),
        url=values.text(get("license_url"), values.ADDRESS),
    )
    return declared if declared != Licence() else None


def _labels(listed: object, rest: Pairs, key: str) -> tuple[str, ...]:
    """Read groups or tags: objects with a label, or plain text."""
    if not isinstance(listed, list):
        _keep(rest, key, listed)
        return ()
    return values.words(_label(entry) for entry in listed)


def _label(entry: object) -> str:
    if isinstance(entry, dict):
        for key in ("display_name", "title", "name"):
            found = values.line(entry.get(key), values.WORD)
            if found:
                return found
        return ""
    return values.line(entry, values.WORD)


def _resources(listed: object, base: str, rest: Pairs) -> Iterator[Resource]:
    if not isinstance(listed, list):
        _keep(rest, "resources", listed)
        return
    live = [
        entry
        for entry in listed
        if isinstance(entry, dict) and values.text(entry.get("state")).lower() in {"", "active"}
    ]
    described = [
        (
            values.line(entry.get("id"), values.WORD),
            values.line(entry.get("name")),
            values.address(entry.get("url"), base),
        )
        for entry in live
    ]
    ids = formats.stable_ids(described)
    for key, (_, name, url), entry in zip(ids, described, live, strict=True):
        yield _resource(key, name, url, entry, rest)


def _resource(key: str, name: str, url: str, entry: dict[str, Any], rest: Pairs) -> Resource:
    media_type = values.line(entry.get("mimetype"), values.WORD).lower()
    form = formats.format_of(entry.get("format"), media_type, url)
    description = markdown(entry.get("description"))
    size = values.size(entry.get("size"))
    if size is None and entry.get("size"):
        _keep(rest, f"{key}/size", entry["size"])
    changed = entry.get("last_modified") or entry.get("metadata_modified")
    modified = values.when(changed)
    if modified is None and changed:
        _keep(rest, f"{key}/last_modified", changed)
    schema = entry.get("schema")
    return Resource(
        id=key,
        url=url,
        name=name,
        description=description,
        format=form,
        media_type=media_type,
        size=size,
        role=formats.role_of(name=name, description=description, format=form, url=url),
        modified=modified,
        schema=formats.table_schema(schema) or formats.schema_reference(schema),
    )
