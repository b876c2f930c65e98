"""What is known of datasets and their resources: names, addresses, and words that last."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from acopio.model import Dataset, Resource
from acopio.store import Store, datasets, open_store, resources, schema
from acopio.store.datasets import Known, New

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def new(number: str, slug: str) -> New:
    return New(id=number, remote_id=number, title=slug, payload="p", slug=slug)


def admitted(store: Store, source: str, *slugs: str) -> list[Known]:
    """Admit datasets with these slugs; return them in order."""
    given = [new(f"{source}-{place}", slug) for place, slug in enumerate(slugs)]
    with store.write() as connection:
        made = datasets.admit(connection, source, given)
    return [made[one.id] for one in given]


def test_names_are_free_whether_taken_before_or_beside(store: Store) -> None:
    admitted(store, "a", "gasto", "gasto-2", "gasto_3")
    found = admitted(store, "b", "gasto", "gasto", "otro", "gasto-2", "gasto-4", "")
    names = [one.name for one in found]
    assert names == ["gasto-3", "gasto-4", "otro", "gasto-2-2", "gasto-4-2", "dataset"]


def test_a_name_taken_beside_leads_to_one_that_was_free_before(store: Store) -> None:
    admitted(store, "a", "gasto-2")
    names = [one.name for one in admitted(store, "b", "gasto", "gasto")]
    assert names == ["gasto", "gasto-3"]


def test_runs_that_want_the_same_names_at_once_all_get_their_own(store: Store) -> None:
    slugs = [f"conjunto-{number}" for number in range(20)]
    with ThreadPoolExecutor(4) as pool:
        orders = [(f"s{n}", *(slugs if n % 2 else reversed(slugs))) for n in range(4)]
        found = list(pool.map(lambda order: admitted(store, *order), orders))
    names = [one.name for made in found for one in made]
    assert len(names) == len(set(names)) == 80


def test_what_is_settled_as_none_stays_as_it_was(store: Store) -> None:
    (made,) = admitted(store, "a", "gasto")
    row = {"number": made.id, "outcome": "created", "new_state": "active", "new_checked": NOW}
    with store.write() as connection:
        datasets.settle(connection, [{**row, "new_since": NOW}])
        rest = dict.fromkeys(("new_state", "new_checked", "new_since"))
        datasets.settle(connection, [{"number": made.id, "outcome": "failed", **rest}])
        known = datasets.by_id(connection, [made.id])[made.id]
    assert (known.outcome, known.state) == ("failed", "active")
    assert (known.checked, known.since) == (NOW, NOW)


def test_an_officer_waits_for_who_asked_for_the_ruling(postgresql: str) -> None:
    store = open_store(postgresql)
    (made,) = admitted(store, "a", "gasto")
    with store.write() as first:
        assert datasets.rulings(first, [made.id]) == {made.id: None}
        with store.write() as second:
            second.execute(text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                datasets.change(second, made.id, {"ruling": "{}"})
    with store.write() as connection:
        datasets.change(connection, made.id, {"ruling": "{}"})
        assert datasets.rulings(connection, [made.id]) == {made.id: "{}"}
        connection.execute(schema.dataset.delete())
    store.close()


@pytest.mark.parametrize(
    ("url", "left"), [("https://a.example/1", "e"), ("https://b.example", None)]
)
def test_validators_belong_to_an_address(store: Store, url: str, left: str | None) -> None:
    (made,) = admitted(store, "a", "gasto")
    first = Dataset(id="1", title="x", resources=(Resource(id="r", url="https://a.example/1"),))
    then = Dataset(id="1", title="x", resources=(Resource(id="r", url=url, name="Otro"),))
    with store.write() as connection:
        one = resources.recognise(connection, {made.id: first})[made.id]["r"]
        resources.change(connection, one.id, {"etag": "e", "last_modified": "e", "sha256": "s"})
        before = resources.recognise(connection, {made.id: then})[made.id]["r"]
        table = schema.resource
        kept = connection.execute(select(table).where(table.c.id == one.id)).one()
    assert (before.id, before.url, before.etag) == (one.id, "https://a.example/1", "e")
    assert (kept.url, kept.name) == (url, "Otro")
    assert (kept.etag, kept.last_modified, kept.sha256) == (left, left, "s")
