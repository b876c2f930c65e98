"""How a table in text departs from the plain form, and where exactly."""

import pytest

from acopio.messages import about
from acopio.model import Severity
from acopio.validators.columns import LONGEST_CELL
from tests.validators.samples import Write, codes, examined, only


@pytest.mark.parametrize(
    ("content", "row"),
    [
        ('a,b\n1,"x\n2,y\n', 2),
        ('a,b\n1,2\n3,4\n5,"cut in the mid', 4),
        ('a,b\n1,2\n3,"two\nlines"\n4,"x', 4),
        ('a,b\n1,"he said ""no""', 2),
        ('a,b\n1,"' + "x\n" * 5000, 2),
        ('REPORTE\n\na;b;c\n1;2;3\n4;5;"x\n6;7;8\n', 5),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_quote_that_never_closes_is_told_with_its_row(
    write: Write, content: str, row: int, encoding: str
) -> None:
    found = only(examined(write("f.csv", content.encode(encoding))), "unclosed-quote")
    assert found.row == row
    assert about(found)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-be"])
def test_which_byte_comes_first_is_known_at_the_end_of_a_long_file(
    write: Write, encoding: str
) -> None:
    content = "\ufeffa,b\n" + "1,dos\n" * 3000 + '2,"abierta\nsigue\n'
    found = only(examined(write("f.csv", content.encode(encoding))), "unclosed-quote")
    assert found.row == 3002


@pytest.mark.parametrize(
    "content",
    [
        'a,b\n1,"x\n"\n',
        'a,b\n1,"x\n" \n',
        'a,b\n1,5" x\n2,6" y',
        'a,b\n1,"he said ""no"""\n',
        'a,b\n1,""\n',
        'a,b\n1,"' + "x\n" * 5000 + '"\n',
        'a,b\n1,"ñ\n"\r\n\r\n',
    ],
)
def test_a_quote_that_closes_is_no_fault(write: Write, content: str) -> None:
    assert "unclosed-quote" not in codes(examined(write("f.csv", content)))


def test_a_quote_that_swallows_more_than_a_cell_holds_is_told_with_its_row(write: Write) -> None:
    content = "a,b\n1,2\n" * 50 + '3,"' + "4,5\n" * (LONGEST_CELL // 3)
    report = examined(write("f.csv", content))
    assert only(report, "unclosed-quote").row == 101
    assert only(report, "examination-failed").params["value"] == LONGEST_CELL


def test_a_long_cell_is_no_quote(write: Write) -> None:
    content = "a,b\n1," + "x" * (LONGEST_CELL + 1) + "\n"
    assert codes(examined(write("f.csv", content))) == ["examination-failed"]


@pytest.mark.parametrize(
    ("content", "mark", "count", "row"),
    [
        ('a,b\n"5,234",x\n"1,234.50",y\n', ",", 2, 2),
        ('a,b\n7,x\n"1,234,567",y\n', ",", 1, 3),
        ("a;b\n7,5;x\n1.234,50;y\n", ".", 1, 3),
    ],
)
def test_marks_between_thousands_are_told(
    write: Write, content: str, mark: str, count: int, row: int
) -> None:
    found = only(examined(write("f.csv", content)), "thousands-separator")
    assert (found.params["mark"], found.params["count"], found.row) == (mark, count, row)


@pytest.mark.parametrize(
    "content",
    [
        'a,b\n"5,234",x\n',
        "a;b\n1.234;x\n",
        'a,b\n"x 1,234.50 y",x\n',
        # Numbers of persons are said to be that, and nothing else.
        'dni,b\n"41,234,567",x\n"42,345,678",y\n',
    ],
)
def test_what_may_be_no_thousands_is_left_alone(write: Write, content: str) -> None:
    assert "thousands-separator" not in codes(examined(write("f.csv", content)))


@pytest.mark.parametrize(
    "content",
    [
        "REGION,2023,,2024,\n,Hombres,Mujeres,Hombres,Mujeres\nLIMA,1,2,3,4\nICA,5,6,7,8\n",
        "REGION,Provincia,Monto,\n,,2023,2024\nLIMA,HUARAL,1,2\nICA,PISCO,3,4\n",
        ",Total,,Rural,\nREGION,H,M,H,M\nLIMA,1,2,3,4\nICA,5,6,7,8\n",
    ],
)
def test_labels_in_two_rows_are_told(write: Write, content: str) -> None:
    assert "merged-header" in codes(examined(write("f.csv", content)))


@pytest.mark.parametrize(
    "content",
    [
        "REGION,,OBS\nLIMA,x,y\nICA,z,w\n",
        "a,,c\n1,2,3\n4,5,6\n",
        "REPORTE,,\na,b,c\n1,2,3\n",
        ",,REPORTE,,,,\na,b,c,d,e,f,g\n1,2,3,4,5,6,7\n",
    ],
)
def test_a_blank_label_or_a_title_is_no_second_row(write: Write, content: str) -> None:
    assert "merged-header" not in codes(examined(write("f.csv", content)))


def test_a_byte_order_mark_is_worth_knowing_and_no_fault(write: Write) -> None:
    found = only(examined(write("f.csv", "a,b\n1,ñ\n".encode("utf-8-sig"))), "bom")
    assert found.severity is Severity.INFO


def test_broken_letters_show_no_more_than_the_letter(write: Write) -> None:
    found = only(examined(write("f.csv", "a,b\n1,x\r\n2,Peñas PEÃ±A y PerÃº\n")), "mojibake")
    assert (found.evidence, found.params["meant"]) == ("Ã±", "ñ")
    assert (found.params["line"], found.params["count"]) == (3, 2)
    assert "PE" not in about(found).replace("PerÃº", "")
