"""What a key makes of a text in Python is what DuckDB makes of it for a row."""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acopio import validators
from acopio.validators.records import LONGEST, SPACES
from acopio.validators.values import AS_IT_IS, Key

TEXT = st.text("0129-/. aéA\u00a0\u3000\t\n\x00\x1c\x85\u200b\u0301\u0663😀", max_size=120)
# What reads like something: a day, a number, a RUC with a right check digit or a wrong one.
TELLING = st.one_of(
    st.from_regex(r"[0-9]{1,4}[-/.]?[0-9]{1,2}[-/.]?[0-9]{1,4}( [0-9:]{5})?", fullmatch=True),
    st.from_regex(r"[-+]?[0-9]{1,12}", fullmatch=True),
    st.from_regex(r"(10|15|16|17|20)[0-9]{9}", fullmatch=True),
    st.sampled_from(["20131312955", "20100070970", "10467793549", "20131312954", "01234567"]),
)


def keys() -> Iterator[Key]:
    """Yield the keys of all checks that are said twice."""
    for module in pkgutil.iter_modules(validators.__path__, "acopio.validators."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, Key) and value.of is not None:
                yield value


KEYS = {key.sql: key for key in keys()}


def test_all_keys_are_found() -> None:
    assert AS_IT_IS.sql in KEYS
    assert len(KEYS) > 5


@cache
def memory() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def by_duckdb(key: Key, text: str) -> str | None:
    cell = f"substr(trim($1::VARCHAR), 1, {LONGEST})"
    with memory().cursor() as connection:
        (row,) = connection.execute(f"SELECT ({key.sql.format(cell)})::VARCHAR", [text]).fetchall()
    value: str | None = row[0]
    return value


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
@settings(max_examples=80, deadline=None)
@given(text=st.one_of(TELLING, TEXT))
def test_both_say_the_same_of_a_text(key: Key, text: str) -> None:
    assert key.of is not None
    assert key.of(text.strip(SPACES)[:LONGEST]) == by_duckdb(key, text)
