"""What strangers send: floods and endless lines. Memory stays bounded, and a limit is named."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from acopio.model import Dataset, File, Finding, Resource, Snapshot
from acopio.validators.content import ContentValidator
from acopio.validators.lines import LONGEST_LINE
from acopio.validators.preflight import Profile, profile
from acopio.validators.surveys import survey
from acopio.validators.table import TableValidator
from acopio.validators.text import TextValidator

MEBIBYTE = 1 << 20
# Past the longest line, so that its limit is met.
TIMES = (LONGEST_LINE >> 20) + 8
# Half a dozen longest lines: what decoding one, and cutting it, may hold at once.
MOST = 6 * LONGEST_LINE

FLOODS = {
    "a line": (b"a,b\n1,", b"x" * MEBIBYTE),
    "a line of accents": (b"a,b\n1,", "ñ".encode() * (MEBIBYTE // 2)),
    "a quoted cell": (b'a,b\n1,"', b"xxxxxxx\n" * (MEBIBYTE // 8)),
    "columns": (b"", b"c,ddddd," * (MEBIBYTE // 8)),
    "rows of delimiters": (b"a,b\n", b"," * MEBIBYTE),
    "NUL behind a table": (b"a,b\n" + b"1,2\n" * 20_000, b"\x00" * MEBIBYTE),
    "NUL": (b"", b"\x00" * MEBIBYTE),
    "blanks": (b"", b" " * MEBIBYTE),
    "line ends": (b"", b"\n" * MEBIBYTE),
    "carriage returns": (b"", b"\r" * MEBIBYTE),
    "wide text": (b"\xff\xfe", "x,".encode("utf-16-le") * (MEBIBYTE // 4)),
}

Flood = Callable[[str], Path]


@pytest.fixture
def flood(tmp_path: Path) -> Flood:
    def flood(name: str) -> Path:
        head, block = FLOODS[name]
        path = tmp_path / "f.csv"
        with path.open("wb") as file:
            file.write(head)
            for _ in range(TIMES * (2 if name == "wide text" else 1)):
                file.write(block)
        return path

    return flood


def _most_held(path: Path) -> tuple[int, Profile]:
    """Return the bytes held at once while a file is looked at and counted."""
    tracemalloc.start()
    try:
        found = profile(path, "csv", path.name)
        survey(path, found)
        return tracemalloc.get_traced_memory()[1], found
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", sorted(FLOODS))
def test_a_flood_is_looked_at_in_bounded_memory(flood: Flood, name: str) -> None:
    held, found = _most_held(flood(name))
    assert held < MOST
    assert found.size >= TIMES * MEBIBYTE


def _found(path: Path) -> dict[str, Finding]:
    """Return by code what is found of the file's form; the search for persons takes its time."""
    file = File(resource="r", sha256="", size=path.stat().st_size, url="", path=path, name="f.csv")
    dataset = Dataset(id="d", title="", resources=(Resource(id="r", url="", format="csv"),))
    snapshot = Snapshot(dataset=dataset, files=(file,))
    return {
        one.code: one
        for make in (ContentValidator, TextValidator, TableValidator)
        for one in make().validate(snapshot)
        if isinstance(one, Finding)
    }


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("a line", "line"),
        ("a line of accents", "line"),
        ("a quoted cell", "cell"),
        ("columns", "line"),
        ("rows of delimiters", "line"),
        ("NUL behind a table", "line"),
        ("wide text", "line"),
    ],
)
def test_a_flood_ends_in_a_finding_that_names_the_limit(
    flood: Flood, name: str, limit: str
) -> None:
    assert _found(flood(name))["examination-failed"].params["limit"] == limit


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("NUL", "empty-file"),
        ("blanks", "empty-file"),
        ("line ends", "empty-file"),
        ("carriage returns", "empty-file"),
    ],
)
def test_a_flood_of_nothing_is_told_as_that(flood: Flood, name: str, code: str) -> None:
    assert code in _found(flood(name))
