"""Fit a Table Schema to the columns a file has: what is standard meets what is there.

frictionless reads a schema by position. A standard says what a column holds, the file in which
order the columns stand and how its numbers and dates are written; both count.
"""

from collections.abc import Collection, Mapping
from typing import Any

from acopio.validators.drift import drift, plain

Field = Mapping[str, Any]

# How a file writes its numbers: cleaning brings them into the plain form, so it is no fault.
# Dates are published as they come: their form is a part of the promise.
_FORMS = ("decimalChar", "groupChar", "bareNumber")
_NUMERIC = frozenset({"integer", "number", "year", "yearmonth"})
_DESCRIBES = ("name", "title", "description")


def fitted(
    standard: Mapping[str, Any],
    seen: Mapping[str, Any],
    aliases: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return ``seen`` with the fields of ``standard`` in place of those it describes.

    ``seen`` is the schema inferred, in the file's order; names are compared without letter case,
    accents and signs, ``aliases`` (plain name to a field's name) too. Columns that ``standard``
    does not know stay as they were seen; names stay the file's. Keys stay where all their columns
    are there.
    """
    standards = {plain(field["name"]): field for field in standard.get("fields", ())}
    for alias, name in (aliases or {}).items():
        standards.setdefault(alias, standards[plain(name)])
    names: dict[str, str] = {}
    fields = []
    for field in seen.get("fields", ()):
        known = standards.get(plain(str(field["name"])))
        if known is None or known["name"] in names:
            fields.append(dict(field))
            continue
        names[known["name"]] = field["name"]
        fields.append(_field(known, field))
    others = {k: v for k, v in standard.items() if k not in ("fields", "primaryKey", "foreignKeys")}
    missing = [*standard.get("missingValues", [""]), *seen.get("missingValues", [""])]
    return {
        **others,
        "fields": fields,
        "missingValues": list(dict.fromkeys(missing)),
        **_keys(standard, names),
    }


def _field(known: Field, seen: Field) -> dict[str, Any]:
    """Return a standard's field under the file's name, its numbers written as the file does."""
    kept = {name: value for name, value in known.items() if name != "aliases"}
    return _written({**kept, "name": seen["name"]}, seen)


def _written(field: Field, seen: Field) -> dict[str, Any]:
    marks = {form: seen[form] for form in _FORMS if form in seen}
    if field.get("type") != "number" or not marks:
        return dict(field)
    return {name: value for name, value in field.items() if name not in _FORMS} | marks


def _keys(standard: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    key = standard.get("primaryKey") or ()
    key = [key] if isinstance(key, str) else key
    if key and all(name in names for name in key):
        found["primaryKey"] = [names[name] for name in key]
    foreign = [
        one
        for one in standard.get("foreignKeys") or ()
        if all(names.get(name) == name for name in _listed(one.get("fields")))
    ]
    return found | ({"foreignKeys": foreign} if foreign else {})


def _listed(names: object) -> list[Any]:
    return list(names) if isinstance(names, list) else [names]


def with_required(schema: Mapping[str, Any], standard: Mapping[str, Any]) -> dict[str, Any]:
    """Return a fitted schema with the required columns the file lacks behind its others.

    frictionless then says ``missing-label`` of each.
    """
    there = {plain(str(field["name"])) for field in schema["fields"]}
    lacking = [
        {name: value for name, value in field.items() if name != "aliases"}
        for field in standard["fields"]
        if field.get("constraints", {}).get("required") and not there & _called(field)
    ]
    return {**schema, "fields": [*schema["fields"], *lacking]}


def _called(field: Field) -> set[str]:
    return {plain(name) for name in (field["name"], *field.get("aliases", ()))}


def still(
    pinned: Mapping[str, Any], seen: Mapping[str, Any], codes: Collection[str] = ()
) -> dict[str, Any]:
    """Return the schema a later cut is judged by: the ``pinned`` one, on the columns there are.

    A type that widened is taken over (contract, section 3). ``codes`` names the columns of this
    cut that hold codes by their leading zeros: those stay text, whatever was published.
    """
    judged = fitted(pinned, seen)
    wider = {change.name for change in drift(pinned, seen).widened}
    fields = [
        _now(field, here, here["name"] in wider, here["name"] in codes)
        for field, here in zip(judged["fields"], seen.get("fields", ()), strict=True)
    ]
    return {**judged, "fields": fields}


def _now(field: Field, seen: Field, is_wider: bool, is_code: bool) -> dict[str, Any]:
    if is_code and field.get("type") in _NUMERIC:
        return {key: field[key] for key in _DESCRIBES if key in field} | {"type": "string"}
    return _written({**field, "type": seen["type"]}, seen) if is_wider else dict(field)
