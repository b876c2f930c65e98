"""The schema inferred is the one frictionless infers, whatever the table."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from frictionless import Detector, FrictionlessException, system
from hypothesis import given, settings
from hypothesis import strategies as st

from acopio.validators.preflight import profile
from acopio.validators.tabular.inference import Beginning, inferred
from acopio.validators.tabular.judge import infer, opened
from tests.validators.dirty import CELLS, table
from tests.validators.samples import Write

# Read as JSON, and what only looks like it; shapes of frictionless's own that CELLS has not.
STRANGE = (
    '{"type": "Point", "coordinates": [-77.0, -12.0]}',
    '{"type": "Point"}',
    ' {"a": [1]} ',
    "[[]]",
    "{" * 2000,
    "-P1Y",
    "p1d",
    "2024-01-05T10:20:30+05:00",
    "10:20:30.5-05:00",
    "1" * 5000,
    "\x00",
    "None",
)
ALL = sorted({cell for cells in CELLS.values() for cell in cells} | {*STRANGE})


def theirs(labels: Sequence[str], rows: Sequence[Sequence[str]]) -> Any:
    candidates = system.detect_field_candidates()
    found = Detector().detect_schema(
        [list(row) for row in rows], labels=list(labels), field_candidates=candidates
    )
    return found.to_descriptor()


def random_rows(random: Random, width: int) -> list[list[str]]:
    """Return rows of columns that are nearly of one type, ragged or with gaps now and then."""
    pools = [[*random.choice(list(CELLS.values())), *STRANGE[:2]] for _ in range(width)]
    nearly = random.choice([0.02, 0.1, 0.5])
    ragged, gaps = random.choice([0, 0.2]), random.choice([0, 0.1, 0.9])
    rows = []
    for _ in range(random.choice([0, 1, 2, 9, 10, 11, 30, 99])):
        cells = [random.choice(ALL if random.random() < nearly else pool[:3]) for pool in pools]
        cells = ["" if random.random() < gaps else cell for cell in cells]
        if random.random() < ragged:
            cells = (cells * 2)[: random.randint(0, width + 2)]
        rows.append(cells)
    return rows


@pytest.mark.parametrize("seed", range(8))
def test_random_tables_are_inferred_as_frictionless_infers_them(seed: int) -> None:
    random = Random(seed)  # noqa: S311
    for _ in range(50):
        width = random.randint(0, 4)
        labels = random.choices(["a", "A", "", "field2", "a2", "año", "x y"], k=width)
        rows = random_rows(random, random.choice([width, width, width + 1]))
        assert inferred(Beginning(labels=labels, rows=rows)) == theirs(labels, rows)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["a", "b", ""]), max_size=3),
    st.lists(
        st.lists(st.sampled_from(ALL) | st.just("") | st.text(max_size=20), max_size=4), max_size=25
    ),
)
def test_any_cells_are_inferred_as_frictionless_infers_them(
    labels: list[str], rows: list[list[str]]
) -> None:
    assert inferred(Beginning(labels=labels, rows=rows)) == theirs(labels, rows)


@pytest.mark.parametrize("cell", ALL)
def test_one_cell_makes_a_column_what_frictionless_says(cell: str) -> None:
    assert inferred(Beginning(labels=["a"], rows=[[cell]])) == theirs(["a"], [[cell]])


def by_opening(path: Path, encoding: str, dialect: dict[str, Any]) -> Any:
    with opened(path, path.name, encoding, dialect, None) as resource:
        return resource.schema.to_descriptor()


def laid_out(path: Path) -> tuple[str, dict[str, Any]]:
    found = profile(path, path.suffix, path.name)
    assert found.encoding is not None
    assert found.layout is not None
    return found.encoding.name, found.layout.descriptor()


@pytest.mark.parametrize("seed", range(5))
def test_files_are_read_for_it_as_frictionless_reads_them(seed: int, write: Write) -> None:
    random = Random(seed)  # noqa: S311
    for number in range(15):
        _, text = table(random)
        name = random.choice(["t.csv", "t.tsv"])
        path = write(f"{number}{name}", text if name == "t.csv" else text.replace(",", "\t"))
        encoding, dialect = laid_out(path)
        assert infer(path, path.name, encoding, dialect) == by_opening(path, encoding, dialect)


FILES: dict[str, str | bytes] = {
    "bom.csv": "\ufeffa,b\n1,x\n",
    "titles.csv": "REPORTE,,,\n,,,\na,b,c,d\n1,2,3,x\n1,2,3,4\n",
    "cp1252.csv": "año;monto\n2024;1.234,56\n2023;12,5\n".encode("cp1252"),
    "wide.csv": "a;b\nñ;1\nx;2\n".encode("utf-16"),
    "mixed.csv": "a,b\nPerú,1\n".encode() + "Junín,2\n".encode("latin-1") * 2,
    "quote.csv": 'a,b\n1,"x\n2,y\n3,z\n',
    "tabs.tsv": 'a\tb\n1\t"x\r\ny"\n2\tz\tw\n',
    "cr.csv": b"a,b\r1,2\rx,4\r",
    "spaces.csv": 'a, b\n1, "x"\n2, "y"\n',
    "header only.csv": "a,b\n",
    "long.csv": "a,b\n" + "1,2\n" * 98 + "x,y\n" * 500,
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_each_layout_gives_the_same_schema(name: str, write: Write) -> None:
    path = write(name.replace(" ", "-"), FILES[name])
    encoding, dialect = laid_out(path)
    assert infer(path, path.name, encoding, dialect) == by_opening(path, encoding, dialect)


def test_the_sample_ends_with_the_hundredth_row_header_and_titles_included(write: Write) -> None:
    path = write("t.csv", "TÍTULO,,\n,,\na,b,c\n" + "1,x,2\n" * 97 + "y,x,2\n" * 200)
    encoding, dialect = laid_out(path)
    fields = infer(path, path.name, encoding, dialect)["fields"]
    assert [field["type"] for field in fields] == ["integer", "string", "integer"]


def test_a_file_that_cannot_be_decoded_is_refused_in_frictionless_own_words(write: Write) -> None:
    path = write("t.csv", b"a,b\n1,\x81\n")
    _, dialect = laid_out(path)
    with pytest.raises(FrictionlessException) as refused:
        infer(path, path.name, "ascii", dialect)
    assert refused.value.error.type == "encoding-error"
