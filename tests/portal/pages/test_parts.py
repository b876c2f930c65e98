"""The parts pages are made of: notes, addresses, figures, verdicts, pages of a list."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.messages import language, speaking, text
from acopio.portal.web.pages import links, notes
from acopio.portal.web.pages.figures import figures, read_moment
from acopio.portal.web.pages.paging import Pages
from acopio.portal.web.pages.words import say

PIECES = st.lists(
    st.sampled_from(
        ["<script>", "</p>", "[a](", ")", "javascript:", "&#106;avascript:", "data:text/html,",
         "`", "*", "_", "\n", "\n\n", "# ", "| a |", "<img onerror=x>", "<a href='", "'>", "![",
         "http://x", "](", "á"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(PIECES)
def test_notes_are_harmless_whatever_they_are(markdown: str) -> None:
    html = str(notes.html(markdown)).lower()
    for bad in (
        "<script",
        "<img",
        'href="javascript',
        'href="data',
        "onerror=x>",
        "<h1",
        "<a href='",
    ):
        assert bad not in html


@pytest.mark.parametrize(
    "markdown",
    [
        f"[a]: http://x.example/{'y' * 2_000}\n\n" + "[a] " * 1_500,
        "|a" * 1_000 + "\n" + "|-" * 1_000 + "\n" + "|\n" * 2_000,
        ">" * 4_000 + "- " * 2_000,
        '"&' * 4_000,
    ],
    ids=["references", "cells", "nesting", "entities"],
)
def test_notes_do_not_swell(markdown: str) -> None:
    assert len(notes.html(markdown)) < 50_000


def test_notes_keep_what_they_mean() -> None:
    html = notes.html("Gasto **total**, [más](https://example.org/)\n\n- uno\n\n# Título")
    assert "<strong>total</strong>" in html
    assert 'href="https://example.org/" rel="nofollow noopener ugc"' in html
    assert "<li>uno</li>" in html
    assert "<h1" not in html


def test_plain_notes_are_text_cut_at_a_word() -> None:
    assert notes.plain("Gasto **total** &amp; <b>más</b>") == "Gasto total & <b>más</b>"
    cut = notes.plain("palabra " * 100)
    assert cut.endswith("palabra…")
    assert len(cut) < 222
    assert notes.is_more("palabra " * 100)
    assert not notes.is_more("Una línea.")


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JAVASCRIPT://x/%0aalert(1)", "data:text/html,x", "//x.example", "",
     "mailto:a@b.c", None, "http://", "http://[", "https://x.example/\nx",
     "https://x.example/\"onclick", "x" * 9_000],
)  # fmt: skip
def test_what_is_no_web_address_is_no_link(url: str | None) -> None:
    assert links.outward(url) is None


@given(st.text(max_size=40))
def test_a_link_outward_has_a_scheme_we_know(text: str) -> None:
    found = links.outward(text)
    assert found is None or urlsplit(found).scheme.lower() in ("http", "https", "ftp")


def test_addresses_here_are_quoted() -> None:
    assert (
        links.page("dataset", "a/b?c", tabla="x y", pagina=2)
        == "/dataset/a%2Fb%3Fc?tabla=x+y&pagina=2"
    )


def test_figures_are_the_country_s() -> None:
    es, en = figures("peru", "es"), figures("peru", "en")
    moment = datetime(2026, 9, 22, 4, 9, tzinfo=UTC)
    assert es.number(1234567) == en.number(1234567) == "1,234,567"
    assert (es.size(50), es.size(999), es.size(1_000)) == ("50 B", "999 B", "1.0 kB")
    assert (es.size(98_765), es.size(12_345_678)) == ("98.8 kB", "12.3 MB")
    assert es.size(7_654_321_000) == "7,654 MB"
    assert es.exact(moment) == "21 set. 2026, 23:09 (UTC-05:00)"
    assert en.exact(moment) == "21 Sep 2026, 23:09 (UTC-05:00)"
    assert es.day(moment).startswith(
        '<time datetime="2026-09-22T04:09:00+00:00" title="21 set. 2026'
    )
    assert "hace 3 horas" in es.ago(datetime.now(UTC) - timedelta(hours=3))
    assert "in 3 hours" in en.ago(datetime.now(UTC) + timedelta(hours=3, minutes=5))


@given(st.one_of(st.text(max_size=40), st.datetimes().map(str), st.dates().map(str)))
def test_any_text_is_a_moment_that_can_be_shown_or_none(text: str) -> None:
    found = read_moment(text)
    if found is not None:
        assert "<time" in figures("peru", "es").day(found)


@given(st.integers(1, 10**6), st.integers(1, 100), st.integers(0, 10**6))
def test_pages_never_lead_beyond_the_last(number: int, size: int, total: int) -> None:
    pages = Pages(number=number, size=size, total=total, address=lambda n: str(n))
    assert pages.last == max(1, (total + size - 1) // size)
    if pages.after:
        assert number < int(pages.after) <= pages.last
    if pages.before:
        assert 1 <= int(pages.before) <= pages.last


def test_a_language_is_one_reader_s() -> None:
    with speaking("en"):
        assert (language(), text("page-files")) == ("en", "Files")
        with speaking("es"):
            assert text("page-files") == "Archivos"
        assert language() == "en"


def test_values_in_what_pages_say_are_escaped() -> None:
    with speaking("es"):
        assert say("page-search-for", q="<b>") == "para «&lt;b&gt;»"
        assert say("page-search-for") == "para «{q}»"
