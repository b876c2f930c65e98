"""One reading of a source of links: its page, those its pager leads to, its sub-folders."""

import hashlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from acopio.errors import Blocked, NotFound, NotThatPlatform, SourceError
from acopio.harvester import html_document, html_folder, html_page, html_record, values
from acopio.harvester.html_folder import Facts
from acopio.harvester.html_options import HtmlOptions
from acopio.harvester.html_page import Link
from acopio.http.addresses import shown
from acopio.messages import said, stored
from acopio.model import BadRecord, Dataset, Incomplete, Licence, Organization, Source

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

    from acopio.http import Client

_PAGES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A page still to be read; ``folder`` is what its sub-folder is called."""

    url: str
    depth: int = 0
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page that was read: ``base`` is what its relative addresses start from."""

    tree: "LexborHTMLParser"
    url: str
    base: str
    is_folder: bool
    whole: bool


class Reading:
    """The datasets of a source: ``for dataset in Reading(http, source, options)``.

    Ends with ``Incomplete`` when a later page cannot be read, is cut, repeats what was read, or
    leads to another site. Raises SourceError when the first page cannot be read.
    """

    def __init__(self, http: "Client", source: Source, options: HtmlOptions) -> None:
        self._http = http
        self._options = options
        self._root = source.url
        self._zone = values.zone(source.timezone)
        self._waiting = deque([_Place(url=source.url)])
        self._met = {source.url}
        self._known: dict[bytes, bytes] = {}
        self._problem = ""

    def __iter__(self) -> Iterator[Dataset | BadRecord | Incomplete]:
        """Yield what the pages list; last, why that is not all."""
        yield from self._first(self._waiting.popleft())
        while self._waiting:
            try:
                yield from self._read(self._waiting.popleft())
            except SourceError as error:
                self._note(stored(error))
        if self._problem:
            yield Incomplete(reason=self._problem)

    def _first(self, place: _Place) -> Iterator[Dataset | BadRecord]:
        try:
            yield from self._read(place)
        except NotFound as error:
            raise NotThatPlatform("html-no-links", url=shown(place.url)) from error

    def _read(self, place: _Place) -> Iterator[Dataset | BadRecord]:
        page = self._page(place)
        linked = self._linked(page, place)
        found = list(_found(linked, page, self._root))
        if not found and not page.is_folder:
            raise NotThatPlatform("html-no-links", url=shown(page.url))
        if not page.whole:
            self._note(said("html-cut", {"url": shown(page.url)}))
            found = found[:-1]  # its words may be cut as well
        fresh = [self._told(each, place) for each in found if self._is_new(each)]
        yield from fresh
        self._turn(page, place, has_news=bool(fresh))

    def _page(self, place: _Place) -> _Page:
        answer = self._http.get(place.url)
        url = answer.url
        declared = answer.headers.get("Content-Type", "")
        document = html_document.parse(answer.content, declared, url)
        if place.url == self._root:
            self._root = url
        node = document.tree.css_first("base[href]")
        written = (node.attributes.get("href") or "") if node else ""
        return _Page(
            tree=document.tree,
            url=url,
            base=_joined(url, written) or url,
            is_folder=not self._options.links and html_folder.is_folder(document.tree),
            whole=document.whole,
        )

    def _linked(self, page: _Page, place: _Place) -> list[tuple[Link, Facts]]:
        """Return the links that count, with what a folder listing says of them."""
        if not page.is_folder:
            return [(link, Facts()) for link in self._links(page)]
        files, folders = html_folder.read(self._links(page), page.url, self._zone)
        if place.depth < self._options.depth:
            for url in folders:
                self._wait(replace(place, url=url, depth=place.depth + 1, folder=_last(url)))
        elif folders and not files:
            self._note(said("html-only-folders", {"url": shown(page.url)}))
        named = [(replace(link, text="", title="", block=0), facts) for link, facts in files]
        return [(link, facts) for link, facts in named if self._counts(link.href)]

    def _links(self, page: _Page) -> list[Link]:
        """Return the links that count; of a folder listing all, as they tell its rows apart."""
        chosen = html_page.Chosen(
            links=frozenset(
                node.mem_id
                for node in page.tree.css(self._options.links or "a[href], area[href]")
                if page.is_folder or self._counts(node.attributes.get("href") or "")
            ),
            groups=_numbers(page.tree, self._options.dataset),
            titles=_numbers(page.tree, self._options.title),
        )
        return html_page.links(page.tree.root, chosen) if page.tree.root else []

    def _counts(self, href: str) -> bool:
        wanted = self._options.wanted
        return html_record.leads_somewhere(href) and (
            not wanted or html_record.format_of(href) in wanted
        )

    def _told(self, found: Dataset | BadRecord, place: _Place) -> Dataset | BadRecord:
        """Add what the officer said of all, and the sub-folder it is in."""
        if isinstance(found, BadRecord):
            return found
        options = self._options
        licence = options.licence
        declared = Licence(url=licence) if "://" in licence else Licence(id=licence)
        title = f"{found.title} ({place.folder})" if place.folder else found.title
        return replace(
            found,
            title=values.line(title, values.TITLE),
            licence=declared if licence else None,
            publisher=Organization(title=options.publisher) if options.publisher else None,
            themes=options.themes,
        )

    def _is_new(self, found: Dataset | BadRecord) -> bool:
        """Tell what was not met on an earlier page; the same id with other files is new."""
        files = () if isinstance(found, BadRecord) else (each.url for each in found.resources)
        own, said = _digest(found.id or ""), _digest("\n".join(files))
        is_new = self._known.get(own) != said
        self._known[own] = said
        return is_new

    def _turn(self, page: _Page, place: _Place, *, has_news: bool) -> None:
        """Let the next page wait; a pager that brings nothing new, or leads away, is at its end."""
        node = page.tree.css_first(self._options.next) if self._options.next else None
        href = (node.attributes.get("href") or "").strip() if node else ""
        if not href or href.startswith("#"):
            return
        url = _joined(page.base, href)
        if urlsplit(url).hostname != urlsplit(page.url).hostname:
            self._note(said("html-pager-leads-away", {"url": shown(url)}))
        elif not has_news or not self._wait(replace(place, url=url)):
            self._note(said("html-pager-repeats", {"url": shown(url)}))

    def _wait(self, place: _Place) -> bool:
        """Let a page wait for its turn; False if it was met before."""
        if place.url in self._met:
            return False
        if len(self._met) >= _PAGES:
            self._note(said("html-pages", {"pages": _PAGES}))
            return True
        self._met.add(place.url)
        self._waiting.append(place)
        return True

    def _note(self, problem: str) -> None:
        self._problem = self._problem or problem


def _found(
    linked: list[tuple[Link, Facts]], page: _Page, root: str
) -> Iterator[Dataset | BadRecord]:
    """Yield the links that lead nowhere as bad records, then the datasets of the others."""
    files = []
    for link, facts in linked:
        try:
            url = html_record.address(link.href, page.base)
        except Blocked as error:
            yield html_record.bad(link, error)
        else:
            files.append(html_record.file_of(link, url, root, facts))
    yield from html_record.datasets(files, page.url)


def _numbers(tree: "LexborHTMLParser", selector: str) -> frozenset[int]:
    return frozenset(node.mem_id for node in tree.css(selector)) if selector else frozenset()


def _joined(base: str, href: str) -> str:
    """Return an address without its fragment; ``""`` where it cannot be read."""
    try:
        return urlsplit(urljoin(base, href.strip()))._replace(fragment="").geturl()
    except ValueError:
        return ""


def _last(url: str) -> str:
    return values.line(unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2]), values.WORD)


def _digest(words: str) -> bytes:
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest()[:16]
