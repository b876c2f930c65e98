"""Keep, while a sheet is surveyed, what checks ask of it: then it is seldom read again."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, zip_longest

from acopio.validators.columns import Column, Survey, texts_seen
from acopio.validators.tabular.tally import Seen, has_digit, merged

_BATCH = 1000
# A column with a longer text, in characters, is prose: nothing of it is kept.
_LONGEST = 200
# Different texts kept of a file, all columns of its sheets together.
MOST = 100_000
# Rows that are told apart, by eight bytes each.
_HASHED = 4_000_000


class Kept:
    """The different texts of each column while they are few, and whether any row repeats."""

    def __init__(self, first: int, most: int) -> None:
        """``first`` is the number of the first row below the header; ``most`` texts are kept."""
        self._next = first
        self._most = most
        self._columns: list[_Texts] = []
        self._hashes = array("q")

    def watched(self, rows: Iterator[list[str]]) -> Iterator[list[str]]:
        """Yield the same rows."""
        while batch := list(islice(rows, _BATCH)):
            self._add(batch)
            yield from batch

    def added_to(self, survey: Survey) -> Survey:
        """Return the survey of all those rows with what was kept of them."""
        if survey.limit:
            return survey
        both = zip(survey.columns, self._columns, strict=True)
        return replace(
            survey,
            columns=tuple(texts.added_to(column) for column, texts in both),
            singular=self._are_singular(),
        )

    def _add(self, batch: list[list[str]]) -> None:
        for place, cells in enumerate(zip_longest(*batch, fillvalue="")):
            if place == len(self._columns):
                self._columns.append(_Texts())
            self._columns[place].add(self._next, cells)
        while sum(map(len, self._columns)) > self._most:
            max(self._columns, key=len).forget()
        if len(self._hashes) <= _HASHED:
            self._hashes.extend(hash(tuple(row)) for row in batch)
        self._next += len(batch)

    def _are_singular(self) -> bool:
        import numpy as np

        if not 0 < len(self._hashes) <= _HASHED:
            return False
        hashes = np.sort(np.frombuffer(self._hashes, np.int64))
        return not bool((hashes[1:] == hashes[:-1]).any())


def texts_kept(survey: Survey) -> int:
    """Return how many texts a survey has of all its columns."""
    return sum(len(one.values or ()) + len(one.words or ()) for one in survey.columns)


class _Texts:
    """One column's different texts that are not empty, as ``Column`` has them."""

    def __init__(self) -> None:
        self._values: Seen = {}
        self._words: Seen = {}

    def __len__(self) -> int:
        """Return how many texts are held."""
        return len(self._values or ()) + len(self._words or ())

    def add(self, start: int, cells: Sequence[str]) -> None:
        """Add the cells of the rows from ``start`` on."""
        if self._values is None and self._words is None:
            return
        different = set(cells)
        if max(map(len, different)) > _LONGEST:
            self.forget()
            return
        words = {text for text in different if text and not has_digit(text)}
        if self._values is None and not words:
            return
        seen = texts_seen(cells, range(start, start + len(cells)))
        seen.pop("", None)
        self._words = merged(self._words, {text: seen[text] for text in words})
        self._values = merged(self._values, seen)

    def forget(self) -> None:
        """Hold no text any more."""
        self._values = self._words = None

    def added_to(self, column: Column) -> Column:
        """Return ``column`` with the texts that are held."""
        return replace(column, values=self._values, words=self._words)
