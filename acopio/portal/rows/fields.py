"""``fields`` of an answer: names, CKAN's types, and what a Table Schema says of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from acopio.portal.rows.tables import Column

Schema = Mapping[str, Any]
_NATIVE = {
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
}


def described(columns: Iterable[Column], schema: Schema | None) -> list[dict[str, Any]]:
    """Return ``id``, ``type`` and, where ``schema`` has words for it, ``info`` of each column.

    ``schema`` is a Table Schema descriptor: a field's title is CKAN's label, its description the
    notes.
    """
    known = _known(schema)
    return [_described(column, known.get(column.source, {})) for column in columns]


def native(column: Column) -> dict[str, Any]:
    """Return ``schema`` as ``datastore_info`` has it: PostgreSQL's name of the type, no index."""
    name = _NATIVE.get(column.type, column.type)
    none = {"notnull": False, "index_name": None, "is_index": False, "uniquekey": False}
    return {"native_type": name, **none}


def _described(column: Column, field: Mapping[str, Any]) -> dict[str, Any]:
    words = {"label": field.get("title"), "notes": field.get("description")}
    info = {key: said for key, said in words.items() if said and column.kind != "row"}
    return {"id": column.name, "type": column.type, **({"info": info} if info else {})}


def _known(schema: Schema | None) -> dict[str, Mapping[str, Any]]:
    fields = (schema or {}).get("fields") or ()
    return {field["name"]: field for field in fields if "name" in field}
