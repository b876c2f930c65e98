import codecs
import re
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.messages import about
from acopio.validators import lines
from acopio.validators.encoding import FOREIGN, Encoding, decide
from acopio.validators.lines import LONGEST_LINE, line_at
from tests.validators.samples import Write, codes, examined, only


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a,b\n", "utf-8"),
        ("año\n".encode(), "utf-8"),
        ("año\n".encode("utf-8-sig"), "utf-8-sig"),
        ("año\n".encode("utf-16"), "utf-16"),
        ("año,b\n".encode("utf-16-le"), "utf-16-le"),
        ("año,b\n".encode("utf-16-be"), "utf-16-be"),
        ("año\n".encode("utf-32"), "utf-32"),
        ("año “x” €\n".encode("cp1252"), "cp1252"),
        ("año\n".encode("cp850"), "cp850"),
        (b"a\xf1o \x81\n", "iso8859-1"),
    ],
)
def test_encoding_is_named_as_python_names_it(write: Write, content: bytes, expected: str) -> None:
    found = decide(write("f.csv", content))
    assert found.name == expected == codecs.lookup(found.name).name
    assert not found.mixed


def test_one_accent_beyond_any_sample_decides(write: Write) -> None:
    path = write("f.csv", b"a,b\n" * 400_000 + "Perú\n".encode("latin-1"))
    found = decide(path)
    assert (found.name, found.first_other) == ("cp1252", 400_001)


def test_lines_of_two_encodings_are_counted(write: Write) -> None:
    path = write("f.csv", "Perú\nÁncash\n".encode() + "Junín\n".encode("latin-1"))
    found = decide(path)
    assert found.mixed
    assert (found.utf8_lines, found.other_lines, found.first_other) == (2, 1, 3)
    assert found.name == "utf-8"
    assert not found.is_utf8


@pytest.mark.parametrize(
    ("utf8", "other", "expected"), [(3, 1, "utf-8"), (1, 1, "utf-8"), (1, 3, "cp1252")]
)
def test_of_two_encodings_the_one_most_lines_have_is_named(
    write: Write, utf8: int, other: int, expected: str
) -> None:
    found = decide(write("f.csv", "Ñ\n".encode() * utf8 + b"\xd1\n" * other))
    assert found.mixed
    assert found.name == expected


def test_a_byte_order_mark_outweighs_lines_of_another_encoding(write: Write) -> None:
    found = decide(write("f.csv", codecs.BOM_UTF8 + b"a\n" + b"\xd1\n" * 3))
    assert found.mixed
    assert found.name == "utf-8-sig"


def test_a_character_across_two_blocks_is_no_defect(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "BLOCK", 7)
    found = decide(write("f.csv", "Áncash\nñandú\n".encode() * 20))
    assert found == Encoding(name="utf-8")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("block", [1, 2, 3, 1 << 20])
def test_every_line_end_ends_a_line(
    write: Write, monkeypatch: pytest.MonkeyPatch, end: str, block: int
) -> None:
    monkeypatch.setattr(lines, "BLOCK", block)
    path = write("f.csv", end.join(["a,b", "1,ñ", "ñ,4", "5,\xd1"]).encode("latin-1") + b"\n\xd1")
    found = decide(path)
    assert (found.first_other, found.other_lines) == (2, 4)
    assert [line_at(path, offset) for offset in (0, 3 + len(end), 9 + 3 * len(end))] == [1, 2, 4]


@pytest.mark.parametrize("length", [99, 100, 101, 350])
@pytest.mark.parametrize("block", [7, 64])
@pytest.mark.parametrize("end", ["", "\n", "\r", "\r\n"])
def test_a_line_beyond_the_limit_is_measured_not_kept(
    write: Write, monkeypatch: pytest.MonkeyPatch, length: int, block: int, end: str
) -> None:
    monkeypatch.setattr(lines, "BLOCK", block)
    monkeypatch.setattr(lines, "LONGEST_LINE", 100)
    found = decide(write("f.csv", "a,b\n" + "x" * length + end))
    assert found.too_long_a_line == (length > 100)


def test_a_line_beyond_the_limit_is_not_cut_within_a_character(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "BLOCK", 64)
    monkeypatch.setattr(lines, "LONGEST_LINE", 100)
    found = decide(write("f.csv", "x" + "ñ€\U0001f600" * 200))
    assert (found.name, found.too_long_a_line) == ("utf-8", True)


@pytest.mark.parametrize("content", [b"x", "ñ".encode(), b"\xf1", b"\r", b"\x00"])
def test_one_line_without_end_is_read_in_bounded_memory(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f.csv"
    with path.open("wb") as file:
        for _ in range(40):
            file.write(content * ((1 << 20) // len(content)))
    tracemalloc.start()
    try:
        found = decide(path)
        assert tracemalloc.get_traced_memory()[1] < 7 * LONGEST_LINE
    finally:
        tracemalloc.stop()
    assert found.too_long_a_line == (content != b"\r")


def test_nul_bytes_are_counted(write: Write) -> None:
    assert decide(write("f.csv", b"a\x00b\x00\n")).nul_bytes == 2


def test_a_broken_utf16_body_is_not_exact(write: Write) -> None:
    assert not decide(write("f.csv", codecs.BOM_UTF16_LE + b"a\x00\x00\xd8b\x00")).exact


@pytest.mark.parametrize("codec", ["utf-16", "utf-32"])
def test_a_wide_body_cut_off_within_a_character_is_not_exact(write: Write, codec: str) -> None:
    body = "a,ñ\n1,é\n".encode(codec)
    assert decide(write("whole.csv", body)).exact
    found = decide(write("cut.csv", body[:-1]))
    assert (found.name, found.exact) == (codec, False)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_what_is_utf8_is_called_utf8(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path: Path = tmp_path_factory.mktemp("f") / "f.csv"
    path.write_bytes(b"x" + text.encode())
    assert decide(path).name == "utf-8"


@given(st.binary(min_size=1, max_size=80))
def test_whatever_is_decided_decodes_the_file(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path: Path = tmp_path_factory.mktemp("f") / "f.csv"
    path.write_bytes(data)
    found = decide(path)
    if found.exact:
        assert isinstance(data.decode(found.name, FOREIGN if found.mixed else "strict"), str)


_PIECES = [b"a", b",", b"\n", b"\r", b"\r\n", b"\x00", "ñ".encode(), "€".encode(), b"\xf1", b"\x8f"]


@given(
    data=st.lists(st.sampled_from(_PIECES), min_size=1, max_size=40).map(b"".join),
    block=st.integers(1, 9),
)
def test_the_quick_pass_says_what_looking_at_each_line_says(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, block: int
) -> None:
    path: Path = tmp_path_factory.mktemp("f") / "f.csv"
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK", block)
        patch.setattr(lines, "LONGEST_LINE", 1000)
        found = decide(path)
    assert replace(found, confidence=1.0) == _line_by_line(data)


def _line_by_line(data: bytes) -> Encoding:
    """Decide as ``decide`` does, of a whole file in memory and with nothing clever."""
    all_lines = re.split(rb"\r\n|\r|\n", data)
    others = [number for number, line in enumerate(all_lines, 1) if not _is_utf8(line)]
    plain = sum(1 for line in all_lines if _is_utf8(line) and not line.isascii())
    single_byte = "iso8859-1" if set(data) & set(b"\x81\x8d\x8f\x90\x9d") else "cp1252"
    return Encoding(
        name=single_byte if len(others) > plain else "utf-8",
        nul_bytes=data.count(0),
        utf8_lines=plain if others else 0,
        other_lines=len(others),
        first_other=others[0] if others else None,
    )


def _is_utf8(line: bytes) -> bool:
    return line.decode("utf-8", "replace").encode() == line


@pytest.mark.parametrize(
    ("content", "shown", "meant", "line"),
    [
        ("Perú\nPerÃº\n", "Ãº", "ú", 2),
        ("a\r\nb\rcaÃ±Ã³n PEÃ\u2018A", "Ã±", "ñ", 3),
        ("N\u00c2\u00b0 1", "Â°", "°", 1),
        ("Ã\x81ncash", "Ã\x81", "Á", 1),
        ("â€œhola", "â€œ", "“", 1),
        ("Per\ufffd", "\ufffd", "á, é, ñ…", 1),
    ],
)
def test_letters_broken_before_are_found(
    write: Write, content: str, shown: str, meant: str, line: int
) -> None:
    path = write("f.csv", content)
    damage = decide(path).damage
    assert damage is not None
    assert (damage.shown, damage.meant) == (shown, meant)
    assert line_at(path, damage.offset) == line


@pytest.mark.parametrize("text", ["SÃO PAULO, AÇÃO, MANHÃ", "Crêpe, ÂNGELO, château", "JOÃO”"])
def test_letters_of_other_languages_are_not_broken(write: Write, text: str) -> None:
    assert decide(write("f.csv", text)).damage is None


def test_every_broken_letter_is_counted(write: Write) -> None:
    damage = decide(write("f.csv", "Ã±Ã¡\n" * 100_000)).damage
    assert damage is not None
    assert damage.count == 200_000


@pytest.mark.parametrize(
    ("content", "least", "most"),
    [
        ("añ\n".encode(), 1, 1),
        ("Perú\nÁncash\n".encode("cp1252"), 1, 1),
        # ñ and ó as DOS wrote them.
        (b"pe\xa4a\nAvi\xa2n\n", 1, 1),
        # One byte for each.
        (b"pe\xa4a\nAvi\xf3n\n", 0, 0.3),
        # What is no letter in any of them.
        (b"pe\xd8a\n", 0, 0),
        ("a,ñ\n1,2\n".encode("utf-16-le"), 0.85, 0.95),
        ("a,ñ\n1,2\n".encode("utf-16-le") * 1000, 1, 1),
        ("a,“\n1,2\n".encode("utf-16-le") * 1000, 0.87, 0.88),
        ("ñ\n".encode() * 3 + b"\xf1\n", 0.75, 0.75),
    ],
)
def test_confidence_follows_what_the_bytes_show(
    write: Write, content: bytes, least: float, most: float
) -> None:
    assert least <= decide(write("f.csv", content)).confidence <= most


@pytest.mark.parametrize("mark", [b"", b"\xff\xfe"])
@pytest.mark.parametrize(
    ("end", "row"), [(b"\x00\xdc\x00\xdc", 1), (b"1\x00\n\x00\x00\xd8a\x00", 2), (b"1", 1)]
)
@pytest.mark.parametrize("times", [50, 5000])
def test_utf16_that_breaks_off_is_told_once_with_its_line(
    write: Write, mark: bytes, end: bytes, row: int, times: int
) -> None:
    rows = "a,b\n1,2\n".encode("utf-16-le") * times
    report = examined(write("f.csv", mark + rows + end))
    assert not {"encoding-mixed", "encoding-not-utf8"} & set(codes(report))
    found = only(report, "encoding-error")
    assert (found.row, found.params["note"]) == (row + 2 * times, "not-unicode")
    assert f" {row + 2 * times} " in about(found).replace("\u202f", "").replace(",", "")
    assert "Unicode" in about(found)
