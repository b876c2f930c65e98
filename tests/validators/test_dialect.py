import pytest

from acopio.validators.dialect import Layout, lay_out
from tests.validators.samples import Write


def laid_out(write: Write, text: str) -> Layout:
    layout = lay_out(write("f.csv", text), "utf-8")
    assert layout is not None
    return layout


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1;2\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("region;monto\nLIMA;1,5\nICA;2,5\n", ";"),
        ("Reporte, 2024\nregion;monto\nLIMA;1,5\nICA;2,5\n", ";"),
        ('a,b\n"x;y;z",1\n"p;q;r",2\n', ","),
        ("id|texto\n1|uno, dos, tres\n2|a, b, c\n3|d, e, f\n", "|"),
        ("codigo\n1\n2\n", ","),
    ],
)
def test_the_delimiter_is_voted(write: Write, text: str, delimiter: str) -> None:
    assert laid_out(write, text).delimiter == delimiter


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("a,b,c\n1,2,3\n", 1),
        ("\n\na,b,c\n1,2,3\n", 3),
        ("REPORTE\n\nregion,anio,monto\nLIMA,2024,1\nICA,2024,2\n", 3),
        ("REPORTE,,,\nAl 31/12,,,\nregion,anio,monto,obs\nLIMA,2024,1,x\n", 3),
        # A pivot's years are a header, and a first row of data is not one.
        ("Región,2022,2023,2024\nLIMA,1,2,3\n", 1),
        ("total\n1,2,3,4\n5,6,7,8\n", 1),
        # As wide as the table, with two labels of eight.
        ("DEPARTAMENTO,PROVINCIA,,,,,,\nLIMA,HUARAL,a,b,c,d,e,f\nICA,PISCO,g,h,i,j,k,l\n", 1),
        # Megabytes of blank lines.
        ("\n" * 700_001 + "a,b\n1,2\n", 700_002),
        ("\r\n" * 400_001 + " \t" * 200_000 + "\na,b\n1,2\n", 400_003),
        # A blank label among two is no title.
        (",monto\nLIMA,1\nICA,2\n", 1),
        ("solo\nx\ny\n", 1),
    ],
)
def test_the_header_is_found_below_titles(write: Write, text: str, row: int) -> None:
    assert laid_out(write, text).header_row == row


def test_titles_are_kept(write: Write) -> None:
    layout = laid_out(write, "REPORTE,,\n,,\na,b,c\n1,2,3\n")
    assert layout.titles == ("REPORTE", "")
    assert layout.labels == ("a", "b", "c")


def test_apostrophes_quote_only_where_they_wrap_everything(write: Write) -> None:
    assert laid_out(write, "'a','b'\n'1,5','2'\n").quote == "'"
    assert laid_out(write, "a,b\nO'Higgins,D'Onofrio\n").quote == '"'


def test_a_space_before_quotes_is_skipped(write: Write) -> None:
    layout = laid_out(write, 'a, b\n"1", "x, y"\n"2", "z"\n')
    assert layout.skip_space
    assert layout.width == 2


def test_blank_text_has_no_layout(write: Write) -> None:
    assert lay_out(write("f.csv", " \n\t\n"), "utf-8") is None


def test_a_sample_cut_in_the_middle_ends_where_a_line_does(write: Write) -> None:
    layout = laid_out(write, "a,b\n" + "1,2\n" * 100_000)
    assert not layout.complete
    assert (layout.width, layout.regular) == (2, 1.0)
