"""Windows-1252 or DOS's 850: decided by what stands around each byte beyond ASCII."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.model import Reading
from acopio.validators.codepages import DOS, WINDOWS, Vote
from acopio.validators.encoding import decide
from acopio.validators.preflight import profile
from tests.validators.samples import Write, examined, only

WORDS = ["Áncash", "Apurímac", "Huánuco", "Cañete", "Perú", "Concepción", "Íllimo", "ÑAHUIMPUQUIO"]


def voted(data: bytes) -> str:
    vote = Vote()
    vote.add(data)
    return vote.page


@pytest.mark.parametrize("page", [WINDOWS, DOS])
@pytest.mark.parametrize(
    "text",
    [
        "Apurímac", "San Martín", "Cañete", "Perú", "Junín,2\n", "CAÑETE", "JUNÍN", "HUÁNUCO",
        "educación", "él dijo", "Óscar Íñigo", "N° 5", "Nº,fecha", "1ª etapa", "pingüino",
        "¿Cuándo?", "JUNíN", "ENSEÑANZA TéCNICA Y MúSICA",
    ],
)  # fmt: skip
def test_a_word_tells_its_code_page(text: str, page: str) -> None:
    assert voted(text.encode(page)) == page


@pytest.mark.parametrize(
    "text",
    [
        "PM10 (µg/m³)", "5 µS/cm", "¡Alto!", "¡alto!", "de\u00a0la\u00a0ley", "Lima\u00a0\n",
        "S/.\u00a0100", "“Ley” \u2013 artículo", "£ 5, ¥5, ¢5", "Art. § 5", "50 €", "½ litro",
        "30 m²", "voilà", "«x»", "naïve", "São Paulo", "façade", "A¦B", "x · y",
    ],
)  # fmt: skip
def test_signs_are_no_letters_of_dos(text: str) -> None:
    assert voted(text.encode("cp1252")) == WINDOWS


def test_a_text_of_neither_is_not_called_one_of_dos() -> None:
    text = "Građani će moći vidjeti šuštanje lišća, žute kuće i čaše; KÖLN"
    assert voted(text.encode("iso8859-2")) == voted(text.encode("cp1250")) == WINDOWS


@given(
    words=st.lists(st.sampled_from(WORDS), min_size=5, unique=True),
    way=st.sampled_from([str, str.upper, str.lower]),
    mark=st.sampled_from([",", ";", "\n", " "]),
    page=st.sampled_from([WINDOWS, DOS]),
)
def test_several_words_tell_it_however_they_are_written(
    words: list[str], way: "type[str]", mark: str, page: str
) -> None:
    assert voted(mark.join(map(way, words)).encode(page)) == page


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=20))
def test_utf8_is_never_asked(tmp_path_factory: pytest.TempPathFactory, words: list[str]) -> None:
    path = tmp_path_factory.mktemp("f") / "f.csv"
    path.write_bytes("\n".join(words).encode())
    assert decide(path).name == "utf-8"


def test_lines_in_utf8_among_others_do_not_vote(write: Write) -> None:
    found = decide(write("f.csv", "Áncash\nÁncash\n".encode() + "Junín\n".encode("cp1252") * 3))
    assert (found.name, found.mixed) == ("iso8859-1", True)


@given(st.binary(max_size=200))
def test_a_vote_is_one_of_two_and_its_confidence_a_share(data: bytes) -> None:
    vote = Vote()
    vote.add(data)
    assert vote.page in (WINDOWS, DOS)
    assert 0 <= vote.confidence <= 1


def test_many_megabytes_of_accents_are_heard_in_bounded_memory() -> None:
    block = bytes(range(128, 256)) * (16 << 13)
    tracemalloc.start()
    try:
        voted(block)
        assert tracemalloc.get_traced_memory()[1] < 3 * len(block)
    finally:
        tracemalloc.stop()


def test_a_table_of_dos_is_read_and_told(write: Write) -> None:
    report = examined(write("f.csv", "región,año\nÁncash,1\nJunín,2\n".encode("cp850")))
    assert only(report, "encoding-not-utf8").params["encoding"] == "cp850"
    (table,) = report.tables
    assert [field["name"] for field in table.schema["fields"]] == ["región", "año"]
    assert table.detected["encoding"] == {"value": "cp850", "confidence": 1.0, "by": "acopio"}


@pytest.mark.parametrize(("pinned", "label"), [("cp850", "año"), ("cp1252", "a¤o"), ("", "año")])
def test_what_an_officer_pins_outweighs_the_vote(write: Write, pinned: str, label: str) -> None:
    path = write("f.csv", "año,b\n1,2\n".encode("cp850"))
    layout = profile(path, "csv", "f.csv", Reading(encoding=pinned)).layout
    assert layout is not None
    assert layout.labels == (label, "b")
