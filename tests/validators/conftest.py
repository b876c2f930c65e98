from pathlib import Path

import pytest

from acopio.validators.tabular import reading
from tests.validators.samples import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture(params=["looked-up", "cast"])
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have columns looked up text by text, or cast and classed from the second block on."""
    if request.param == "cast":
        monkeypatch.setattr(reading, "_FEW", -1)
        monkeypatch.setattr(reading, "_SELDOM_REPEATED", -1)
