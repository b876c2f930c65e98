"""A row's place in bytes: where a reader of the file as it is would begin to read it."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acopio.validators.offsets import row_offsets
from tests.validators.samples import Write

COMMA = {"csv": {"delimiter": ","}}
CELLS = st.text(st.sampled_from('añ1, "\n\r;€'), max_size=6)


@settings(deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=3), min_size=1, max_size=8),
    mark=st.booleans(),
)
def test_from_each_place_the_same_rows_are_read(rows: list[list[str]], mark: bool) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    body = text.getvalue().encode("utf-8-sig" if mark else "utf-8")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(body)
        found = row_offsets(path, "utf-8", COMMA, range(1, len(rows) + 1))
    assert list(found) == list(range(1, len(rows) + 1))
    for row, begin in found.items():
        rest = body[begin:].decode("utf-8-sig" if row == 1 and not mark else "utf-8")
        assert list(csv.reader(io.StringIO(rest, newline=""))) == rows[row - 1 :]


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "iso8859-1", "latin-1", "utf-8"])
def test_bytes_are_counted_not_characters(write: Write, encoding: str) -> None:
    body = "año;ñ\n1;2\n\n3;4".encode(encoding)
    found = row_offsets(write("a.csv", body), encoding, {"csv": {"delimiter": ";"}}, [2, 4, 9])
    assert {row: body[begin:] for row, begin in found.items()} == {2: b"1;2\n\n3;4", 4: b"3;4"}


def test_where_bytes_are_not_characters_nothing_is_said(write: Write) -> None:
    assert row_offsets(write("a.csv", "a\n1\n".encode("utf-16")), "utf-16", COMMA, [1]) == {}
    assert row_offsets(write("b.csv", "a\n1\n"), "utf-8", COMMA, []) == {}


def test_what_follows_an_unreadable_row_is_left_out(write: Write) -> None:
    path = write("a.csv", 'a\n1\n"' + "x" * 2_000_000 + '"\n2\n')
    assert set(row_offsets(path, "utf-8", COMMA, [1, 2, 3, 4])) <= {1, 2, 3, 4}
