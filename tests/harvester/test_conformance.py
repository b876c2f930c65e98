"""Every registered source kind passes these, by its declaration in ``kinds.py`` alone."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from acopio import registry
from acopio.demo.server import Answer, Request, serve
from acopio.errors import NotThatPlatform, SourceError, Unreachable
from acopio.model import BadRecord, Dataset, Incomplete
from acopio.ports import Context
from tests.harvester import conformance
from tests.harvester.kinds import KINDS, Kind

pytestmark = pytest.mark.parametrize("name", sorted(KINDS))


@pytest.fixture
def kind(name: str) -> Kind:
    return KINDS[name]


@pytest.fixture(scope="module")
def lent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    made = conformance.context(tmp_path_factory.mktemp("conformance"))
    yield made
    made.http.close()


class Always:
    """A host that has one answer."""

    path = ""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def answer(self, request: Request) -> Answer:
        return self._answer


def test_ids_are_unique_and_the_same_in_the_next_reading(
    name: str, kind: Kind, lent: Context
) -> None:
    portal = kind.serve([kind.good(n) for n in range(230)])
    first = conformance.datasets(conformance.read(name, portal, lent))
    second = conformance.datasets(conformance.read(name, portal, lent))

    assert len({each.id for each in first}) == 230
    assert [each.id for each in first] == [each.id for each in second]
    for dataset in first:
        ids = [resource.id for resource in dataset.resources]
        assert ids
        assert len(set(ids)) == len(ids)


def test_paging_ends_and_gives_everything_in_the_same_words(
    name: str, kind: Kind, lent: Context
) -> None:
    portal = kind.serve([kind.good(n) for n in range(101)])
    listed = conformance.read(name, portal, lent)

    assert {each.title for each in conformance.datasets(listed)} == {
        f"Conjunto {n}" for n in range(101)
    }
    assert len(listed) == 101
    for dataset in conformance.datasets(listed)[:5]:
        conformance.check_types(dataset)


def test_an_empty_catalogue_is_complete(name: str, kind: Kind, lent: Context) -> None:
    assert conformance.read(name, kind.serve([]), lent) == []


def test_bad_records_cost_only_themselves(name: str, kind: Kind, lent: Context) -> None:
    records = [kind.good(0), *kind.bad, *(kind.good(n) for n in range(1, 5))]
    listed = conformance.read(name, kind.serve(records), lent)
    bad = [each for each in listed if isinstance(each, BadRecord)]

    assert len(bad) == len(kind.bad)
    assert all(each.reason and each.raw and len(each.raw) <= 64 * 1024 for each in bad)
    assert len(conformance.datasets(listed)) == 5
    assert not any(isinstance(each, Incomplete) for each in listed)


def test_an_absurdly_large_record_is_a_bad_one(name: str, kind: Kind, lent: Context) -> None:
    large = {**kind.good(0), "strange": "x" * (3 * 2**20)}
    listed = conformance.read(name, kind.serve([large, kind.good(1), kind.good(2)]), lent)
    (bad,) = [each for each in listed if isinstance(each, BadRecord)]

    assert bad.id is not None
    assert len(bad.raw) <= 64 * 1024
    assert len(conformance.datasets(listed)) == 2


def test_a_listing_cut_short_is_never_silently_complete(
    name: str, kind: Kind, lent: Context
) -> None:
    portal = kind.cut(kind.serve([kind.good(n) for n in range(150)]))
    listed = conformance.read(name, portal, lent)

    assert isinstance(listed[-1], Incomplete)
    assert listed[-1].reason
    assert 0 < len(conformance.datasets(listed)) < 150


def test_memory_does_not_grow_with_the_catalogue(name: str, kind: Kind, lent: Context) -> None:
    few, many = (kind.serve([kind.good(n) for n in range(count)]) for count in (300, 3000))
    conformance.read(name, kind.serve([kind.good(0)]), lent)  # imports are not the listing's
    count, small = conformance.peak(name, few, lent)
    large_count, large = conformance.peak(name, many, lent)

    assert (count, large_count) == (300, 3000)
    assert large < 1.5 * small + 2**20


def test_nobody_there(name: str, kind: Kind, lent: Context) -> None:
    with socket.socket() as taken:  # bound, not listening: refused
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Unreachable):
            list(conformance.harvester(name, lent).harvest(conformance.source(name, url)))


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b"<!DOCTYPE html><html></html>", headers={"Content-Type": "text/html"}),
        Answer(status=404, body=b"<html></html>"),
        Answer(body=b'{"unrelated": true}'),
        Answer(body=b""),
    ],
    ids=["a page", "404", "other JSON", "nothing"],
)
def test_another_kind_of_site(name: str, kind: Kind, lent: Context, answer: Answer) -> None:
    with pytest.raises(NotThatPlatform):
        conformance.read(name, Always(answer), lent)


@pytest.mark.parametrize("status", [400, 403, 500, 503])
def test_a_refusal_before_anything_came_is_an_error(
    name: str, kind: Kind, lent: Context, status: int
) -> None:
    with pytest.raises(SourceError):
        conformance.read(name, Always(Answer(status=status, body=b"{}")), lent)


def test_hostile_values_become_harmless_ones(name: str, kind: Kind, lent: Context) -> None:
    record = {
        key: "<script>alert(1)</script>\x00\x1b[31m \U0001f600\ud800" + "x" * 2**19
        if key in {"title", "notes", "description"}
        else value
        for key, value in kind.good(0).items()
    }
    (dataset,) = conformance.datasets(conformance.read(name, kind.serve([record]), lent))

    conformance.check_types(dataset)
    assert 0 < len(dataset.title) <= 1000
    assert "\x00" not in dataset.title
    assert "\x1b" not in dataset.title
    assert "\U0001f600" in dataset.title
    assert "<script" not in dataset.notes
    assert len(dataset.notes) <= 100_000


def test_wrong_types_anywhere_are_values_not_exceptions(
    name: str, kind: Kind, lent: Context
) -> None:
    switch = conformance.Switch()
    strange = st.lists(conformance.disturbed(kind.good(0)), min_size=1, max_size=4)

    @settings(
        max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(strange)
    def check(records: list[object]) -> None:
        switch.current = kind.serve([*records, kind.good(7)])
        listed = list(conformance.harvester(name, lent).harvest(conformance.source(name, url)))

        assert all(isinstance(each, Dataset | BadRecord) for each in listed)
        assert f"Conjunto {7}" in {each.title for each in conformance.datasets(listed)}
        for dataset in conformance.datasets(listed):
            conformance.check_types(dataset)

    with serve(switch) as url:
        check()


@pytest.mark.parametrize("status", [200, 403, 404, 500])
def test_doubt_is_not_gone(name: str, kind: Kind, lent: Context, status: int) -> None:
    portal = Always(Answer(status=status, body=b"<html></html>"))
    with serve(portal) as url:
        gone = conformance.harvester(name, lent).is_gone(
            conformance.source(name, url),
            Dataset(id="x", title="x", landing_page=f"{url}/dataset/x"),
        )

    assert gone is False


def test_410_is_gone(name: str, kind: Kind, lent: Context) -> None:
    with serve(Always(Answer(status=410))) as url:
        gone = conformance.harvester(name, lent).is_gone(
            conformance.source(name, url),
            Dataset(id="x", title="x", landing_page=f"{url}/dataset/x"),
        )

    assert gone is True


@pytest.mark.parametrize(
    "page", ["", "http://127.0.0.1:9/x", "http://[", "ftp://x", "http://10.0.0.1/"]
)
def test_asking_whether_it_is_gone_never_raises(
    name: str, kind: Kind, lent: Context, page: str
) -> None:
    dataset = Dataset(id="../../x?\x00", title="x", landing_page=page)
    where = conformance.source(name, page or "http://127.0.0.1:9")

    assert conformance.harvester(name, lent).is_gone(where, dataset) is False


def test_an_option_nobody_knows_is_refused(name: str, kind: Kind) -> None:
    options = registry.load("harvesters", name).Options

    assert options.model_validate(dict(kind.options)) is not None
    with pytest.raises(ValidationError):
        options.model_validate({"no-such-option": 1})
