"""A dataset's notes, Markdown by strangers, as HTML that can do no harm."""

from functools import cache, lru_cache
from html import unescape

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

# More is a document, not a description; the API has all of it.
LONGEST = 8_000
# So much HTML they may become; empty cells of tables grow without a word being written.
_LARGEST = 40_000
_TAGS = {
    "p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "s",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


@lru_cache(maxsize=512)
def html(markdown: str) -> Markup:
    """Return notes as HTML: no images, no headings that would upset the page's own, no scripts.

    Notes that would swell beyond reason are returned as they were written, as text.
    """
    import nh3

    made = _reader().render(markdown[:LONGEST])
    clean = nh3.clean(
        made,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "ftp"},
        link_rel="nofollow noopener ugc",
    )
    if len(clean) > _LARGEST:
        return Markup("<p>{}</p>").format(escape(markdown[:LONGEST]))
    return Markup(clean)  # noqa: S704 (nh3 made it harmless)


@lru_cache(maxsize=4096)
def plain(markdown: str, longest: int = 220) -> str:
    """Return the beginning of notes as text without marks, cut at a word."""
    import nh3

    text = " ".join(unescape(nh3.clean(_reader().render(markdown[:2_000]), tags=set())).split())
    if len(text) <= longest:
        return text
    return text[:longest].rpartition(" ")[0].rstrip(",;:.") + "…"


def is_more(markdown: str) -> bool:
    """Tell whether notes say more than ``plain`` does: more words, a link, several paragraphs."""
    said = plain(markdown)
    return bool(said) and (said.endswith("…") or "\n\n" in markdown.strip() or "](" in markdown)


@cache
def _reader() -> MarkdownIt:
    # An address defined once could be repeated by each of a thousand short references.
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.disable(["image", "reference"])
    reader.add_render_rule("heading_open", lambda *_: "<p><strong>")
    reader.add_render_rule("heading_close", lambda *_: "</strong></p>\n")
    return reader
