"""A dataset's data dictionary in a run: read and compared, never judged as data, never copied."""

from typing import Any

import pytest

from acopio.demo.server import Body
from tests.pipeline.world import Shelf, World, package

DICTIONARY = b"Variable,Tipo,Descripcion\ncodigo,texto,Ubigeo\nmonto,numerico,Soles\n"


def with_dictionary(here: World, content: bytes, name: str = "diccionario.csv") -> None:
    """Let the one package have a dictionary beside its data."""
    here.fill(1)
    described = {
        "id": "dic",
        "name": "Diccionario de datos",
        "url": "{base}/f/" + name,
        "format": name.rpartition(".")[2],
    }
    resources = [*package(0)["resources"], described]
    here.portal.packages = [package(0, resources=resources)]
    here.portal.files = {**here.portal.files, f"/f/{name}": Body(content=content)}


def told(document: dict[str, Any]) -> list[tuple[str, str | None]]:
    (dataset,) = document["datasets"]
    return [(one["code"], one["field"]) for one in dataset["findings_list"]]


def test_a_dictionary_that_agrees_is_silent_and_stays_a_link(here: World) -> None:
    with_dictionary(here, DICTIONARY)
    document = here.run()
    assert told(document) == []
    assert sorted(here.bodies()) == ["/f/0.csv", "/f/diccionario.csv"]
    (release,) = Shelf.shown.values()
    data, dictionary = release.resources
    assert data.files
    assert dictionary.files == ()
    assert dictionary.url.endswith("/f/diccionario.csv")
    assert here.run()["counts"]["unchanged"] == 1


def test_a_change_of_the_dictionary_alone_is_seen(here: World) -> None:
    with_dictionary(here, DICTIONARY)
    here.run()
    with_dictionary(here, DICTIONARY + b"importe,numerico,Soles\n")
    for _ in range(2):
        assert told(here.run()) == [("dictionary-column-extra", "importe")]


@pytest.mark.parametrize(
    ("name", "content"),
    [("diccionario.pdf", b"%PDF-1.4\n"), ("diccionario.csv", b""), ("d.csv", b"<html></html>")],
)
def test_one_that_cannot_be_read_withholds_nothing(here: World, name: str, content: bytes) -> None:
    with_dictionary(here, content, name)
    document = here.run()
    assert told(document) == [("dictionary-missing", None)]
    assert document["counts"]["created"] == 1


def test_one_that_is_gone_is_told_and_withholds_nothing(here: World) -> None:
    with_dictionary(here, DICTIONARY)
    here.portal.files = {"/f/0.csv": here.portal.files["/f/0.csv"]}
    document = here.run()
    assert told(document) == [("link-broken", None)]
    assert document["counts"]["created"] == 1


def test_without_data_a_dictionary_is_not_asked_for(here: World) -> None:
    with_dictionary(here, DICTIONARY)
    only = here.portal.packages[0]["resources"][1:]
    here.portal.packages = [package(0, resources=only)]
    document = here.run()
    assert here.bodies() == []
    assert told(document) == []
