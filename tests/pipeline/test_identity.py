"""Ids, names and files that must not move, whatever the portal does."""

from dataclasses import replace

from acopio.demo.server import Answer, Body
from acopio.store import sources
from tests.pipeline.test_run import outcomes
from tests.pipeline.world import CSV, Shelf, World, package


def resource(**more: str) -> dict[str, str]:
    return {"id": "r-0", "name": "Tabla 0", "url": "{base}/f/0.csv", "format": "CSV", **more}


def test_files_are_not_asked_for_before_their_recheck(here: World) -> None:
    here.fill(2)
    here.change(recheck_days=1)
    here.run()
    here.requests.clear()
    document = here.run()
    assert document["counts"]["unchanged"] == 2
    assert here.bodies() == []


def test_a_server_without_validators_costs_a_download_and_nothing_more(here: World) -> None:
    here.fill(1)
    here.answer = lambda one: Answer(body=CSV) if one.path.startswith("/f/") else None
    here.run()
    Shelf.written.clear()
    assert outcomes(here.run()) == {"conjunto-0": "unchanged"}
    assert Shelf.written == []


def test_a_dated_file_keeps_its_resource_from_cut_to_cut(here: World) -> None:
    ids = set()
    for month in ("31-08-2026", "30-09-2026"):
        name = f"RENIPRESS_{month}.csv"
        one = resource(id=f"r-{month}", name=name, url=f"{{base}}/f/{name}")
        here.portal.packages = [package(0, resources=[one])]
        here.portal.files = {f"/f/{name}": Body(content=CSV)}
        here.run()
        (release,) = Shelf.shown.values()
        ids.add(release.resources[0].id)
    assert len(ids) == 1
    assert release.resources[0].url.endswith("30-09-2026.csv")


def test_another_address_is_fetched_whole_although_the_record_is_the_same_file(
    here: World,
) -> None:
    here.fill(1)
    here.run()
    here.portal.packages = [package(0, resources=[resource(url="{base}/g/0.csv")])]
    here.portal.files = {"/g/0.csv": Body(content=CSV)}
    here.requests.clear()
    assert outcomes(here.run()) == {"conjunto-0": "updated"}
    asked = [one for one in here.requests if one.path == "/g/0.csv"]
    assert ["if-none-match" in one.headers for one in asked] == [False]


def test_two_sources_with_the_same_names_keep_apart(here: World) -> None:
    here.fill(2)
    here.run()
    other = replace(here.source, name="otra", owner="otra")
    sources.save_sources(here.engine.store, [other])
    here.source = other
    here.run()
    assert here.names() == {"conjunto-0", "conjunto-0-2", "conjunto-1", "conjunto-1-2"}
    here.portal.packages = [package(0, title="Nuevo"), package(1)]
    here.run()
    assert here.names() == {"conjunto-0", "conjunto-0-2", "conjunto-1", "conjunto-1-2"}


def test_a_name_stays_when_the_source_renames(here: World) -> None:
    here.fill(1)
    here.run()
    here.portal.packages = [package(0, name="otro-nombre", title="Otro")]
    here.run()
    assert here.names() == {"conjunto-0"}


def test_the_record_says_whose_it_is(here: World) -> None:
    here.change(owner="from-publisher")
    organization = {"name": "minsa", "title": "Ministerio de Salud"}
    here.fill(1, organization=organization)
    here.run()
    (release,) = Shelf.shown.values()
    assert release.organization.title == "Ministerio de Salud"


def test_a_licence_that_forbids_derivatives_is_linked_not_cleaned(here: World) -> None:
    here.fill(1, license_id="cc-by-nd-4.0", license_title="CC BY-ND 4.0")
    here.run()
    (release,) = Shelf.shown.values()
    assert release.resources[0].files == ()
    assert release.resources[0].url.endswith("/f/0.csv")


def test_what_is_not_a_table_is_published_as_it_is(here: World) -> None:
    document = (
        b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"n": 1},'
        b' "geometry": {"type": "Point", "coordinates": [-77.03, -12.05]}}]}'
    )
    one = resource(name="Mapa", url="{base}/f/mapa.geojson", format="GeoJSON")
    here.portal.packages = [package(0, resources=[one])]
    media = "application/geo+json"
    here.portal.files = {"/f/mapa.geojson": Body(content=document, media_type=media)}
    here.run()
    (release,) = Shelf.shown.values()
    (file,) = release.resources[0].files
    with here.engine.archive.open(file.sha256) as body:
        assert body.read() == document
    assert file.name.endswith(".geojson")


def test_files_of_one_dataset_never_share_a_name(here: World) -> None:
    twins = [resource(id=f"r-{n}", name="Datos", url=f"{{base}}/f/{n}.csv") for n in range(3)]
    here.portal.packages = [package(0, resources=twins)]
    here.portal.files = {f"/f/{n}.csv": Body(content=CSV + b"9,%d\n" % n) for n in range(3)}
    here.run()
    (release,) = Shelf.shown.values()
    names = [file.name for one in release.resources for file in one.files]
    assert len(names) == len(set(names)) >= 12
