"""No bytes make the reading of a page raise, hang or take more than a page is worth."""

import hashlib
from datetime import UTC

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from acopio.errors import Blocked, SourceError
from acopio.harvester import html_document, html_folder, html_page, html_record, html_titles
from acopio.harvester.html_folder import Facts

URL = "http://h.example/datos/"
PIECES = """
<a·href= <a·href='x.csv' o.csv > ' " = / </a> <tr> <td> </td> <table> </table> <li> <ul> </ul> <p>
<h2> </h2> <b> </b> <font·x> <div> </div> <!-- --> <script> </script> <template> <svg> <select> <dl>
<dt> <dd> <base·href=//[> <html> </html> <title>Index·of·/</title> &lt; &#0; < 2026-10-01·12:00
·1.2M· file:///C:/x.csv Obras ñ
"""
PIECE = st.sampled_from([*PIECES.replace("\n", " ").split(" "), "\0", "\ud800"])


def read(body: bytes) -> list[object]:
    """Read a page as the kind does; every link counts."""
    document = html_document.parse(body, "", URL)
    root = document.tree.root
    if root is None:
        return []
    numbers = [frozenset(n.mem_id for n in document.tree.css(s)) for s in ("a[href]", "li", "b")]
    chosen = html_page.Chosen(links=numbers[0])
    grouped = html_page.Chosen(links=numbers[0], groups=numbers[1], titles=numbers[2])
    found = html_page.links(root, chosen)
    assert len(html_page.links(root, grouped)) <= len(found) == len(numbers[0])
    html_folder.is_folder(document.tree)
    html_folder.read(found, URL, UTC)
    return [*html_record.datasets(files(found), URL)]


def files(links: list[html_page.Link]) -> list[html_record.File]:
    made = []
    for link in links:
        try:
            url = html_record.address(link.href, URL)
        except Blocked:
            continue
        made.append(html_record.file_of(link, url, URL, Facts()))
    return made


@settings(max_examples=300, deadline=None, database=None)
@given(st.lists(PIECE, max_size=60).map(lambda each: "".join(each).replace("·", " ")))
@example("<a href=x.csv>" * 3)
def test_broken_markup_is_read(html: str) -> None:
    body = html.encode("utf-8", "surrogatepass")
    assert read(body) == read(body)


@settings(max_examples=100, deadline=None, database=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read(body: bytes) -> None:
    assert isinstance(read(body), list)


@settings(max_examples=200, deadline=None, database=None)
@given(st.text(max_size=80))
def test_any_words_may_stand_beside_a_link(words: str) -> None:
    for made in (
        html_titles.title(words),
        html_titles.lasting(words),
        html_titles.from_file(words),
    ):
        assert len(made) <= 1000
    assert html_titles.stem(words) in words
    assert isinstance(html_record.format_of(words), str)


def many(unit: str, size: int = 2**18) -> str:
    """Return ``unit`` again and again, each time with another number in it."""
    made = [unit.replace("#", str(n)) for n in range(size // len(unit))]
    return "".join(made)[:size]


HOSTILE = {
    "a tag of attributes": "<a " + many(" a#"),
    "attributes hiding the end": "<a " + many(' a#=">"'),
    "attributes of the document": many("<html a#>"),
    "letters left open": many("<p><font a#>"),
    "letters left open in turn": many("<b a#><i a#><u a#><p>"),
    "deep": "<div>" * 100_000,
    "deep lists of links": "<ul><li><a href=x.csv>CSV</a>" * 20_000,
    "deep links": "<a href=x.csv><div>" * 30_000,
    "links in one row": "<tr>" + many("<td><a href=#.csv>CSV</a>"),
    "comments left open": "<!--" * 2**19,
    "scripts left open": "<script>" * 2**18,
    "quotes": "<a href=" + "'\"" * 2**20,
    "brackets": "<" * 190_000,
    "entities": "&amp" * 2**19,
    "separators": "<a href='" + "_" * 7_000 + ".csv'>" + "_- " * 2**19,
    "dates": "<a href='" + "2026-" * 1_000 + ".csv'>" + "2026-" * 2**18,
    "bytes": "".join(hashlib.sha256(bytes([n])).digest().decode("latin-1") for n in range(256))
    * 32,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_elements_grow_as_the_page_does_not_as_its_square(name: str) -> None:
    body = HOSTILE[name].encode()
    tree = html_document.parse(body, "", URL).tree
    assert len(tree.css("*")) <= 14 * body.count(b"<") + 3
    assert len(read(body)) <= body.count(b"<a")


def test_a_page_that_is_too_large_or_has_too_much_in_it_is_refused() -> None:
    with pytest.raises(SourceError, match="html-too-large"):
        html_document.parse(b" " * (8 * 2**20 + 1), "", URL)
    with pytest.raises(SourceError, match="html-too-tangled"):
        html_document.parse(b"<p>" * 200_001, "", URL)
