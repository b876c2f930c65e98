"""What is said of codes, places, days and words for nothing; and what is left alone.

Numbers are made up; RUCs have right check digits unless the case says otherwise.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.messages import LANGUAGES, about, speaking
from acopio.model import Finding
from acopio.validators.coordinates import _cause
from acopio.validators.country import box, ubigeos
from tests.validators.samples import Write, examined

OURS = {
    "ubigeo-unknown", "ubigeo-lost-zero", "ruc-invalid", "dni-malformed", "date-in-future",
    "coordinates-outside-country", "duplicate-rows", "date-ambiguous", "missing-value-token",
    "examination-failed",
}  # fmt: skip
RUCS = ("20100070970", "20131312955", "20131378620")


def found(write: Write, text: str) -> list[Finding]:
    report = examined(write("f.csv", text))
    return [finding for finding in report.findings if finding.code in OURS]


def column(label: str, *cells: str) -> str:
    """Return a table in which no row repeats another."""
    return f"{label};n\n" + "".join(f"{cell};{n}\n" for n, cell in enumerate(cells, 10))


def points(labels: str, *rows: str) -> str:
    return f"{labels};n\n" + "".join(f"{row};{n}\n" for n, row in enumerate(rows, 10))


LIMA = [f"-12.04{n};-77.02{n}" for n in range(6)]


@pytest.mark.parametrize(
    ("text", "code", "row", "evidence", "count"),
    [
        (column("ubigeo", "150101", "010101", "159999"), "ubigeo-unknown", 4, "159999", 1),
        (column("UBIGEO_INEI", "150101", "10101", "10102"), "ubigeo-lost-zero", 3, "10101", 2),
        (column("codubigeo", "10101.0", "150101"), "ubigeo-lost-zero", 2, "10101.0", 1),
        (column("ubigeo_dep", "15", "1", "20"), "ubigeo-lost-zero", 3, "1", 1),
        (column("ruc", *RUCS, "20100070971"), "ruc-invalid", 5, "20100070971", 1),
        (column("ruc", *RUCS, "2010007097"), "ruc-invalid", 5, "2010007097", 1),
        (column("ruc", *RUCS, "10407182331", "10407182339"), "ruc-invalid", 5, "1*********1", 2),
        (column("codigo", *(RUCS * 10), "20100070971"), "ruc-invalid", 32, "20100070971", 1),
        (column("dni", "40718233", "4071823", "41718233"), "dni-malformed", 3, "4*****3", 1),
        (column("fecha", "2020-01-31", "2090-01-31"), "date-in-future", 3, "2090-01-31", 1),
        (column("fecha", "2020-01-31 10:00", "2099-01-31 10:00"), "date-in-future", 3,
         "2099-01-31", 1),
        (column("f_pago", "31/01/2020", "31/01/2090"), "date-in-future", 3, "31/01/2090", 1),
        (column("fecha_corte", "20200131", "20990131"), "date-in-future", 3, "20990131", 1),
        (column("fecha", "05/04/2020", "06/04/2020"), "date-ambiguous", 2, "05/04/2020", 2),
        (column("fecha", "25/04/2020", "26/04/2020", "27/04/2020", "04/25/2020", "04/26/2020"),
         "date-ambiguous", 5, "04/25/2020", 2),
        (column("monto", *map(str, range(30)), "S.I.", "S.I."), "missing-value-token", 32,
         "S.I.", 2),
        (column("monto", "1.5", "2.5", "\u2013", "3.5"), "missing-value-token", 4, "\u2013", 1),
        (column("fecha", "2020-01-31", "NULL", "2020-02-01"), "missing-value-token", 3, "NULL", 1),
        (column("temp", "1.5", "2.5", "-999", "3.5", "-999", "-999", "8.2"),
         "missing-value-token", 4, "-999", 3),
        (points("latitud;longitud", *LIMA, "-77.03;-12.04"), "coordinates-outside-country", 8,
         "-77.03, -12.04", 1),
        (points("lat;lon", *LIMA, "12.04;77.03"), "coordinates-outside-country", 8,
         "12.04, 77.03", 1),
        (points("LAT_INICIO;LON_INICIO", *LIMA, "0;0", "0;0"), "coordinates-outside-country", 8,
         "0, 0", 2),
        (points("NORTE;ESTE", *LIMA, "-40.5;-77.02"), "coordinates-outside-country", 8,
         "-40.5, -77.02", 1),
        (points("lat;lon", *(f"{p}" for p in LIMA), "-77,03;-12,04"),
         "coordinates-outside-country", 8, "-77,03, -12,04", 1),
        (column("geopoint", "-12.04, -77.02", "-12.05, -77.02", "-77.02, -12.04"),
         "coordinates-outside-country", 4, "-77.02, -12.04", 1),
        ("a;b\n1;2\n3;4\n1;2\n1;2\n", "duplicate-rows", 5, "", 2),
    ],
)  # fmt: skip
def test_what_is_wrong_is_counted_where_it_begins(
    write: Write, text: str, code: str, row: int, evidence: str, count: int
) -> None:
    (one,) = found(write, text)
    assert (one.code, one.row, one.evidence, one.params["count"]) == (code, row, evidence, count)
    for language in LANGUAGES:
        with speaking(language):
            assert "{" not in about(one) + about(one, part="fix_")


@pytest.mark.parametrize(
    "text",
    [
        column("ubigeo", "150101", "010101", "150000", "1501", "15", "150100"),
        column("ubigeo", "", "", "150101"),
        column("ubigeo_proyecto", "98765", "98766", "98767"),
        column("ruc", *RUCS, "", "NO DOMICILIADO", "20-10007097-0"),
        column("ruc", *RUCS, "********"),
        column("codigo", *(f"{20100070900 + n}" for n in range(30))),
        column("dni", "40718233", "*****233", "", "41718233"),
        column("cantidad_dni", "40718", "1233"),
        column("fecha_vencimiento", "2020-01-31", "2099-01-31"),
        column("fin_vigencia", "31/12/2099", "30/12/2099"),
        column("anio", "2020", "2099"),
        column("fecha", "25/04/2020", "05/04/2020", "06/04/2020"),
        column("fecha", "04/04/2020", "05/05/2020"),
        column("fecha", "2020-04-05", "2020-05-04"),
        column("nombre", "-", "S.I.", "NA", "x"),
        column("letra", "A", "B", "-", "1", "2"),
        column("monto", "1", "2", "tres", "4"),
        column("temp", "1.5", "2.5", "-999", "3.5", "7", "8.2"),
        column("cantidad", "998", "999", "1000", "999", "999"),
        points("latitud;longitud", *LIMA, ";", "-12.04;"),
        points("este;norte", "279000;8667000", "280000;8668000", "281000;8669000"),
        points("norte;este", *LIMA, "8667000;279000"),
        points("x;y", "1;2", "3;4", "5;6"),
        points("longitud;ancho", "12.5;3", "14;2", "8;3"),
        points("lat;lon", "40.4;-3.7", "48.8;2.3", "-12.04;-77.02"),
        column("coordenadas", "12°02'S 77°01'W", "12°03'S 77°01'W"),
        "a\n1\n1\n1\n",
        "a;b\n;\n;\n1;2\n",
    ],
)
def test_what_is_right_or_something_else_is_left_alone(write: Write, text: str) -> None:
    assert found(write, text) == []


@pytest.mark.parametrize("coding", ["inei", "reniec"])
def test_a_column_is_judged_by_the_coding_it_follows(write: Write, coding: str) -> None:
    other = "reniec" if coding == "inei" else "inei"
    codes = sorted(code for code in ubigeos()[coding] if len(code) == 6)
    text = column("ubigeo", *codes)
    assert found(write, text) == []
    alien = min(ubigeos()[other] - ubigeos()[coding])
    (one,) = found(write, text + f"{alien};x\n")
    assert (one.code, one.evidence, one.params["coding"]) == (
        "ubigeo-unknown", alien, coding.upper(),
    )  # fmt: skip


def test_both_codings_have_the_countrys_provinces_and_departments() -> None:
    for codes in ubigeos().values():
        districts = {code for code in codes if len(code) == 6 and not code.endswith("00")}
        assert len({code[:2] for code in codes}) == 25
        assert len({code[:4] for code in districts}) == 196
        assert len(districts) == 1892


@pytest.mark.parametrize(
    ("first", "second", "cause"),
    [
        (-12.0, -77.0, "inside"),
        (-77.0, -12.0, "swapped"),
        (12.0, 77.0, "sign"),
        (-12.0, 77.0, "sign"),
        (0.0, 0.0, "zero"),
        (8667000.0, 279000.0, "metres"),
        (279000.0, 8667000.0, "metres"),
        (40.0, -3.0, "elsewhere"),
        (-1204.0, -7702.0, "elsewhere"),
    ],
)
def test_a_point_outside_has_a_cause(first: float, second: float, cause: str) -> None:
    assert _cause((first, second), box()) == cause


@given(st.floats(-18.3, -0.1), st.floats(-81.3, -68.7))
def test_a_point_of_the_country_is_inside_and_its_mirror_is_not(north: float, east: float) -> None:
    assert _cause((north, east), box()) == "inside"
    assert _cause((east, north), box()) == "swapped"


@pytest.mark.parametrize(("days", "codes"), [(0, []), (1, []), (3, ["date-in-future"])])
def test_today_is_no_future_nor_is_tomorrow(write: Write, days: int, codes: list[str]) -> None:
    day = datetime.now(UTC).date() + timedelta(days=days)
    text = column("fecha", "2020-01-31", day.isoformat())
    assert [one.code for one in found(write, text)] == codes


def test_an_answer_names_the_cause(write: Write) -> None:
    (one,) = found(write, points("lat;lon", *LIMA, "12.04;77.03"))
    with speaking("es"):
        assert "signo menos" in about(one)


def test_a_malformed_dni_is_never_shown(write: Write) -> None:
    report = examined(write("f.csv", column("dni", "40718233", "4071823", "407182339")))
    shown = [finding.evidence for finding in report.findings]
    assert not any("4071823" in evidence for evidence in shown)
    assert {"personal-data", "dni-malformed"} <= {finding.code for finding in report.findings}


@pytest.mark.parametrize("content", [b"[1]", b"", b"\x00\x01\x02", b"<html></html>"])
def test_what_is_no_table_is_left_alone(write: Write, content: bytes) -> None:
    assert not {finding.code for finding in examined(write("f.csv", content)).findings} & OURS
