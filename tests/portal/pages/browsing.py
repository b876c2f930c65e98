"""A browser to look at the pages with: its devices, and what is wrong with what it shows."""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

WIDTHS = {"320": 320, "390": 390, "desk": 1280}
# Each on its own device, so that a page is judged a few times and not twelve.
LOOKS = [
    ("320", "dark", "es"),
    ("390", "light", "en"),
    ("desk", "light", "es"),
    ("desk", "dark", "en"),
]


def opened(browser: Browser, look: tuple[str, str, str], **more: Any) -> BrowserContext:
    width, scheme, language = look
    return browser.new_context(
        viewport={"width": WIDTHS[width], "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale={"es": "es-PE", "en": "en-US"}[language],
        has_touch=width != "desk",
        **more,
    )


def brief(violation: dict[str, Any]) -> dict[str, Any]:
    nodes = [node["html"][:200] + " " + node["failureSummary"][:300] for node in violation["nodes"]]
    return {"rule": violation["id"], "nodes": nodes[:3]}


_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return null;
  return [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > width + 1)
    .slice(0, 5).map(one => one.outerHTML.slice(0, 200));
}"""


def too_wide(page: Page) -> Any:
    """Return what reaches beyond the page's right edge; None where nothing does."""
    return page.evaluate(_WIDE)
