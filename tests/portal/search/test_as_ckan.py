"""The same thirty datasets in a real CKAN and here, asked the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from ckanapi import CKANAPIError, RemoteCKAN, errors

from acopio.portal.problems import Problem, SearchError, SearchQueryError
from acopio.portal.search import Query
from tests.portal.search.catalogue import Catalogue
from tests.portal.search.packages import TABLE, packages

REFUSED = "search error"
MISASKED = "search query error"

# Answered alike: which are found, and that what cannot be read is refused.
ALIKE = """\
transito
tránsito
accidentes OR hospitales
"calidad del agua"
+agua calidad
calidad agua del
presupuesto de salud
COVID-19
covid 19
PM2.5
salud -
"unbalanced
NOT agua
CSV
150101
tags:salud
tags:Salud
tags:"seguridad vial"
tags:seguridad\\ vial
res_format:CSV
res_format:csv
tags:salud AND res_format:JSON
tags:salud && res_format:JSON
tags:agua || tags:aire
tags:salud tags:gasto
tags:agua OR tags:aire -title:agua
tags:agua OR -tags:aire
NOT tags:agua
-tags:agua
!tags:agua
*:* -tags:agua
tags:(agua OR aire)
tags:(agua aire)
tags:(agua +ambiente)
tags:(agua aire -ambiente)
tags:(agua AND NOT ambiente)
title:(calidad AND (agua OR aire))
title:(calidad agua)
name:c*
title:hospit*
title:HOSPIT*
title:tráns*
title:hospitl~
title:hospitl~1
title:"calidad agua"
title:"calidad agua"~2
anio:2021
extras_anio:2021
anio:[2020 TO 2021]
anio:{2020 TO 2021]
anio:[2021 TO *]
anio:*
-anio:*
anio:(2020 2021)
ubigeo:15*
cuenca:"Alto Mayo"
cuenca:alto
extras_cuenca:alto
num_resources:2
num_resources:[2 TO *]
num_resources:[* TO *]
num_resources:{* TO *}
num_resources:{1 TO *}
num_resources:{* TO 1}
NOT num_resources:[* TO *]
num_tags:0
private:false
state:active
capacity:public
metadata_modified:[2020-01-01T00:00:00Z TO NOW]
metadata_modified:[NOW/DAY-1YEAR TO NOW+1MONTH]
metadata_modified:[* TO *]
metadata_modified:{NOW-1HOUR TO *}
metadata_modified:{* TO NOW}
-metadata_modified:{* TO NOW}
title:{* TO *}
tags:[* TO *]
metadata_created:[* TO 2020-01-01T00:00:00Z]
metadata_modified:[2020-13-01T00:00:00Z TO *]
res_url:"https://datos.example/rios.csv"
res_url:*rios.csv
notes:toneladas
text:toneladas
nofield:x
nofield:[a TO b]
nofield:*
license_id:odc-by
license_id:odc*
author:oficina
groups:*
tags:[a TO b]
tags:[A TO B]
title:[A TO Z]
title:[P TO Q]
title:[É TO f]
title:{Presupuesto TO q}
extras_cuenca:[a TO B]
extras_cuenca:[Mayo TO MB]
[g TO i] AND *:*
text:[g TO i]
transito~
name:["a" TO "c"]
title:educación
title:EDUCACION
isopen:true
type:dataset
tags : agua
*:* AND tags:agua
+tags:agua -res_format:CSV
tags:agua AND
AND tags:agua
title:
title:(
title:)
title:"x
title:[a TO
title:[a b]
title:()
a:b:c
tags:salud:x
res_url:https://datos.example/rios.csv
tags:agua^x
_query_:"x"
{!term f=tags}agua"""

OF_OTHERS = {line.partition(" ")[0] for line in TABLE.splitlines()} - {
    "calidad-agua", "calidad-aire", "accidentes-transito-2021", "accidentes-transito-2022",
    "road-traffic",
}  # fmt: skip

# Answered otherwise, and why: what CKAN finds here, then what the portal does.
OTHERWISE: dict[str, tuple[set[str] | str, set[str] | str]] = {
    # Spanish is not English.
    "title:hospital": ({"hospital-regional"}, {"hospital-regional", "hospitales"}),
    "author:estadistica": (set(), {"*"}),
    # Operators bind as in logic; what is excluded is excluded from everything.
    "tags:agua OR tags:aire AND title:aire": (
        {"calidad-aire"},
        {"calidad-agua", "calidad-aire", "rios"},
    ),
    "tags:salud tags:gasto OR tags:agua": (
        {"gasto-salud", "hospital-regional", "hospitales", "vacunacion-covid19"},
        {"gasto-salud"},
    ),
    "title:(-agua) name:calidad*": (set(), {"calidad-aire"}),
    "tags:agua OR (NOT res_format:CSV) OR tags:aire": (
        {"calidad-agua", "calidad-aire", "rios"},
        {"bosques", "calidad-agua", "calidad-aire", "educacion-superior", "gasto-salud"}
        | {"mineria", "obras", "pobreza", "rios", "sin-recursos"},
    ),
    # A lone sign is no word.
    "salud &": (set(), {"gasto-salud", "hospital-regional", "hospitales", "vacunacion-covid19"}),
    # Without a colon ~ says nothing.
    "hospitales~97531": ({"gasto-salud", "hospitales"}, {"gasto-salud", "hospitales"}
                     | {"hospital-regional"}),
    "calidad ~97531": (set(), {"calidad-agua", "calidad-aire"}),
    # All but these, as elsewhere; CKAN's words find nothing that no word wants.
    "-calidad -accidentes": (set(), OF_OTHERS),
    # Parts of dates.
    "metadata_modified:[2020-01-01 TO *]": (REFUSED, {"*"}),
    # Wildcards are matched with whole words, and there are no regular expressions.
    "title:*ospital*": ({"hospitales"}, {"hospital-regional", "hospitales"}),
    "title:/hosp.*/": ({"hospital-regional", "hospitales"}, REFUSED),
    # Addresses are not read as words.
    "urls:datos AND name:rios*": ({"rios"}, set()),
}  # fmt: skip

SORTS = [
    "name asc", "name desc", "num_resources desc, name asc", "organization asc, name desc",
    "name ASC", "metadata_modified desc", "metadata_created asc", "nofield asc, name asc", "name",
    "name sideways", "name asc title desc", ",", " ",
]  # fmt: skip

FACETS: list[dict[str, Any]] = [
    {"facet_limit": 50},
    {"facet_limit": 0},
    {"facet_limit": 3},
    {"facet_limit": -1},
    {"facet_limit": -1, "facet_mincount": 3},
]


@dataclass(frozen=True, slots=True)
class Both:
    """A CKAN's organization with the samples, and an index of what CKAN shows of them."""

    api: Any
    organization: str
    suffix: str
    here: Catalogue

    def ckan(self, **asked: Any) -> dict[str, Any] | str:
        fq = f"organization:{self.organization}"
        try:
            found: dict[str, Any] = self.api.call_action(
                "package_search", {"fq": fq, "rows": 100, **asked}
            )
        except errors.SearchQueryError:
            return MISASKED
        except (errors.SearchError, CKANAPIError):
            return REFUSED
        return found

    def of_ckan(self, **asked: Any) -> list[str] | str:
        found = self.ckan(**asked)
        return found if isinstance(found, str) else [self.short(p) for p in found["results"]]

    def of_ours(self, **asked: Any) -> list[str] | str:
        try:
            found = self.here.index.search(Query(**{"rows": 100, **asked}))
        except Problem as problem:
            kinds: dict[type[Problem], str] = {SearchError: REFUSED, SearchQueryError: MISASKED}
            return kinds[type(problem)]
        return [self.short(self.here.packages[key]) for key in found.ids]

    def short(self, package: Any) -> str:
        return str(package["name"]).removesuffix(f"-{self.suffix}")


@pytest.fixture(scope="module")
def both(
    ckan_url: str, ckan_token: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Both]:
    # Letters only: a query for 19 must not find it.
    suffix = uuid4().hex[:8].translate(str.maketrans("0123456789", "ghijklmnop"))
    organization = f"search-probe-{suffix}"
    with RemoteCKAN(ckan_url, apikey=ckan_token) as api:
        api.call_action("organization_create", {"name": organization, "title": "Estadística"})
        made: list[Any] = []
        try:
            for package in packages(suffix, organization):
                made.append(api.call_action("package_create", package))
            here = Catalogue(tmp_path_factory.mktemp("as-ckan"), made)
            yield Both(api, organization, suffix, here)
        finally:
            for package in made:
                api.call_action("dataset_purge", {"id": package["id"]})
            api.call_action("organization_purge", {"id": organization})


@pytest.mark.parametrize("q", ALIKE.splitlines())
def test_queries_are_answered_alike(both: Both, q: str) -> None:
    expected = both.of_ckan(q=q, sort="name asc")
    assert both.of_ours(q=q, sort="name asc") == expected


@pytest.mark.parametrize("q", OTHERWISE)
def test_where_the_portal_does_otherwise_it_is_on_purpose(both: Both, q: str) -> None:
    everything = {both.short(package) for package in both.here.packages.values()}
    for answer, expected in zip((both.of_ckan(q=q), both.of_ours(q=q)), OTHERWISE[q], strict=True):
        whole = everything if expected == {"*"} else expected
        assert (answer if isinstance(answer, str) else set(answer)) == whole


def test_an_or_in_a_filter_stays_within_it(both: Both) -> None:
    fq = "tags:agua OR tags:aire"
    whole = both.ckan(rows=0, fq="")
    spliced = both.ckan(rows=0, fq=fq)
    assert isinstance(whole, dict)
    assert isinstance(spliced, dict)
    assert spliced["count"] >= 30 <= whole["count"]
    assert both.of_ours(fq=(fq,), sort="name asc") == ["calidad-agua", "calidad-aire", "rios"]


@pytest.mark.parametrize("sort", SORTS)
def test_orders_are_alike(both: Both, sort: str) -> None:
    expected = both.of_ckan(sort=sort)
    assert both.of_ours(sort=sort) == expected


@pytest.mark.parametrize("number", range(len(FACETS)))
def test_facets_are_alike(both: Both, number: int) -> None:
    asked = FACETS[number]
    fields = ["tags", "res_format", "organization", "groups", "license_id", "anio", "nofield"]
    named = {key.replace("_", "."): value for key, value in asked.items()}
    expected = both.ckan(**{"facet.field": fields, "rows": 0, **named})
    assert isinstance(expected, dict)
    query = Query(facets=tuple(fields), rows=0, **asked)
    ours = both.here.index.search(query).facets
    assert {field: dict(counts) for field, counts in ours.items()} == expected["facets"]
