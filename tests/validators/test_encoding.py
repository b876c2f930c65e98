import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.validators import encoding
from acopio.validators.encoding import decide
from tests.validators.samples import Write


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a,b\n", "utf-8"),
        ("año\n".encode(), "utf-8"),
        ("año\n".encode("utf-8-sig"), "utf-8-sig"),
        ("año\n".encode("utf-16"), "utf-16"),
        ("año\n".encode("utf-32"), "utf-32"),
        ("año “x” €\n".encode("cp1252"), "cp1252"),
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
    assert (found.name, found.first_other, found.lines) == ("cp1252", 400_001, 400_001)


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
    monkeypatch.setattr(encoding, "BLOCK", 7)
    found = decide(write("f.csv", "Áncash\nñandú\n".encode() * 20))
    assert (found.name, found.utf8_lines, found.lines) == ("utf-8", 40, 40)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("block", [1, 2, 3, 1 << 20])
def test_every_line_end_ends_a_line(
    write: Write, monkeypatch: pytest.MonkeyPatch, end: str, block: int
) -> None:
    monkeypatch.setattr(encoding, "BLOCK", block)
    found = decide(write("f.csv", end.join(["a,b", "1,22", "3,4"]) + end))
    assert (found.lines, found.longest_line) == (3, 4)


def test_a_line_beyond_the_limit_is_measured_not_kept(write: Write) -> None:
    path = write("f.csv", b"x" * (encoding.LONGEST_LINE + encoding.BLOCK * 2))
    assert decide(path).longest_line > encoding.LONGEST_LINE


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
        assert isinstance(
            data.decode(found.name, encoding.FOREIGN if found.mixed else "strict"), str
        )
