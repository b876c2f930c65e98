"""Filters find what a plain reading of them in Python finds."""

import operator
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acopio.portal.problems import ValidationError
from acopio.portal.rows import Rows
from acopio.portal.rows.numbers import as_value, bound, number, same
from acopio.portal.rows.tables import Column
from tests.portal.rows.sample import write

COLUMNS: dict[str, list[Any]] = {
    "n": [1, 2, None, 3, -4, 2**63 - 1, 2, -(2**63)],
    "d": [Decimal(text) if text else None for text in
          ("1.50", "-0.01", "", "0.00", "99999.99", "-99999.99", "2.00", "1.51")],
    "f": [0.1, None, 1e300, -2.5, 0.0, 1e-300, 2.0, float("inf")],
    "t": ["a", "B", "", None, "ñ", "a'b", 'a"b', "2"],
    "b": [True, False, None, True, False, True, True, None],
    "c": [date(2020, 1, 1), None, date(1999, 12, 31), date(2020, 1, 1), date(1, 1, 1),
          date(9999, 12, 31), date(2024, 2, 29), date(2021, 5, 5)],
}  # fmt: skip
ROWS = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)]
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le
}  # fmt: skip

numbers = (
    st.integers(-10, 10)
    | st.sampled_from([2**63, -(2**63) - 1, 10**30, 2**63 - 1])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([1.5, -0.01, 99999.99, 0.1, 1e300, -2.5])
)
texts = st.sampled_from(["a", "B", "", "ñ", "a'b", 'a"b', "2", "' OR 1=1 --", "b", "\x00"])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "n": numbers,
    "d": numbers | st.sampled_from(["1.50", "1.5", "-1e-2", "99999.99", "1e5", "0"]),
    "f": numbers,
    "t": texts,
    "b": st.booleans(),
    "c": st.dates().map(str) | st.sampled_from([str(day) for day in COLUMNS["c"] if day]),
}


def one(field: str) -> st.SearchStrategy[dict[str, Any]]:
    value = VALUES[field] | st.none()
    signs = st.sampled_from([*SIGNS])
    ranges = st.dictionaries(signs, value, min_size=1, max_size=3)
    either = st.lists(value | ranges, max_size=4)
    return (value | ranges | either).map(lambda asked: {field: asked})


fields = st.sampled_from([*COLUMNS]).flatmap(one)
filters = st.recursive(
    fields,
    lambda inner: st.dictionaries(
        st.sampled_from(["$or", "$and"]), st.lists(inner, min_size=1, max_size=3), min_size=1
    ),
    max_leaves=6,
)


def as_number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return value
    return Fraction(Decimal(str(value)))


def meets(field: str, held: Any, op: str, given: Any) -> bool:
    if held is None or given is None:
        return False
    if field == "c":
        return SIGNS[op](held, date.fromisoformat(given))
    if field == "f":
        return SIGNS[op](held, float(given))
    if field in {"n", "d"}:
        return SIGNS[op](as_number(held), as_number(given))
    return SIGNS[op](held, given)


def field_meets(field: str, held: Any, asked: Any) -> bool:
    if isinstance(asked, dict):
        return all(meets(field, held, op, value) for op, value in asked.items())
    if isinstance(asked, list):
        return any(field_meets(field, held, each) for each in asked)
    return meets(field, held, "eq", asked)


def found(row: dict[str, Any], asked: dict[str, Any]) -> bool:
    for key, value in asked.items():
        if key == "$or":
            met = any(found(row, each) for each in value)
        elif key == "$and":
            met = all(found(row, each) for each in value)
        else:
            met = field_meets(key, row[key], value)
        if not met:
            return False
    return True


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    types = {"d": pa.decimal128(7, 2)}
    columns = {name: pa.array(held, types.get(name)) for name, held in COLUMNS.items()}
    return write(tmp_path_factory.mktemp("filtros") / "t.parquet", columns, row_group_size=3)


@settings(max_examples=300, deadline=None)
@given(asked=st.lists(filters, min_size=1, max_size=2) | filters)
def test_filters_find_what_python_finds(asked: Any, rows: Rows, table: Path) -> None:
    either = asked if isinstance(asked, list) else [asked]
    expected = [n for n, row in enumerate(ROWS, 1) if any(found(row, each) for each in either)]
    answer = rows.search(table, {"filters": asked, "fields": "_id", "records_format": "lists"})
    assert answer["records"] == [[number] for number in expected]
    assert answer["total"] == len(expected)
    part = {"filters": asked, "fields": "_id", "records_format": "lists", "limit": 2, "offset": 1}
    page = rows.search(table, {**part, "sort": "_id desc"})
    assert page["records"] == [[number] for number in expected[::-1][1:3]]
    assert page["total"] == len(expected)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_rows_are_sorted_as_python_sorts_them(data: st.DataObject, rows: Rows, table: Path) -> None:
    names = data.draw(st.lists(st.sampled_from([*COLUMNS]), min_size=1, max_size=3, unique=True))
    down = {name: data.draw(st.booleans()) for name in names}
    order = list(enumerate(ROWS, 1))
    for name in reversed(names):
        # Null is above everything; equal rows stay as they were, either way.
        order.sort(key=lambda row: _key(row[1][name]), reverse=down[name])
    sort = ", ".join(f"{name} {'desc' if down[name] else 'asc'}" for name in names)
    asked = {"sort": sort, "fields": "_id", "records_format": "lists"}
    assert rows.search(table, asked)["records"] == [[number] for number, _ in order]
    offset, limit = data.draw(st.integers(0, 9)), data.draw(st.integers(0, 9))
    page = rows.search(table, {**asked, "limit": limit, "offset": offset})
    assert page["records"] == [[number] for number, _ in order[offset : offset + limit]]
    assert page["total"] == len(ROWS)


def _key(held: Any) -> tuple[bool, Any]:
    return held is None, 0 if held is None else held


@given(
    held=st.integers(-9999, 9999),
    scale=st.integers(0, 3),
    value=st.decimals(allow_nan=False, allow_infinity=False) | st.integers() | st.floats(),
    op=st.sampled_from(["gt", "gte", "lt", "lte"]),
)
def test_a_bound_keeps_what_the_number_keeps(held: int, scale: int, value: Any, op: str) -> None:
    column = Column(
        name="x", source="x", type="numeric", kind="exact", ref="c0", scale=scale,
        bottom=-9999, top=9999,
    )  # fmt: skip
    exact = number(column, value)
    limit = bound(column, op, exact)
    kept = held >= limit if op in {"gt", "gte"} else held <= limit
    if exact != exact:  # NaN, above every number
        assert kept == (op in {"lt", "lte"})
        return
    assert kept == SIGNS[op](Fraction(held, 10**scale), exact)
    equal = same(column, exact)
    assert (equal == held) == (Fraction(held, 10**scale) == exact)
    assert as_value(column, held) == Decimal(held) / 10**scale


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"n": {}}, "No filter operation for field: n"),
        ({"n": {"gt": [1]}}, "Unknown filter operation"),
        ({"n": {"in": 1}}, "Unknown filter operation"),
        ({"n": {"eq": {"gt": 1}}}, "Unknown filter operation"),
        ({"n": [[1]]}, None),
        ({"t": [[1]]}, None),
        ({"n": "1" * 2000}, None),
        ({"n": "1_0"}, None),
        ({"n": list(range(10_001))}, "More than 10000 values for field: n"),
        ({"f": "x" * 5000}, None),
        ({"c": "2020-13-01"}, None),
        ({"c": "0000-01-01"}, None),
        ({"c": "2020-W01-1"}, None),
        ({"b": "quizás"}, None),
        ({"$and": [{"$or": [{"$and": [{"n": 1}] * 60}, {"$and": [{"n": 1}] * 60}]}]}, "Maximum"),
        ([{"n": 1}] * 200, "Maximum"),
        ({"$$n": 1}, "Unknown field: $n"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    asked: Any, said: str | None, rows: Rows, table: Path
) -> None:
    with pytest.raises(ValidationError) as refused:
        rows.search(table, {"filters": asked})
    errors = refused.value.errors
    assert len(str(errors)) < 1000
    if said is None:
        assert errors["query"] == ["Invalid query"]
    else:
        assert errors["filters"][0].startswith(said)


def test_groups_within_groups_end(rows: Rows, table: Path) -> None:
    asked: Any = {"n": 1}
    for _ in range(30):
        asked = {"$or": [asked]}
    with pytest.raises(ValidationError, match="Maximum nesting depth"):
        rows.search(table, {"filters": asked})


def test_a_column_whose_name_begins_as_an_operator_is_written_twice(
    rows: Rows, tmp_path: Path
) -> None:
    path = write(tmp_path / "t.parquet", {"$or": [1, 2]})
    assert rows.search(path, {"filters": {"$$or": 2}})["records"] == [{"_id": 2, "$or": 2}]
