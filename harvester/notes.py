"""Descriptions: HTML from a portal becomes Markdown that carries no HTML at all.

Descriptions are Markdown on some portals, HTML on others, a mix on many. What a page renders from
the result must be sanitised again there: this is the first door, not the only one.
"""

import re

from acopio.harvester.values import PROSE, clean

_TAGS_WORDS = """
a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i li ol p pre s strong sub
sup table tbody td th thead tr u ul
"""
_TAGS = frozenset(_TAGS_WORDS.split())
_MOST_TAGS = 2_000
_HTML = re.compile(
    r"</?(?:a|abbr|b|blockquote|body|br|center|code|dd|del|div|dl|dt|em|embed|font|form|h[1-6]|hr|"
    r"html|i|iframe|img|input|li|link|math|object|ol|p|pre|s|script|span|strong|style|sub|sup|svg|"
    r"table|tbody|td|th|thead|tr|u|ul|video)(?=[\s/>])",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"<(?:p|br|div|ul|ol|li|table|h[1-6]|dl|blockquote)(?=[\s/>])", re.IGNORECASE)
_OPENING = re.compile(r"<(?=[A-Za-z/!?])(?!https?://|mailto:)")
_LINK = re.compile(r"\](\(|:)[ \t]{0,9}<?(?!https?:|mailto:|ftp:)[A-Za-z&\\][\w&#;+.\\-]{0,60}:")
_TAG = re.compile(r"<[^<>]*>")
_GAPS = re.compile(r"\n[ \t]*\n[ \t\n]+")


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
    import nh3

    if html.count("<") > _MOST_TAGS:  # the parsers take seconds over what nobody wrote by hand
        return _TAG.sub(" ", html)
    try:
        if not _BLOCK.search(html):
            return nh3.clean(html, tags=set()).replace("&amp;", "&").replace("&nbsp;", " ")
        safe = nh3.clean(html, tags=set(_TAGS), attributes={"a": {"href"}}, link_rel=None)
        return _from_html(safe)
    except RecursionError:
        return _TAG.sub(" ", html)


def _from_html(safe: str) -> str:
    from markdownify import markdownify

    converted: str = markdownify(
        safe,
        heading_style="ATX",
        bullets="-",
        escape_asterisks=False,
        escape_underscores=False,
        escape_misc=False,
    )
    return converted.strip()
