"""Maps: geometries that cannot be drawn are counted by kind, whatever the format."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acopio.messages import about
from acopio.model import Report
from acopio.validators.geometry import geometry_problem
from tests.validators.samples import Write, codes, examined, only

SQUARE = [[-77, -12], [-76, -12], [-76, -11], [-77, -11], [-77, -12]]
BOW = [[-77, -12], [-76, -11], [-76, -12], [-77, -11], [-77, -12]]


def feature(geometry: object) -> dict[str, Any]:
    return {"type": "Feature", "properties": {}, "geometry": geometry}


def polygon(*rings: object) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def collection(*features: object, **more: object) -> str:
    return json.dumps({"type": "FeatureCollection", **more, "features": list(features)})


def problems(report: Report) -> dict[str, tuple[int, str]]:
    found = [f for f in report.findings if f.code == "geojson-invalid"]
    assert all("{" not in about(one) for one in found)
    return {f.params["problem"]: (f.params["count"], f.params["place"]) for f in found}


def geojson(write: Write, content: str, declared: str = "geojson") -> dict[str, tuple[int, str]]:
    return problems(examined(write("f.geojson", content), declared=declared))


def test_a_sound_map_has_no_finding(write: Write) -> None:
    point = {"type": "Point", "coordinates": [-77.03, -12.05, 150]}
    parts = {"type": "GeometryCollection", "geometries": [point, polygon(SQUARE)]}
    features = map(feature, (point, polygon(SQUARE), None, parts, polygon()))
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert geojson(write, collection(*features, crs=crs)) == {}
    assert geojson(write, json.dumps(point)) == {}
    assert geojson(write, json.dumps(feature(point))) == {}


@pytest.mark.parametrize(
    ("geometry", "problem"),
    [
        (polygon(BOW), "self-intersection"),
        (polygon(SQUARE, [[-70, -1], [-69, -1], [-69, 0], [-70, -1]]), "hole-outside"),
        (polygon(SQUARE[:-1]), "ring-open"),
        (polygon(SQUARE[:2] + SQUARE[:1]), "ring-too-short"),
        ({"type": "LineString", "coordinates": [[-77, -12]]}, "line-too-short"),
        ({"type": "Point", "coordinates": [277000, 8660000]}, "not-degrees"),
        ({"type": "Point", "coordinates": [-12, -97]}, "latitude-first"),
        ({"type": "Point", "coordinates": ["-77", "-12"]}, "position"),
        ({"type": "Point", "coordinates": [True, 1]}, "position"),
        ({"type": "MultiPoint", "coordinates": 5}, "coordinates"),
        ({"type": "Circle", "coordinates": [0, 0]}, "geometry-type"),
        ({"type": ["Point"], "coordinates": [0, 0]}, "geometry-type"),
        ({"type": "Point"}, "coordinates-missing"),
        ({"type": "GeometryCollection", "geometries": [polygon(SQUARE[:-1])]}, "ring-open"),
        ({"type": "GeometryCollection", "geometries": "x"}, "geometry-type"),
        (5, "geometry-type"),
    ],
)
def test_each_defect_is_named_with_its_place(write: Write, geometry: object, problem: str) -> None:
    sound = feature(polygon(SQUARE))
    content = collection(sound, feature(geometry), feature(geometry))
    assert geojson(write, content) == {problem: (2, "features/1")}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (collection(), "no-features"),
        (collection({"type": "Feature", "properties": None}), "geometry-missing"),
        (collection({"type": "Feature", "geometry": None}), "properties-missing"),
        (collection({"type": "Punto"}, 5), "feature-type"),
        ('{"type": "Topology", "objects": {}}', "collection-type"),
        ('[{"a": 1}]', "collection-type"),
        (
            collection(feature(None), crs={"properties": {"name": "urn:ogc:def:crs:EPSG::32718"}}),
            "reference-system",
        ),
    ],
)
def test_what_is_no_collection_of_features_is_told(
    write: Write, content: str, problem: str
) -> None:
    assert problem in geojson(write, content)


def test_a_json_that_holds_features_is_judged_as_geojson(write: Write) -> None:
    assert "self-intersection" in geojson(write, collection(feature(polygon(BOW))), "json")


def test_a_map_that_is_cut_short_is_a_broken_json(write: Write) -> None:
    content = collection(*[feature(polygon(SQUARE))] * 50)[:-40]
    report = examined(write("f.geojson", content), declared="geojson")
    assert only(report, "json-invalid").params["problem"] == "cut"


def test_a_feature_beyond_measure_is_a_limit(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acopio.validators.geojson._items.__kwdefaults__", {
        "several": False, "longest": 1 << 20,
    })  # fmt: skip
    line = {"type": "LineString", "coordinates": [[-77, -12]] * 200_000}
    report = examined(write("f.geojson", collection(feature(line))), declared="geojson")
    limits = [f.params["limit"] for f in report.findings if f.code == "examination-failed"]
    assert "feature" in limits


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.fixed_dictionaries(
                {
                    "type": st.sampled_from(
                        ["Point", "Polygon", "MultiPolygon", "GeometryCollection"]
                    )
                },
                optional={"coordinates": inner, "geometries": inner},
            )
        ),
        max_leaves=15,
    )
)
def test_no_geometry_breaks_the_judge(geometry: object) -> None:
    assert isinstance(geometry_problem(geometry), str)


def kml(*coordinates: str, ring: str = "") -> str:
    points = "".join(
        f"<Placemark><Point><coordinates>{one}</coordinates></Point></Placemark>"
        for one in coordinates
    )
    area = (
        "<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )
    shapes = points + (area if ring else "")
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{shapes}</Document></kml>'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (kml("-77,-12", "\n -77.1,-12.2,15 \n"), {}),
        (kml("-77,-12", "277000,8660000"), {"not-degrees": (1, "Placemark[2]")}),
        (kml("x,y"), {"position": (1, "Placemark[1]")}),
        (
            kml("-77,-12", ring="-77,-12 -76,-11 -76,-12 -77,-11 -77,-12"),
            {"self-intersection": (1, "Placemark[2]")},
        ),
        (kml(ring="-77,-12,0 -76,-12,0 -76,-11,0"), {"ring-too-short": (1, "Placemark[1]")}),
        (kml(), {"no-features": (1, "kml")}),
    ],
)
def test_kml_is_judged_by_the_same_rules(
    write: Write, content: str, expected: dict[str, tuple[int, str]]
) -> None:
    assert problems(examined(write("f.kml", content), declared="kml")) == expected
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("doc.kml", content)
    assert problems(examined(write("f.kmz", body.getvalue()), declared="kmz")) == expected


def written(folder: Path, driver: str, crs: str | None) -> Path:
    """Write three shapes, the first crossing itself, the last missing, and return the file."""
    import numpy as np
    import shapely
    from pyogrio.raw import write as save

    shapes = np.array([shapely.Polygon(BOW), shapely.Polygon(SQUARE), None], dtype=object)
    place = folder / ("capa.gpkg" if driver == "GPKG" else "capa.shp")
    columns = [np.array([1, 2, 3])]
    save(
        place, shapely.to_wkb(shapes), columns, ["n"], geometry_type="Polygon", crs=crs,
        driver=driver, layer="capa",
    )  # fmt: skip
    return place


def packed(folder: Path, *left_out: str) -> Path:
    place = folder / "capa.zip"
    with zipfile.ZipFile(place, "w") as archive:
        for part in sorted(folder.glob("capa.*")):
            if part != place and part.suffix not in left_out:
                archive.write(part, f"capas/{part.name}")
    return place


def test_a_shapefile_in_a_zip_is_drawn(tmp_path: Path) -> None:
    written(tmp_path, "ESRI Shapefile", "EPSG:4326")
    report = examined(packed(tmp_path), declared="shp")
    assert problems(report) == {
        "self-intersection": (1, "capas/capa.shp/0"),
        "geometry-missing": (1, "capas/capa.shp/2"),
    }
    assert not {"archive-several-tables", "not-examined"} & set(codes(report))


@pytest.mark.parametrize(
    ("left_out", "problem"), [(".shx", "no-shx"), (".dbf", "no-dbf"), (".prj", "no-prj")]
)
def test_a_shapefile_without_a_part_says_which(tmp_path: Path, left_out: str, problem: str) -> None:
    written(tmp_path, "ESRI Shapefile", "EPSG:4326")
    assert problem in problems(examined(packed(tmp_path, left_out), declared="zip"))


def test_a_geopackage_is_drawn_and_left_as_it_was(tmp_path: Path) -> None:
    place = written(tmp_path, "GPKG", "EPSG:32718")
    before = place.read_bytes()
    report = examined(place, declared="gpkg")
    assert problems(report) == {
        "self-intersection": (1, "capa/0"), "geometry-missing": (1, "capa/2"),
    }  # fmt: skip
    assert place.read_bytes() == before
    assert "not-examined" not in codes(report)


def test_a_damaged_geopackage_is_told(tmp_path: Path) -> None:
    place = written(tmp_path, "GPKG", "EPSG:4326")
    place.write_bytes(place.read_bytes()[:5000])
    assert "not-readable" in problems(examined(place, declared="gpkg"))


def test_what_another_driver_would_open_is_not_given_to_it(write: Write) -> None:
    body = io.BytesIO()
    virtual = "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/vsicurl/http://127.0.0.1:9/"
    with zipfile.ZipFile(body, "w") as archive:
        for ending in ("shp", "shx", "dbf"):
            archive.writestr(f"capa.{ending}", virtual)
    report = examined(write("f.zip", body.getvalue()), declared="shp")
    assert problems(report) == {"not-readable": (1, "capa.shp")}


def test_without_the_extra_what_was_left_out_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acopio.validators.geo.has_shapely", lambda: False)
    monkeypatch.setattr("acopio.validators.geometry.has_shapely", lambda: False)
    monkeypatch.setattr("acopio.validators.geo.has_pyogrio", lambda: False)
    path = tmp_path / "f.geojson"
    path.write_text(collection(feature(polygon(BOW)), feature(polygon(SQUARE[:-1]))))
    report = examined(path, declared="geojson")
    assert set(problems(report)) == {"ring-open"}
    assert "acopio[geo]" in about(only(report, "not-examined"))
    layer = examined(written(tmp_path, "GPKG", "EPSG:4326"), declared="gpkg")
    assert only(layer, "not-examined").params["why"] == "extra-geo"


@pytest.mark.parametrize("place", ["features", "properties"])
def test_brackets_without_end_are_counted_before_anything_is_built(
    write: Write, place: str
) -> None:
    nested = "[" * 100_000 + "]" * 100_000
    inside = f'[{{"type": "Feature", "geometry": null, "properties": {{"x": {nested}}}}}]'
    features = nested if place == "features" else inside
    path = write("f.geojson", f'{{"type": "FeatureCollection", "features": {features}}}')
    report = examined(path, declared="geojson")
    assert {(f.code, f.params["limit"]) for f in report.findings} == {
        ("examination-failed", "depth")
    }


def test_half_a_character_in_a_map_is_said_of_its_json(write: Write) -> None:
    half = '{"type": "Feature", "geometry": null, "properties": {"a\\ud800": "\\udfff"}}'
    path = write("f.geojson", f'{{"type": "FeatureCollection", "features": [{half}]}}')
    found = only(examined(path, declared="geojson"), "json-invalid")
    assert found.params["problem"] == "lone-surrogate"
