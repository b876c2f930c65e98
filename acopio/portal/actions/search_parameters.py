"""The parameters of ``package_search``, as CKAN reads them."""

from dataclasses import dataclass
from typing import Any

import orjson

from acopio.portal.actions import asking
from acopio.portal.fields.checks import Invalid, integer
from acopio.portal.problems import SearchError, SearchQueryError, ValidationError
from acopio.portal.search import Query, Visibility
from acopio.portal.site import Asked, Call

# CKAN's own bound, and its default.
MOST_ROWS, ROWS = 1000, 10
_FACET_LIMIT = 50
_SORT = "score desc, metadata_modified desc"
_KNOWN = frozenset(
    {"q", "fl", "fq", "fq_list", "rows", "sort", "start", "facet", "facet.mincount"}
    | {"facet.limit", "facet.field", "include_private", "include_drafts", "include_deleted"}
    | {"use_default_schema", "extras"}
    # Solr's own, which change what is relevant: without a meaning here.
    | {"qf", "wt", "bf", "boost", "tie", "defType", "mm", "df"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for, and which ``fields`` of it are shown: none named is all."""

    query: Query
    fields: tuple[str, ...]


def read(call: Call, asked: Asked) -> Search:
    """Return what a call asks. Raises ValidationError, SearchQueryError, SearchError."""
    start = asking.natural(asked, "start", 0) or 0
    rows = asking.natural(asked, "rows", ROWS)
    facets = _facets(asked)
    unknown = [name for name in asked if name not in _KNOWN and not name.startswith("ext_")]
    if unknown:
        raise SearchQueryError(f"Invalid search parameters: {unknown[:20]}")
    sort = _text(asked, "sort")
    query = Query(
        q=_q(_text(asked, "q")),
        fq=_filters(asked),
        sort=_SORT if sort in ("", "rank") else sort,
        start=start,
        rows=min(ROWS if rows is None else rows, MOST_ROWS),
        facets=facets,
        facet_limit=_facet_limit(asked),
        facet_mincount=asking.natural(asked, "facet.mincount", 1) or 0,
        visible=_visible(call, asked),
    )
    return Search(query=query, fields=_fields(asked))


def _q(given: str) -> str:
    return "*:*" if given in ("", '""', "''") else given


def _text(asked: Asked, field: str) -> str:
    """Return a parameter as text; as in CKAN, JSON where it is none."""
    value = asked.get(field)
    if value is None or isinstance(value, str):
        return value or ""
    return orjson.dumps(value).decode()


def _filters(asked: Asked) -> tuple[str, ...]:
    several = asked.get("fq_list") or []
    if not isinstance(several, list) or not all(isinstance(one, str) for one in several):
        raise SearchError("fq_list must be a list of texts")
    if isinstance(asked.get("fq"), list | dict):
        raise SearchError("fq must be a text; fq_list takes several")
    return tuple(one for one in (_text(asked, "fq"), *several) if one.strip())


def _facets(asked: Asked) -> tuple[str, ...]:
    given: Any = asked.get("facet.field")
    if given is None or not asking.truth(asked, "facet", default=True):
        return ()
    if isinstance(given, str):
        try:
            given = orjson.loads(given)
        except orjson.JSONDecodeError:
            raise ValidationError({"facet.field": ["Could not parse as valid JSON"]}) from None
    if not isinstance(given, list):
        raise ValidationError({"facet.field": ["Not a list"]})
    odd = next((one for one in given if not isinstance(one, str)), None)
    if odd is not None:
        raise ValidationError({"facet.field": [f"Not a string: {str(odd)[:100]}"]})
    return tuple(dict.fromkeys(given))


def _facet_limit(asked: Asked) -> int:
    value = asked.get("facet.limit")
    try:
        number = integer(value)
    except Invalid as error:
        raise ValidationError({"facet.limit": [str(error)]}) from None
    if number is None:
        return _FACET_LIMIT
    return min(number, asking.MOST_OFFSET)


def _fields(asked: Asked) -> tuple[str, ...]:
    given = asked.get("fl")
    said = given if isinstance(given, list) else [given or ""]
    if not all(isinstance(one, str) for one in said):
        raise SearchError("fl must be names of fields")
    return tuple(name for one in said for name in one.replace(",", " ").split() if name != "*")


def _visible(call: Call, asked: Asked) -> Visibility:
    caller = call.caller
    return Visibility(
        private=asking.truth(asked, "include_private", default=False),
        drafts=asking.truth(asked, "include_drafts", default=False),
        organizations=None if caller.is_sysadmin else tuple(caller.capacities),
        user=caller.id or None,
    )
