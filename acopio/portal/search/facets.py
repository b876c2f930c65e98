"""How often each value occurs among what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tantivy

from acopio.portal.problems import SearchError, SearchQueryError
from acopio.portal.search.query import Query
from acopio.portal.search.schema import DATES, EXACT, OTHERS, SEPARATOR, TEXT

MOST_FACETS = 30
# tantivy counts no more different values in one request.
MOST_VALUES = 60_000
_SLACK = 50

Counts = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Counting:
    """Which facets, how many values of each (below zero: all), and the least count shown."""

    fields: tuple[str, ...]
    limit: int
    least: int

    @classmethod
    def of(cls, query: Query) -> "Counting":
        """Return what a search counts. Raises ``SearchQueryError`` for too many fields."""
        if len(query.facets) > MOST_FACETS:
            raise SearchQueryError(f"More than {MOST_FACETS} facet fields")
        return cls(query.facets, query.facet_limit, query.facet_mincount)


def counted(
    searcher: tantivy.Searcher,
    found: tantivy.Query,
    seen: tantivy.Query,
    asked: Counting,
) -> Mapping[str, Counts]:
    """Return (value, count) by field among ``found``, the most frequent first, then by value.

    With a least count of 0 there are also values that only others among ``seen`` have. Dates
    and text have no facets. Raises ``SearchError`` when a field has too many values.
    """
    counts = _counts(searcher, found, asked.fields, asked.limit)
    if asked.least < 1 and asked.limit:
        for field, every in _counts(searcher, seen, asked.fields, -1).items():
            known = {value for value, _ in counts[field]}
            counts[field] += [(value, 0) for value, _ in every if value not in known]
    return {
        field: _shown([pair for pair in pairs if pair[1] >= asked.least], asked.limit)
        for field, pairs in counts.items()
    }


def _counts(
    searcher: tantivy.Searcher, query: tantivy.Query, fields: Sequence[str], limit: int
) -> dict[str, Counts]:
    """Return the counts of the most frequent values, at least ``limit`` where there are."""
    found: dict[str, Counts] = {field: [] for field in fields}
    columns = {field: _column(field) for field in fields if field not in (*TEXT, *DATES)}
    waiting = list(columns) if limit else []
    size = MOST_VALUES if limit < 0 else min(limit + _SLACK, MOST_VALUES)
    while waiting:
        answer = _asked(searcher, query, {field: columns[field] for field in waiting}, size)
        found |= answer
        waiting = [field for field in waiting if _cut(answer[field], limit, size)]
        size = min(size * 8, MOST_VALUES)
    return found


def _cut(counts: Counts, limit: int, size: int) -> bool:
    """Return whether values beyond those asked for may be as frequent as the last to show."""
    return len(counts) == size < MOST_VALUES and counts[-1][1] == counts[limit - 1][1]


def _shown(counts: Counts, limit: int) -> Counts:
    ordered = sorted(counts, key=lambda item: (-item[1], item[0]))
    return ordered if limit < 0 else ordered[:limit]


def _column(field: str) -> dict[str, Any]:
    if field in EXACT:
        return {"field": field}
    key = field.removeprefix("extras_")
    escaped = "".join(char if char.isalnum() or char in "_" else f"\\{char}" for char in key)
    return {"field": OTHERS, "include": f"{escaped}{SEPARATOR}(?s:.*)"}


def _asked(
    searcher: tantivy.Searcher,
    query: tantivy.Query,
    columns: Mapping[str, dict[str, Any]],
    size: int,
) -> dict[str, Counts]:
    # Each segment tells all it has: else the counts were near enough, not right.
    asked = {
        str(number): {"terms": {**column, "size": size, "segment_size": MOST_VALUES}}
        for number, column in enumerate(columns.values())
    }
    try:
        answer = searcher.aggregate(query, asked)
    except ValueError as error:
        raise SearchError("A facet has too many values to be counted") from error
    return {
        field: [
            (bucket["key"].partition(SEPARATOR)[2] if "include" in column else bucket["key"],
             bucket["doc_count"])
            for bucket in answer[str(number)]["buckets"]
        ]
        for number, (field, column) in enumerate(columns.items())
    }  # fmt: skip
