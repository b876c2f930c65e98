"""Descriptions: HTML from a portal becomes Markdown that carries no HTML at all.

Descriptions are Markdown on some portals, HTML on others, a mix on many. What a page renders from
the result must be sanitised again there: this is the first door, not the only one.
"""

import re
from functools import cache
from html import unescape
from typing import TYPE_CHECKING

from acopio.harvester.values import PROSE, clean

if TYPE_CHECKING:
    from nh3 import Cleaner

_TAGS_WORDS = """
a b blockquote br code dd div dl dt em h1 h2 h3 h4 h5 h6 hr i li ol p pre strong table tbody td
th thead tr ul
"""
_TAGS = frozenset(_TAGS_WORDS.split())
_MOST_TAGS = 3_000
_HTML = re.compile(
    r"</?(?:a|abbr|b|blockquote|body|br|center|code|dd|del|div|dl|dt|em|embed|font|form|h[1-6]|hr|"
    r"html|i|iframe|img|input|li|link|math|object|ol|p|pre|s|script|span|strong|style|sub|sup|svg|"
    r"table|tbody|td|th|thead|tr|u|ul|video)(?=[\s/>])",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"<(?:p|br|div|ul|ol|li|table|h[1-6]|dl|blockquote)(?=[\s/>])", re.IGNORECASE)
# What could open a tag; an address between angle brackets is Markdown's own.
_OPENING = re.compile(r"<(?=[A-Za-z/!?])(?!https?://[^\s<>\"'`]{1,2000}>)")
_LINK = re.compile(r"\](\(|:)[ \t]{0,9}<?(?!https?:|mailto:|ftp:)[A-Za-z&\\][\w&#;+.\\-]{0,60}:")
_TAG = re.compile(r"<[^<>]*>")
# nh3 writes nothing else: names in lower case, one attribute, "<" and ">" of texts as entities.
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)(?: href="([^"]*)")?>')
_SPACES = re.compile(r"\s+")
_EDGES = re.compile(r"[ \t]+(?=\n)|(?<=\n) (?=\S)")
_GAPS = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")

_BLOCKS = dict.fromkeys(["p", "div", "blockquote", "table", "dl", "pre"], "\n\n")
_INLINE = {"b": "**", "strong": "**", "em": "_", "i": "_", "code": "`"}
_HEADINGS = {f"h{level}": "\n\n" + "#" * level + " " for level in range(1, 7)}
_OPEN = {
    **_BLOCKS,
    **_INLINE,
    **_HEADINGS,
    "br": "\n",
    "hr": "\n\n---\n\n",
    "dt": "\n",
    "dd": "\n: ",
}
_CLOSE = {
    **_BLOCKS,
    **_INLINE,
    **dict.fromkeys(_HEADINGS, "\n\n"),
    "tr": "\n",
    "td": " | ",
    "th": " | ",
}
_IN_LINK = str.maketrans({" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E"})


def markdown(value: object) -> str:
    """Return a description as Markdown without tags, scripts, or links that run code.

    At most 100,000 characters; ``""`` for what is not text.
    """
    if not isinstance(value, str):
        return ""
    found = clean(value, PROSE)
    if "<" in found:
        found = _OPENING.sub("&lt;", _converted(found) if _HTML.search(found) else found)
    if "](" in found or "]:" in found:
        found = _LINK.sub(r"]\1#", found)
    return _GAPS.sub("\n\n", found).strip()


def _converted(html: str) -> str:
    if html.count("<") > _MOST_TAGS:  # a parser takes seconds over what nobody wrote by hand
        return _TAG.sub(" ", html)
    if not _BLOCK.search(html):
        return _cleaner(frozenset()).clean(html).replace("&amp;", "&").replace("&nbsp;", " ")
    return clean(_Writer().written(_cleaner(_TAGS).clean(html)), PROSE)


@cache
def _cleaner(tags: frozenset[str]) -> "Cleaner":
    import nh3

    return nh3.Cleaner(tags=set(tags), attributes={"a": {"href"}}, link_rel=None)


class _Writer:
    """Writes the Markdown of sanitised HTML; ten times faster than by building a tree of it."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._links: list[str] = []
        self._lists: list[str] = []

    def written(self, safe: str) -> str:
        end = 0
        for token in _TOKEN.finditer(safe):
            self._text(safe[end : token.start()])
            closing, tag, href = token.groups()
            self._out.append(self._close(tag) if closing else self._open(tag, href or ""))
            end = token.end()
        self._text(safe[end:])
        joined = "".join(self._out).replace("****", "")
        return _EDGES.sub("", joined)

    def _text(self, escaped: str) -> None:
        if escaped:
            self._out.append(_SPACES.sub(" ", unescape(escaped)))

    def _open(self, tag: str, href: str) -> str:
        if tag == "a":
            self._links.append(unescape(href))
            return "["
        if tag in {"ul", "ol"}:
            self._lists.append("1. " if tag == "ol" else "- ")
            return "\n\n" if len(self._lists) == 1 else ""
        if tag == "li":
            marker = self._lists[-1] if self._lists else "- "
            return "\n" + "  " * min(len(self._lists) - 1, 9) + marker
        return _OPEN.get(tag, "")

    def _close(self, tag: str) -> str:
        if tag == "a":
            href = self._links.pop() if self._links else ""
            return f"]({href.translate(_IN_LINK)})" if href else "]"
        if tag in {"ul", "ol"}:
            self._lists = self._lists[:-1]
            return "" if self._lists else "\n\n"
        return _CLOSE.get(tag, "")
