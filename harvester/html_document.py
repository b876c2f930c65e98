"""Bytes from a web server as a tree of HTML: any encoding, any markup, bounded."""

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from acopio.errors import BadAnswer, TooLarge
from acopio.harvester import html_markup
from acopio.http.addresses import shown

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

PAGE_BYTES = 8 * 2**20

_CHARSET = re.compile(r"""charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]{1,40})""", re.IGNORECASE)
_OF_TEXTS = re.compile(r"utf-16|cp\d|iso8859|koi8|mac-|gb18030|gb2312|gbk|big5|euc|shift")
_BROKEN = re.compile("\ufffd+")
_OPENS = re.compile(r"<html[\s>]", re.IGNORECASE)
_CLOSES = re.compile(r"</html\s{0,9}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A page's tree; ``whole`` unless it opens what it never closes: it was cut on its way."""

    tree: "LexborHTMLParser"
    whole: bool


def parse(body: bytes, content_type: str, url: str) -> Document:
    """Return a body as a document; any bytes make one.

    Raises TooLarge above 8 MiB, BadAnswer for a page of more elements than anybody reads.
    """
    from selectolax.lexbor import LexborHTMLParser

    if len(body) > PAGE_BYTES:
        raise TooLarge("html-too-large", url=shown(url), megabytes=PAGE_BYTES // 2**20)
    text = decoded(body, content_type)
    whole = not _OPENS.search(text[:10_000]) or _CLOSES.search(text) is not None
    try:
        return Document(tree=LexborHTMLParser(html_markup.tamed(text)), whole=whole)
    except html_markup.TangledError as error:
        raise BadAnswer("html-too-tangled", url=shown(url)) from error


def decoded(body: bytes, content_type: str) -> str:
    """Return a page's text: UTF-8 where most of it is, else as declared, else Windows-1252.

    Servers with one setting for all declare pages to be what they are not. What can be read as
    UTF-8 is: that is no accident. A few broken characters in it, or a cut one, do not count.
    """
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    text = body.decode("utf-8-sig", "replace")
    sound = len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")
    if len(_BROKEN.findall(text)) <= sound:
        return text
    return body.decode(_declared(body, content_type) or "cp1252", "replace")


def _declared(body: bytes, content_type: str) -> str:
    """Return the encoding the header, or else the page, declares, if it is one of texts."""
    for declaration in (content_type, body[:4096].decode("latin-1")):
        found = _CHARSET.search(declaration)
        try:
            name = codecs.lookup(found[1]).name if found else ""
        except (LookupError, ValueError):
            continue
        if _OF_TEXTS.match(name):
            # Browsers read Latin-1 as Windows-1252, and so do those who write it.
            return "cp1252" if name == "iso8859-1" else name
    return ""
