"""A dataset's versions say by which rules each was judged, and where those changed."""

from sqlalchemy import update

from acopio.portal.web.pages.reports import Judged, of_other_rules
from acopio.store import jobs, schema
from tests.portal.pages import world as worlds
from tests.portal.pages.world import World


def judged(**rules: str) -> dict[int, Judged]:
    return {int(key[1:]): Judged(rules=value, report="") for key, value in rules.items()}


def test_only_a_change_between_known_rules_is_one() -> None:
    assert of_other_rules(judged(v1="a", v2="a", v3="b", v4="b")) == {3}
    assert of_other_rules(judged(v1="", v2="a", v4="b", v5="")) == frozenset()
    assert of_other_rules({}) == frozenset()


def test_the_page_of_versions_tells_the_rules(world: World) -> None:
    store = world.portal.site.store
    first = jobs.recent(store, worlds.SOURCE)[-1]
    row = update(schema.job).where(schema.job.c.id == first.id)
    with store.write() as connection:
        connection.execute(row.values(rules="9.9.9+abc"))
    try:
        html = world.get(f"/dataset/{worlds.WARNED}/versions").text
        assert 'Reglas <code class="hash">9.9.9+abc</code>' in html
        assert "Cambiaron las reglas" not in html
    finally:
        with store.write() as connection:
            connection.execute(row.values(rules=first.rules))
