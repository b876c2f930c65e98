"""What is found, in which order, counted how, and by whom."""

from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from acopio.portal.problems import SearchError, SearchQueryError
from acopio.portal.search import Change, Index, Query, Visibility
from tests.portal.search.catalogue import ORGANIZATION, Catalogue, samples, shown

ALL = {package["name"].removesuffix("-x") for package in samples()}
AGUA, AIRE = {"calidad-agua", "rios"}, {"calidad-aire"}
OF_2021 = {
    "accidentes-transito-2021", "vacunacion-covid19", "presupuesto-2021", "obras", "mineria",
    "road-traffic",
}  # fmt: skip


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("hospital", {"hospitales", "hospital-regional", "gasto-salud"}),
        ("hospitales", {"hospitales", "hospital-regional", "gasto-salud"}),
        ("transito", {"accidentes-transito-2021", "accidentes-transito-2022"}),
        ("TRÁNSITO", {"accidentes-transito-2021", "accidentes-transito-2022"}),
        ("educacion", {"educacion-superior", "escuelas", "matricula"}),
        ("school", {"schools"}),
        ("covid19", {"vacunacion-covid19", "accidentes-transito-2022"}),
        ("COVID-19", {"vacunacion-covid19", "accidentes-transito-2022"}),
        ("PM2.5", {"calidad-aire"}),
        ("calidad agua", {"calidad-agua"}),
        ("calidad agua ríos", {"calidad-agua", "rios"}),
        ("calidad -agua", {"calidad-aire"}),
        ("-calidad -agua", ALL - {"calidad-agua", "calidad-aire", "rios"}),
        ("hospital~1", {"hospitales", "hospital-regional", "gasto-salud"}),
        ('"calidad del agua"~2', {"calidad-agua"}),
        ("+calidad agua xyz", set()),
        ('"calidad del agua"', {"calidad-agua"}),
        ('"agua calidad"', set()),
        ('calidad "del aire"', {"calidad-aire"}),
        ("agua OR aire", set()),
        ("salud &", {"gasto-salud", "hospitales", "hospital-regional", "vacunacion-covid19"}),
        ("geojson", {"escuelas", "bosques", "comisarias"}),
        ("Rímac", {"calidad-agua"}),
        ("150101", {"accidentes-transito-2021", "hospitales", "escuelas", "comisarias"}),
        ("Instituto de Estadística", ALL),
        ("sin-recursos", {"sin-recursos"}),
        ("nadaquever", set()),
        ("???", set()),
        ("   ", set()),
    ],
)
def test_words_find_what_people_mean(catalogue: Catalogue, q: str, names: set[str]) -> None:
    assert catalogue.found(q) == names


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("tags:agua", AGUA),
        ("tags:Agua", set()),
        ('tags:"seguridad vial"', {"accidentes-transito-2021", "accidentes-transito-2022"}),
        (r"tags:seguridad\ vial", {"accidentes-transito-2021", "accidentes-transito-2022"}),
        ("tags:agua OR tags:aire", AGUA | AIRE),
        ("tags:(agua OR aire)", AGUA | AIRE),
        ("tags:(agua aire)", AGUA | AIRE),
        ("tags:(agua aire) -title:agua", {"rios", "calidad-aire"}),
        ("title:(calidad aire)", AIRE),
        ("tags:agua tags:ambiente", {"calidad-agua"}),
        ("tags:agua OR NOT tags:aire", ALL - AIRE),
        ("tags:agua OR tags:aire AND title:aire", AGUA | AIRE),
        ("title:(-agua)", ALL - {"calidad-agua"}),
        ("title:hospital", {"hospitales", "hospital-regional"}),
        ("title:hospit*", {"hospitales", "hospital-regional"}),
        ("title:HOSPITALES*", {"hospitales"}),
        ("title:educac*", {"educacion-superior"}),
        ("title:*ospital", {"hospital-regional"}),
        ("title:tráns*", {"accidentes-transito-2021", "accidentes-transito-2022"}),
        ("title:hospitl~", {"hospitales", "hospital-regional"}),
        ("title:agua~", {"calidad-agua"}),
        ('title:"calidad agua"~2', {"calidad-agua"}),
        ("text:toneladas", {"pesca", "mineria"}),
        ("toneladas AND *:*", {"pesca", "mineria"}),
        ("res_format:GEOJSON", {"escuelas", "bosques", "comisarias"}),
        ("res_format:geojson", set()),
        ('res_url:"https://datos.example/rios.csv"', {"rios"}),
        (r"res_url:https\://datos.example/rios.csv", {"rios"}),
        ("res_url:*rios.csv", {"rios"}),
        ("res_name:agua", {"calidad-agua"}),
        ("license_id:odc*", {"comisarias", "delitos"} | {"obras", "proveedores", "compras"}
         | {"gasto-salud", "presupuesto-2020", "presupuesto-2021"}
         | {"accidentes-transito-2021", "accidentes-transito-2022"}),
        ("organization:estadistica", ALL),
        ("owner_org:0rg", ALL),
        ("anio:2021", OF_2021),
        ("extras_anio:2021", OF_2021),
        ("anio:[2018 TO 2019}", {"educacion-superior", "pobreza"}),
        ("anio:{* TO 2017]", {"censo-poblacion"}),
        ("ubigeo:16*", {"hospital-regional", "padron-municipal"}),
        ("extras_cuenca:alto", {"rios"}),
        ("cuenca:alto", set()),
        ('cuenca:"Alto Mayo"', {"rios"}),
        ("cuenca:*", AGUA),
        ("extras_cuenca:*", AGUA),
        ("*:* -license_id:*", {"educacion-superior", "sin-recursos"}),
        ("num_resources:0", {"sin-recursos"}),
        ("num_resources:[* TO 0]", {"sin-recursos"}),
        ("num_tags:{0 TO 1] AND res_format:SHP", {"censo-poblacion", "pobreza"}),
        ("metadata_modified:[2026-01-29 TO *]", {"schools", "sin-recursos"}),
        ("metadata_modified:2026-01-29", {"schools"}),
        ("metadata_modified:2026-01", ALL),
        ("metadata_modified:{2026-01-29 TO *]", {"sin-recursos"}),
        ("metadata_created:[* TO 2026-01-01T00:00:00Z]", {"accidentes-transito-2021"}),
        ("metadata_modified:[NOW+1YEAR TO *]", set()),
        ("name:[pa TO pd]", {"padron-municipal"}),
        ("title:[zz TO *]", set()),
        ("title:[É TO eg]", {"educacion-superior"}),
        ("title:{ENERGIA TO EO]", set()),
        ("extras_cuenca:[MAYO TO mb]", {"rios"}),
        ("cuenca:[mayo TO mb]", set()),
        ("[Toneladas TO toneladas] AND *:*", {"pesca", "mineria"}),
        ("private:false", ALL),
        ("state:active", ALL),
        ("nofield:x", set()),
        ("nofield:[a TO b]", set()),
        ("nofield:*", set()),
        ('title:"???"', set()),
        ("title:hospital title:!!!", {"hospitales", "hospital-regional"}),
        ("*:*", ALL),
        ("kind:dataset", set()),
        ("title:\ud800", set()),
    ],
)  # fmt: skip
def test_fields_find_what_they_hold(catalogue: Catalogue, q: str, names: set[str]) -> None:
    assert catalogue.found(q) == names
    assert catalogue.found(fq=(q,)) == names


def test_each_filter_narrows_on_its_own(catalogue: Catalogue) -> None:
    assert catalogue.found(fq=("tags:agua OR tags:aire", "title:calidad")) == AIRE | {
        "calidad-agua"
    }
    assert catalogue.found("agua", fq=("", "  ", "tags:ambiente")) == {"calidad-agua"}


def test_the_more_relevant_comes_first(catalogue: Catalogue) -> None:
    assert catalogue.names("hospital")[-1] == "gasto-salud"
    assert catalogue.names("title:calidad title:agua^9 OR title:aire")[0] == "calidad-agua"


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("name asc", ["accidentes-transito-2021", "accidentes-transito-2022", "bosques"]),
        ("name desc", ["vacunacion-covid19", "sin-recursos"]),
        ("NAME asc, name ASC,", ["accidentes-transito-2021"]),
        ("nofield asc, name desc", ["vacunacion-covid19"]),
        ("score desc, name desc", ["vacunacion-covid19"]),
        ("title_string asc", ["accidentes-transito-2021", "accidentes-transito-2022"]),
        ("title_string desc", ["vacunacion-covid19", "sin-recursos"]),
        ("metadata_modified desc", ["sin-recursos", "schools"]),
        ("metadata_created asc", ["accidentes-transito-2021", "accidentes-transito-2022"]),
        ("num_resources asc, name asc", ["sin-recursos", "accidentes-transito-2022", "bosques"]),
        ("organization asc, num_tags desc, name asc", ["accidentes-transito-2021"]),
        ("organization desc, title asc", ["accidentes-transito-2021"]),
    ],
)  # fmt: skip
def test_the_order_is_the_one_asked_for(catalogue: Catalogue, sort: str, first: list[str]) -> None:
    found = catalogue.names(sort=sort)
    assert len(found) == 30
    assert found[: len(first)] == first


def test_by_default_the_newest_comes_first_where_nothing_is_more_relevant(
    catalogue: Catalogue,
) -> None:
    assert catalogue.names(rows=2) == ["sin-recursos", "schools"]
    assert catalogue.names("tags:agua") == ["rios", "calidad-agua"]


def test_titles_are_sorted_as_people_do(tmp_path: Path) -> None:
    titles = ["Zonas", "árboles", "Ábaco", "agua", "Ñandú", "nado"]
    given = [shown({"name": f"n{n}", "title": title}, n) for n, title in enumerate(titles)]
    ordered = Catalogue(tmp_path, given).names(sort="title asc")
    assert [titles[int(name[1:])] for name in ordered] == [
        "Ábaco", "agua", "árboles", "nado", "Ñandú", "Zonas",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sort", ["name", "name sideways", "name asc title asc", ",", " ", "f(x) asc"]
)
def test_a_sort_without_a_direction_is_refused(catalogue: Catalogue, sort: str) -> None:
    with pytest.raises(SearchQueryError, match='Invalid "sort" parameter'):
        catalogue.names(sort=sort)


@pytest.mark.parametrize("sort", ["organization asc", "score desc", "num_tags desc, score asc"])
@pytest.mark.parametrize(
    "q", ["*:*", "calidad OR", "author:oficina", "res_format:CSV OR tags:salud"]
)
def test_pages_neither_repeat_nor_skip(catalogue: Catalogue, q: str, sort: str) -> None:
    whole = catalogue.names(q, sort=sort)
    pages = [catalogue.names(q, sort=sort, start=start, rows=7) for start in range(0, 35, 7)]
    assert list(chain(*pages)) == whole
    assert len(set(whole)) == len(whole)


def test_pages_beyond_the_end_are_empty(catalogue: Catalogue) -> None:
    found = catalogue.index.search(Query(start=10**15, rows=10**9))
    assert (found.count, found.ids) == (30, ())


def test_facets_count_what_was_found(catalogue: Catalogue) -> None:
    assert catalogue.counts("tags", q="calidad") == [("ambiente", 2), ("agua", 1), ("aire", 1)]
    assert catalogue.counts("res_format")[:3] == [("CSV", 23), ("XLSX", 5), ("GEOJSON", 3)]
    assert catalogue.counts("organization") == [("estadistica", 30)]
    assert catalogue.counts("anio")[:2] == [("2021", 6), ("2020", 4)]
    assert catalogue.counts("extras_anio") == catalogue.counts("anio")
    assert catalogue.counts("num_resources") == [("1", 21), ("2", 8), ("0", 1)]
    assert catalogue.counts("private") == [("false", 30)]


@pytest.mark.parametrize(
    "field", ["nofield", "title", "metadata_modified", "", "*", "a\x1f", "score"]
)
def test_what_cannot_be_counted_has_no_values(catalogue: Catalogue, field: str) -> None:
    assert catalogue.counts(field) == []


def test_the_limit_of_a_facet_is_ckans(catalogue: Catalogue) -> None:
    assert catalogue.counts("tags", facet_limit=0) == []
    assert catalogue.counts("tags", facet_limit=3) == [
        ("salud", 4), ("ambiente", 3), ("educación", 3),
    ]  # fmt: skip
    assert len(catalogue.counts("tags", facet_limit=-1)) == 23
    assert catalogue.counts("tags", facet_limit=-1, facet_mincount=4) == [("salud", 4)]


def test_a_least_count_of_nothing_shows_what_others_have(catalogue: Catalogue) -> None:
    counts = catalogue.counts("tags", q="tags:agua", facet_mincount=0, facet_limit=-1)
    assert counts[:3] == [("agua", 2), ("ambiente", 1), ("Universidad", 0)]
    assert len(counts) == 23


def test_more_values_than_fit_one_request_are_counted_right(tmp_path: Path) -> None:
    given = [
        shown({"name": f"n{n}", "tags": [{"name": f"t{m:03}"} for m in range(n, n + 400)]}, n)
        for n in range(4)
    ]
    catalogue = Catalogue(tmp_path, given)
    expected = [(f"t{m:03}", 4) for m in range(3, 400)]
    assert catalogue.counts("tags", facet_limit=100) == expected[:100]
    assert len(catalogue.counts("tags", facet_limit=-1)) == 403


PRIVATE = {"private": True}
DRAFT = {"state": "draft"}
WHO: list[tuple[Visibility, str]] = [
    (Visibility(), "public"),
    (Visibility(private=True), "public"),
    (Visibility(drafts=True), "public"),
    (Visibility(private=True, drafts=True, organizations=("b",)), "public"),
    (Visibility(organizations=("a",)), "public"),
    (Visibility(private=True, organizations=("a",)), "public private"),
    (Visibility(drafts=True, organizations=("a",)), "public draft"),
    (Visibility(private=True, drafts=True, organizations=("a",)), "public private draft both"),
    (Visibility(private=True, user="ana"), "public own"),
    (Visibility(private=True, organizations=()), "public"),
    (Visibility(organizations=None), "public"),
    (Visibility(private=True, organizations=None), "public private own"),
    (
        Visibility(private=True, drafts=True, organizations=None),
        "public private draft both own",
    ),
]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    kinds: dict[str, dict[str, Any]] = {
        "public": {},
        "private": PRIVATE,
        "draft": DRAFT,
        "both": PRIVATE | DRAFT,
        "own": PRIVATE | {"owner_org": None, "organization": None, "creator_user_id": "ana"},
    }
    organization = ORGANIZATION | {"id": "a", "name": "a"}
    common = {"owner_org": "a", "organization": organization, "title": "Secreto"}
    given = [shown({"name": name}) | common | kind for name, kind in kinds.items()]
    tagged = [one | {"tags": [{"name": f"tag-{one['name']}"}]} for one in given]
    return Catalogue(tmp_path_factory.mktemp("guarded"), tagged)


@pytest.mark.parametrize("number", range(len(WHO)))
def test_callers_see_what_they_may(guarded: Catalogue, number: int) -> None:
    who, names = WHO[number]
    assert guarded.found(visible=who) == set(names.split())


@pytest.mark.parametrize(
    "text",
    [
        "*:*", "a:b OR *:*", "state:draft", "+state:draft", "private:true OR title:secreto",
        "capacity:private", "NOT capacity:public", "permission_labels:*", "title:secreto",
        "name:* OR (state:* capacity:*)", "kind:*", "others:*", "*:* OR permission_labels:member-a",
    ],
)  # fmt: skip
def test_no_query_reaches_beyond_what_its_caller_may_see(guarded: Catalogue, text: str) -> None:
    assert guarded.found(text) <= {"public"}
    assert guarded.found(fq=(text,)) <= {"public"}
    counts = guarded.counts("tags", fq=(text,), facet_mincount=0)
    assert {value for value, _ in counts} <= {"tag-public"}


@pytest.mark.parametrize(
    "q",
    [
        " OR ".join(["tags:a"] * 10_000),
        " ".join(f"palabra{n}" for n in range(1_000)),
        "title:" + "a." * 30_000,
        'title:"' + "agua " * 2_000 + '"',
        "title:" + "*a" * 50,
        "title:" + "?" * 99,
        " ".join(["title:*a*"] * 20),
        " OR ".join(["name:[a TO z]"] * 20),
        "x:y OR " + " OR ".join(["agua~"] * 20),
        "metadata_modified:ayer",
        "metadata_modified:2026*",
        "num_resources:muchos",
        "num_resources:" + "9" * 5_000,
    ],
)
def test_hostile_queries_are_refused_in_a_short_sentence(catalogue: Catalogue, q: str) -> None:
    with pytest.raises(SearchError) as refused:
        catalogue.names(q)
    assert 10 < len(refused.value.message) < 120


def test_the_bounds_are_on_all_texts_together(catalogue: Catalogue) -> None:
    with pytest.raises(SearchError, match="clauses"):
        catalogue.names(fq=tuple(["tags:a tags:b"] * 600))
    with pytest.raises(SearchQueryError, match="facet"):
        catalogue.names(facets=tuple(f"f{n}" for n in range(31)))


def test_a_thousand_ids_may_be_asked_for(catalogue: Catalogue) -> None:
    ids = [*catalogue.packages, *(f"{n:036}" for n in range(970))]
    assert catalogue.found(" OR ".join(f"id:{key}" for key in ids)) == ALL
    assert catalogue.found(f"id:({' '.join(ids)})") == ALL


def test_an_extra_that_is_a_date_with_a_zone_is_a_text(tmp_path: Path) -> None:
    extra = {"key": "fin_date", "value": "2026-01-01T00:00:00-05:00"}
    made = shown({"name": "a", "title": "A", "extras": [extra]})
    index = Index(tmp_path)
    index.apply([Change(id=made["id"], package=made)], 1)
    for q in ("fin_date:2026*", f'fin_date:"{extra["value"]}"', "extras_fin_date:2026", "2026"):
        assert index.search(Query(q=q)).count == 1, q
