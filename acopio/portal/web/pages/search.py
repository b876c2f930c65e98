"""Search: the home page and ``/dataset/``, with CKAN's parameters in the address."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from starlette.requests import Request

from acopio.messages import text
from acopio.portal import licences, verdict
from acopio.portal.actions import ACTIONS
from acopio.portal.caller import STRANGER
from acopio.portal.problems import Problem
from acopio.portal.site import Call, Site
from acopio.portal.web.address import base
from acopio.portal.web.pages import links, lookup
from acopio.portal.web.pages.figures import read_moment
from acopio.portal.web.pages.paging import Pages, asked
from acopio.portal.web.pages.rendering import Page
from acopio.portal.web.pages.words import known

ROWS = 20
ON_HOME = 10
# How many values a facet shows; ``/organization/`` and the API have them all.
_VALUES = 12
# A page repeats its search in each of its links: what may be said is bounded, and facets show
# fewer values the longer it is.
_LONGEST = 300
_LONGEST_VALUE = 100
_MOST_CHOSEN = 6
_ALL_CHOSEN = 600
_ALL_LINKS = 18_000
FACETS = ("organization", verdict.FIELD, "res_format", "license_id", "tags", "groups")
SORTS = {
    "": "score desc, metadata_modified desc",
    "metadata_modified desc": "metadata_modified desc",
    "title_string asc": "title_string asc",
    "title_string desc": "title_string desc",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a reader looks for. ``chosen`` are pairs of a facet and one of its values."""

    q: str
    chosen: tuple[tuple[str, str], ...]
    sort: str
    page: int

    def address(self, path: str, **changes: Any) -> str:
        """Return the address of this search, changed."""
        said: dict[str, Any] = {"q": self.q, "sort": self.sort, "page": "", **changes}
        pairs = [("q", said["q"]), *said.get("chosen", self.chosen)]
        return links.asking(path, [*pairs, ("sort", said["sort"]), ("page", str(said["page"]))])

    def without(self, path: str, pair: tuple[str, str]) -> str:
        """Return the address without one chosen value."""
        return self.address(path, chosen=tuple(one for one in self.chosen if one != pair))

    def with_(self, path: str, pair: tuple[str, str]) -> str:
        """Return the address with one more value chosen."""
        return self.address(path, chosen=(*self.chosen, pair))


def asking(request: Request) -> Asking:
    """Read a search from an address; what means nothing is left out."""
    query = request.query_params
    pairs = [
        (facet, value[:_LONGEST_VALUE])
        for facet in FACETS
        for value in query.getlist(facet)
        if value
    ]
    sort = query.get("sort", "")
    return Asking(
        q=" ".join(query.get("q", "")[:_LONGEST].split()),
        chosen=tuple(_few(dict.fromkeys(pairs))),
        sort=sort if sort in SORTS else "",
        page=asked(request),
    )


def _few(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the first pairs, as many as an address may repeat."""
    left = _ALL_CHOSEN
    for pair in islice(pairs, _MOST_CHOSEN):
        left -= len(pair[1].encode(errors="replace"))
        if left >= 0:
            yield pair


def home(site: Site, request: Request) -> Page:
    """Show what this place is, and the newest datasets."""
    looked = asking(request)
    return Page(
        template="home.html", values=shown(site, request, looked, "/dataset/", rows=ON_HOME)
    )


def results(site: Site, request: Request) -> Page:
    """Show what a search finds."""
    looked = asking(request)
    values = shown(site, request, looked, "/dataset/")
    return Page(template="search.html", values=values, status=status(values))


def status(values: Mapping[str, Any]) -> int:
    """Return 400 where a search could not be read."""
    return 400 if values["unreadable"] else 200


_NOTHING: Mapping[str, Any] = {"count": 0, "results": [], "search_facets": {}}


def _run(
    site: Site, request: Request, looked: Asking, *, rows: int, within: str
) -> Mapping[str, Any]:
    """Return what ``package_search`` answers. Raises Problem for what it cannot read."""
    filters = [f"{facet}:{_quoted(value)}" for facet, value in looked.chosen]
    asked: dict[str, Any] = {
        "q": looked.q or "*:*",
        "fq_list": [*filters, within] if within else filters,
        "facet.field": list(FACETS),
        "facet.limit": _VALUES,
        "rows": rows,
        "start": (looked.page - 1) * rows,
    }
    if looked.sort:
        asked["sort"] = SORTS[looked.sort]
    elif not looked.q:
        asked["sort"] = SORTS["metadata_modified desc"]
    call = Call(site=site, caller=STRANGER, base=base(request))
    found: Mapping[str, Any] = ACTIONS["package_search"].function(call, asked)
    return found


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def shown(
    site: Site,
    request: Request,
    looked: Asking,
    path: str,
    *,
    rows: int = ROWS,
    within: str = "",
) -> dict[str, Any]:
    """Return what the templates of a search at ``path`` show; ``within`` narrows it."""
    try:
        found, unreadable = _run(site, request, looked, rows=rows, within=within), False
    except Problem:
        found, unreadable = _NOTHING, True
    return {
        "looked": looked,
        "count": found["count"],
        "results": list(_rows(site, found["results"])),
        "facets": list(_facets(looked, found["search_facets"], path)),
        "chosen": [(_label(pair), looked.without(path, pair)) for pair in looked.chosen],
        "sorts": [(sort, text(f"sort-{sort.replace(' ', '-') or 'score'}")) for sort in SORTS],
        "pages": Pages(
            number=looked.page,
            size=rows,
            total=found["count"],
            address=lambda number: looked.address(path, page=number if number > 1 else ""),
        ),
        "search_path": path,
        "unreadable": unreadable,
    }


def _label(pair: tuple[str, str]) -> str:
    facet, value = pair
    return f"{text(f'facet-{facet}')}: {_called(facet, value, value)}"


def _called(facet: str, value: str, otherwise: str) -> str:
    """Return what a value of a facet is called."""
    if facet == verdict.FIELD and known(f"state-{value}"):
        return text(f"state-{value}")
    licence = licences.find(value) if facet == "license_id" else None
    return licence.title if licence else otherwise


def _facets(
    looked: Asking, found: Mapping[str, Any], path: str
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    # A link's own value and mark-up come on top of the search it repeats.
    most = _ALL_LINKS // (len(looked.address(path)) + 80) // len(FACETS)
    for facet in FACETS:
        items = [one for one in found.get(facet, {}).get("items", ()) if one["name"]]
        values = [_value(looked, facet, one, path) for one in _by_count(items)[:most]]
        if values:
            yield facet, values


def _by_count(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(items, key=lambda one: (-one["count"], str(one["display_name"]).lower()))


def _value(looked: Asking, facet: str, one: Mapping[str, Any], path: str) -> dict[str, Any]:
    pair = (facet, one["name"])
    is_chosen = pair in looked.chosen
    return {
        "label": _called(facet, one["name"], one["display_name"]),
        "count": one["count"],
        "chosen": is_chosen,
        "url": looked.without(path, pair) if is_chosen else looked.with_(path, pair),
    }


def _rows(site: Site, found: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield datasets as lists show them."""
    with site.store.read() as connection:
        judged = lookup.by_ids(connection, [one["id"] for one in found])
    for one in found:
        extras = {each["key"]: each["value"] for each in one["extras"]}
        formats = {str(each["format"]).upper() for each in one["resources"] if each["format"]}
        yield {
            "name": one["name"],
            "title": one["title"] or one["name"],
            "notes": one["notes"] or "",
            "organization": one["organization"],
            "formats": sorted(formats)[:6],
            # Whose day each is: the publisher's word, and when what is shown came here.
            "modified": read_moment(extras.get("modified")),
            "published": read_moment(one["metadata_modified"]),
            "verdict": verdict.of(judged.get(one["id"])),
        }
