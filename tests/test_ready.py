"""What a worker that was got ready says of a file is what this process says of it."""

import gzip
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from acopio.executor import Executor, LocalExecutor, SerialExecutor
from acopio.ready import get_ready
from acopio.subjects import Subject
from acopio.validation import document, validate
from tests.validators.books import write_lines, write_ods, write_parquet, write_xlsx
from tests.validators.examples.every import EXAMPLES, findings_of

ROWS: list[list[Any]] = [["id", "nombre"], [1, "uno"], [2, "dos"], ["x", "tres"]]
TEXT = "".join(f"{one},{other}\n" for one, other in ROWS)
MANY = "id,nombre\n" + "".join(f"{n},fila {n}\n" for n in range(20_000)) + "x,tres\n"
RECORDS = [{"id": 1, "nombre": "uno"}, {"id": "x", "nombre": "dos"}]
FEATURES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": record,
            "geometry": {"type": "Point", "coordinates": [-77, -12]},
        }
        for record in RECORDS
    ],
}


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("dentro.csv", TEXT)


WRITERS: dict[str, Callable[[Path], object]] = {
    "few.csv": lambda path: path.write_text(TEXT),
    "many.csv": lambda path: path.write_text(MANY),
    "f.tsv": lambda path: path.write_text(TEXT.replace(",", "\t")),
    "f.csv.gz": lambda path: path.write_bytes(gzip.compress(TEXT.encode())),
    "f.zip": zipped,
    "f.xlsx": lambda path: write_xlsx(path, {"Hoja1": ROWS}),
    "f.ods": lambda path: write_ods(path, {"Hoja1": ROWS}),
    "f.parquet": lambda path: write_parquet(path, {"id": [1, 2], "nombre": ["uno", ""]}),
    "f.jsonl": lambda path: write_lines(path, RECORDS),
    "f.geojson": lambda path: path.write_text(json.dumps(FEATURES)),
    "f.json": lambda path: path.write_text(json.dumps(RECORDS)),
    "f.xml": lambda path: path.write_text("<a><b>1</b></a>"),
}


@pytest.fixture
def ready() -> Iterator[LocalExecutor]:
    # A new one for each file: the first one shows what was left out.
    executor = LocalExecutor(1)
    executor.prepare(get_ready)
    yield executor
    executor.close()


def said(executor: Executor, path: Path) -> dict[str, Any]:
    """Return all that is said of a file, but for how long it took."""
    subject = Subject(given=str(path), path=path, name=path.name)
    found: dict[str, Any]
    (found,) = document([validate(subject, None, executor)])["files"]
    del found["seconds"]
    if found["report"] is not None:
        for part in (found["report"], *found["report"]["tasks"]):
            del part["stats"]["seconds"]
    return found


@pytest.mark.parametrize("name", WRITERS)
def test_it_says_the_same(name: str, tmp_path: Path, ready: LocalExecutor) -> None:
    path = tmp_path / name
    WRITERS[name](path)
    expected = said(SerialExecutor(), path)
    assert said(ready, path) == expected
    assert not {"scheme-error", "examination-failed"} & {f["code"] for f in expected["findings"]}


def test_tables_are_judged(tmp_path: Path, ready: LocalExecutor) -> None:
    path = write_xlsx(tmp_path / "f.xlsx", {"Hoja1": ROWS})
    found = said(ready, path)
    assert found["rows"] == len(ROWS) - 1
    assert found["report"]["tasks"][0]["stats"]["md5"]


def test_it_finds_in_every_example_what_is_found_here(ready: LocalExecutor) -> None:
    for code in EXAMPLES:
        found = ready.call(findings_of, code, seconds=60)
        assert list(found) == list(findings_of(code)), code
