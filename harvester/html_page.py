"""A page's links, each with the words that stand beside it, in one walk over its tree."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from acopio.harvester import html_titles

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_BLOCKS = frozenset(["tr", "li", "p", "dd", "figure"])
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6", "dt", "caption", "summary", "legend"])
# Where one text ends and the next begins, within a block.
_BREAKS = frozenset(["td", "th", "br", "div", "p", "ul", "ol", "table"]) | _HEADINGS
_SILENT = frozenset(["script", "style", "template", "select", "svg"])
_TEXT = 300
_CHUNKS = 60
_OUTER = 6


@dataclass(slots=True, kw_only=True)
class Link:
    """One link: ``href`` as written, ``text`` its own words, ``title`` what the page calls it.

    ``block`` numbers the row, item or paragraph it is in, ``group`` the element that the source's
    option ``dataset`` chose; 0 where there is none. ``before`` and ``after`` are the words between
    it and its neighbours.
    """

    href: str
    text: str = ""
    title: str = ""
    block: int = 0
    group: int = 0
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was chosen of a page, by the nodes' numbers: links, groups of them, titles."""

    links: frozenset[int]
    groups: frozenset[int] = frozenset()
    titles: frozenset[int] = frozenset()


def links(root: "LexborNode", chosen: Chosen) -> list[Link]:
    """Return the chosen links in the page's order; with groups, those within one.

    A link's title is what was chosen as one, else what its row begins with, its own words, what
    stands before it, after it, around it, or the heading above; ``""`` where none says anything.
    """
    reader = _Reader(chosen)
    for entering, node in _walk(root):
        if node.is_text_node:
            reader.read(node.text_content or "")
        elif entering:
            reader.enter(node)
        else:
            reader.leave(node)
    return reader.finished()


def _walk(root: "LexborNode") -> Iterator[tuple[bool, "LexborNode"]]:
    """Yield each node when it is entered and when it is left (texts once), without recursion."""
    node, depth = root, 0
    while True:
        yield True, node
        below = None if node.tag in _SILENT else node.child
        if below is not None:
            node, depth = below, depth + 1
            continue
        if not node.is_text_node:
            yield False, node
        while depth and node.next is None and node.parent is not None:
            node, depth = node.parent, depth - 1
            yield False, node
        if not depth or node.next is None:
            return
        node = node.next


class _Text:
    """Words as they arrive, up to a bound."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._left = _TEXT

    def add(self, words: str) -> None:
        if self._left > 0:
            self._parts.append(words[: self._left])
            self._left -= len(words)

    def __str__(self) -> str:
        words = " ".join("".join(self._parts).split())
        return words if self._left >= 0 else f"{words}…"


@dataclass(slots=True)
class _Block:
    """A row, item or paragraph being read; ``label`` is what its next link is about."""

    number: int
    is_row: bool
    label: str = ""
    chunks: list[_Text] = field(default_factory=lambda: [_Text()])
    unnamed: list[Link] = field(default_factory=list[Link])

    def break_off(self) -> None:
        if len(self.chunks) < _CHUNKS:
            self.chunks.append(_Text())

    def title(self) -> str:
        """Return the first title since the last link, and begin anew; prose only of a row."""
        said = (str(each) for each in self.chunks)
        may_be = (words for words in said if self.is_row or not html_titles.is_prose(words))
        found = next(filter(html_titles.names_something, may_be), "")
        self.chunks = [_Text()]
        return html_titles.title(found)


class _Reader:
    """What is open at one place of the page, and what was said before it."""

    def __init__(self, chosen: Chosen) -> None:
        self._chosen = chosen
        self._links: list[Link] = []
        self._closing: dict[int, list[Callable[[], object]]] = {}
        self._blocks: list[_Block] = []
        self._groups: list[int] = []
        self._titles: dict[int, _Text] = {}  # by group; 0: the last one outside of any
        self._heading = _Text()
        self._listening: list[_Text] = []  # headings and titles that are open
        self._own: _Text | None = None
        self._between = _Text()
        self._count = 0

    def read(self, words: str) -> None:
        if self._own is not None:
            self._own.add(words)
            return
        self._between.add(words)
        if self._blocks:
            self._blocks[-1].chunks[-1].add(words)
        for each in self._listening[-2:]:
            each.add(words)

    def enter(self, node: "LexborNode") -> None:
        tag, number = node.tag or "", node.mem_id
        if tag in _BREAKS:
            self._break_off()
        closing: list[Callable[[], object]] = []
        if number in self._chosen.groups:
            self._groups.append(self._next_number())
            closing.append(self._groups.pop)
        if tag in _BLOCKS:
            self._blocks.append(_Block(self._next_number(), tag == "tr"))
            closing.append(self._leave_block)
        if tag in _HEADINGS or number in self._chosen.titles:
            closing.append(self._listen(tag, is_title=number in self._chosen.titles))
        if number in self._chosen.links:
            closing.append(self._meet(Link(href=node.attributes.get("href") or "")))
        if closing:
            self._closing[number] = closing

    def leave(self, node: "LexborNode") -> None:
        for close in reversed(self._closing.pop(node.mem_id, ())):
            close()
        if node.tag in _BREAKS:
            self._break_off()

    def _break_off(self) -> None:
        self._between.add(" ")
        if self._blocks:
            self._blocks[-1].break_off()

    def finished(self) -> list[Link]:
        if self._links:
            self._links[-1].after = str(self._between)
        for link in self._links:
            given = str(self._titles.get(link.group, "")) if link.group else ""
            link.title = html_titles.title(given) or link.title
        return [link for link in self._links if link.group or not self._chosen.groups]

    def _next_number(self) -> int:
        self._count += 1
        return self._count

    def _listen(self, tag: str, *, is_title: bool) -> Callable[[], object]:
        """Take down what a heading says, or what was chosen as a title; of a group the first."""
        words = _Text()
        self._listening.append(words)
        if tag in _HEADINGS:
            self._heading = words
        group = self._groups[-1] if self._groups else 0
        if is_title and not (group and str(self._titles.get(group, ""))):
            self._titles[group] = words
        return self._listening.pop

    def _leave_block(self) -> None:
        block = self._blocks.pop()
        after = block.title() if block.unnamed else ""
        for link in block.unnamed:
            link.title = after or link.title

    def _meet(self, link: Link) -> Callable[[], object]:
        """Open a link; return what is to be done where it ends."""
        if self._links:
            self._links[-1].after = str(self._between)
        link.before = str(self._between)
        link.group = self._groups[-1] if self._groups else 0
        block = self._blocks[-1] if self._blocks else None
        if block:
            link.block = block.number
            block.label = block.title() or block.label
        self._links.append(link)
        self._own = _Text()

        def close() -> None:
            link.text = str(self._own or "")
            self._own, self._between = None, _Text()
            self._name(link, block)

        return close

    def _name(self, link: Link, block: _Block | None) -> None:
        own = html_titles.title(link.text) if html_titles.names_something(link.text) else ""
        label = block.label if block else ""
        near = (label or own) if block and block.is_row else (own or label)
        if block and not near:
            block.unnamed.append(link)
        link.title = self._chosen_title() or near or self._around()

    def _chosen_title(self) -> str:
        return html_titles.title(str(self._titles.get(0, "")))

    def _around(self) -> str:
        for outer in reversed(self._blocks[-_OUTER:-1]):
            found = outer.title() or outer.label
            outer.label = found
            if found:
                return found
        heading = str(self._heading)
        return html_titles.title(heading) if html_titles.tells_apart(heading) else ""
