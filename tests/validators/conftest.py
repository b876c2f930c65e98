from pathlib import Path

import pytest

from acopio.validators.tabular import counting, reading
from tests.validators.samples import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture(params=["looked-up", "cast"])
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have columns looked up text by text, or cast and classed, or read by two processes."""
    if request.param == "cast":
        monkeypatch.setattr(counting, "VALUES", 0)
        monkeypatch.setattr(counting, "_REMEMBERED", 3)
    if request.param == "copied":
        monkeypatch.setattr(reading, "_LONG", 0)
        monkeypatch.setattr(reading, "can_be_copied", lambda: True)
    return str(request.param)
