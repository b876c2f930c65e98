"""What is told of a table whose columns, types or rows are other than those published."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.messages import about, speaking
from acopio.model import Pinned, Severity, Table
from acopio.validators.drift import Diff, TypeChange, compared, drift

TYPES = ("string", "integer", "number", "year", "date", "boolean", "any")


def schema(**fields: str) -> dict[str, Any]:
    return {"fields": [{"name": name, "type": type_} for name, type_ in fields.items()]}


def table(judged: Mapping[str, Any], rows: int = 100, source: str = "pinned") -> Table:
    return Table(
        resource="r",
        encoding="utf-8",
        dialect={},
        schema=judged,
        report={},
        rows=rows,
        schema_source=source,
    )


def test_the_same_schema_has_no_difference() -> None:
    one = schema(ubigeo="string", monto="integer")
    assert not drift(one, one)
    assert drift(one, one) == Diff()
    assert not drift(one, one).automatic


def test_columns_that_came_and_went() -> None:
    diff = drift(schema(a="string", b="integer"), schema(a="string", b="integer", c="date"))
    assert diff == Diff(added=("c",))
    assert drift(schema(a="string", b="integer"), schema(a="string")) == Diff(removed=("b",))


@pytest.mark.parametrize(
    ("before", "after", "pair"),
    [
        # The same name but for how it is written, wherever it stands.
        (schema(Año="year", m="number"), schema(m="number", ANO="year"), ("Año", "ANO")),
        (schema(MES_EJE="integer"), schema(mes_eje="integer"), ("MES_EJE", "mes_eje")),
        # Another name in the same place, of a type that agrees.
        (
            schema(id="string", monto="number", mes="integer"),
            schema(id="string", importe="number", mes="integer"),
            ("monto", "importe"),
        ),
    ],
)
def test_a_column_with_another_name_is_renamed(
    before: dict[str, Any], after: dict[str, Any], pair: tuple[str, str]
) -> None:
    assert drift(before, after) == Diff(renamed=(pair,))


def test_a_column_of_another_type_in_the_same_place_is_another_column() -> None:
    before, after = schema(id="string", monto="number"), schema(id="string", fecha="date")
    assert drift(before, after) == Diff(added=("fecha",), removed=("monto",))


def test_where_hardly_anything_stayed_nothing_was_renamed() -> None:
    before, after = schema(id="string", a="string", b="string"), schema(id="string", c="string")
    assert drift(before, schema(id="string", c="string", d="string")) == Diff(
        added=("c", "d"), removed=("a", "b")
    )
    assert drift(before, after) == Diff(added=("c",), removed=("a", "b"))


def test_a_renamed_column_may_have_widened_too() -> None:
    diff = drift(schema(id="string", monto="integer"), schema(id="string", MONTO="number"))
    assert diff.renamed == (("monto", "MONTO"),)
    assert diff.widened == (TypeChange(name="MONTO", before="integer", after="number"),)
    assert not diff.automatic


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("integer", "number", "widened"),
        ("year", "integer", "widened"),
        ("string", "any", "widened"),
        ("number", "integer", "narrowed"),
        ("integer", "year", "narrowed"),
        ("integer", "string", "changed"),
        ("string", "integer", "changed"),
        ("date", "datetime", "changed"),
    ],
)
def test_a_type_that_changed_is_sorted(before: str, after: str, kind: str) -> None:
    diff = drift(schema(x=before), schema(x=after))
    change = TypeChange(name="x", before=before, after=after)
    assert {name: getattr(diff, name) for name in ("widened", "narrowed", "changed")} == {
        "widened": (), "narrowed": (), "changed": (), kind: (change,)
    }  # fmt: skip
    assert diff.automatic == (kind == "widened")


columns = st.dictionaries(st.text("abc_Á", min_size=1, max_size=4), st.sampled_from(TYPES))


@given(columns, columns)
def test_every_column_is_accounted_for_once(old: dict[str, str], new: dict[str, str]) -> None:
    diff = drift(schema(**old), schema(**new))
    renamed = dict(diff.renamed)
    kept = old.keys() & new.keys()
    assert {*kept, *renamed, *diff.removed} == old.keys()
    assert {*kept, *renamed.values(), *diff.added} == new.keys()
    assert len(kept) + len(diff.renamed) + len(diff.removed) == len(old)
    changes = [*diff.widened, *diff.narrowed, *diff.changed]
    assert len({change.name for change in changes}) == len(changes)


@given(columns)
def test_order_alone_is_no_difference(old: dict[str, str]) -> None:
    assert not drift(schema(**old), schema(**dict(reversed(old.items()))))


def test_each_kind_of_change_has_its_severity_and_its_words() -> None:
    before = Pinned(schema=schema(a="string", b="integer", c="integer", d="date"), rows=100)
    now = table(schema(a="string", b="number", c="boolean", e="string"))
    found = {one.params["drift"]: one for one in compared(before, now)}
    severities = {change: one.severity for change, one in found.items()}
    assert severities == {
        "removed": Severity.ERROR,
        "added": Severity.WARNING,
        "changed": Severity.ERROR,
        "widened": Severity.INFO,
    }
    assert about(found["widened"]).endswith("b (integer → number).")
    with speaking("en"):
        assert "columns that are gone: d" in about(found["removed"])


def test_less_is_a_difference_only_where_it_is_declared() -> None:
    before = Pinned(schema=schema(monto="number"), rows=100)
    less = schema(monto="integer")
    assert [*compared(before, table(less, source="inferred"))] == []
    (found,) = compared(before, table(less, source="declared"))
    assert (found.params["drift"], found.severity) == ("narrowed", Severity.ERROR)


@pytest.mark.parametrize(
    ("before", "after", "dropped"),
    [(100, 40, True), (100, 49, True), (100, 50, False), (3, 1, True), (0, 0, False), (1, 0, True)],
)
def test_more_than_half_the_rows_gone_is_said(before: int, after: int, dropped: bool) -> None:
    pinned = Pinned(schema=schema(a="string"), rows=before)
    found = [one.code for one in compared(pinned, table(schema(a="string"), rows=after))]
    assert found == ["rows-dropped"] * dropped


def test_what_is_told_is_bounded() -> None:
    old = schema(**{f"columna_{n}_{'x' * 200}": "string" for n in range(2000)})
    (found,) = compared(Pinned(schema=old, rows=1), table({"fields": []}, rows=1))
    assert found.params["count"] == 2000
    assert len(about(found)) < 2000
    assert len(found.evidence) == 200
