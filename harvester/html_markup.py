"""Markup written anew, so that a parser reads it in time that grows as the page does.

The rules of HTML for what is left open or repeated cost its square: a hundred thousand attributes
in one tag take a minute, two thousand ``<font>`` before as many paragraphs make four million
elements. Here each tag is written again, with at most so many attributes, at most so deep.
"""

import re
from collections import Counter
from itertools import islice

_TAGS = 200_000
_DEPTH = 400
_STYLED = 12
_ATTRIBUTES = 40

# Each alternative takes what it begins and never tries again, so one pass is enough.
_TOKEN = re.compile(
    r"""<!--.*?(?:-->|\Z)
    |<(?P<silent>script|style|template|select|textarea|svg|math|iframe|object|xmp|noembed|noframes)
        (?=[\s/>]).*?(?:</(?P=silent)(?=[\s/>])|\Z)
    |<(?P<close>/?)(?P<name>[a-z][^\s/>]*+)
        (?P<rest>(?:[^>"'=]++|=\s*+"[^"]*+"?|=\s*+'[^']*+'?|["'=])*+)>?
    |<""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(
    r"""(?P<name>[a-z][a-z0-9_:.-]{0,60}+)(?:\s*+=\s*+(?:"(?P<d>[^"]*+)"?|'(?P<s>[^']*+)'?|(?P<u>[^\s"'>]*+)))?+
    |[^\sa-z]++""",
    re.IGNORECASE | re.VERBOSE,
)
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}\Z")
_WITHOUT_END_WORDS = """
area base br col embed hr img input link meta param source wbr
"""
_WITHOUT_END = frozenset(_WITHOUT_END_WORDS.split())
_ENDED_BY_NEXT_WORDS = """
li p td th tr dt dd option optgroup thead tbody tfoot colgroup
"""
_ENDED_BY_NEXT = frozenset(_ENDED_BY_NEXT_WORDS.split())
_ONCE = frozenset(["html", "head", "body"])
_STYLES_WORDS = """
b big code em font i nobr s small strike strong tt u
"""
_STYLES = frozenset(_STYLES_WORDS.split())
_NEVER = frozenset(["plaintext", "frameset", "frame"])


class TangledError(ValueError):
    """A page of more elements than anybody reads."""


def tamed(text: str) -> str:
    """Return a page without comments, scripts and forms' lists, its tags written anew.

    Elements that change only how letters look are left out where a dozen are open; others where
    400 are. Raises TangledError above 200,000 tags.
    """
    writer = _Writer()
    return _TOKEN.sub(writer.written, text)


class _Writer:
    """The elements that are open."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._depth = self._styled = self._tags = 0

    def written(self, token: re.Match[str]) -> str:
        self._tags += 1
        if self._tags > _TAGS:
            raise TangledError
        name = (token["name"] or "").lower()
        if not name:
            return "&lt;" if token[0] == "<" else " "
        if not _NAME.match(name) or name in _NEVER:
            return ""
        if token["close"]:
            self._end(name)
            return f"</{name}>"
        return f"<{name}{_attributes(token['rest'])}>" if self._begin(name) else ""

    def _begin(self, name: str) -> bool:
        if name in _WITHOUT_END or name in _ENDED_BY_NEXT:
            return True
        too_many = self._styled >= _STYLED if name in _STYLES else self._depth >= _DEPTH
        if too_many or (name in _ONCE and self._open[name]):
            return False
        self._count(name, 1)
        return True

    def _end(self, name: str) -> None:
        if self._open[name] and name not in _ONCE:
            self._count(name, -1)

    def _count(self, name: str, by: int) -> None:
        self._open[name] += by
        self._depth += by
        if name in _STYLES:
            self._styled += by


def _attributes(written: str) -> str:
    """Return the first attributes of a tag, at least forty, each in double quotes."""
    found: dict[str, str] = {}
    for match in islice(_ATTRIBUTE.finditer(written), 2 * _ATTRIBUTES):
        if match["name"]:
            value = match["d"] or match["s"] or match["u"] or ""
            found.setdefault(match["name"].lower(), value.replace('"', "&quot;"))
    return "".join(f' {name}="{value}"' for name, value in found.items())
