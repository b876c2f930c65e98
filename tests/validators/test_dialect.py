import pytest

from acopio.model import Reading
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
        # A comma within a number is a weak vote, and so is one in a title.
        ("ubigeo;monto;dni;obs\n010101;1,5;40718233\n", ";"),
        ("Lista, con dni\nmonto;dni\n1,5;40718233;\n", ";"),
        ("Lista, con dni\nubigeo|monto|dni\n010101|1,5\n", "|"),
        ("Lista, con dni, de 2024\nubigeo\tmonto\tdni\n010101\t1,5\n", "\t"),
        ("1,5;2,5\n3,5;4,5\n", ";"),
        ("monto;dni\n1,5;40718233\n2,5\n3,5\n", ";"),
        # Where labels are words under one delimiter and not under the other.
        ("id,n,nota\n1,2,x;y\n3,4,z\n5,6,u;v\n", ","),
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


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("a,b\n1,2\n", 1, 1),
        ("a\n1\n2\n", 1, 1),
        # Semicolons cut as evenly as commas do.
        ("a,b;c\nx,y;z\nu,v;w\n", 0.5, 0.5),
        ("a,b\n1,2\n3\n4\n5,6\n", 0.6, 0.6),
    ],
)
def test_the_delimiter_is_as_sure_as_it_leads(
    write: Write, text: str, least: float, most: float
) -> None:
    assert least <= laid_out(write, text).delimiter_confidence <= most


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a,b,2023,c\n1,2,3,4\n", 1.0), ("a,a,,c\n1,2,3,4\n", 0.5), ("1,2\n3,4\n", 0.0)],
)
def test_the_header_is_as_sure_as_its_cells_are_labels(
    write: Write, text: str, expected: float
) -> None:
    assert laid_out(write, text).header_confidence == expected


def test_what_is_pinned_is_not_guessed(write: Write) -> None:
    path = write("f.csv", "a,b;c\n1,2;3\nx,y;z\n5,6;7\n")
    layout = lay_out(path, "utf-8", Reading(delimiter=";", header_row=3))
    assert layout is not None
    assert (layout.delimiter, layout.header_row, layout.labels) == (";", 3, ("x,y", "z"))
    assert layout.titles == ("a,b c", "1,2 3")


def test_a_pinned_row_that_is_not_there_is_found_out(write: Write) -> None:
    layout = lay_out(write("f.csv", "a,b\n1,2\n"), "utf-8", Reading(header_row=40))
    assert layout is not None
    assert layout.header_row == 1


@pytest.mark.parametrize(
    ("cells", "order", "confidence"),
    [
        (["2024-01-31", "2024-02-01"], "ymd", 1.0),
        (["31/01/2024", "02/03/2024 10:00"], "dmy", 1.0),
        (["01/31/2024", "02/03/2024"], "mdy", 1.0),
        (["01/02/2024", "02/03/2024"], "dmy", 0.5),
        (["31/01/24", "30/01/24", "28/02/24", "01/31/24"], "dmy", 0.75),
        (["1.5", "10.20.300", "99/99/2024", "0/1/2024"], "", 0.0),
    ],
)
def test_the_order_of_dates_is_what_most_of_them_prove(
    write: Write, cells: list[str], order: str, confidence: float
) -> None:
    found = laid_out(write, "f,x\n" + "".join(f"{cell},a\n" for cell in cells)).conventions
    assert (found.date_order, found.date_confidence) == (order, confidence)


@pytest.mark.parametrize(
    ("cells", "words", "confidence"),
    [
        (["1", "2", "N/D", "3.5"], ("N/D",), 1.0),
        (["1", "S.I.", "S.I.", "-", "2", "x", "3", "4"], ("S.I.", "-"), 0.8),
        (["1", "2", "3"], (), 0.0),
        # In a column of words they are words.
        (["LIMA", "N/D", "ICA"], (), 0.0),
    ],
)
def test_words_for_nothing_stand_among_numbers(
    write: Write, cells: list[str], words: tuple[str, ...], confidence: float
) -> None:
    found = laid_out(write, "f,x\n" + "".join(f"{cell},a\n" for cell in cells)).conventions
    assert (found.missing_words, found.missing_confidence) == (words, confidence)
