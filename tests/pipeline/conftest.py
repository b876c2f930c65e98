"""A world for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from acopio import registry
from tests.pipeline.world import World, load, world


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(registry, "load", load)
    with world(tmp_path) as opened:
        yield opened
