"""What is CKAN's own: its options, its quirks, how its packages are mapped."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from acopio.demo.portals import CkanPortal
from acopio.demo.server import Answer, Portal, Request, serve
from acopio.errors import NotThatPlatform
from acopio.harvester import ckan_record
from acopio.harvester.ckan import CkanOptions, filter_query
from acopio.messages import sentence
from acopio.model import (
    BadRecord,
    Contact,
    Dataset,
    Incomplete,
    Licence,
    Organization,
    Role,
)
from acopio.ports import Context
from tests.harvester import conformance
from tests.harvester.kinds import Changed, Documents, package

BASE = "http://datos.example/norte"


@pytest.fixture
def lent(tmp_path: Path) -> Iterator[Context]:
    made = conformance.context(tmp_path)
    yield made
    made.http.close()


def mapped(**changes: Any) -> Dataset:
    return ckan_record.dataset({**package(1), **changes}, BASE)


def titles(portal: Portal, lent: Context, **options: Any) -> list[str]:
    with serve(portal) as url:
        source = conformance.source("ckan", url + portal.path, options)
        listed = list(conformance.harvester("ckan", lent).harvest(source))
    return [each.title for each in conformance.datasets(listed)]


def test_everything_a_package_says_is_mapped() -> None:
    found = mapped(license_url="https://l.example/by")
    first = found.resources[0]

    assert found.name == "conjunto-1"
    assert found.notes == "Gasto **mensual** por ubigeo."
    assert found.publisher == Organization(name="mef", title="Ministerio")
    assert found.licence == Licence(
        id="cc-by", title="Creative Commons Attribution", url="https://l.example/by"
    )
    assert found.themes == ("Economía",)
    assert found.keywords == ("gasto",)
    assert found.modified == datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert found.issued == datetime(2025, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert found.frequency == "R/P1M"
    assert found.contact == Contact(name="Oficina", email="datos@muestra.example")
    assert found.landing_page == f"{BASE}/dataset/conjunto-1"
    assert found.extras == {"ubigeo": "150101", "version": "1"}
    assert (first.format, first.media_type, first.size) == ("csv", "text/csv", 1234)
    assert first.url == "http://datos.example/files/1-0.csv"
    assert first.role is Role.DATA
    assert first.schema == {"fields": [{"name": "a", "type": "string"}]}


def test_a_field_that_is_not_what_it_should_be_keeps_its_words_in_the_extras() -> None:
    resource = {**package(1)["resources"][0], "size": "16.36 KB"}
    found = mapped(metadata_modified="Jue, 10/31/2024", tags="gasto, ubigeo", resources=[resource])

    assert found.modified is None
    assert found.keywords == ()
    assert found.extras["metadata_modified"] == "Jue, 10/31/2024"
    assert found.extras["tags"] == "gasto, ubigeo"
    assert found.extras[f"{resource['id']}/size"] == "16.36 KB"
    assert found.resources[0].size is None


def test_extras_may_be_an_object_and_hold_anything() -> None:
    found = mapped(extras={"a": 1, "b": {"c": ["ñ"]}, "d": None, "e": ""})

    assert found.extras == {"a": "1", "b": '{"c": ["ñ"]}', "version": "1"}


def test_no_licence_is_made_up() -> None:
    assert mapped(license_id="", license_title=None, license_url="").licence is None


def test_deleted_resources_are_left_out() -> None:
    live, dead = package(1)["resources"]

    assert len(mapped(resources=[live, {**dead, "state": "deleted"}]).resources) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"private": True},
        {"state": "deleted"},
        {"state": "Draft"},
        {"type": "harvest"},
        {"acopio_id": "x"},
        {"extras": [{"key": "acopio_id", "value": "x"}]},
    ],
)
def test_what_is_not_ours_is_left_out(change: dict[str, Any], lent: Context) -> None:
    def disclose(request: Request, answer: Answer) -> Answer:
        envelope = json.loads(answer.body)
        envelope["result"]["results"].append({**package(2), **change})
        return replace(answer, body=json.dumps(envelope).encode())

    portal = Changed(CkanPortal(packages=[package(1)]), response=disclose)

    assert titles(portal, lent) == ["Conjunto 1"]


@pytest.mark.parametrize("state", ["active", "Active", "", None])
def test_active_in_any_letters_is_active(state: object) -> None:
    assert not ckan_record.left_out({**package(1), "state": state})


def test_an_organization_narrows_the_listing(lent: Context) -> None:
    other = {**package(2), "organization": {"name": "minsa", "title": "Salud"}}
    portal = CkanPortal(packages=[package(1), other])

    assert titles(portal, lent, organization="minsa") == ["Conjunto 2"]


def test_a_portal_may_be_mounted_below_a_path(lent: Context) -> None:
    assert titles(CkanPortal(packages=[package(1)], path="/norte"), lent) == ["Conjunto 1"]


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ({}, ""),
        ({"organization": "mef"}, "organization:mef"),
        ({"fq": "tags:a OR tags:b"}, "(tags:a OR tags:b)"),
        ({"fq": "tags:a", "organization": "mef"}, "(tags:a) +organization:mef"),
        (
            {"organization": "0f0f0f0f-0000-4000-8000-00000000000a"},
            "owner_org:0f0f0f0f-0000-4000-8000-00000000000a",
        ),
    ],
)
def test_a_filter_stands_in_parentheses_of_its_own(options: dict[str, str], query: str) -> None:
    assert filter_query(conformance.source("ckan", BASE, options)) == query


@pytest.mark.parametrize("query", ["a) OR (b", "(a", "a)", '"a', " "])
def test_a_filter_that_would_leave_its_parentheses_is_refused(query: str) -> None:
    with pytest.raises(ValidationError):
        CkanOptions.model_validate({"fq": query})
    assert CkanOptions.model_validate({"fq": 'title:"a)" AND (b)'}).fq == 'title:"a)" AND (b)'


class Failing:
    """A CKAN that fails on any page with one of the given packages on it."""

    path = ""

    def __init__(self, portal: CkanPortal, *titles: str, answer: Answer | None = None) -> None:
        self.portal = portal
        self.titles = [json.dumps(title).encode() for title in titles]
        self.failure = answer or Answer(status=500, body=b"Internal Server Error")
        self.asked = 0

    def answer(self, request: Request) -> Answer:
        self.asked += 1
        answer = self.portal.answer(request)
        return self.failure if any(title in answer.body for title in self.titles) else answer


@pytest.mark.parametrize(
    "failure",
    [
        Answer(status=500, body=b"Internal Server Error"),
        Answer(body=b'{"success": true, "result": {"results": [{"id"'),
        Answer(body=b'{"success": false, "error": {"__type": "Search Error"}}'),
    ],
    ids=["500", "cut JSON", "an error"],
)
def test_one_record_that_breaks_its_page_costs_one_record(lent: Context, failure: Answer) -> None:
    portal = Failing(
        CkanPortal(packages=[package(n) for n in range(250)]), "Conjunto 130", answer=failure
    )
    listed = conformance.read("ckan", portal, lent)

    assert len(conformance.datasets(listed)) == 249
    (bad,) = [each for each in listed if not isinstance(each, Dataset)]
    assert isinstance(bad, BadRecord)
    assert "131" in bad.reason
    assert portal.asked < 40


def test_a_portal_out_of_service_midway_leaves_the_listing_incomplete(lent: Context) -> None:
    def closed(request: Request, answer: Answer) -> Answer:
        return Answer(status=403) if request.query.get("start") == "99" else answer

    portal = Changed(CkanPortal(packages=[package(n) for n in range(150)]), response=closed)
    listed = conformance.read("ckan", portal, lent)

    assert len(listed) == 101
    assert isinstance(listed[-1], Incomplete)


@pytest.mark.parametrize("most", [1, 7, 1000])
def test_the_portal_may_give_less_than_was_asked(lent: Context, most: int) -> None:
    portal = CkanPortal(packages=[package(n) for n in range(30)], most=most)

    assert len(titles(portal, lent)) == 30


def test_only_ckans_own_refusal_says_private(lent: Context) -> None:
    hidden = {**package(1), "private": True}
    with serve(CkanPortal(packages=[hidden, package(2)])) as url:
        source = conformance.source("ckan", url)
        harvester = conformance.harvester("ckan", lent)
        gone = [
            harvester.is_gone(source, Dataset(id=package(n)["id"], title="x")) for n in (1, 2, 3)
        ]

    assert gone == [True, False, False]


def test_a_secret_in_the_address_is_in_no_message(lent: Context) -> None:
    with serve(Documents({})) as url:
        source = conformance.source("ckan", f"{url}/x?apikey=oculta", {})
        with pytest.raises(NotThatPlatform) as caught:
            list(conformance.harvester("ckan", lent).harvest(source))
    assert "/x?apikey=***" in sentence(caught.value)
