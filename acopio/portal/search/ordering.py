"""The order of what was found, and one page of it.

tantivy sorts by one column. Here it is asked for the best by the first key only, and those that
are equal there, where they touch the page, are put in order by the next key, and so on. The last
key differs for any two datasets, so that pages neither repeat nor skip.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import tantivy

from acopio.portal.problems import SearchQueryError
from acopio.portal.search.schema import DATES, NUMBERS, TIE, TITLE_ORDER

SCORE = "score"
_COLUMNS = {
    "id": "id",
    "name": "name",
    "title": TITLE_ORDER,
    "title_string": TITLE_ORDER,
    "organization": "organization",
    **{name: name for name in (*DATES, *NUMBERS)},
}
_KEY = re.compile(r"\s*([^\s,()]+)\s+(asc|desc)\s*", re.IGNORECASE)
# Read beyond the page at first: equal neighbours are then mostly at hand.
_SLACK = 50

Address = tantivy.DocAddress


@dataclass(frozen=True, slots=True)
class Key:
    """A column of the index, or ``score``, and its direction."""

    column: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Page:
    """How many were found, and the ids of those on the page."""

    count: int
    ids: tuple[str, ...]


def keys(sort: str, *, scored: bool) -> tuple[Key, ...]:
    """Return what ``name asc, metadata_modified desc`` means.

    Fields that cannot be sorted by are passed over, as is the score where all have the same.
    Raises ``SearchQueryError`` for a field without a direction.
    """
    found: dict[str, Key] = {}
    for part in sort.removesuffix(",").split(",") if sort else ():
        key = _KEY.fullmatch(part)
        if not key:
            raise SearchQueryError('Invalid "sort" parameter')
        column = _COLUMNS.get(key[1]) or (SCORE if scored and key[1] == SCORE else None)
        if column:
            found.setdefault(column, Key(column, key[2].lower() == "desc"))
    return (*found.values(), Key(TIE, descending=False))


@dataclass(frozen=True, slots=True)
class Sorter:
    """Puts in order what one query finds, on one state of the index."""

    searcher: tantivy.Searcher
    query: tantivy.Query

    def page(self, order: Sequence[Key], start: int, rows: int) -> Page:
        """Return the page of ``rows`` from ``start`` on."""
        first = order[0]
        if not rows:
            return Page(_count(self.searcher.search(self.query, 1)), ())
        end = start + rows
        wanted = min(end + _SLACK, self.searcher.num_docs + 1)
        count, hits = self._best(first, wanted)
        while wanted < count and end <= count and hits[end - 1][0] == hits[-1][0]:
            wanted = min(wanted * 8, count)
            count, hits = self._best(first, wanted)
        ordered = self._settled(hits, order[1:], start, end)[start:end]
        return Page(count, tuple(self._stored(address, "id") for address in ordered))

    def _best(self, key: Key, wanted: int) -> tuple[int, list[tuple[Any, Address]]]:
        """Return how many there are, and the first of them by one key, with its values."""
        if key.column == SCORE and not key.descending:
            found = self.searcher.search(self.query, self.searcher.num_docs)
            return len(found.hits), found.hits[::-1]
        if key.column == SCORE:
            found = self.searcher.search(self.query, wanted)
        else:
            found = self.searcher.search(
                self.query,
                wanted,
                order_by_field=key.column,
                order=tantivy.Order.Desc if key.descending else tantivy.Order.Asc,
            )
        return _count(found), found.hits

    def _settled(
        self, hits: list[tuple[Any, Address]], order: Sequence[Key], start: int, end: int
    ) -> list[Address]:
        """Return the addresses of sorted ``hits``, equal ones in the page in their final order."""
        settled: list[Address] = []
        for _, group in groupby(hits, key=lambda hit: hit[0]):
            equal = [address for _, address in group]
            begin = len(settled)
            if order and len(equal) > 1 and begin < end and begin + len(equal) > start:
                keyed = self._sorted(equal, order[0])
                equal = self._settled(keyed, order[1:], start - begin, end - begin)
            settled += equal
        return settled

    def _sorted(self, addresses: list[Address], key: Key) -> list[tuple[Any, Address]]:
        values = self._values(addresses, key)
        pairs = list(zip(values, addresses, strict=True))
        return sorted(pairs, key=lambda pair: pair[0], reverse=key.descending)

    def _values(self, addresses: list[Address], key: Key) -> list[Any]:
        if key.column in (*DATES, *NUMBERS, TIE):
            return list(self.searcher.fast_field_values(key.column, addresses))
        if key.column == SCORE:
            _, hits = self._best(key, self.searcher.num_docs)
            known = {(hit.segment_ord, hit.doc): score for score, hit in hits}
            return [known[address.segment_ord, address.doc] for address in addresses]
        return [self._stored(address, key.column) for address in addresses]

    def _stored(self, address: Address, column: str) -> str:
        return str(self.searcher.doc(address).get_first(column) or "")


def _count(found: Any) -> int:
    # tantivy's type stubs do not know it.
    return int(found.count)
