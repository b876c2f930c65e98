"""What is data.json's own: both editions, what DKAN writes, files that are not quite JSON."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from acopio.demo.server import Body, serve
from acopio.errors import BadAnswer, NotThatPlatform
from acopio.harvester import pod_record
from acopio.harvester.datajson import catalogue_address
from acopio.messages import sentence
from acopio.model import BadRecord, Contact, Dataset, Incomplete, Licence, Organization, Role
from acopio.ports import Context
from tests.harvester import conformance
from tests.harvester.kinds import Documents, pod

BASE = "http://datos.example"


@pytest.fixture
def lent(tmp_path: Path) -> Iterator[Context]:
    made = conformance.context(tmp_path)
    yield made
    made.http.close()


def mapped(**changes: Any) -> Dataset:
    declared = {key: value for key, value in {**pod(1), **changes}.items() if value is not None}
    return pod_record.dataset(declared, BASE, UTC)


def read(body: bytes, lent: Context) -> conformance.Listed:
    return conformance.read("datajson", Documents({"/data.json": Body(content=body)}), lent)


def test_everything_a_dataset_says_is_mapped() -> None:
    found = mapped()
    table, dictionary = found.resources

    assert found.id == "id-1"
    assert found.publisher == Organization(title="Municipalidad")
    assert found.licence == Licence(url="http://opendefinition.org/licenses/odc-by/")
    assert found.themes == ("Gobernabilidad",)
    assert found.keywords == ("servicios", "ubigeo")
    assert found.modified == date(2026, 1, 2)
    assert found.issued == datetime(2025, 1, 2, 8, 4, 5, tzinfo=UTC)
    assert found.frequency == "R/P1M"
    assert (found.spatial, found.temporal) == ("Lima", "2026-01-01/2026-06-30")
    assert found.contact == Contact(name="Mesa", email="datos@muestra.example")
    assert found.extras == {"language": '["es"]'}
    assert (table.name, table.format, table.role) == ("Tabla", "csv", Role.DATA)
    assert (dictionary.url, dictionary.role) == (
        "http://127.0.0.1:9/1-diccionario.csv",
        Role.DICTIONARY,
    )


def test_dcat_us_3_says_the_same_with_objects() -> None:
    found = mapped(
        identifier=[{"@type": "adms:Identifier", "notation": "id-9"}],
        publisher={"@type": "Organization", "name": "Municipalidad"},
        contactPoint=[{"fn": "Mesa", "hasEmail": "mailto:datos@muestra.example"}],
        theme=[{"@type": "Concept", "prefLabel": "Salud"}, "Agua"],
        spatial=[{"@type": "Location", "prefLabel": "Lima"}, {"bbox": "POINT(-77 -12)"}],
        temporal=[{"startDate": "2026-01-01", "endDate": "2026-06-30"}, {"startDate": "2027"}],
        distribution={"@id": "http://d.example/1", "downloadURL": "/f.csv", "format": "CSV"},
    )

    assert found.id == "id-9"
    assert found.contact == Contact(name="Mesa", email="datos@muestra.example")
    assert found.themes == ("Salud", "Agua")
    assert found.spatial == "Lima; POINT(-77 -12)"
    assert found.temporal == "2026-01-01/2026-06-30; 2027/"
    assert [(each.id, each.url) for each in found.resources] == [
        ("http://d.example/1", "http://datos.example/f.csv")
    ]


def test_what_dkan_writes_where_nothing_was_given_is_nothing() -> None:
    contact = {"fn": "Anonymous", "hasEmail": "mailto:noemailprovided@usa.gov"}
    found = mapped(contactPoint=contact, license="notspecified", modified="R/P1D", keyword="a, b")

    assert found.contact is None
    assert found.licence == Licence(id="notspecified")
    assert found.modified is None
    assert found.extras["modified"] == "R/P1D"
    assert found.keywords == ("a", "b")


def test_an_access_address_alone_leads_to_a_page_unless_it_says_otherwise() -> None:
    page = {"title": "Visor", "accessURL": "http://h.example/visor"}
    table = {"title": "Tabla", "accessURL": "http://h.example/t.csv"}
    both = {"title": "Otra", "accessURL": "http://h.example/p", "downloadURL": "http://h.example/o"}
    found = mapped(distribution=[page, table, both])

    assert [(each.url, each.role) for each in found.resources] == [
        ("http://h.example/visor", Role.SERVICE),
        ("http://h.example/t.csv", Role.DATA),
        ("http://h.example/o", Role.DATA),
    ]


def test_resource_ids_do_not_depend_on_the_order() -> None:
    one = {"title": "Uno", "downloadURL": "http://h.example/uno_20260101.csv"}
    two = {"title": "Dos", "downloadURL": "http://h.example/dos.csv"}
    later = {"title": "Uno", "downloadURL": "http://h.example/uno_20260201.csv"}
    first = {each.name: each.id for each in mapped(distribution=[one, two]).resources}
    second = {each.name: each.id for each in mapped(distribution=[two, later]).resources}

    assert first == second


def test_a_schema_given_inside_describes_its_distribution() -> None:
    schema = {"fields": [{"name": "a"}]}
    (table,) = mapped(distribution=[{"downloadURL": "/f.csv", "describedBy": schema}]).resources

    assert table.schema == schema


@pytest.mark.parametrize(
    "change",
    [{"accessLevel": "restricted public"}, {"accessLevel": "non-public"}, {"acopio_id": "x"}],
)
def test_what_is_not_ours_is_left_out(change: dict[str, Any], lent: Context) -> None:
    listed = read(json.dumps([pod(1), {**pod(2), **change}]).encode(), lent)

    assert [each.title for each in conformance.datasets(listed)] == ["Conjunto 1"]


def test_the_first_of_two_with_one_identifier_stands(lent: Context) -> None:
    listed = read(json.dumps({"dataset": [pod(1), {**pod(1), "title": "Otro"}]}).encode(), lent)

    assert [type(each) for each in listed] == [Dataset, BadRecord]
    assert isinstance(listed[1], BadRecord)
    assert "id-1" in listed[1].reason


@pytest.mark.parametrize(
    "body",
    [
        json.dumps([pod(1)]).encode(),
        b"\xef\xbb\xbf" + json.dumps({"dataset": [pod(1)]}).encode(),
        json.dumps({"a": {"dataset": [3]}, "dataset": pod(1)}).encode(),
        json.dumps({"dataset": [{**pod(1), "size": float("nan")}]}).encode(),
        json.dumps({"dataset": [{**pod(1), "note": "año"}]}, ensure_ascii=False).encode("latin-1"),
        json.dumps({"dataset": [pod(1)]}).encode("utf-16"),
        json.dumps({"dataset": [{**pod(1), "note": "a\nb"}]}).replace("\\n", "\n").encode(),
    ],
    ids=["bare array", "BOM", "one object", "NaN", "Latin-1", "UTF-16", "raw line break"],
)
def test_unusual_files_are_read_all_the_same(body: bytes, lent: Context) -> None:
    listed = read(body, lent)

    assert [each.id for each in conformance.datasets(listed)] == ["id-1"]
    assert len(listed) == 1


def test_no_record_is_given_twice_when_a_file_is_read_once_more(lent: Context) -> None:
    records = [pod(1), pod(2), {**pod(3), "size": float("nan")}, pod(4)]
    listed = read(json.dumps({"dataset": records}).encode(), lent)

    assert [each.id for each in conformance.datasets(listed)] == ["id-1", "id-2", "id-3", "id-4"]
    assert len(listed) == 4


@pytest.mark.parametrize("end", [b"", b"]", b"]]", b"}"])
def test_a_file_without_its_end_is_never_complete(end: bytes, lent: Context) -> None:
    listed = read(b'{"dataset": [' + json.dumps(pod(1)).encode() + end, lent)

    assert [type(each) for each in listed] == [Dataset, Incomplete]


def test_a_file_cut_in_its_first_record_is_an_error(lent: Context) -> None:
    with pytest.raises(BadAnswer):
        read(b'{"dataset": [{"identifier": "a", "tit', lent)


@pytest.mark.parametrize(
    "body", [b"<html></html>", b"", b"{}", b'{"dataset": 3}', b'"text"', b'{"results": []}']
)
def test_other_documents_are_no_catalogue(body: bytes, lent: Context) -> None:
    with pytest.raises(NotThatPlatform):
        read(body, lent)


def test_a_nesting_bomb_costs_one_record(lent: Context) -> None:
    bomb = b'{"identifier": "bomb", "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    body = b"[" + json.dumps(pod(1)).encode() + b"," + bomb + b"," + json.dumps(pod(2)).encode()
    listed = read(body + b"]", lent)

    assert [each.id for each in listed if not isinstance(each, Incomplete)] == [
        "id-1",
        "bomb",
        "id-2",
    ]
    assert isinstance(listed[1], BadRecord)


@pytest.mark.parametrize("digits", [4301, 100_000])
def test_an_integer_without_measure_does_no_harm(digits: int, lent: Context) -> None:
    record = json.dumps(pod(1) | {"a": 0}).replace('"a": 0', '"a": ' + "9" * digits)
    listed = read(f"[{record},{json.dumps(pod(2))}]".encode(), lent)

    assert [each.id for each in listed if not isinstance(each, Incomplete)] == ["id-1", "id-2"]


def test_a_string_without_end_is_not_kept_in_memory(lent: Context) -> None:
    body = b"[" + json.dumps(pod(1)).encode() + b', {"a": "' + b"x" * (40 * 2**20)
    listed = read(body, lent)

    assert [type(each) for each in listed] == [Dataset, Incomplete]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://h.example", "http://h.example/data.json"),
        ("http://h.example/norte/", "http://h.example/norte/data.json"),
        ("http://h.example/api/dcat-us/1.1.json", "http://h.example/api/dcat-us/1.1.json"),
        ("http://h.example/feed?format=json", "http://h.example/feed?format=json"),
    ],
)
def test_a_portals_root_is_given_its_catalogue(url: str, expected: str) -> None:
    assert catalogue_address(url) == expected


def test_relative_addresses_are_resolved_beside_the_catalogue(lent: Context) -> None:
    record = {**pod(1), "distribution": {"downloadURL": "archivos/a.csv"}}
    portal = Documents({"/norte/data.json": Body(content=json.dumps([record]).encode())})
    with serve(portal) as url:
        source = conformance.source("datajson", f"{url}/norte")
        (found,) = conformance.harvester("datajson", lent).harvest(source)

    assert isinstance(found, Dataset)
    assert found.resources[0].url == f"{url}/norte/archivos/a.csv"


def test_a_moment_without_an_offset_is_the_sources_own(lent: Context) -> None:
    (found,) = read(json.dumps([{**pod(1), "modified": "2026-01-02T07:00:00"}]).encode(), lent)

    assert isinstance(found, Dataset)
    assert found.modified == datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_a_secret_in_the_address_is_in_no_message(lent: Context) -> None:
    body = json.dumps({"dataset": [pod(n) for n in range(3)]}).encode()
    bodies = {"/a.json": b"<html>", "/b.json": b'{"dataset": [', "/c.json": body[:-40]}
    said = []
    with serve(Documents({path: Body(content=made) for path, made in bodies.items()})) as url:
        for path in (*bodies, "/d.json"):
            source = conformance.source("datajson", f"{url}{path}?apikey=oculta&a=1", {})
            try:
                listed = list(conformance.harvester("datajson", lent).harvest(source))
            except (BadAnswer, NotThatPlatform) as error:
                said.append(sentence(error))
            else:
                said += [one.reason for one in listed if isinstance(one, Incomplete)]
    assert len(said) == 4
    assert all(".json?apikey=***&a=1" in reason for reason in said)
