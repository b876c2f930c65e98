"""The catalogue for machines says the same in every format, and holds whatever sources wrote."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
from frictionless import Package
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS

from acopio.portal.caller import PIPELINE
from acopio.portal.exports import rdf
from acopio.portal.web import exports
from acopio.portal.web.serving import serving
from tests.publishers.places import PortalPlace

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<script>alert(1)</script> \u0001 ]]> & \"'"
GASTO = {
    "name": "gasto",
    "title": "Gasto público",
    "notes": "Ejecución **mensual**.",
    "owner_org": "mef",
    "license_id": "odc-by",
    "author": "Ministerio de Economía",
    "maintainer": "Oficina de datos",
    "maintainer_email": "datos@mef.example",
    "tags": [{"name": "presupuesto"}],
    "extras": [
        {"key": "frequency", "value": "R/P1M"},
        {"key": "modified", "value": "2026-10-01"},
        {"key": "theme", "value": "Economía; Finanzas"},
        {"key": "acopio_id", "value": "7"},
    ],
    "resources": [
        {"name": "Gasto", "url": "http://datos.example/gasto.csv", "format": "csv", "size": 12}
    ],
}
ODD = {
    "name": "raro",
    "title": HOSTILE,
    "notes": HOSTILE,
    "owner_org": "mef",
    "author": HOSTILE,
    "maintainer_email": "a@b.example",
    "extras": [{"key": "modified", "value": "ayer"}, {"key": "spatial_text", "value": HOSTILE}],
    "resources": [
        {"name": HOSTILE, "url": "javascript:alert(1)", "mimetype": HOSTILE},
        {"name": "b", "url": "http://datos.example/con espacio<>.csv", "hash": "sha256:zz"},
    ],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> PortalPlace:
    made = PortalPlace.at(Path(tmp_path_factory.mktemp("portal")))
    made.ask("organization_create", {"name": "mef", "title": "MEF"}, PIPELINE)
    for package in (GASTO, ODD, {"name": "oculto", "owner_org": "mef", "private": True}):
        made.ask("package_create", package, PIPELINE)
    made.ask("package_create", {"name": "ido", "owner_org": "mef"}, PIPELINE)
    made.ask("package_delete", {"id": "ido"}, PIPELINE)
    return made


@pytest.fixture(scope="module")
def url(place: PortalPlace) -> Iterator[str]:
    with serving(place.site, "127.0.0.1", 0) as address:
        yield address


def get(address: str, **headers: str) -> requests.Response:
    return requests.get(address, headers=headers, timeout=10)


def graph(answer: requests.Response) -> Graph:
    assert answer.status_code == 200
    forms = {
        "text/turtle": "turtle",
        "application/rdf+xml": "xml",
        "application/ld+json": "json-ld",
    }
    form = forms[answer.headers["Content-Type"].partition(";")[0]]
    return Graph().parse(data=answer.content, format=form)


def test_data_json_lists_what_is_public(url: str) -> None:
    found = {each["title"]: each for each in get(f"{url}/data.json").json()["dataset"]}
    assert len(found) == 2
    gasto = found["Gasto público"]
    assert gasto["accrualPeriodicity"] == "R/P1M"
    assert gasto["modified"] == "2026-10-01"
    assert gasto["license"] == "http://www.opendefinition.org/licenses/odc-by"
    assert gasto["distribution"][0]["downloadURL"] == "http://datos.example/gasto.csv"


def test_a_source_that_said_no_date_is_given_none(url: str, place: PortalPlace) -> None:
    place.ask("package_create", {"name": "sin-fecha", "owner_org": "mef"}, PIPELINE)
    try:
        assert "modified" not in get(f"{url}/dataset/sin-fecha/datapackage.json").json()
    finally:
        place.ask("package_delete", {"id": "sin-fecha"}, PIPELINE)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")  # rdflib's own, where it reads JSON-LD
def test_all_forms_of_rdf_say_the_same(url: str) -> None:
    said = [graph(get(f"{url}/dataset/gasto.{form}")) for form in rdf.FORMATS]
    assert {len(each) for each in said} == {len(said[0])}
    assert said[0].isomorphic(said[1])
    assert said[0].isomorphic(said[2])
    (dataset,) = said[0].subjects(RDF.type, DCAT.Dataset)
    assert (dataset, DCTERMS.title, Literal("Gasto público", lang="es")) in said[0]
    frequency = said[0].value(dataset, DCTERMS.accrualPeriodicity)
    assert str(frequency).endswith("/MONTHLY")
    assert said[0].value(dataset, DCAT.landingPage) == URIRef(f"{url}/dataset/gasto")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")
@pytest.mark.parametrize("form", sorted(rdf.FORMATS))
def test_what_sources_wrote_breaks_no_format(url: str, form: str) -> None:
    whole = graph(get(f"{url}/catalog.{form}"))
    titles = {str(title) for title in whole.objects(None, DCTERMS.title)}
    assert "<script>alert(1)</script>  ]]> & \"'" in titles
    addresses = {str(one) for one in whole.objects(None, DCAT.accessURL)}
    assert addresses == {
        "http://datos.example/gasto.csv",
        "http://datos.example/con%20espacio%3C%3E.csv",
    }


def test_the_catalogue_is_paged_to_its_end(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "RDF_PAGE", 1)
    hydra = "http://www.w3.org/ns/hydra/core#"
    next_, met = f"{url}/catalog.ttl", []
    while next_:
        page = graph(get(next_))
        met += list(page.subjects(RDF.type, DCAT.Dataset))
        next_ = str(next(page.objects(None, URIRef(f"{hydra}next")), ""))
    assert len(met) == len(set(met)) == 2
    assert get(f"{url}/catalog.ttl?page=3").status_code == 404


@pytest.mark.parametrize("asked", ["0", "-1", "x", "1e3", "9" * 30, "", "²"])
def test_an_impossible_page_is_refused_in_words(url: str, asked: str) -> None:
    answer = get(f"{url}/catalog.ttl?page={asked}")
    assert answer.status_code == 400
    assert "page" in answer.text


@pytest.mark.parametrize(
    "path", ["catalog.rdf", "dataset/oculto.ttl", "dataset/ido/datapackage.json", "dataset/x.xml"]
)
def test_what_is_not_there_is_said(url: str, path: str) -> None:
    answer = get(f"{url}/{path}")
    assert answer.status_code == 404
    assert len(answer.text) > 20


@pytest.mark.parametrize("path", ["data.json", "catalog.ttl", "dataset/gasto/datapackage.json"])
def test_who_has_it_is_told_that_nothing_changed(url: str, path: str, place: PortalPlace) -> None:
    mark = get(f"{url}/{path}").headers["ETag"]
    assert get(f"{url}/{path}", **{"If-None-Match": mark}).status_code == 304
    place.ask("package_patch", {"id": "gasto", "notes": f"Otra nota, {path}"}, PIPELINE)
    assert get(f"{url}/{path}", **{"If-None-Match": mark}).status_code == 200


def test_frictionless_reads_the_data_package(url: str) -> None:
    package = Package(f"{url}/dataset/gasto/datapackage.json")
    assert package.title == "Gasto público"
    assert [one.path for one in package.resources] == ["http://datos.example/gasto.csv"]
    assert package.licenses[0]["name"] == "odc-by"


def test_the_feed_has_the_latest_first(url: str, place: PortalPlace) -> None:
    place.ask("package_patch", {"id": "raro", "notes": "Cambiado"}, PIPELINE)
    feed = ElementTree.fromstring(get(f"{url}/feeds/dataset.atom").content)  # noqa: S314 (ours)
    entries = feed.findall(f"{ATOM}entry")
    assert entries[0].findtext(f"{ATOM}summary") == "Cambiado"
    assert len(entries) == 2
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")


def test_addresses_follow_the_request(url: str) -> None:
    answer = get(f"{url}/dataset/gasto.ttl", Host="datos.gob.example:8080")
    assert "http://datos.gob.example:8080/dataset/" in answer.text
    assert get(f"{url}/data.json", Host="a b<script>").status_code == 400


def test_a_large_answer_is_compressed(url: str) -> None:
    answer = get(f"{url}/data.json", **{"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    documents: list[Any] = json.loads(answer.content)["dataset"]
    assert documents
