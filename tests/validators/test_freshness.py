"""Whether data are as new as they say: the record's date, the days inside, the bytes' history."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.canonical import from_json, to_json
from acopio.frequency import days
from acopio.messages import about, speaking
from acopio.model import (
    Dataset,
    Examined,
    Finding,
    Report,
    Resource,
    Role,
    Severity,
    Snapshot,
    Table,
)
from acopio.validators.dates_inside import dates_inside
from acopio.validators.freshness import FreshnessValidator
from acopio.validators.preflight import profile
from acopio.validators.surveys import survey
from tests.validators.samples import Write, examined

TODAY = date(2026, 11, 22)
Span = tuple[date, date]


def inside(path: Path) -> Mapping[str, Span]:
    found = profile(path, "csv", path.name)
    table = survey(path, found)
    assert table is not None
    return dates_inside(path, found, table)


# --- the days inside ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "cells", "first", "last"),
    [
        ("FECHA", ["2020-01-31", "2020-05-02", "2019-12-01"], (2019, 12, 1), (2020, 5, 2)),
        ("FECHA", ["31/01/2020", "02/05/2020"], (2020, 1, 31), (2020, 5, 2)),
        ("FECHA", ["01/31/2020", "05/02/2020"], (2020, 1, 31), (2020, 5, 2)),
        ("FECHA", ["1/2/2020", "3/4/2020"], (2020, 2, 1), (2020, 4, 3)),
        ("FECHA_CORTE", ["20200131", "20200502"], (2020, 1, 31), (2020, 5, 2)),
        ("registro", ["2020-01-31T10:00:00", "2020-05-02T09:30:00"], (2020, 1, 31), (2020, 5, 2)),
        ("FECHA", ["2020/01/31", "2020/05/02", "", "", ""], (2020, 1, 31), (2020, 5, 2)),
        ("ANO_EJE", ["2019", "2020"], (2019, 1, 1), (2020, 12, 31)),
        ("AÑO", ["2020"], (2020, 1, 1), (2020, 12, 31)),
        ("PERIODO", ["201912", "202002"], (2019, 12, 1), (2020, 2, 29)),
    ],
)
def test_the_first_and_the_last_day_of_a_column(
    write: Write,
    label: str,
    cells: list[str],
    first: tuple[int, int, int],
    last: tuple[int, int, int],
) -> None:
    rows = "".join(f"{cell},x\n" for cell in cells)
    path = write("f.csv", f"{label},b\n{rows}")
    assert inside(path) == {label: (date(*first), date(*last))}


@pytest.mark.parametrize(
    ("label", "cells"),
    [
        ("FECHA_NACIMIENTO", ["1980-01-31", "1990-05-02"]),
        ("ANIO_FUNDACION", ["1980", "1990"]),
        ("FECHA", ["pendiente", "por definir", "2020-01-31"]),
        ("FECHA", ["2020-13-45", "2020-99-99"]),
        ("AÑOS DE EXPERIENCIA", ["5", "12"]),
        ("MES", ["01", "02"]),
        ("MONTO", ["2020", "2021"]),
        ("NOTA", ["a", "b"]),
    ],
)
def test_other_columns_say_nothing_of_how_new_the_data_are(
    write: Write, label: str, cells: list[str]
) -> None:
    rows = "".join(f"{cell},x\n" for cell in cells)
    assert inside(write("f.csv", f"{label},b\n{rows}")) == {}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_every_row_counts_whatever_the_encoding(write: Write, encoding: str) -> None:
    rows = "fecha;descripción\n" + "2020-01-31;año\n" * 5000 + "2026-10-31;fin\n"
    found = inside(write("f.csv", rows.encode(encoding)))
    assert found == {"fecha": (date(2020, 1, 31), date(2026, 10, 31))}


@given(st.lists(st.dates(date(1950, 1, 1), date(2099, 12, 31)), min_size=1, max_size=30), st.data())
def test_days_are_found_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, written: list[date], data: st.DataObject
) -> None:
    shape = data.draw(st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%Y-%m-%d 10:20"]))
    path = tmp_path_factory.mktemp("d") / "f.csv"
    known = [*written, date(2020, 1, 31)]  # So that days are known to come before months.
    rows = [[day.strftime(shape), "1"] for day in known]
    path.write_text("fecha,x\n" + "".join(",".join(row) + "\n" for row in rows))
    assert inside(path) == {"fecha": (min(known), max(known))}


def test_a_table_keeps_its_days_in_a_report(write: Write) -> None:
    (table,) = examined(write("f.csv", "FECHA,x\n2020-01-31,1\n2020-05-02,2\n")).tables
    assert table.dates == {"FECHA": (date(2020, 1, 31), date(2020, 5, 2))}
    report = Report(tables=(table,))
    assert from_json(Report, to_json(report)) == report


def test_a_person_in_place_of_a_label_is_hidden(write: Write) -> None:
    rows = ["40718233,2020-01-31,41718234", "41718233,2020-05-02,42718233"]
    (table,) = examined(write("f.csv", "DNI 40718233 fecha,x\n2020-01-31,1\n2020-05-02,2\n")).tables
    assert "40718233" not in repr(table.dates)
    (table,) = examined(write("f.csv", "\n".join(rows) + "\n")).tables
    assert "40718233" not in repr(table.dates)


# --- what follows from them ---------------------------------------------------------------------


def dataset(**more: object) -> Dataset:
    values: dict[str, object] = {
        "id": "d",
        "title": "Obras públicas",
        "frequency": "R/P1M",
        "modified": date(2026, 11, 10),
        "resources": (Resource(id="r", url="", format="csv"),),
    }
    return Dataset(**{**values, **more})  # type: ignore[arg-type]


def table(resource: str = "r", **dates: Span) -> Table:
    return Table(
        resource=resource,
        encoding="utf-8",
        dialect={},
        schema={},
        report={},
        rows=1,
        dates=dates,
    )


def found(
    described: Dataset, *tables: Table, changed: Mapping[str, datetime] | None = None
) -> list[Finding]:
    judged = Examined(
        snapshot=Snapshot(dataset=described),
        today=TODAY,
        tables=tables or (table(),),
        changed=changed or {},
    )
    return list(FreshnessValidator().validate(judged))


def until(day: date) -> Span:
    return date(2010, 1, 1), day


def test_a_record_older_than_its_frequency_is_stale() -> None:
    (stale,) = found(dataset(modified=date(2026, 10, 1)))
    assert (stale.code, stale.severity, stale.resource) == ("stale", Severity.WARNING, None)
    assert "mensual" in about(stale)
    assert "2026-11-01" in about(stale)
    with speaking("en"):
        assert "monthly" in about(stale)


@pytest.mark.parametrize(
    "described",
    [
        dataset(),
        dataset(modified=datetime(2026, 11, 10, tzinfo=UTC)),
        dataset(modified=None),
        dataset(frequency="", modified=date(2001, 1, 1)),
        dataset(frequency="irregular", modified=date(2001, 1, 1)),
        dataset(
            modified=date(2026, 1, 1),
            resources=(Resource(id="r", url="", format="csv", modified=date(2026, 11, 1)),),
        ),
    ],
)
def test_what_promises_nothing_or_keeps_it_is_not_stale(described: Dataset) -> None:
    assert found(described) == []


def test_a_fresh_record_over_old_days_is_stale_content() -> None:
    (stale,) = found(
        dataset(), table(FECHA=until(date(2020, 5, 31)), CORTE=until(date(2019, 1, 1)))
    )
    assert (stale.code, stale.resource, stale.field) == ("stale-content", "r", "FECHA")
    assert (stale.evidence, stale.params["proof"]) == ("2020-05-31", "inside")
    assert "dentro de los datos es 2020-05-31" in about(stale)


@pytest.mark.parametrize("code", ["DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "ANNUAL"])
def test_data_may_lag_two_periods_and_a_month(code: str) -> None:
    period = days(code)
    assert period is not None
    oldest = TODAY - timedelta(days=2 * period + 30)
    described = dataset(frequency=code, modified=TODAY)
    assert found(described, table(f=until(oldest))) == []
    assert found(described, table(f=until(oldest - timedelta(days=1)))) != []


def test_the_newest_day_of_all_tables_counts() -> None:
    resources = (Resource(id="r", url="", format="csv"), Resource(id="s", url="", format="csv"))
    described = dataset(resources=resources)
    old, new = table("r", f=until(date(2020, 1, 1))), table("s", f=until(date(2026, 11, 1)))
    assert found(described, old, new) == []
    assert [one.code for one in found(described, old, table("s"))] == ["stale-content"]


@pytest.mark.parametrize(
    "more",
    [
        {"title": "Obras públicas 2020"},
        {"title": "Obras 2015-2020"},
        {"temporal": "2018-01-01/2020-12-31"},
    ],
)
def test_a_dataset_that_says_it_is_of_the_past_may_be(more: dict[str, str]) -> None:
    assert found(dataset(**more), table(f=until(date(2020, 5, 31)))) == []


def test_a_day_to_come_counts_as_today_unless_it_is_a_plan_s() -> None:
    old = until(date(2020, 5, 31))
    later = until(date(2027, 1, 1))
    assert found(dataset(), table(FECHA=old, REGISTRO=later)) == []
    (stale,) = found(dataset(), table(FECHA=old, FECHA_VENCIMIENTO=later))
    assert stale.field == "FECHA"


@pytest.mark.parametrize(
    "resource",
    [
        Resource(id="s", url="", format="csv"),
        Resource(id="s", url="", format="zip"),
        Resource(id="s", url="", format="xlsx"),
    ],
)
def test_nothing_is_said_while_newer_rows_may_be_where_nobody_looked(resource: Resource) -> None:
    described = dataset(resources=(*dataset().resources, resource))
    old = table(f=until(date(2020, 5, 31)))
    assert found(described, old) == []
    unseen = replace(table("s"), format="xlsx")
    assert found(described, old, unseen) == []
    for harmless in (replace(resource, role=Role.DICTIONARY), replace(resource, format="pdf")):
        described = dataset(resources=(*dataset().resources, harmless))
        assert [one.code for one in found(described, old)] == ["stale-content"]


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_a_new_date_over_the_same_bytes_is_stale_content() -> None:
    (stale,) = found(dataset(), changed={"r": at(date(2026, 9, 1))})
    assert (stale.code, stale.resource, stale.params["proof"]) == ("stale-content", None, "bytes")
    assert "no cambia desde el 2026-09-01" in about(stale)


@pytest.mark.parametrize(
    ("changed", "modified"),
    [
        ({"r": date(2026, 11, 1)}, date(2026, 11, 10)),
        ({"r": date(2026, 10, 22)}, date(2026, 11, 10)),
        ({}, date(2026, 11, 10)),
        ({"s": date(2026, 9, 1)}, date(2026, 11, 10)),
        ({"r": date(2026, 11, 12)}, date(2026, 11, 10)),
    ],
)
def test_bytes_seen_to_change_in_their_period_are_fresh(
    changed: dict[str, date], modified: date
) -> None:
    seen = {number: at(day) for number, day in changed.items()}
    assert found(dataset(modified=modified), changed=seen) == []


def test_a_file_that_came_later_is_a_change() -> None:
    resources = (Resource(id="r", url="", format="csv"), Resource(id="s", url="", format="csv"))
    seen = {"r": at(date(2026, 1, 1)), "s": at(date(2026, 11, 5))}
    assert found(dataset(resources=resources), changed=seen) == []
    assert found(dataset(resources=resources), changed={"r": seen["r"]}) == []


@given(
    st.sampled_from(["R/P1D", "MONTHLY", "anual", "x", ""]),
    st.one_of(st.none(), st.dates(), st.datetimes(timezones=st.just(UTC))),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)
def test_no_date_breaks_it(
    frequency: str, modified: date | datetime | None, last: date, changed: datetime
) -> None:
    described = dataset(frequency=frequency, modified=modified)
    for one in found(described, table(f=(last, last)), changed={"r": changed}):
        assert one.code in ("stale", "stale-content")
        assert "{" not in about(one)
