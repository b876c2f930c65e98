"""Values and repeated rows are those the csv module reads, whoever reads them."""

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acopio.validators.columns import Survey
from acopio.validators.preflight import Profile, profile
from acopio.validators.surveys import survey
from acopio.validators.values import Key, Question, Seen, answers, apart, pair, repeats
from tests.validators.samples import Write

CELLS = st.text(st.sampled_from("ab1ñ,;\" \n\r\t'."), max_size=4)


@pytest.fixture(autouse=True, params=[0, 20_000], ids=["many", "few"])
def _rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read every file as one of many rows and as one of few."""
    monkeypatch.setattr("acopio.validators.records._FEW", request.param)


def counted(path: Path) -> tuple[Profile, Survey]:
    found = profile(path, "csv", path.name)
    table = survey(path, found)
    assert table is not None
    return found, table


def values(path: Path, *questions: Question) -> list[dict[str, tuple[int, int]]]:
    return [
        {value: (seen.count, seen.first_row) for value, seen in answer.seen.items()}
        for answer in answers(path, *counted(path), questions)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_values_have_their_count_and_first_row(write: Write, encoding: str, end: str) -> None:
    text = end.join(["año;x", "uno;1", "dos;2", "uno ;3", ";4", "dos;5", "tres;6"]) + end
    (found,) = values(write("f.csv", text.encode(encoding)), Question(columns=(1,)))
    assert found == {"uno": (2, 2), "dos": (2, 3), "tres": (1, 7)}


@pytest.mark.parametrize(
    "rows",
    [
        "1,a\n2\n3,b\n",
        "1,a\n\n3,b\n",
        '1,a\n2,"x\ny"\n3,b\n',
        '1,a\n2,5" x\n3,b\n',
        "1,a\n2,,\n3,b\n",
    ],
    ids=["short", "blank", "line break", "quote inside", "long"],
)
def test_rows_keep_their_numbers_in_untidy_files(write: Write, rows: str) -> None:
    (found,) = values(write("f.csv", "n,t\n" + rows), Question(columns=(2,)))
    assert (found["a"], found["b"]) == ((1, 2), (1, 4))


def test_rows_are_counted_from_the_top_of_the_file(write: Write) -> None:
    path = write("f.csv", "REPORTE\n\na,b,c\n" + "1,2,3\n" * 30 + "9,2,3\n")
    assert values(path, Question(columns=(1,))) == [{"1": (30, 4), "9": (1, 34)}]


def test_a_key_leaves_out_what_is_of_no_interest(write: Write) -> None:
    path = write("f.csv", "a,b\n1,x\n2,y\n1,x\n")
    few = Question(columns=(1,), key=Key(sql="CASE WHEN {0} <> '1' THEN {0} END"))
    both = Question(columns=(2, 1), key=Key(sql=pair("{0}", "{1}")))
    alone, pairs = values(path, few, both)
    assert alone == {"2": (1, 3)}
    assert {apart(value): seen for value, seen in pairs.items()} == {
        ("x", "1"): (2, 2),
        ("y", "2"): (1, 3),
    }


def test_more_questions_than_one_reading_answers(write: Write) -> None:
    labels = ",".join(f"c{number}" for number in range(1, 41))
    path = write("f.csv", f"{labels}\n" + ",".join(map(str, range(1, 41))) + "\n")
    found = values(path, *(Question(columns=(number,)) for number in range(1, 41)))
    assert found == [{str(number): (1, 2)} for number in range(1, 41)]


def test_too_many_values_are_said_to_be_incomplete(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acopio.validators.values.MOST", 5)
    path = write("f.csv", "a,b\n" + "".join(f"{n},1\n" for n in range(9)))
    (answer,) = answers(path, *counted(path), [Question(columns=(1,))])
    assert not answer.complete
    assert answer.seen == {str(n): Seen(count=1, first_row=n + 2) for n in range(5)}


def test_without_a_question_nothing_is_read(write: Write) -> None:
    path = write("f.csv", "a,b\n1,2\n")
    found, table = counted(path)
    path.unlink()
    assert answers(path, found, table, []) == ()


def test_a_name_with_a_pattern_is_one_file(write: Write) -> None:
    write("ab.csv", "a,b\nwrong,2\n")
    assert values(write("[a]*.csv", "a,b\nx,2\n"), Question(columns=(1,))) == [{"x": (1, 2)}]


@given(st.lists(st.lists(CELLS, min_size=2, max_size=3), min_size=1, max_size=8), st.booleans())
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30
)
def test_any_table_is_read_as_csv_reads_it(write: Write, rows: list[list[str]], tidy: bool) -> None:
    body = io.StringIO()
    writer = csv.writer(body, quoting=csv.QUOTE_ALL if tidy else csv.QUOTE_MINIMAL)
    writer.writerows([["uno", "dos"], *rows])
    path = write("f.csv", body.getvalue())
    found = profile(path, "csv", path.name)
    assert found.layout is not None
    table = survey(path, found)
    assert table is not None
    read = list(
        csv.reader(
            io.StringIO(body.getvalue(), newline=""),
            delimiter=found.layout.delimiter,
            quotechar=found.layout.quote,
            skipinitialspace=found.layout.skip_space,
        )
    )[found.layout.header_row :]
    expected = Counter(row[0].strip() for row in read if row)
    expected.pop("", None)
    (answer,) = answers(path, found, table, [Question(columns=(1,))])
    assert {value: seen.count for value, seen in answer.seen.items()} == dict(expected)
    blank = f"{found.layout.delimiter}{found.layout.quote} \t\r\n"
    same = Counter(tuple(row) for row in read if "".join(row).strip(blank))
    again = repeats(path, found, table)
    assert (again.rows if again else 0) == sum(count - 1 for count in same.values())


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_repeated_rows_are_counted(write: Write, encoding: str) -> None:
    rows = ["a,b", "ñ,1", "x,2", "ñ,1", ",", ",", "x,2", "x,2", "y,3"]
    path = write("f.csv", "\n".join(rows).encode(encoding))
    found = repeats(path, *counted(path))
    assert found is not None
    assert (found.rows, found.different, found.first_row, found.last_row) == (3, 2, 2, 4)
