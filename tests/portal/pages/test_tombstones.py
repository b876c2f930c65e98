"""Tombstones: what was last said of a dataset, and next to nothing where persons were in it."""

from acopio.canonical import to_json
from acopio.model import Finding, Report, Severity
from acopio.store import datasets
from acopio.store.payloads import keep
from tests.portal.pages import world as worlds
from tests.portal.pages.world import World

PATH = f"/dataset/{worlds.WITHDRAWN}"
NAMES = "Relación de Rosa"


def test_a_tombstone_tells_what_it_was_but_not_where_persons_were_found(world: World) -> None:
    fields = {
        "name": "se-va", "title": "Se va", "owner_org": worlds.HOSTILE, "notes": NAMES,
        "license_id": "cc-by", "url": "https://example.org/se-va",
    }  # fmt: skip
    number = world.portal.result("package_create", fields, "sysadmin")["id"]
    world.portal.result("package_delete", {"id": number}, "sysadmin")
    answer = world.get("/dataset/se-va")
    assert answer.status_code == 410
    for said in (NAMES, "Creative Commons", 'href="https://example.org/se-va"'):
        assert said in answer.text


def test_where_persons_were_found_next_to_nothing_is_said(world: World) -> None:
    store = world.portal.site.store
    known = datasets.find(store, worlds.WITHDRAWN)
    before = world.get(PATH).text
    assert "<dt>Licencia</dt>" in before
    person = Finding(code="personal-data", severity=Severity.ERROR, params={})
    with store.write() as connection:
        payload = keep(connection, to_json(Report(findings=(person,))))
        datasets.change(connection, known.id, {"findings": payload})
    try:
        html = world.get(PATH).text
    finally:
        with store.write() as connection:
            datasets.change(connection, known.id, {"findings": known.findings})
    assert "Datos personales." in html
    assert '<code class="hash">' in html
    for told in ("<dt>Licencia</dt>", 'class="prose"', ".csv", "La fuente ya no lo lista."):
        assert told not in html
