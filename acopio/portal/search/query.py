"""What a search asks, what it finds, and what an index is told: plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One dataset to index anew, as ``package_show`` gives it; None: it is gone."""

    id: str
    package: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """What a caller may see; by default what everybody may: active, public datasets.

    ``private`` and ``drafts`` are what was asked for (``include_private``, ``include_drafts``);
    ``organizations`` and ``user`` say whose: the ids of the caller's organizations, None for a
    sysadmin, who sees those of all; and the caller's own id, for datasets of no organization.
    """

    private: bool = False
    drafts: bool = False
    organizations: tuple[str, ...] | None = ()
    user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A ``package_search``, with CKAN's names and defaults.

    ``facet_limit`` below zero is no limit, 0 none at all. Each ``fq`` narrows on its own.
    """

    q: str = "*:*"
    fq: tuple[str, ...] = ()
    sort: str = "score desc, metadata_modified desc"
    start: int = 0
    rows: int = 10
    facets: tuple[str, ...] = ()
    facet_limit: int = 50
    facet_mincount: int = 1
    visible: Visibility = field(default_factory=Visibility)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How many datasets match, the ids of those asked for, and per facet its (value, count)."""

    count: int
    ids: tuple[str, ...]
    facets: Mapping[str, Sequence[tuple[str, int]]]
