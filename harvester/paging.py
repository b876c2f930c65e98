"""Read a catalogue page by page while it changes, and where some of its records cannot be served.

For portals that take an offset and a page length, in an order that does not depend on time.
Nothing announced is trusted: not a total, not that as many records come as were asked for.
"""

from collections.abc import Callable, Iterator

from acopio.errors import BadAnswer, SourceError, Unreachable
from acopio.messages import said, stored
from acopio.model import BadRecord, Incomplete

PAGE = 100
_FAILURES = 5
_STALE = 20
_WALKS = 2_000
_RECORDS = 1_000_000


class Pager:
    """The records of one listing, each once: ``for record in Pager(ask, key): ...``.

    ``ask(start, rows)`` returns at most ``rows`` records and raises SourceError; ``key`` tells
    records apart. A page starts with the last record of the one before, so that records deleted
    meanwhile show: then it steps back until it meets what it knows. A page the portal fails to
    serve is asked for in ever smaller parts, so that one bad record costs one record.
    """

    def __init__(
        self,
        ask: Callable[[int, int], list[object]],
        key: Callable[[object], str],
        page: int = PAGE,
    ) -> None:
        self._ask_portal = ask
        self._key = key
        self._page = self._want = page
        self._known: set[str] = set()
        self._anchor: str | None = None
        self._position = 0
        self._previous: tuple[int, list[str]] = (0, [])
        self._unreadable: list[BadRecord] = []
        self._longest = self._failures = self._stale = self._walks = 0
        self.usable = False

    def __iter__(self) -> Iterator[object | BadRecord | Incomplete]:
        """Yield records, ``BadRecord`` where one cannot be served, ``Incomplete`` at a bad end.

        Raises SourceError when not one page could be read.
        """
        try:
            done = False
            while not done:
                page = self._next_page()
                if page is None:
                    continue
                yield from self._take_unreadable()
                fresh = self._fresh(page)
                yield from fresh
                done = not fresh and self._is_end(page)
                self._check_bounds()
            yield from self._take_unreadable()
        except SourceError as error:
            if not self.usable:
                raise
            yield from self._take_unreadable()
            yield Incomplete(reason=stored(error))

    def _next_page(self) -> list[tuple[str, object]] | None:
        """Ask for what follows; None when that failed and less is to be asked for."""
        overlap = 0 if self._anchor is None else 1
        start = self._position - overlap
        rows = min(self._want + overlap, self._page)
        try:
            page = self._ask(start, rows)
        except (BadAnswer, Unreachable) as error:
            if not self._may_ask_for_less(error):
                raise
            self._ask_for_less(error)
            return None
        self._failures = 0
        self._want = min(self._page, self._want * 2)
        if overlap:
            start, page = self._known_ground(start, page)
        self._position = start + len(page)
        self._reject_repetition(start, page)
        return page

    def _ask(self, start: int, rows: int) -> list[tuple[str, object]]:
        page = [(self._key(record), record) for record in self._ask_portal(start, rows)]
        self.usable = True
        self._longest = max(self._longest, len(page))
        return page

    def _may_ask_for_less(self, error: SourceError) -> bool:
        """Tell a failure at the records asked for from one at the question, or of the host.

        A gateway that gives up (502 to 504) counts once the portal is known to answer.
        """
        status = error.params.get("status")
        if isinstance(error, BadAnswer):
            return not (isinstance(status, int) and 400 <= status < 500)
        return self.usable and isinstance(status, int)

    def _ask_for_less(self, error: SourceError) -> None:
        """Halve the page; a single record that fails alone is given up, five in a row end it."""
        if self._want > 1:
            self._want //= 2
            return
        self._failures += 1
        if self._failures >= _FAILURES:
            raise error
        params = {"position": self._position + 1, "reason": stored(error)}
        reason = said("record-not-served", params)
        self._unreadable.append(BadRecord(id=None, raw="", reason=reason))
        self._position += 1
        self._anchor = None

    def _known_ground(
        self, start: int, page: list[tuple[str, object]]
    ) -> tuple[int, list[tuple[str, object]]]:
        """Step back until the page holds something already read: nothing before it was missed."""
        while start > 0 and not any(key in self._known for key, _ in page):
            self._walks += 1
            if self._walks > _WALKS:
                raise BadAnswer("listing-keeps-changing")
            start = max(0, start - self._page + 1)
            page = self._ask(start, self._page)
        return start, page

    def _fresh(self, page: list[tuple[str, object]]) -> list[object]:
        fresh = []
        for key, record in page:
            if key not in self._known:
                self._known.add(key)
                fresh.append(record)
        if page:
            self._anchor = page[-1][0]
        if fresh:
            self._stale = 0
        return fresh

    def _is_end(self, page: list[tuple[str, object]]) -> bool:
        """Judge a page without news: the end, or to be asked again without the overlap."""
        if not page:
            return True
        if len(page) == 1 and self._longest > 1:  # only the overlap came, where more could have
            return True
        self._anchor = None
        self._stale += 1
        return False

    def _reject_repetition(self, start: int, page: list[tuple[str, object]]) -> None:
        keys = [key for key, _ in page]
        before, previous = self._previous
        self._previous = (start, keys)
        if keys and keys == previous and start != before:
            raise BadAnswer("listing-repeats", position=start + 1)

    def _check_bounds(self) -> None:
        if self._stale > _STALE:
            raise BadAnswer("listing-repeats", position=self._position)
        if len(self._known) > _RECORDS:
            raise BadAnswer("listing-endless", records=_RECORDS)

    def _take_unreadable(self) -> list[BadRecord]:
        taken, self._unreadable = self._unreadable, []
        return taken
