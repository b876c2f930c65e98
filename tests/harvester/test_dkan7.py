"""What is DKAN 7's own about a listing: three ways to it, wrappings, pagers, refusals."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acopio.demo import dkan7
from acopio.demo.dkan7 import Dkan7Portal
from acopio.demo.server import Answer, Portal, Request, serve
from acopio.errors import Blocked, NotThatPlatform, SourceError, Unreachable
from acopio.messages import sentence, spoken
from acopio.model import BadRecord, Dataset, Incomplete
from acopio.ports import Context
from tests.harvester import conformance
from tests.harvester.kinds import Changed, node

NAMES_ONLY = frozenset([dkan7.NAMES, dkan7.SHOW])
DATAJSON_ONLY = frozenset([dkan7.CATALOGUE])


@pytest.fixture
def lent(tmp_path: Path) -> Iterator[Context]:
    made = conformance.context(tmp_path)
    yield made
    made.http.close()


class Noted:
    """A portal whose requests are noted."""

    path = ""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.asked: list[Request] = []

    def answer(self, request: Request) -> Answer:
        self.asked.append(request)
        return self.portal.answer(request)


def portal(count: int, **how: Any) -> Dkan7Portal:
    return Dkan7Portal(packages=[node(n) for n in range(count)], **how)


def rewritten(path: str, change: Callable[[Any], Any], served: Portal) -> Portal:
    """Change what one path's answers hold."""

    def written(request: Request, answer: Answer) -> Answer:
        if request.path != path or not answer.body:
            return answer
        return replace(answer, body=json.dumps(change(json.loads(answer.body))).encode())

    return Changed(served, response=written)


def read(served: Portal, lent: Context) -> conformance.Listed:
    return conformance.read("dkan7", served, lent)


def ids(listed: conformance.Listed) -> list[str]:
    return [each.id for each in conformance.datasets(listed)]


@pytest.mark.parametrize(
    "result",
    [
        lambda packages: [packages],
        lambda packages: packages,
        lambda packages: packages[0],
        lambda packages: [packages[0]],
    ],
    ids=["[[...]]", "[...]", "object", "[object]"],
)
def test_a_result_may_be_wrapped_in_any_of_its_ways(
    lent: Context, result: Callable[[Any], Any]
) -> None:
    served = rewritten(
        dkan7.LISTING,
        lambda envelope: {**envelope, "result": result(envelope["result"][0])},
        portal(1),
    )

    assert ids(read(served, lent)) == [node(0)["id"]]


def test_lists_are_asked_for_with_page_0_so_that_none_is_redirected(lent: Context) -> None:
    served = Noted(portal(250))
    listed = read(served, lent)

    assert len(ids(listed)) == len(listed) == 250
    assert len(served.asked) == 4
    assert {request.query["page"] for request in served.asked} == {"0"}


def test_a_redirect_in_html_is_followed_to_the_answer(lent: Context) -> None:
    def without_page(request: Request) -> Request:
        seen = "redirected" in request.query
        query = {key: each for key, each in request.query.items() if seen or key != "page"}
        return replace(request, query={**query, "redirected": "1"} if not seen else query)

    served = Noted(Changed(portal(3), request=without_page))

    assert len(ids(read(served, lent))) == 3
    assert len(served.asked) > 1


def test_the_names_and_each_dataset_are_asked_for_where_lists_are_not_answered(
    lent: Context,
) -> None:
    whole = read(portal(23), lent)
    served = Noted(portal(23, answered=NAMES_ONLY))
    listed = read(served, lent)

    assert ids(listed) == ids(whole)
    assert len(listed) == 23  # whole: no Incomplete
    shown = [request for request in served.asked if request.path == dkan7.SHOW]
    assert len(shown) == 23


def test_names_cut_into_pages_are_read_to_the_last(lent: Context) -> None:
    class Paged:
        path = ""

        def __init__(self, served: Dkan7Portal) -> None:
            self.served = served

        def answer(self, request: Request) -> Answer:
            answer = self.served.answer(request)
            if request.path != dkan7.NAMES:
                return answer
            names = json.loads(answer.body)["result"]
            start = 10 * min(int(request.query["page"]), 2)
            body = {"success": True, "result": names[start : start + 10]}
            return replace(answer, body=json.dumps(body).encode())

    listed = read(Paged(portal(25, answered=NAMES_ONLY)), lent)

    assert len(ids(listed)) == len(listed) == 25


def test_a_name_that_is_not_shown_costs_one_record(lent: Context) -> None:
    served = rewritten(
        dkan7.NAMES,
        lambda envelope: {**envelope, "result": ["borrado", *envelope["result"]]},
        portal(12, answered=NAMES_ONLY),
    )
    listed = read(served, lent)
    (bad,) = [each for each in listed if not isinstance(each, Dataset)]

    assert len(ids(listed)) == 12
    assert isinstance(bad, BadRecord)
    assert "borrado" in bad.reason


def test_data_json_is_read_to_its_last_page_and_is_never_complete(lent: Context) -> None:
    served = Noted(portal(47, answered=DATAJSON_ONLY, per_page=20))
    listed = read(served, lent)

    assert sorted(ids(listed)) == sorted(ids(read(portal(47), lent)))
    assert isinstance(listed[-1], Incomplete)
    assert "data.json" in str(spoken(listed[-1].reason))
    assert len(listed) == 48


def test_a_data_json_without_pages_is_taken_once(lent: Context) -> None:
    listed = read(portal(5, answered=DATAJSON_ONLY), lent)

    assert len(ids(listed)) == 5
    assert [type(each) for each in listed[5:]] == [Incomplete]


def test_names_without_datasets_lead_to_data_json(lent: Context) -> None:
    listed = read(portal(8, answered=frozenset([dkan7.NAMES, dkan7.CATALOGUE])), lent)

    assert len(ids(listed)) == 8
    assert isinstance(listed[-1], Incomplete)


def test_a_later_page_of_data_json_that_fails_ends_it(lent: Context) -> None:
    def broken(request: Request, answer: Answer) -> Answer:
        return Answer(status=500) if request.query.get("page") == "1" else answer

    served = Changed(portal(47, answered=DATAJSON_ONLY, per_page=20), response=broken)
    listed = read(served, lent)

    assert len(ids(listed)) == 20
    assert [type(each) for each in listed[20:]] == [Incomplete]


def test_a_pager_that_forgets_what_it_was_asked_is_incomplete_with_all_it_gave(
    lent: Context,
) -> None:
    listed = read(portal(13, repeats=True), lent)

    assert len(ids(listed)) == 13
    assert [type(each) for each in listed[13:]] == [Incomplete]


def test_an_error_that_says_success_is_an_error(lent: Context) -> None:
    error = {"success": True, "result": [{"__type": "Query Error", "message": "No results"}]}
    served = rewritten(dkan7.LISTING, lambda _: error, portal(3))
    listed = read(served, lent)

    assert len(listed) == 3  # by their names


@pytest.mark.parametrize("status", [403, 418, 429])
def test_a_firewall_that_refuses_is_not_asked_in_another_way(lent: Context, status: int) -> None:
    served = Noted(Changed(portal(1), response=lambda *_: Answer(status=status)))
    with pytest.raises(SourceError) as caught:
        read(served, lent)

    assert isinstance(caught.value, Blocked)
    assert len(served.asked) == 1


def test_a_portal_in_trouble_is_no_other_platform(lent: Context) -> None:
    served = Changed(portal(1), response=lambda *_: Answer(status=503))
    with pytest.raises(Unreachable):
        read(served, lent)


def test_an_api_out_of_service_leads_to_what_answers(lent: Context) -> None:
    def out(request: Request, answer: Answer) -> Answer:
        return Answer(status=504) if request.path == dkan7.LISTING else answer

    assert len(ids(read(Changed(portal(3), response=out), lent))) == 3


def test_a_secret_in_the_address_is_in_no_message(lent: Context) -> None:
    with serve(Dkan7Portal(answered=frozenset())) as url:
        source = conformance.source("dkan7", f"{url}/x?apikey=oculta", {})
        with pytest.raises(NotThatPlatform) as caught:
            list(conformance.harvester("dkan7", lent).harvest(source))

    assert "oculta" not in sentence(caught.value)


def test_a_login_says_private_and_a_search_says_nothing(lent: Context) -> None:
    with serve(portal(3, private=frozenset(["conjunto-1"]))) as url:
        source = conformance.source("dkan7", url)
        harvester = conformance.harvester("dkan7", lent)
        gone = [
            harvester.is_gone(source, Dataset(id="x", title="x", landing_page=f"{url}{page}"))
            for page in ("/dataset/conjunto-0", "/dataset/conjunto-1", "/dataset/borrado", "/otra")
        ]

    assert gone == [False, True, False, False]


def test_a_portal_that_asks_everybody_for_a_login_says_nothing_of_a_dataset(lent: Context) -> None:
    def closed(request: Request, answer: Answer) -> Answer:
        if request.path == "/user/login":
            return answer
        return Answer(status=302, headers={"Location": f"{request.base}/user/login"})

    with serve(Changed(portal(1), response=closed)) as url:
        dataset = Dataset(id="x", title="x", landing_page=f"{url}/dataset/conjunto-0")
        harvester = conformance.harvester("dkan7", lent)

        assert not harvester.is_gone(conformance.source("dkan7", url), dataset)
