"""Dates: each says whose it is, and none stands in for another."""

import re
from datetime import date

from tests.portal.pages import world as worlds
from tests.portal.pages.world import World

UNKNOWN = "\u2013"
NAMED = re.compile(r"<span>(Publicado aquí|Actualizado por su publicador): (\u2013|<time[^>]*>)")


def _results(html: str) -> list[str]:
    return html.partition('<ol class="results">')[2].partition("</ol>")[0].split("<li>")[1:]


def test_a_result_names_both_its_dates_and_says_what_it_does_not_know(world: World) -> None:
    found = {
        name: _results(world.get(f"/dataset/?q=name:{name}").text)[0]
        for name in (worlds.WARNED, worlds.CROWDED)
    }
    for html in found.values():
        assert {name for name, _ in NAMED.findall(html)} == {
            "Publicado aquí",
            "Actualizado por su publicador",
        }
        assert len(re.findall("<time", html)) == len(re.findall(": <time", html))
    unknown = dict(NAMED.findall(found[worlds.CROWDED]))
    assert unknown["Actualizado por su publicador"] == UNKNOWN
    assert unknown["Publicado aquí"] != UNKNOWN
    known = dict(NAMED.findall(found[worlds.WARNED]))
    assert known["Actualizado por su publicador"] != UNKNOWN


def test_the_newest_come_in_the_order_of_the_date_they_show(world: World) -> None:
    days = re.findall(r'Publicado aquí: <time datetime="([^"]+)"', world.get("/").text)
    assert len(days) > 5
    assert days == sorted(days, reverse=True)
    assert date.fromisoformat(days[0][:10])


def test_a_file_is_dated_only_if_it_was_fetched(world: World) -> None:
    for name, shown in ((worlds.WARNED, "<time"), (worlds.CROWDED, UNKNOWN)):
        cells = re.findall(
            r'data-label="Recogido">([^<]*(?:<time)?)', world.get(f"/dataset/{name}").text
        )
        assert cells
        assert set(cells) == {shown}


def test_a_dataset_without_a_date_of_its_publisher_says_so(world: World) -> None:
    html = world.get(f"/dataset/{worlds.CROWDED}").text
    assert f"<dt>Actualizado por su publicador</dt><dd>{UNKNOWN}</dd>" in html
