"""The page on architecture names files that are there, and folders as they may import."""

import re

import pytest

from tests.sources import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+\.(?:py|toml))`", PAGE))))
def test_a_file_named_is_there(name: str) -> None:
    places = (ROOT / name, ROOT / "acopio" / name, ROOT / "acopio" / "pipeline" / name)
    assert any(place.is_file() for place in places)


def test_each_value_that_travels_is_in_the_picture() -> None:
    picture = PAGE.split("```")[1]
    travels = ("Dataset", "Snapshot", "Report", "Decision", "Release", "Publication")
    order = [picture.index(name) for name in travels]
    assert order == sorted(order)
