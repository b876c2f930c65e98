"""The same calls to CKAN 2.12's DataStore and to ours, over the same table."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from ckanapi import RemoteCKAN

from acopio.portal.problems import ValidationError
from acopio.portal.rows import Rows
from tests.portal.rows.sample import SCHEMA, TYPES, ckan_records

INFO = {"nombre": {"label": "Nombre", "notes": "De la entidad."}}
SHORT = {"fields": ["_id", "nombre"]}


@pytest.fixture(scope="module")
def table(ckan_url: str, ckan_token: str) -> Iterator[str]:
    """A table in the real DataStore, under an organization of its own; gives the resource's id."""
    name = f"filas-{uuid4().hex[:8]}"
    fields = [
        {"id": field, "type": type_, **({"info": INFO[field]} if field in INFO else {})}
        for field, (type_, _) in TYPES.items()
    ]
    with RemoteCKAN(ckan_url, apikey=ckan_token) as api:
        organization = api.call_action("organization_create", {"name": name})
        dataset = {"name": name, "owner_org": organization["id"]}
        resource = {"package_id": api.call_action("package_create", dataset)["id"], "name": "t"}
        created = {"resource": resource, "fields": fields, "records": ckan_records()}
        id_ = api.call_action("datastore_create", created)["resource_id"]
        yield id_
        api.call_action("datastore_delete", {"resource_id": id_, "force": True})
        api.call_action("dataset_purge", {"id": resource["package_id"]})
        api.call_action("organization_purge", {"id": organization["id"]})


def theirs(url: str, name: str, asked: Mapping[str, Any]) -> tuple[int, Any]:
    """CKAN's answer; decimals keep their digits."""
    answer = requests.post(f"{url}/api/3/action/{name}", json=dict(asked), timeout=30)
    body = answer.json(parse_float=Decimal)
    return answer.status_code, body["result"] if body["success"] else body["error"]


def ours(rows: Rows, sample: Path, asked: Mapping[str, Any]) -> tuple[int, Any]:
    try:
        return 200, exact(rows.search(sample, asked, schema=SCHEMA))
    except ValidationError as error:
        return error.status, {**error.errors, "__type": error.type}


def exact(value: Any) -> Any:
    """Numbers as they stand in JSON: 1.5 is 1.50."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, dict):
        return {key: exact(each) for key, each in value.items()}
    return [exact(each) for each in value] if isinstance(value, list) else value


SAME: list[dict[str, Any]] = [
    {},
    {"records_format": "lists"},
    {"records_format": "csv"},
    {"records_format": "tsv"},
    {"limit": 0},
    {"limit": "2"},
    {"limit": True, **SHORT},
    {"limit": 99_999_999, **SHORT},
    {"offset": 4, **SHORT},
    {"offset": 999, **SHORT},
    {"fields": "nombre, activo"},
    {"fields": '"nombre"'},
    {"sort": "Año desc, _id", **SHORT},
    {"sort": "Año desc nulls last, _id", **SHORT},
    {"sort": ["activo desc", "_id desc"], **SHORT},
    {"sort": "nombre", **SHORT},
    {"sort": '"nombre" asc nulls first', **SHORT},
    {"filters": {"Año": 2020}, **SHORT},
    {"filters": '{"Año": "2020"}', **SHORT},
    {"filters": {"Año": [2020, -5, None]}, **SHORT},
    {"filters": {"Año": []}, **SHORT},
    {"filters": {"Año": None}, **SHORT},
    {"filters": {"Año": {"gte": 2020, "lt": 2021}}, **SHORT},
    {"filters": {"Año": 2020.5}, **SHORT},
    {"filters": {"Año": 10**17}, **SHORT},
    {"filters": {"Año": [{"lt": 0}, {"gt": 2020}]}, **SHORT},
    {"filters": {"Año": [-5, {"gt": 2020}]}, **SHORT},
    {"filters": {"Año": {"in": [-5]}}, **SHORT},
    {"filters": [{"Año": -5}, {"activo": False}], **SHORT},
    {"filters": {"$or": [{"Año": 2021}, {"medida": {"lt": 1}}]}, **SHORT},
    {"filters": {"$and": [{"Año": 2020}, {"activo": True}]}, **SHORT},
    {"filters": {"_id": {"gt": 2}}, "limit": 2, **SHORT},
    {"filters": {"nombre": ""}, **SHORT},
    {"filters": {"nombre": {"gt": "h"}}, **SHORT},
    {"filters": {"nombre": 5}, **SHORT},
    {"filters": {"nombre": "x' OR 1=1 --"}, **SHORT},
    {"filters": {"activo": "yes"}, **SHORT},
    {"filters": {"importe": "12345678901234567890.12"}, **SHORT},
    {"filters": {"importe": "NaN"}, **SHORT},
    {"filters": {"importe": {"lt": "1e1"}}, **SHORT},
    {"filters": {"medida": "0.1"}, **SHORT},
    {"filters": {"fecha": "2020-01-02"}, **SHORT},
    {"filters": {"fecha": {"gt": "2000-01-01"}}, **SHORT},
    {"filters": {"momento": "2020-01-02T03:04:05.123"}, **SHORT},
    {"filters": {"zona": {"lte": "2020-01-02T03:04:05-05:00"}}, **SHORT},
    {"q": "nacional HOSPITAL", **SHORT},
    {"q": "2020", **SHORT},
    {"q": "10.50", **SHORT},
    {"q": "!!!", **SHORT},
    {"q": {"nombre": "pesado"}, **SHORT},
    {"q": '{"Año": "2020"}', **SHORT},
    {"q": "hosp:*", "plain": False, "sort": "_id", **SHORT},
    {"q": "hospital | pesado", "plain": "no", "sort": "_id", **SHORT},
    {"q": "2020 & !salto", "plain": False, **SHORT},
    {"distinct": True, "fields": "activo", "sort": "activo"},
    {"include_total": False, **SHORT},
    {"total_estimation_threshold": 10, **SHORT},
    {"include_next_page": True, "limit": 2, **SHORT},
    {"include_next_page": True, "limit": 2, "sort": "_id desc", **SHORT},
    {"include_next_page": True, "limit": 2, "sort": "Año, _id", **SHORT},
    {"include_next_page": True, "filters": {"_id": {"gt": 99}}, **SHORT},
    {"include_next_page": True, "limit": 2, "records_format": "csv", **SHORT},
]
REFUSED: list[dict[str, Any]] = [
    {"limit": -1},
    {"limit": "x"},
    {"limit": 1.5},
    {"offset": -1},
    {"offset": "x"},
    {"fields": "nope"},
    {"fields": ["nope", "_id"]},
    {"fields": {"a": 1}},
    {"fields": [1]},
    {"fields": "_full_text"},
    {"sort": "nope"},
    {"sort": "nombre sideways"},
    {"sort": "NOMBRE"},
    {"sort": "nombre; drop table x"},
    {"sort": 3},
    {"filters": {"nope": 1}},
    {"filters": {'nombre" OR 1=1 --': 1}},
    {"filters": "{nope"},
    {"filters": 3},
    {"filters": "3"},
    {"filters": {"Año": {"ne": 2}}},
    {"filters": {"$not": [{"Año": 3}]}},
    {"filters": {"$or": 3}},
    {"filters": {"Año": [{"lt": 2}] * 101}},
    {"filters": {f"{number}": 1 for number in range(101)}},
    {"q": {"nope": "3"}},
    {"q": {"nombre": 3}},
    {"records_format": "xml"},
    {"nope": 1},
    {"nope": 1, "limit": "x"},
]
# Of these CKAN tells how its SQL failed; only that it did is the same.
IMPOSSIBLE: list[dict[str, Any]] = [
    {"filters": {"Año": "x"}},
    {"filters": {"Año": "2020.0"}},
    {"filters": {"Año": True}},
    {"filters": {"fecha": "nope"}},
    {"filters": {"fecha": {"gt": "2000"}}},
    {"filters": {"fecha": 20200102}},
    {"filters": {"activo": 1}},
    {"q": "a & | b", "plain": False},
    {"distinct": True, "fields": "activo", "sort": "Año"},
]


@pytest.mark.parametrize("asked", SAME, ids=str)
def test_the_answer_is_ckans(
    asked: dict[str, Any], table: str, ckan_url: str, rows: Rows, sample: Path
) -> None:
    asked = {"resource_id": table, **asked}
    status, answer = theirs(ckan_url, "datastore_search", asked)
    assert status == 200
    assert ours(rows, sample, asked) == (200, answer)


@pytest.mark.parametrize("asked", REFUSED, ids=lambda asked: str(asked)[:80])
def test_the_refusal_is_ckans(
    asked: dict[str, Any], table: str, ckan_url: str, rows: Rows, sample: Path
) -> None:
    asked = {"resource_id": table, **asked}
    answer = theirs(ckan_url, "datastore_search", asked)
    assert answer[0] == 409
    assert ours(rows, sample, asked) == answer


def test_of_several_unknown_fields_ckan_names_any_and_we_the_first(
    table: str, ckan_url: str, rows: Rows, sample: Path
) -> None:
    asked = {"resource_id": table, "fields": ["nope", "nada", "_id"]}
    named = [{"fields": [f'invalid value "{one}"']} for one in asked["fields"][:2]]
    kind = {"__type": "Validation Error"}
    status, answer = theirs(ckan_url, "datastore_search", asked)
    assert status == 409
    assert answer in [one | kind for one in named]
    assert ours(rows, sample, asked) == (409, named[0] | kind)


@pytest.mark.parametrize("asked", IMPOSSIBLE, ids=str)
def test_what_makes_no_sense_is_an_invalid_query_as_ckans(
    asked: dict[str, Any], table: str, ckan_url: str, rows: Rows, sample: Path
) -> None:
    asked = {"resource_id": table, **asked}
    status, answer = theirs(ckan_url, "datastore_search", asked)
    assert (status, answer["query"]) == (409, ["Invalid query"])
    status, answer = ours(rows, sample, asked)
    assert (status, answer["query"]) == (409, ["Invalid query"])
    assert answer["info"]["orig"]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"include_meta": "false"},
        {"include_fields_schema": False},
    ],
    ids=str,
)
def test_the_info_is_ckans(
    asked: dict[str, Any], table: str, ckan_url: str, rows: Rows, sample: Path
) -> None:
    asked = {"resource_id": table, **asked}
    _, answer = theirs(ckan_url, "datastore_info", asked)
    found = rows.info(sample, asked, schema=SCHEMA)
    for info in (answer, found):
        for size in ("size", "db_size", "idx_size"):
            assert info.get("meta", {}).pop(size, 0) >= 0
    assert found == answer


@pytest.mark.parametrize(
    ("form", "asked"),
    [
        ("csv", {}),
        ("tsv", {}),
        ("csv", {"bom": "true"}),
        ("csv", {"fields": "nombre,Año", "sort": "Año desc,_id"}),
        ("csv", {"filters": '{"Año": 2020}'}),
        ("tsv", {"offset": 4}),
        ("csv", {"offset": 99}),
        ("json", {"offset": 99}),
    ],
    ids=str,
)
def test_the_dump_is_ckans(
    form: str, asked: dict[str, Any], table: str, ckan_url: str, rows: Rows, sample: Path
) -> None:
    answer = requests.get(
        f"{ckan_url}/datastore/dump/{table}", params={"format": form, **asked}, timeout=30
    )
    assert answer.status_code == 200
    assert b"".join(rows.dump(sample, form, asked, schema=SCHEMA)) == answer.content


@pytest.mark.parametrize("asked", [{}, {"limit": 2, "offset": 1}, {"fields": "Año"}], ids=str)
def test_the_dump_in_json_is_ckans_with_every_digit(
    asked: dict[str, Any], table: str, ckan_url: str, rows: Rows, sample: Path
) -> None:
    params = {"format": "json", **asked}
    answer = requests.get(f"{ckan_url}/datastore/dump/{table}", params=params, timeout=30)
    dumped = b"".join(rows.dump(sample, "json", asked, schema=SCHEMA))
    assert json.loads(dumped) == answer.json()
    assert (b"12345678901234567890.12" in dumped) == (asked.get("fields") is None)
