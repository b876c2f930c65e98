"""Numbers of persons that are written as nobody should write them are in no report either."""

from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.pe import ruc

from acopio.model import Report
from acopio.validators.loose_numbers import (
    is_dni_alone,
    name_without_dnis,
    without_dnis,
    without_rucs,
)
from tests.validators.samples import Write, codes, examined, only

WIDE = str.maketrans("0123456789", "".join(map(chr, range(0xFF10, 0xFF1A))))


def dates(*names: str) -> dict[str, object]:
    """Return a schema none of whose fields a number fits, so that each is an error."""
    return {"fields": [{"name": name, "type": "date"} for name in names]}


def shown(report: Report) -> str:
    """Return all that a report shows, its tables with schemas and counts too."""
    return repr((report.findings, report.tables))


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "inferred"])
@pytest.mark.parametrize(
    ("text", "names", "secrets"),
    [
        ("ruc,m\n10432198763.0,1\n", ("ruc", "m"), ["43219876"]),
        ("ruc,m\n'10432198763,1\n", ("ruc", "m"), ["43219876"]),
        ("ruc,m\n10-43219876-3,1\n10 43219876 3,2\n", ("ruc", "m"), ["43219876"]),
        ("x,m\n10 43.219.876 1,1\n", ("x", "m"), ["43.219.876"]),
        ("nota,m\npago a 10432198763 ok,1\n", ("nota", "m"), ["43219876"]),
        ("dni,m\n4321-9876,1\n4428-5249,2\n", ("dni", "m"), ["4321-9876", "4428-5249"]),
        ("dni,m\n43-219876,1\n43 21 98 77,2\n", ("dni", "m"), ["219876", "43 21 98 77"]),
        (f"dni,m\n{'43219876'.translate(WIDE)},1\n", ("dni", "m"), ["43219876".translate(WIDE)]),
        ("43219876,a\n43219877,b\n44219878,c\n", ("dni", "m"), ["43219876", "44219878"]),
        ("43219876,a\n", ("dni", "m"), ["43219876"]),
        ("43219876,QUISPE MAMANI\n1,b\n", ("x", "m"), ["43219876", "QUISPE"]),
        ("'43.219.876,a\nx,b\n", ("x", "m"), ["43.219.876"]),
        (
            "cod,m\n" + "".join(f"A{row},0\n" for row in range(20)) + "43219876,y,1\n",
            ("cod", "m"),
            ["43219876"],
        ),
    ],
)
def test_it_is_not_shown(
    write: Write, text: str, names: tuple[str, ...], secrets: list[str], declared: bool
) -> None:
    report = examined(write("f.csv", text), schema=dates(*names) if declared else None)
    assert [secret for secret in secrets if secret in shown(report)] == []


def test_what_its_schema_calls_dni_is_not_shown(write: Write) -> None:
    path = write("f.csv", "col1,m\nx43219876,1\n43219877,2\n")
    said = shown(examined(path, schema=dates("dni", "m")))
    assert [secret for secret in ("43219876", "43219877") if secret in said] == []


@pytest.mark.parametrize("number", ["4321-9876", "43-219876", "43219876".translate(WIDE)])
def test_it_is_found_under_its_name(write: Write, number: str) -> None:
    found = only(examined(write("f.csv", f"dni,m\n{number},1\n")), "personal-data")
    assert found.params["kind"] == "dni"
    assert number not in found.evidence


@pytest.mark.parametrize("rows", ["0012-2024,1\n0013-2024,2\n", "2019-2020,1\n2020-2021,2\n"])
def test_a_papers_number_is_no_dni(write: Write, rows: str) -> None:
    assert "personal-data" not in codes(examined(write("f.csv", "documento,m\n" + rows)))


def test_a_right_ruc_in_prose_is_found(write: Write) -> None:
    report = examined(write("f.csv", "nota,m\npago a 10432198761 ok,1\notro pago,2\n"))
    assert only(report, "personal-data").params["kind"] == "ruc"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("codigo,m\n" + "30000011,1\n" * 20 + "30000012,1,x\n", "30000012"),
        ("20240131,20240201\n1,x\n2,3\n", "20240131"),
        ("monto,m\n" + "1,1\n" * 20 + "10432198762.55 soles,1\n", "10432198762.55"),
        ("ruc,m\n" + "20100070970,1\n" * 20 + "20131312955,x\n20131312955,1,2\n", "20131312955"),
    ],
)
def test_codes_days_amounts_and_companies_stay(write: Write, text: str, kept: str) -> None:
    assert kept in shown(examined(write("f.csv", text)))


def test_names_of_members_are_hidden(write: Write) -> None:
    path = write("f.zip", b"")
    with ZipFile(path, "w") as archive:
        for name in ("legajo_43219876.csv", "padron_20240131.csv"):
            archive.writestr(name, "a,b\n1,2\n")
    found = only(examined(path, declared="zip"), "archive-several-tables")
    assert found.evidence == "legajo_********.csv, padron_20240131.csv"


def test_the_one_member_of_a_zip_is_hidden_in_its_report(write: Write) -> None:
    path = write("f.zip", b"")
    with ZipFile(path, "w") as archive:
        archive.writestr("legajo_43219876.csv", "a,b\n1,2\n")
    (table,) = examined(path, declared="zip").tables
    assert "43219876" not in repr(table.report)


@given(
    st.integers(10_000_000, 99_999_999).map(str),
    st.sampled_from(["{0}{1}{2}", "{0}.{1}.{2}", "{0} {1} {2}", "{0}-{1}-{2}"]),
    st.sampled_from(["", "a ", "ver: ", "(", "N° "]),
    st.booleans(),
)
def test_a_dni_is_starred_however_it_is_written(
    number: str, form: str, before: str, wide: bool
) -> None:
    written = form.format(number[:2], number[2:5], number[5:])
    written = written.translate(WIDE) if wide else written
    assert without_dnis(f"{before}{written}.") == f"{before}{'*' * len(written)}."


@given(
    st.integers(0, 99_999_999).map("{:08}".format),
    st.sampled_from(["10{0}{1}", "10-{0}-{1}", "10 {0} {1}", "10.{0}.{1}"]),
)
def test_a_right_ruc_is_hidden_however_it_is_parted(number: str, form: str) -> None:
    text = form.format(number, ruc.calc_check_digit(f"10{number}"))
    assert without_rucs(f"pago a {text} ok") == "pago a 10********* ok"
    assert without_rucs(f"pago a {text.translate(WIDE)} ok") == "pago a 10********* ok"


@pytest.mark.parametrize(
    "text", ["10432198761.55", "-77.10432198761", "104321987612", "20432198761", "10-43219876-3"]
)
def test_other_numbers_are_no_ruc(text: str) -> None:
    assert without_rucs(text) == text


def test_a_day_is_no_dni() -> None:
    assert name_without_dnis("20240131/43219876.csv") == "20240131/********.csv"
    assert is_dni_alone("43219876.0")
    assert not is_dni_alone("20240131")
    assert not is_dni_alone("4321987")
