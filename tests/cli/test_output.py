import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.cli import output


def test_json_is_one_document_and_nothing_else(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    output.emit({"título": "Año", "path": Path("x")}, True, lambda document: output.say("never"))
    out, err = capfdbinary.readouterr()
    assert json.loads(out) == {"título": "Año", "path": "x"}
    assert "Año".encode() in out
    assert err == b""


def test_without_json_people_are_shown_it(capsys: pytest.CaptureFixture[str]) -> None:
    output.emit({"name": "mef"}, False, lambda document: output.say(document["name"]))
    assert capsys.readouterr().out == "mef\n"


def test_json_has_no_number_for_nan_and_no_half_characters(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    output.print_json({"a": [float("nan"), (float("inf"), 1.5)], "b": "\ud800"})
    out, _ = capfdbinary.readouterr()
    assert json.loads(out) == {"a": [None, [None, 1.5]], "b": "?"}


def test_notes_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    output.note("careful")
    assert capsys.readouterr() == ("", "careful\n")


def test_a_table_shows_every_cell_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    long = "x" * 300
    output.table(["nombre", "título"], [["mef", "[red]Año[/red]"], [long, None], [1, ":smile:"]])
    lines = capsys.readouterr().out.splitlines()
    assert [line.strip() for line in lines if "mef" in line] == [
        line.strip() for line in lines if "[red]Año[/red]" in line
    ]
    assert any(long in line for line in lines)
    assert any(":smile:" in line for line in lines)


def test_a_table_obeys_no_control_character(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(["a"], [["\x1b[2J\u202e"]])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_no_progress_bar_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with output.progress("fetching", 2) as advance:
        advance(1)
    assert capsys.readouterr() == ("", "")


def test_a_progress_bar_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with output.progress("[bold]mef", 2) as advance:
        advance(2)
    out, err = capsys.readouterr()
    assert out == ""
    assert "[bold]mef" in err


@given(st.text())
def test_plain_text_is_printable_and_loses_nothing_printable(text: str) -> None:
    shown = output.plain(text)
    assert all(c.isprintable() or c in "\n\t\u00a0" for c in shown)
    assert output.plain(shown) == shown
    assert [c for c in text if c.isprintable() and c not in "\\0123456789abcdefuxnrtUNU"] == [
        c for c in shown if c.isprintable() and c not in "\\0123456789abcdefuxnrtUNU"
    ]
