"""Full-text search: which words are found where."""

import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acopio.portal.problems import ValidationError
from acopio.portal.rows import Rows
from acopio.portal.text import folded
from tests.portal.rows.sample import at, write

CELLS = (
    "Hospital de Tránsito",
    "HOSPITALES del Perú: 15 camas",
    unicodedata.normalize("NFD", "Dirección de Tránsito y Vialidad"),
    "ubigeo 150101",
    "Ñaña (Lurigancho-Chosica)",
    "S.A.C. N° 20.5",
    "",
    None,
)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    count = len(CELLS)
    columns: dict[str, list[Any]] = {
        "texto": [*CELLS],
        "otro": ["cola"] + ["otra cola"] * (count - 1),
        "entero": [15, 7, *range(100, 98 + count)],
        "monto": [Decimal("10.50")] + [Decimal("3.00")] * (count - 1),
        "medida": [0.25, *[1.5] * (count - 1)],
        "dia": [date(2024, 5, 6), *[date(2023, 1, 1)] * (count - 1)],
        "momento": [at("2022-07-08T09:00"), *[at("2021-01-01T00:00")] * (count - 1)],
        "zona": [at("2019-07-08T09:00Z"), *[at("2018-01-01T00:00Z")] * (count - 1)],
        "si": [True, *[False] * (count - 1)],
    }
    return write(tmp_path_factory.mktemp("palabras") / "t.parquet", columns)


def found(rows: Rows, table: Path, **asked: Any) -> list[int]:
    answer = rows.search(table, {**asked, "fields": "_id"})
    assert answer["total"] == len(answer["records"])
    return [record["_id"] for record in answer["records"]]


EVERY = [*range(1, len(CELLS) + 1)]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("hospital", [1, 2]),
        ("hospitales", [2]),
        ("ospital", []),
        ("transito", [1, 3]),
        ("TRÁNSITO", [1, 3]),
        ("direccion vialidad", [3]),
        ("transito hospital", [1]),
        ("nana", [5]),
        ("chosica", [5]),
        ("lurigancho-chosica", [5]),
        ("¿hospital?", [1, 2]),
        ("cola", EVERY),
        ("otra transito", [3]),
        ("15", [1, 2]),
        ("150", []),
        ("150101", [4]),
        ("0150101", []),
        ("20.5", [6]),
        ("20", [6]),
        ("10.50", [1]),
        ("10.5", [1]),
        ("0.25", [1]),
        ("2024-05-06", [1]),
        ("2024", [1]),
        ("2022-07-08", [1]),
        ("2022", [1]),
        ("2019-07-08", [1]),
        ("2019", [1]),
        ("2024-13-45", []),
        ("s.a.c.", [6]),
        ("...", []),
        ("%", []),
        ("' OR 1=1 --", []),
        ("cola' OR 'a'='a", []),
        ("(?i).*", []),
        ("\\", []),
    ],
)
def test_words_are_found(q: str, expected: list[int], rows: Rows, table: Path) -> None:
    assert found(rows, table, q=q) == expected
    assert found(rows, table, full_text=q) == expected


def test_a_column_is_searched_alone(rows: Rows, table: Path) -> None:
    assert found(rows, table, q={"texto": "cola"}) == []
    assert found(rows, table, q={"otro": "cola", "texto": "hospital"}) == [1, 2]
    assert found(rows, table, q={"entero": "15"}) == [1]
    assert found(rows, table, q={"_id": "3"}) == [3]
    assert found(rows, table, q={"si": "true"}) == []
    assert found(rows, table, q={"otro": "otra"}, full_text="hospital") == [2]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("hospital", [1]),
        ("hospital:*", [1, 2]),
        ("hospital:*A & transito", [1]),
        ("hospitales | vialidad", [2, 3]),
        ("transito & !vialidad", [1]),
        ("!cola", []),
        ("!(hospital:* | transito)", [4, 5, 6, 7, 8]),
        ("'hospital de' & cola", [1]),
        ("hospital <-> de", [1]),
        ("15:*", [1, 2, 4]),
        ("camas <2> peru", [2]),
    ],
)
def test_postgres_queries_are_read(q: str, expected: list[int], rows: Rows, table: Path) -> None:
    assert found(rows, table, q=q, plain=False) == expected


@pytest.mark.parametrize(
    "q",
    ["a &", "& a", "a b", "(a", "a)", "a | ", "!", "'a", "a:", ":*", "()", "(" * 500, "!" * 500],
)
def test_bad_postgres_queries_are_refused(q: str, rows: Rows, table: Path) -> None:
    with pytest.raises(ValidationError) as refused:
        rows.search(table, {"q": q, "plain": False})
    assert refused.value.errors["query"] == ["Invalid query"]


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("q", ["a " * 1000, " ".join(f"w{n}" for n in range(40))])
def test_too_many_words_are_refused(q: str, plain: bool, rows: Rows, table: Path) -> None:
    with pytest.raises(ValidationError) as refused:
        rows.search(table, {"q": q, "plain": plain})
    assert refused.value.errors["q"]


def test_tables_with_many_columns_are_searched_in_parts(rows: Rows, tmp_path: Path) -> None:
    columns = {f"c{n}": [f"palabra{n} x", None] for n in range(300)}
    path = write(tmp_path / "t.parquet", columns)
    assert found(rows, path, q="palabra299") == [1]
    assert found(rows, path, q="palabra300") == []
    assert found(rows, path, q="palabra7 palabra211 x") == [1]


vocabulary = st.sampled_from(
    ["salud", "Salúd", "saludable", "AGUA", "agua", "Ñandú", "nandu", "x9"]
)


@settings(max_examples=60, deadline=None)
@given(
    cells=st.lists(st.lists(vocabulary, max_size=3).map(" ".join), min_size=1, max_size=5),
    q=st.lists(vocabulary, min_size=1, max_size=2),
)
def test_words_are_found_as_python_finds_them(
    cells: list[str], q: list[str], rows: Rows, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = write(tmp_path_factory.mktemp("q") / "t.parquet", {"a": cells})

    def holds(cell: str, word: str) -> bool:
        here = folded(cell).split()
        return word in here if word == "x9" else any(each.startswith(word) for each in here)

    wanted = [folded(word) for word in q]
    expected = [n for n, cell in enumerate(cells, 1) if all(holds(cell, word) for word in wanted)]
    assert found(rows, path, q=" ".join(q)) == expected
