"""What is said of values in a table in text is said of the same table in any other file.

Numbers are made up; RUCs have right check digits unless the case says otherwise.
"""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acopio.model import Dataset, Examined, Finding, Report, Resource, Snapshot
from acopio.validators.columns import survey_rows
from acopio.validators.dialect import Layout
from acopio.validators.freshness import FreshnessValidator
from acopio.validators.main_table import main_table
from acopio.validators.preflight import profile
from acopio.validators.sheets import book, kept, rows
from acopio.validators.sheets.kept import Kept
from acopio.validators.sheets.texts import cell_text
from acopio.validators.values import Key, Question, answers, repeats
from tests.validators.books import (
    Rows,
    write_features,
    write_lines,
    write_ods,
    write_parquet,
    write_xlsx,
)
from tests.validators.samples import Write, codes, examined, only
from tests.validators.test_cells import OURS
from tests.validators.test_packed import pack

DAY, LATER = date(2020, 1, 31), date(2090, 1, 31)


@pytest.fixture(params=["kept", "asked"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let checks know of a sheet what its survey kept, or have them ask DuckDB for all of it."""
    if request.param == "asked":
        monkeypatch.setattr(book, "MOST", 0)
        monkeypatch.setattr(kept, "_HASHED", 0)
        monkeypatch.setattr("acopio.validators.records._FEW", 0)
    return str(request.param)


def written(path: Path, table: Rows) -> Path:
    """Write a table, its labels first, in the format the ending of ``path`` says."""
    labels, *below = table
    match path.suffix:
        case ".xlsx":
            return write_xlsx(path, {"Hoja": table})
        case ".ods":
            return write_ods(path, {"Hoja": table})
        case ".parquet":
            columns = zip(*below, strict=True)
            return write_parquet(path, dict(zip(labels, columns, strict=True)))
        case ".jsonl":
            plain = [[str(c) if isinstance(c, date) else c for c in row] for row in below]
            return write_lines(path, [dict(zip(labels, row, strict=True)) for row in plain])
    body = io.StringIO()
    csv.writer(body).writerows([[cell_text(cell) for cell in row] for row in table])
    path.write_text(body.getvalue(), "utf-8")
    return path


def ours(report: Report) -> list[Finding]:
    assert "examination-failed" not in codes(report)
    return [finding for finding in report.findings if finding.code in OURS]


def column(label: str, *cells: Any) -> list[list[Any]]:
    """Return a table in which no row repeats another."""
    return [[label, "n"], *([cell, number] for number, cell in enumerate(cells, 10))]


LIMA = [[-12.04 - n / 1000, -77.02 - n / 1000, n] for n in range(6)]
CASES: list[tuple[Rows, str, int, str, int]] = [
    (column("ubigeo", 150101, 150102, 159999), "ubigeo-unknown", 4, "159999", 1),
    (column("ubigeo", 150101, 10101, 10102), "ubigeo-lost-zero", 3, "10101", 2),
    (column("ruc", 20100070970, 20131312955, 20100070971), "ruc-invalid", 4, "20100070971", 1),
    (column("dni", "40718233", "4071823", "41718233"), "dni-malformed", 3, "4*****3", 1),
    (column("dni", 40718233, 4071823, 41718233), "dni-malformed", 3, "4*****3", 1),
    (column("fecha", DAY, LATER), "date-in-future", 3, "2090-01-31", 1),
    (column("fecha", "05/04/2020", "06/04/2020"), "date-ambiguous", 2, "05/04/2020", 2),
    (column("monto", "1", "2.5", "3", "S.I.", "4"), "missing-value-token", 5, "S.I.", 1),
    (column("temp", 1.5, 2.5, -999.0, 3.5, -999.0, -999.0, 8.2), "missing-value-token", 4,
     "-999", 3),
    ([["lat", "lon", "n"], *LIMA, [12.04, 77.03, 9]], "coordinates-outside-country", 8,
     "12.04, 77.03", 1),
    ([["a", "b"], [1, 2], [3, 4], [1, 2], [1, 2]], "duplicate-rows", 5, "", 2),
]  # fmt: skip


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("ending", ["xlsx", "parquet", "jsonl", "ods"])
@pytest.mark.parametrize(("table", "code", "row", "evidence", "count"), CASES)
def test_what_is_wrong_is_counted_where_it_begins(
    tmp_path: Path, ending: str, table: Rows, code: str, row: int, evidence: str, count: int
) -> None:
    (one,) = ours(examined(written(tmp_path / f"f.{ending}", table), declared=ending))
    assert (one.code, one.row, one.evidence, one.params["count"]) == (code, row, evidence, count)


def everything() -> list[list[Any]]:
    """Return a table with something wrong in every column, and rows that repeat."""
    labels = ["ubigeo", "ruc", "dni", "fecha", "pago", "monto", "lat", "lon"]
    below = [
        [150101, 20131312955, 40718233 + n, DAY, "25/04/2020", float(n), -12.04, -77.02 - n / 100]
        for n in range(30)
    ]
    below[4][0], below[7][1], below[9][2] = 10101, 20131312956, 4071823
    below[11][3], below[13][4], below[14][4] = LATER, "04/26/2020", "04/27/2020"
    below[17][6], below[19][0] = 12.04, 159999
    below[15][4] = below[16][4] = "26/04/2020"
    return [labels, *below, below[21], below[22], below[21]]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("ending", ["xlsx", "parquet", "jsonl", "ods"])
def test_the_same_table_has_the_same_findings_in_text_and_in_sheets(
    tmp_path: Path, ending: str
) -> None:
    table = everything()
    in_text = examined(written(tmp_path / "f.csv", table))
    in_sheet = examined(written(tmp_path / f"f.{ending}", table), declared=ending)
    found = {one.code for one in ours(in_text)}
    assert len(found) >= 7, found
    assert ours(in_sheet) == ours(in_text)
    assert in_sheet.tables[0].dates == in_text.tables[0].dates
    assert set(in_text.tables[0].dates) == {"fecha", "pago"}


def test_more_rows_than_a_survey_keeps_have_the_same_findings(tmp_path: Path) -> None:
    labels, *below = everything()
    table = [[*labels, "n"], *([*row, n] for n, row in enumerate(below * 100))]
    in_text = ours(examined(written(tmp_path / "f.csv", table)))
    assert len(in_text) >= 6
    for ending in ("xlsx", "parquet"):
        path = written(tmp_path / f"f.{ending}", table)
        assert ours(examined(path, declared=ending)) == in_text


CELL = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.booleans(),
    st.sampled_from(["", " ", "a", "b ", " a", "ñ", "1", 'x"', "y,\n", "1.0"]),
)
TWO = Question(columns=(2, 1), key=Key(sql="nullif({0}, '') || '/' || nullif({1}, '')"))


@pytest.mark.usefixtures("way")
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(table=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12))
def test_any_sheet_is_answered_for_as_the_text_it_would_be(tmp_path: Path, table: Rows) -> None:
    table = [["uno", "dos", "tres"], *table, [7, 8, 9]]
    upper = Key(sql="upper({0})", of=str.upper)
    asked = [Question(columns=(1,)), Question(columns=(2,), key=upper), TWO]
    found = []
    for name in ("f.csv", "f.xlsx"):
        path = written(tmp_path / name, table)
        what = profile(path, "", name)
        counted = main_table(path, what)
        assert counted is not None
        again = repeats(path, what, counted)
        found.append((answers(path, what, counted, asked), again))
    assert found[0] == found[1]


@pytest.mark.usefixtures("way")
def test_rows_and_columns_are_counted_from_the_corner_of_the_sheet(tmp_path: Path) -> None:
    table: Rows = [
        [None, "REPORTE DE PAGOS"],
        [],
        [None, "ubigeo", "pagado", "fecha"],
        *([None, 150101, n, DAY] for n in range(20)),
        [None, 159999, 7, DAY],
        [None, 150101, 7, DAY],
    ]
    report = examined(write_xlsx(tmp_path / "f.xlsx", {"Hoja": table}), declared="xlsx")
    unknown, repeated = only(report, "ubigeo-unknown"), only(report, "duplicate-rows")
    assert (unknown.row, unknown.field, unknown.params["number"]) == (24, "ubigeo", 2)
    assert (repeated.row, repeated.params["first"], repeated.params["rows"]) == (25, 11, 22)


@pytest.mark.usefixtures("way")
def test_only_the_sheet_that_is_judged_is_looked_at(tmp_path: Path) -> None:
    bad = column("ubigeo", 150101, 159999)
    path = write_xlsx(tmp_path / "f.xlsx", {"Datos": column("a", 1, 2), "Otra": bad})
    assert ours(examined(path, declared="xlsx")) == []


@pytest.mark.usefixtures("way")
def test_a_list_may_repeat_itself_wherever_it_stands(tmp_path: Path) -> None:
    table: Rows = [[None, "region"], [None, "LIMA"], [None, "LIMA"], [None, "CUSCO"]]
    path = write_xlsx(tmp_path / "f.xlsx", {"Hoja": table})
    assert ours(examined(path, declared="xlsx")) == []


@pytest.mark.usefixtures("way")
def test_features_with_the_same_properties_are_not_the_same(tmp_path: Path) -> None:
    properties = [{"ubigeo": 150101, "clase": "x"}] * 3 + [{"ubigeo": 159999, "clase": "x"}]
    report = examined(write_features(tmp_path / "f.geojson", properties), declared="geojson")
    (one,) = ours(report)
    assert (one.code, one.row) == ("ubigeo-unknown", 5)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("kind", [float, Decimal])
def test_a_code_in_a_column_of_doubles_is_the_code(tmp_path: Path, kind: type) -> None:
    rucs = [kind(20131312955), kind(20100070970), kind(10407182331), None]
    table = column("ruc", *rucs)
    path = written(tmp_path / "f.parquet", table)
    declared = {"fields": [{"name": "ruc", "type": "integer"}, {"name": "n", "type": "boolean"}]}
    report = examined(path, declared="parquet", schema=declared)
    assert only(report, "personal-data").params["kind"] == "ruc"
    assert only(report, "ruc-invalid").evidence == "1*********1"
    assert report.tables[0].report["stats"]["errors"] >= 4
    assert "0407182331" not in str(report)


def test_half_a_character_stops_no_check(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    records = [{"a": "\ud800", "fecha": "2020-01-31"}, {"a": "b", "fecha": "2090-01-31\ud800"}]
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    assert only(examined(path, declared="jsonl"), "date-in-future").row == 3


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (20131312955.0, "20131312955"),
        (Decimal("20131312955.0000"), "20131312955"),
        (Decimal("12.50"), "12.50"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e20, "1e+20"),
        (float("inf"), "inf"),
        (Decimal("1E+999999"), "1E+999999"),
        (Decimal("NaN"), "NaN"),
        (True, "true"),
        ("010101", "010101"),
        ({"a": ["ñ", 1]}, '{"a": ["ñ", 1]}'),
        ("x\ud800ñ", "x?ñ"),
        (datetime(2024, 1, 5, 10, 30, tzinfo=UTC), "2024-01-05T10:30:00+00:00"),
    ],
)
def test_a_cell_has_one_text(cell: Any, text: str) -> None:
    assert cell_text(cell) == text


# --- read once ----------------------------------------------------------------------------------


def test_a_sheet_is_not_read_again_for_what_its_survey_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("read again")

    table: list[list[Any]] = [["ubigeo", "fecha", "monto"]]
    table += ([150101, DAY, n + 0.5] for n in range(6000))
    table[4000] = [159999, LATER, "S.I."]
    path = written(tmp_path / "f.xlsx", table)
    monkeypatch.setattr(rows, "sheet_named", fail)
    report = examined(path, declared="xlsx")
    found = {one.code: one.row for one in ours(report)}
    assert found == dict.fromkeys(["ubigeo-unknown", "date-in-future", "missing-value-token"], 4001)
    assert report.tables[0].dates == {"fecha": (DAY, LATER)}


def counted(table: Sequence[Sequence[str]], keeps: Kept) -> list[tuple[Any, Any]]:
    layout = Layout(
        delimiter="", quote="", skip_space=False, header_row=1, labels=("a", "b"), titles=(),
        width=2, regular=1.0, complete=True,
    )  # fmt: skip
    survey = keeps.added_to(survey_rows(layout, keeps.watched(map(list, table))))
    return [(one.values, one.words) for one in survey.columns]


def test_texts_have_their_count_and_first_row() -> None:
    table = [["x", "1"], ["", "x"], ["x", "1"]] * 1000
    first, second = counted(table, Kept(2, 20_000))
    assert first == ({"x": (2000, 2)}, {"x": (2000, 2)})
    assert second == ({"1": (2000, 2), "x": (1000, 3)}, {"x": (1000, 3)})


def test_of_many_texts_words_alone_are_kept() -> None:
    table = [[str(n), "y" * 999] for n in range(6000)]
    table[5500][0] = "S.I."
    first, prose = counted(table, Kept(2, 20_000))
    assert first == (None, {"S.I.": (1, 5502)})
    assert prose == (None, None)


def test_what_is_kept_of_a_file_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many, few = counted([[str(n), "x"] for n in range(20)], Kept(2, 10))
    assert many == (None, None)
    assert few == ({"x": (20, 2)}, {"x": (20, 2)})
    monkeypatch.setattr(book, "MOST", 25)
    sheets: dict[str, Rows] = {name: column("a", *range(10)) for name in ("Uno", "Dos")}
    path = write_xlsx(tmp_path / "f.xlsx", sheets)
    read = book.book_of(path, profile(path, "xlsx", path.name))
    assert read is not None
    known = [[one.values is not None for one in sheet.survey.columns] for sheet in read.sheets]
    assert known == [[True, True], [False, False]]


# --- the days inside ----------------------------------------------------------------------------


def test_a_newer_day_may_stand_in_a_sheet_that_is_not_judged(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {"2019": column("fecha", DAY, DAY), "Notas": [["nota"], ["x"]]}
    alone = examined(write_xlsx(tmp_path / "f.xlsx", sheets), declared="xlsx")
    assert alone.tables[0].dates == {"fecha": (DAY, DAY)}
    more = {**sheets, "2026": column("fecha", date(2026, 11, 1))}
    several = examined(write_xlsx(tmp_path / "g.xlsx", more), declared="xlsx")
    assert several.tables[0].dates == {}


@pytest.mark.parametrize("ending", ["xlsx", "parquet"])
def test_old_days_in_a_sheet_belie_a_fresh_record(tmp_path: Path, ending: str) -> None:
    report = examined(written(tmp_path / f"f.{ending}", column("fecha", DAY)), declared=ending)
    dataset = Dataset(
        id="d",
        title="Obras públicas",
        frequency="R/P1M",
        modified=date(2026, 11, 10),
        resources=(Resource(id="r", url="", format=ending),),
    )
    examined_today = Examined(
        snapshot=Snapshot(dataset=dataset),
        today=date(2026, 11, 22),
        tables=report.tables,
        changed={},
    )
    (stale,) = FreshnessValidator().validate(examined_today)
    assert (stale.code, stale.field, stale.evidence) == ("stale-content", "fecha", "2020-01-31")


# --- packed -------------------------------------------------------------------------------------


@pytest.mark.parametrize("few", [0, 20_000])
@pytest.mark.parametrize("name", ["f.csv.gz", "f.csv.xz", "f.zip"])
def test_a_packed_table_is_looked_at_once(
    tmp_path: Path, write: Write, name: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acopio.validators.records._FEW", few)
    text = written(tmp_path / "f.csv", everything())
    path = pack(tmp_path / name, text.read_bytes())
    plain = examined(write("g.csv", text.read_bytes()))
    assert ours(examined(path, declared=path.suffix)) == ours(plain)
