"""The fast engine says what frictionless says, whatever the file."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acopio.validators.columns import field_limit
from acopio.validators.dialect import Layout, lay_out
from acopio.validators.encoding import decide
from acopio.validators.tabular import keys, splitting
from acopio.validators.tabular.blocks import Marks, Unproved, last_row_end
from acopio.validators.tabular.engine import Reading, expected_of, judge_fast, judged
from acopio.validators.tabular.fast import Proof
from acopio.validators.tabular.judge import SchemaProblem, checked, judge
from acopio.validators.tabular.scan import layout_of, survey_blocks
from tests.validators import dirty
from tests.validators.samples import Write
from tests.validators.test_same_report import DIRTY, timeless


@pytest.mark.parametrize("columns", ["alone", "looked-up", "cast"], indirect=True)
@pytest.mark.parametrize("seed", range(12))
def test_both_engines_give_one_report(tmp_path: Path, seed: int, columns: str) -> None:
    outcomes = judged_by_both(tmp_path, seed, 60, columns)
    # What is proved is most of them: the rest is the other engine's, and says why.
    assert outcomes["proved"] > 20, outcomes


@pytest.mark.parametrize("columns", ["copied"], indirect=True)
def test_two_processes_give_the_same_report(tmp_path: Path, columns: str) -> None:
    outcomes = judged_by_both(tmp_path, 0, 60, columns)
    assert outcomes["proved"] > 20, outcomes


def judged_by_both(folder: Path, seed: int, count: int, columns: str) -> Counter[str]:
    """Judge made-up tables by both engines, and return what came of them."""
    outcomes: Counter[str] = Counter()
    for number in range(seed * count, seed * count + count):
        random = Random(number)  # noqa: S311 - a seed, so that a failure comes again
        schema, text = dirty.table(random)
        path = folder / f"f{number}.csv"
        path.write_bytes(text.encode())
        block = random.choice([1, 40, 300, 1 << 20])
        outcomes[same(path, schema, block, is_counted=columns != "alone")] += 1
    return outcomes


def same(path: Path, schema: Mapping[str, Any], block: int, *, is_counted: bool = False) -> str:
    """Assert that both engines say the same, or that the fast one says why it cannot.

    It proves the table in a reading of its own or in that which counts its cells.
    """
    encoding = decide(path).name
    layout = lay_out(path, encoding)
    if layout is None:
        return "blank"
    try:
        checked(schema)
    except SchemaProblem:
        return "schema"
    dialect = layout.descriptor()
    asked = Reading(path=path, name=path.name, encoding=encoding, dialect=dialect, schema=schema)
    try:
        proof = proved_while_counted(asked, layout, block) if is_counted else None
        proved = judge_fast(asked, proof, block_size=block)
    except Unproved as reason:
        return str(reason)
    theirs = judge(path, path.name, encoding, dialect, schema).report
    assert timeless(proved.judgement.report) == timeless(theirs)
    errors = theirs["tasks"][0]["errors"]
    if not theirs["tasks"][0]["warnings"]:
        said = Counter((error["type"], error.get("fieldName", "")) for error in errors)
        counted = proved.counts.items()
        assert {(kind, name): n for kind, by in counted for name, n in by.items()} == said
    return "proved"


def proved_while_counted(asked: Reading, layout: Layout, block: int) -> Proof:
    """Return the proof of a table made in the reading in which its cells are counted."""
    expected = expected_of(asked)
    place = layout_of(
        asked.path, asked.encoding, layout, len(expected.fields), block, hashed=asked.hashed
    )
    _, proof = survey_blocks(place, layout.labels, expected)
    assert proof is not None
    return proof


@pytest.mark.parametrize("name", DIRTY)
@pytest.mark.parametrize("block", [16, 100, 1 << 20])
def test_the_same_of_files_that_go_wrong_in_life(write: Write, name: str, block: int) -> None:
    path = write(name, DIRTY[name])
    schema = {"fields": [{"name": f"c{n}", "type": "any"} for n in range(3)]}
    outcome = same(path, schema, block)
    assert outcome == ("unclosed-quote" if name == "quote.csv" else "proved")


def test_counts_cover_what_lies_beyond_the_limit(write: Write) -> None:
    path = write("f.csv", "a,b\n" + "1,1\n" * 200 + "x,y\n" * 3000 + "1\n")
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}]}
    asked = Reading(
        path=path, name="f.csv", encoding="utf-8", dialect=dialect_of(path), schema=schema
    )
    proved = judge_fast(asked, block_size=500)
    assert len(proved.judgement.report["tasks"][0]["errors"]) == 1000
    assert proved.counts == {
        "missing-cell": {"b": 1},
        "type-error": {"a": 3000, "b": 3000},
    }
    assert same(path, schema, 500) == "proved"


def test_counts_are_the_whole_files_whichever_engine_judged(write: Write) -> None:
    path = write("f.csv", "id,m\n" + "".join(f"{n},x\n" for n in range(3000)))
    schema = {"fields": [{"name": "id", "type": "integer"}, {"name": "m", "type": "integer"}]}
    asked = Reading(
        path=path, name="f.csv", encoding="utf-8", dialect=dialect_of(path), schema=schema
    )
    for engine in ("auto", "fast", "frictionless"):
        assert judged(asked, engine).counts == {"type-error": {"m": 3000}}


def test_labels_that_repeat_under_names_are_frictionless_s(write: Write) -> None:
    path = write("f.csv", "a,a\n1,2\n")
    schema = {
        "$schema": dirty.V2,
        "fieldsMatch": "subset",
        "fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}],
    }
    assert same(path, schema, 100) == "not-opened"


def dialect_of(path: Path) -> dict[str, Any]:
    layout = lay_out(path, "utf-8")
    assert layout is not None
    return layout.descriptor()


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='a,"\n\r ', max_size=40))
def test_a_block_ends_where_a_row_ends(text: str) -> None:
    marks = Marks(delimiter=b",", quote=b'"')
    with field_limit():
        cut = last_row_end(text.encode(), marks)
    whole, before, after = records(text), records(text[:cut]), records(text[cut:])
    assert whole == before + after


def records(text: str) -> list[list[str]]:
    import csv
    import io

    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_column_of_whose_block_no_row_is_regular(write: Write) -> None:
    path = write("f.csv", "a\n" + "1,2\n" * 300)
    schema = {"fields": [{"name": "a", "type": "integer"}]}
    assert same(path, schema, 1 << 20) == "proved"
    assert same(path, schema, 1 << 20, is_counted=True) == "proved"


@pytest.mark.parametrize("length", [2, 1 << 31, 10**20])
def test_lengths_beyond_any_text_are_no_error(write: Write, length: int) -> None:
    path = write("f.csv", "a,b\n" + "".join(f"x{n},2\n" for n in range(300)))
    for limit in ("minLength", "maxLength"):
        field = {"name": "a", "type": "string", "constraints": {limit: length}}
        schema = {"fields": [field, {"name": "b", "type": "integer"}]}
        assert same(path, schema, 1 << 20) == "proved"


def test_keys_too_long_for_the_memory_are_left_to_frictionless(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_MEMORY", "4MB")
    path = write("f.csv", "a\n" + "".join(f"{n}{'x' * 300_000}\n" for n in range(40)))
    schema = {"fields": [{"name": "a", "type": "string", "constraints": {"unique": True}}]}
    assert same(path, schema, 1 << 20) == "keys-memory"


@pytest.mark.parametrize("end", ["\n", "\r"])
def test_many_columns_and_mere_line_ends_are_irregular(write: Write, end: str) -> None:
    labels = [f"c{n}" for n in range(1500)]
    path = write("f.csv", ",".join(labels) + end + ",".join("1" * 1500) + end + end * 300_000)
    schema = {"fields": [{"name": name, "type": "integer"} for name in labels]}
    assert same(path, schema, 1 << 20) == "irregular"


def test_where_a_row_ends_is_found_though_all_is_quoted() -> None:
    marks = Marks(delimiter=b",", quote=b'"')
    quoted = b'"\n",' * 400_000
    assert last_row_end(b"a,b\n1,2\r\n" + quoted, marks) == len(b"a,b\n1,2\r\n")
    assert last_row_end(quoted, marks) == 0


@pytest.mark.parametrize(("rest", "rule"), [("\n", "blank-row"), ("1\n", "missing-cell")])
def test_a_file_of_mere_line_ends_is_left_to_frictionless(
    write: Write, rest: str, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "IRREGULAR", 100)
    path = write("f.csv", "a,b,c\n" + "1,2,3\n" * 200 + rest * 500)
    schema = {"fields": [{"name": name, "type": "integer"} for name in "abc"]}
    assert same(path, schema, 1 << 20) == "irregular"
    asked = Reading(
        path=path, name="f.csv", encoding="utf-8", dialect=dialect_of(path), schema=schema
    )
    verdict = judged(asked, "fast")
    assert (verdict.engine, verdict.reason) == ("frictionless", "irregular")
    assert sum(verdict.counts[rule].values()) >= 500
