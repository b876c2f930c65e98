"""``/validar`` in a real browser: without scripts, by keyboard, on a phone, on paper."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page

from tests.portal.pages.browsing import LOOKS, brief, opened, too_wide
from tests.portal.pages.world import World

SCRIPT = "<script>alert(1)</script>"
ROWS = "".join(f"2026,{number},Lima\n" for number in range(400))
DIRTY = f"anio,monto,sede\n{ROWS}2026,x,Lima\n2026\n" + f"2026,{SCRIPT},a\n" * 9


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "gasto 2026.csv"
    path.write_text(DIRTY, "latin-1")
    return path


def report(world: World, page: Page, file: Path) -> None:
    """Send a file as a person does."""
    page.goto(world.portal.url + "/validar")
    page.set_input_files("#file", file)
    page.locator(".examine .button").first.click()
    page.wait_for_selector(".verdict")


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
def test_axe_finds_nothing_in_a_report_and_nothing_scrolls_sideways(
    world: World,
    browser: Browser,
    axe: str,
    look: tuple[str, str, str],
    file: Path,
) -> None:
    with opened(browser, look, bypass_csp=True) as context:
        page = context.new_page()
        report(world, page, file)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        page.evaluate(axe)
        answer = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        wrong: list[Any] = [brief(one) for one in answer["violations"]]
        assert wrong == [], json.dumps(wrong, indent=1)
        assert not too_wide(page)


def test_files_are_saved_from_the_page_itself_without_a_script(
    world: World,
    browser: Browser,
    file: Path,
    tmp_path: Path,
) -> None:
    asked: list[str] = []
    said: list[str] = []
    with opened(browser, LOOKS[2], java_script_enabled=False, accept_downloads=True) as context:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        report(world, page, file)
        page.on("request", lambda request: asked.append(request.url))
        links = page.locator("#archivos + ul a")
        names = []
        for number in range(links.count()):
            with page.expect_download() as saved:
                links.nth(number).click()
            saved.value.save_as(tmp_path / "saved" / saved.value.suggested_filename)
            names.append(saved.value.suggested_filename)
    assert "gasto 2026.csv" in names
    assert (tmp_path / "saved" / "gasto 2026.csv").read_text("utf-8").startswith("anio,monto,sede")
    assert (tmp_path / "saved" / "acopio-rows.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert [one for one in asked if not one.startswith("data:")] == []
    assert said == []


def test_the_zip_is_saved_and_the_page_stays(world: World, browser: Browser, file: Path) -> None:
    with opened(browser, LOOKS[2], java_script_enabled=False, accept_downloads=True) as context:
        page = context.new_page()
        page.goto(world.portal.url + "/validar")
        page.set_input_files("#file", file)
        with page.expect_download() as saved:
            page.locator(".examine .second").click()
        assert saved.value.suggested_filename == "gasto 2026-revision.zip"
        assert page.locator("h1").is_visible()


def test_what_a_file_says_runs_nowhere(world: World, browser: Browser, file: Path) -> None:
    ran: list[str] = []

    def refused(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    with opened(browser, LOOKS[2]) as context:
        page = context.new_page()
        page.on("dialog", refused)
        page.on("pageerror", lambda error: ran.append(str(error)))
        page.on("console", lambda message: ran.append(message.text))
        hostile = file.with_name('"><img src=x onerror=alert(1)>.csv')
        hostile.write_text(DIRTY)
        report(world, page, hostile)
        assert "alert(1)" in page.locator(".report").inner_text()
    assert ran == []


def test_the_keyboard_alone_sends_an_address(world: World, browser: Browser) -> None:
    with opened(browser, LOOKS[2]) as context:
        page = context.new_page()
        page.goto(world.portal.url + "/validar")
        reached = []
        for _ in range(20):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.id || ''"))
            if reached[-1] == "url":
                break
        assert [one for one in reached if one in ("file", "url")] == ["file", "url"]
        page.keyboard.type("http://127.0.0.1:9/a.csv")
        page.keyboard.press("Enter")
        notice = page.get_by_role("alert")
        notice.wait_for()
        assert "red privada" in notice.inner_text()
        assert page.locator("#url").input_value() == "http://127.0.0.1:9/a.csv"


def test_fingers_find_every_control_on_a_phone(world: World, browser: Browser) -> None:
    with opened(browser, LOOKS[0]) as context:
        page = context.new_page()
        page.goto(world.portal.url + "/validar")
        for one in page.locator(".examine input, .examine select, .examine button").all():
            box = one.bounding_box()
            assert box is not None
            assert box["height"] >= 44


def test_paper_shows_the_report_without_the_form(
    world: World,
    browser: Browser,
    file: Path,
) -> None:
    with opened(browser, LOOKS[2]) as context:
        page = context.new_page()
        report(world, page, file)
        page.emulate_media(media="print")
        assert not page.locator(".examine").is_visible()
        assert not page.locator("section.beside").is_visible()
        assert page.locator(".rule").first.is_visible()
        assert page.pdf(format="A4").startswith(b"%PDF")
        assert re.search(r"[0-9a-f]{64}", page.locator("main").inner_text())
