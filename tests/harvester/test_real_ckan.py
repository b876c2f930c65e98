"""A real CKAN is read as the sample one is."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acopio.model import Dataset, Source
from acopio.ports import Context
from tests.harvester import conformance

Call = Any


@pytest.fixture(scope="module")
def call(ckan_url: str, ckan_token: str) -> Iterator[Call]:
    from ckanapi import RemoteCKAN

    with RemoteCKAN(ckan_url, apikey=ckan_token) as remote:
        yield remote.call_action


@pytest.fixture(scope="module")
def organization(call: Call) -> Iterator[str]:
    """An organization with 12 public datasets, one private, one draft and one of acopio's own."""
    name = f"cosecha-{uuid.uuid4().hex[:8]}"
    call("organization_create", {"name": name, "title": "Entidad de prueba"})
    made = [_create(call, name, n) for n in range(12)]
    made.append(_create(call, name, 12, private=True))
    made.append(_create(call, name, 13, state="draft"))
    made.append(_create(call, name, 14, extras=[{"key": "acopio_id", "value": "x"}]))
    yield name
    for each in made:
        call("dataset_purge", {"id": each})
    call("organization_purge", {"id": name})


def _create(call: Call, organization: str, n: int, **more: Any) -> str:
    package = {
        "name": f"{organization}-{n}",
        "title": f"Conjunto {n}",
        "notes": "Gasto **mensual**",
        "owner_org": organization,
        "license_id": "cc-by",
        "tags": [{"name": "gasto"}],
        "extras": [{"key": "ubigeo", "value": "010101"}],
        "resources": [{"name": "Tabla", "url": "http://h.example/t.csv", "format": "csv"}],
    }
    return str(call("package_create", {**package, **more})["id"])


@pytest.fixture
def lent(tmp_path: Path, ckan_url: str) -> Iterator[Context]:
    made = conformance.context(tmp_path)
    yield made
    made.http.close()


@pytest.fixture
def source(ckan_url: str, organization: str) -> Source:
    return conformance.source("ckan", ckan_url, {"organization": organization})


def test_public_datasets_are_listed_and_mapped(source: Source, lent: Context) -> None:
    found = list(conformance.harvester("ckan", lent).harvest(source))
    datasets = conformance.datasets(found)
    one = next(each for each in datasets if each.title == "Conjunto 3")

    assert {each.title for each in datasets} == {f"Conjunto {n}" for n in range(12)}
    assert len(found) == 12
    assert one.publisher is not None
    assert one.publisher.title == "Entidad de prueba"
    assert one.keywords == ("gasto",)
    assert one.extras == {"ubigeo": "010101"}
    assert one.licence is not None
    assert one.licence.id == "cc-by"
    assert (one.resources[0].format, one.resources[0].url) == ("csv", "http://h.example/t.csv")
    conformance.check_types(one)


def test_a_filter_cannot_step_out_of_its_parentheses(source: Source, lent: Context) -> None:
    narrowed = conformance.source(
        "ckan", source.url, {**source.options, "fq": 'title:"Conjunto 3" OR title:"Conjunto 4"'}
    )
    found = conformance.datasets(list(conformance.harvester("ckan", lent).harvest(narrowed)))

    assert {each.title for each in found} == {"Conjunto 3", "Conjunto 4"}


def test_what_became_private_is_gone_and_what_was_never_there_is_not(
    source: Source, organization: str, lent: Context, call: Call
) -> None:
    hidden = call("package_show", {"id": f"{organization}-12"})["id"]
    public = call("package_show", {"id": f"{organization}-0"})["id"]
    harvester = conformance.harvester("ckan", lent)
    gone = [
        harvester.is_gone(source, Dataset(id=each, title="x"))
        for each in (hidden, public, str(uuid.uuid4()))
    ]

    assert gone == [True, False, False]
