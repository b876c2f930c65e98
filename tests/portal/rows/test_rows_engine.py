"""DuckDB as it is locked down: what it may not do, and when it stops."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from acopio.portal.problems import ValidationError
from acopio.portal.rows import Rows
from acopio.portal.rows.engine import Engine
from acopio.portal.rows.tables import Tables
from tests.portal.rows.sample import write


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table that takes a while to look through."""
    columns = {"a": [f"{number} " + "abc " * 50 for number in range(100_000)]}
    return write(tmp_path_factory.mktemp("grande") / "t.parquet", columns)


SLOW = {"q": " | ".join(f"zz{number}:*" for number in range(30)), "plain": False}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{other}')",
        "SELECT * FROM read_csv('{other}')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM '{other}'",
        "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')",
        "COPY (SELECT 1 AS a) TO '{folder}/written.csv'",
        "COPY (SELECT 1 AS a) TO '{table}' (FORMAT parquet)",
        "ATTACH '{folder}/written.db'",
        "EXPORT DATABASE '{folder}/written'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '64GB'",
        "SET temp_directory = '{folder}'",
        "SET allowed_paths = ['/']",
        "RESET lock_configuration",
    ],
)
def test_nothing_but_the_table_can_be_reached(sql: str, tmp_path: Path) -> None:
    path = write(tmp_path / "t.parquet", {"a": [1]})
    other = tmp_path / "otro.csv"
    other.write_text("secreto\n1\n")
    before = {each: each.read_bytes() for each in tmp_path.iterdir()}
    engine = Engine(memory="100MB", threads=1, seconds=10, at_once=1)
    statement = sql.format(other=other, folder=tmp_path, table=path)
    with pytest.raises((ValidationError, duckdb.Error)), engine.session(Tables().open(path)) as it:
        it.rows(statement, {}, size=1000)
    assert {each: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_a_search_that_takes_too_long_is_interrupted(large: Path) -> None:
    rows = Rows(seconds=0.05)
    with pytest.raises(ValidationError) as refused:
        rows.search(large, SLOW)
    assert refused.value.errors == {"query": ["Search took too long"]}
    with pytest.raises(ValidationError, match="took too long"):
        rows.dump(large, "csv", SLOW)
    assert Rows(seconds=30).search(large, {})["total"] == 100_000


def test_a_search_after_an_interrupted_one_is_answered(large: Path) -> None:
    rows = Rows(seconds=0.5)
    with pytest.raises(ValidationError, match="took too long"):
        rows.search(large, SLOW)
    assert rows.search(large, {"limit": 1})["total"] == 100_000


def test_a_search_that_needs_too_much_memory_ends(large: Path) -> None:
    rows = Rows(memory="20MB", threads=1)
    with pytest.raises(ValidationError) as refused:
        rows.search(large, {"fields": "a", "distinct": True})
    assert refused.value.errors == {"query": ["Search needs too much memory, ask for fewer fields"]}
    assert rows.search(large, {"limit": 1, "fields": "_id"})["records"] == [{"_id": 1}]


def test_more_than_so_many_searches_wait_and_then_are_refused(sample: Path) -> None:
    engine = Engine(memory="100MB", threads=1, seconds=0.05, at_once=1)
    table = Tables().open(sample)
    refused = pytest.raises(ValidationError, match="Too many searches at once")
    with engine.session(table), refused, engine.session(table):
        pass
    with engine.session(table) as session:
        assert session.number("SELECT 7", {}) == 7


def test_our_own_mistakes_are_not_blamed_on_the_file(sample: Path) -> None:
    engine = Engine(memory="100MB", threads=1, seconds=10, at_once=1)
    with pytest.raises(duckdb.ParserException), engine.session(Tables().open(sample)) as session:
        session.number("SELEC 7", {})


def test_eight_threads_get_what_one_gets(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / f"{number}.parquet", {"n": [*range(number, number + 500)]})
        for number in range(12)
    ]
    rows = Rows(at_once=3)

    def search(turn: int) -> tuple[int, int, int]:
        number = turn % len(paths)
        found = rows.search(paths[number], {"filters": {"n": {"gte": 100}}, "sort": "n desc"})
        dumped = sum(map(len, rows.dump(paths[number], "csv", {})))
        return found["records"][0]["n"] - number, found["total"] - number, dumped > 3000

    with ThreadPoolExecutor(8) as threads:
        assert {*threads.map(search, range(96))} == {(499, 400, True)}
