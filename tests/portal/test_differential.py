"""The portal answers as a real CKAN does, but for what ``differences.toml`` declares."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from acopio.portal import users
from acopio.portal.web.serving import serving
from tests.portal.asks import ASKS, Ask
from tests.portal.differing import Difference, Side, differences
from tests.portal.serving import opened

DECLARED = tomllib.loads(Path(__file__).with_name("differences.toml").read_text())
DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.fixture(scope="module")
def run() -> str:
    return f"dif{uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def ckan(run: str, ckan_url: str, ckan_token: str, ckan_editor_token: str) -> Iterator[Side]:
    side = Side(
        url=ckan_url.rstrip("/"),
        tokens={"admin": ckan_token, "editor": ckan_editor_token},
        run=run,
    )
    yield side
    for name in ("a", "gasto", "oculto", "borrador", "raro"):
        side.answer(Ask(label="", action="dataset_purge", asked={"id": f"{{{name}}}"}))
    for kind in ("organization", "group"):
        for name in ("org", "org2", "grupo"):
            side.answer(Ask(label="", action=f"{kind}_purge", asked={"id": f"{{{name}}}"}))


@pytest.fixture(scope="module")
def portal(run: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    site = opened(tmp_path_factory.mktemp("portal"))
    tokens = {
        "admin": users.add(site, "admin", "admin", None).token,
        "editor": users.add(site, "editor", "publisher", "otra").token,
    }
    with serving(site, "127.0.0.1", 0) as url:
        yield Side(url=url, tokens=tokens, run=run)
    site.store.close()


@pytest.fixture(scope="module")
def found(ckan: Side, portal: Side) -> list[Difference]:
    """Send every call to both, and collect where they differ."""
    return [one for ask in ASKS for one in _compared(ask, ckan, portal)]


def _compared(ask: Ask, ckan: Side, portal: Side) -> Iterator[Difference]:
    one, other = ckan.answer(ask), portal.answer(ask)
    if one["type"].startswith("text/html"):  # a page, not the API's
        one, other = ({"status": answer["status"]} for answer in (one, other))
    return differences(ask.label, one, other)


def _pattern(at: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in at.split("*")))


PATTERNS = {at: _pattern(at) for entry in DECLARED.values() for at in entry["at"]}


def test_nothing_differs_but_what_is_declared(found: list[Difference]) -> None:
    new = [
        f"{one.where}\n  CKAN:   {str(one.ckan)[:300]}\n  portal: {str(one.portal)[:300]}"
        for one in found
        if not any(pattern.fullmatch(one.where) for pattern in PATTERNS.values())
    ]
    assert not new, "\n".join(new)


def test_what_is_declared_differs(found: list[Difference]) -> None:
    vanished = [
        at
        for at, pattern in PATTERNS.items()
        if not any(pattern.fullmatch(one.where) for one in found)
    ]
    assert not vanished


def test_no_call_brings_the_portal_down(found: list[Difference]) -> None:
    assert len(ASKS) > 300
    failed = [one for one in found if one.where.endswith("| status") and one.portal >= 500]
    assert not failed


def test_the_documentation_has_the_table() -> None:
    written = DOCUMENT.read_text()
    missing = [row for row in map(_row, DECLARED.values()) if row not in written]
    assert not missing, "\n".join(missing)
    rows = re.findall(r"^\| .+ \| .+ \| .+ \|$", written.partition("## What differs")[2], re.M)
    assert len(rows) == len(DECLARED) + 1


def _row(entry: dict[str, Any]) -> str:
    return f"| {entry['ckan']} | {entry['portal']} | {entry['reason']} |"


def test_labels_are_unique() -> None:
    labels = [ask.label for ask in ASKS]
    assert len(labels) == len(set(labels))
