"""The pages in a real browser: everyone can read them, on a phone too, and nothing strange runs.

Pages need no script, so the browser runs none; axe-core is the only one, in a browser of its own
where the policy of the pages is set aside for it.
"""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page

from tests.portal.pages import world as worlds
from tests.portal.pages.browsing import LOOKS, brief, opened, too_wide
from tests.portal.pages.world import World, paths

NAMES = sorted(paths(World(portal=None, job="x")))  # type: ignore[arg-type]


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    world: World, browser: Browser, axe: str, look: tuple[str, str, str]
) -> None:
    found: dict[str, Any] = {}
    with opened(browser, look, bypass_csp=True) as context:
        page = context.new_page()
        for name, path in paths(world).items():
            page.goto(world.portal.url + path)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            page.evaluate(axe)
            answer = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            wrong = [brief(one) for one in answer["violations"]]
            if wide := too_wide(page):
                wrong.append({"scrolls": wide})
            if wrong:
                found[name] = wrong
    assert found == {}, json.dumps(found, indent=1, ensure_ascii=False)


_BROKEN = """() => {
  const broken = [];
  for (const cell of document.querySelectorAll('th, td')) {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      if (texts.currentNode.parentElement.closest('.hash, .sr')) continue;
      for (const word of texts.currentNode.data.matchAll(/[\\p{L}\\p{N}.,_]{2,20}/gu)) {
        const range = document.createRange();
        range.setStart(texts.currentNode, word.index);
        range.setEnd(texts.currentNode, word.index + word[0].length);
        const tops = new Set([...range.getClientRects()].map(one => Math.round(one.top)));
        if (tops.size > 1) broken.push(word[0]);
      }
    }
  }
  return broken;
}"""


@pytest.mark.parametrize("width", [740, 880, 1000, 1190, 1280])
def test_tables_break_no_word_and_fit(world: World, browser: Browser, width: int) -> None:
    found: dict[str, Any] = {}
    names = ["dataset", "job", "source", "sources", "organizations", "versions", "version"]
    with browser.new_context(viewport={"width": width, "height": 800}, locale="es-PE") as context:
        page = context.new_page()
        for name in [*names, "dataset-crowded", "dataset-hostile"]:
            page.goto(world.portal.url + paths(world)[name])
            broken = page.evaluate(_BROKEN) if name in names else []
            wide = too_wide(page)
            if broken or wide:
                found[name] = (broken, wide)
    assert found == {}


def test_rows_scroll_in_a_place_of_their_own_that_a_keyboard_reaches(
    world: World, browser: Browser
) -> None:
    with opened(browser, LOOKS[2]) as context:
        page = context.new_page()
        page.goto(f"{world.portal.url}/dataset/{worlds.WARNED}")
        place = page.get_by_role("region", name=re.compile(r"\d filas$"))
        place.focus()
        assert place.evaluate("one => document.activeElement === one")
        assert place.evaluate("one => getComputedStyle(one).overflowX") == "auto"


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
def test_pages_are_whole_without_scripts_and_ask_no_other_host(
    world: World, browser: Browser, look: tuple[str, str, str]
) -> None:
    asked: list[str] = []
    said: list[str] = []
    with opened(browser, look, java_script_enabled=False) as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        for name, path in paths(world).items():
            page.goto(world.portal.url + path)
            assert page.locator("h1").count() == 1, name
            assert page.locator("main").is_visible()
    assert {one for one in asked if not one.startswith(world.portal.url + "/")} == set()
    # Chromium says of a page that is 404 or 410 that it is.
    assert [one for one in said if "404" not in one and "410" not in one] == []


def test_what_strangers_wrote_runs_nowhere(world: World, browser: Browser) -> None:
    """With scripts on: the policy and the escaping must do."""
    ran: list[str] = []
    asked: list[str] = []

    def refused(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    with opened(browser, LOOKS[2]) as context:
        page = context.new_page()
        page.on("dialog", refused)
        page.on("console", lambda message: ran.append(message.text))
        page.on("pageerror", lambda error: ran.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        for path in (
            f"/dataset/{worlds.HOSTILE}", f"/dataset/{worlds.HOSTILE}/report", "/organization/",
            f"/dataset/{worlds.HOSTILE}/versions/1", f"/organization/{worlds.HOSTILE}",
            f"/group/{worlds.GROUP}", "/dataset/?q=%3Cscript%3Ealert(1)%3C/script%3E",
        ):  # fmt: skip
            page.goto(world.portal.url + path)
            page.wait_for_load_state("load")
    assert ran == []
    assert {one for one in asked if not one.startswith(world.portal.url + "/")} == set()


def test_the_keyboard_reaches_everything_in_order(world: World, browser: Browser) -> None:
    with opened(browser, LOOKS[2]) as context:
        page = context.new_page()
        page.goto(world.portal.url + "/dataset/")
        walked = _walk(page, 60)
    order = [
        _first(walked, css) for css in (".skip", ".brand", "nav a", "#q", "button", ".facets a")
    ]
    assert order == sorted(order)
    assert _first(walked, ".results a") > order[-1]


def test_the_keyboard_reaches_downloads_before_the_report(world: World, browser: Browser) -> None:
    with opened(browser, LOOKS[2]) as context:
        page = context.new_page()
        page.goto(f"{world.portal.url}/dataset/{worlds.WARNED}")
        walked = _walk(page, 40)
    order = [
        _first(walked, css)
        for css in (".skip", ".crumbs a", ".downloads .button", ".downloads li a")
    ]
    assert order == sorted(order)
    assert order[-1] < _first(walked, ".report a")


def test_the_skip_link_shows_itself_and_skips(world: World, browser: Browser) -> None:
    with opened(browser, LOOKS[2]) as context:
        page = context.new_page()
        page.goto(world.portal.url + "/dataset/")
        skip = page.locator(".skip")
        box = skip.bounding_box()
        assert box is not None
        assert box["y"] < 0
        page.keyboard.press("Tab")
        box = skip.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


def _walk(page: Page, steps: int) -> list[dict[str, Any]]:
    """Press Tab; return what has the focus each time, which must show."""
    walked = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        here = page.evaluate(_FOCUSED)
        assert here["visible"], here
        walked.append(here)
    return walked


_MARKS = [".skip", ".brand", "nav a", "#q", "button", ".facets a", ".results a", ".crumbs a",
          ".downloads .button", ".downloads li a", ".report a"]  # fmt: skip
_FOCUSED = (
    """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const drawn = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  return {
    html: one.outerHTML.slice(0, 120),
    box: [box.left, box.top, box.right, box.bottom, style.outlineStyle, style.outlineWidth],
    visible: one === document.body || (drawn && box.width > 0 && box.bottom > 0),
    matches: MARKS.filter(css => one.matches(css)),
  };
}"""
).replace("MARKS", json.dumps(_MARKS))


def _first(walked: list[dict[str, Any]], css: str) -> int:
    found = [place for place, one in enumerate(walked) if css in one["matches"]]
    assert found, f"the keyboard never reached {css}"
    return found[0]


def test_touch_targets_are_large_enough(world: World, browser: Browser) -> None:
    with opened(browser, LOOKS[0]) as context:
        page = context.new_page()
        page.goto(f"{world.portal.url}/dataset/{worlds.WARNED}")
        for css in (".downloads .button", ".top li a", ".brand", ".pager a"):
            for one in page.locator(css).all():
                box = one.bounding_box()
                assert box is not None
                assert box["height"] >= 44, css


def test_paper_shows_the_dataset_without_what_only_screens_need(
    world: World, browser: Browser
) -> None:
    with opened(browser, LOOKS[2]) as context:
        page = context.new_page()
        page.goto(f"{world.portal.url}/dataset/{worlds.WARNED}")
        page.emulate_media(media="print")
        assert not page.locator(".top nav").is_visible()
        assert page.locator(".verdict").is_visible()
        assert page.pdf(format="A4").startswith(b"%PDF")
