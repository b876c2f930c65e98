"""A key makes of a text what DuckDB makes of it when it is asked about that cell alone."""

from functools import cache

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from acopio.validators.records import LONGEST, over_texts

KEYS = (
    "{0}",
    "substr({0}, 1, 10)",
    "CASE WHEN NOT regexp_matches({0}, '[0-9]') THEN {0} END",
    "nullif(regexp_extract({0}, '^[0-9]{{1,4}}[-/.]?[0-9]{{1,2}}'), '')",
    "length({0})",
)
TEXT = st.text("0129-/. aé\u00a0\u3000\t😀", max_size=120)


@cache
def memory() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def alone(key: str, text: str) -> str | None:
    cell = f"substr(trim($1::VARCHAR), 1, {LONGEST})"
    with memory().cursor() as connection:
        (row,) = connection.execute(f"SELECT ({key.format(cell)})::VARCHAR", [text]).fetchall()
    value: str | None = row[0]
    return value


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KEYS), st.lists(TEXT, max_size=3)), max_size=5))
def test_each_key_is_asked_of_its_own_texts(asked: list[tuple[str, list[str]]]) -> None:
    found = over_texts([key for key, _ in asked], [texts for _, texts in asked])
    assert found == [[alone(key, text) for text in texts] for key, texts in asked]


def test_more_keys_than_one_statement_takes_are_all_answered() -> None:
    found = over_texts(["substr({0}, 1, 4)"] * 100, [[f"{n:04d}-01"] for n in range(100)])
    assert found == [[f"{n:04d}"] for n in range(100)]


def test_of_a_long_text_only_its_beginning_is_looked_at() -> None:
    assert over_texts(["length({0})"], [["é" * 1_000_000]]) == [[str(LONGEST)]]
