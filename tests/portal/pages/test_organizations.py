"""An organization's page names what is withheld, also where a source publishes for many."""

from dataclasses import replace

import pytest

from acopio.canonical import to_json
from acopio.model import Organization
from acopio.portal.web.pages import organization
from acopio.registration import add_sources
from acopio.store import datasets
from acopio.store.payloads import keep
from acopio.store.sources import get_source
from tests.portal.pages import world as worlds
from tests.portal.pages.world import World


def test_each_dataset_of_a_source_of_many_is_with_its_own_organization(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = world.portal.site.store
    source = get_source(store, worlds.SOURCE)
    known = datasets.find(store, worlds.WITHHELD)
    described = datasets.described(store, known.payload)
    publisher = Organization(name=worlds.HOSTILE, title="")
    with store.write() as connection:
        payload = keep(connection, to_json(replace(described, publisher=publisher)))
        datasets.change(connection, known.id, {"payload": payload})
    link = f'href="/dataset/{worlds.WITHHELD}"'
    pages = (f"/organization/{worlds.HOSTILE}", "/organization/ministerio-de-muestra")
    try:
        assert [link in world.get(page).text for page in pages] == [False, True]
        add_sources(store, [replace(source, owner="from-publisher")])
        assert [link in world.get(page).text for page in pages] == [True, False]
        monkeypatch.setattr(organization, "_READ", 0)
        assert link not in world.get(pages[0]).text, "more is read than a page can afford"
    finally:
        add_sources(store, [source])
        with store.write() as connection:
            datasets.change(connection, known.id, {"payload": known.payload})
