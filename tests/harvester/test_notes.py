import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.harvester.notes import markdown


def test_html_becomes_markdown() -> None:
    html = (
        '<p>Gasto <b>mensual</b>, ver <a href="https://x.example/a">nota</a>.</p><ul><li>uno</ul>'
    )

    assert markdown(html) == "Gasto **mensual**, ver [nota](https://x.example/a).\n\n- uno"


def test_markdown_stays_as_it_is() -> None:
    written = "# Título\n\n* uno_dos\n* 3 < 4 & 5 > 2, <https://x.example/>\n\n[nota](https://x.example/a_b)"

    assert markdown(written) == written


def test_markdown_with_an_inline_tag_keeps_its_lines() -> None:
    assert markdown("# Título\n\n- <b>uno</b>\n- dos & tres") == "# Título\n\n- uno\n- dos & tres"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>Datos",
        "<p>Datos</p><script>alert(1)</script>",
        "<p onclick='alert(1)'>Datos</p>",
        "Datos <img src=x onerror=alert(1)>",
        "Datos <svg/onload=alert(1)>",
        "<p>Datos &lt;script&gt;alert&lt;/script&gt;</p>",
        "Datos <x-y onclick=alert(1)>",
        "Datos <https://x onclick=alert(1)>",
    ],
)
def test_no_tag_is_left(hostile: str) -> None:
    found = markdown(hostile)

    assert "Datos" in found
    assert "<" not in found


@pytest.mark.parametrize(
    "hostile",
    [
        "[x](javascript:alert(1))",
        "[x]( JavaScript:alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x](&#106;avascript:alert(1))",
        "[x]: data:text/html,hola",
        "<a href='javascript:alert(1)'>x</a>",
    ],
)
def test_no_link_runs_code(hostile: str) -> None:
    found = markdown(hostile).lower()

    assert "script:" not in found
    assert "data:" not in found


def test_deep_nesting_and_length_are_bounded() -> None:
    assert len(markdown("<div>" * 30_000 + "x")) <= 100_000
    assert len(markdown("a" * 3_000_000)) == 100_000


@given(st.text(alphabet="<>/ab!?&;lt[](): \n", max_size=60))
def test_nothing_opens_a_tag(written: str) -> None:
    found = markdown(written)

    assert not any(f"<{opening}" in found for opening in "ab/!?")


def test_lists_tables_and_headings_are_kept() -> None:
    html = (
        "<h2>Notas</h2><ol><li>uno<ul><li>dos</li></ul></li></ol>"
        "<table><tr><th>a</th><td>b</td></tr></table>línea<br>otra<pre>x</pre>"
    )

    assert markdown(html) == ("## Notas\n\n1. uno\n  - dos\n\na | b |\n\nlínea\notra\n\nx")
