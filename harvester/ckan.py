"""The source kind ``ckan``: CKAN 2.2 to 2.12, through its Action API, version 3."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from acopio.errors import AcopioError, BadAnswer, NotFound, NotThatPlatform
from acopio.harvester import ckan_record, records, values
from acopio.harvester.paging import Pager
from acopio.http.addresses import shown
from acopio.model import BadRecord, Dataset, Incomplete, Source
from acopio.ports import Context

if TYPE_CHECKING:
    from requests import Response

    from acopio.http import Client

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _balanced(query: str) -> str:
    """Refuse parentheses that would let a query step out of those we put around it."""
    depth = 0
    quoted = False
    previous = ""
    for character in query:
        if character == '"' and previous != "\\":
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            break
        previous = character
    if depth or quoted:
        raise ValueError("parentheses or quotes are not balanced")
    return query


class CkanOptions(BaseModel):
    """What narrows a CKAN source: an organization's name or id, a Solr filter query."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    organization: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,100}$")] | None = None
    fq: (
        Annotated[
            str,
            StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
            AfterValidator(_balanced),
        ]
        | None
    ) = None


class CkanHarvester:
    """Lists a CKAN's public datasets, oldest id first, in pages of 100."""

    Options: ClassVar[type[BaseModel]] = CkanOptions

    def __init__(self, context: Context) -> None:
        self._http = context.http

    def harvest(self, source: Source) -> Iterator[Dataset | BadRecord | Incomplete]:
        """Yield the datasets that are public, active and not acopio's own.

        Raises NotThatPlatform when the address has no Action API, else SourceError as the client.
        """
        base = source.url.rstrip("/")
        search = _Search(self._http, base, filter_query(source))
        pager = Pager(search, _key)
        for found in pager:
            if isinstance(found, BadRecord | Incomplete):
                yield found
            else:
                yield from _mapped(found, base, measure=search.heavy)

    def is_gone(self, source: Source, dataset: Dataset) -> bool:
        """Tell whether CKAN itself says private or deleted (403), or the address is gone (410).

        A 403 that is not CKAN's own answer comes from a firewall, and says nothing.
        """
        import requests

        url = f"{source.url.rstrip('/')}/api/3/action/package_show"
        try:
            answer = self._http.session.get(url, params={"id": dataset.id})
            if answer.status_code == 410:
                return True
            return answer.status_code == 403 and _denied(json.loads(answer.content))
        except (AcopioError, requests.RequestException, ValueError, RecursionError):
            return False


def filter_query(source: Source) -> str:
    """Return the ``fq`` of a source's options; CKAN splices it between clauses of its own."""
    options = CkanOptions.model_validate(dict(source.options))
    clauses = [f"({options.fq})"] if options.fq else []
    if options.organization:
        field = "owner_org" if _UUID.fullmatch(options.organization) else "organization"
        clauses.append(f"{'+' if clauses else ''}{field}:{options.organization}")
    return " ".join(clauses)


class _Search:
    """One search, asked for in parts. ``heavy``: the last part may hold an oversized record."""

    def __init__(self, client: "Client", base: str, query: str) -> None:
        self._get = client.get
        self._url = f"{base}/api/3/action/package_search"
        self._fixed = {"sort": "id asc"} | ({"fq": query} if query else {})
        self._answered = False
        self.heavy = False

    def __call__(self, start: int, rows: int) -> list[object]:
        try:
            answer = self._get(self._url, params={**self._fixed, "start": start, "rows": rows})
        except NotFound as error:
            if self._answered:
                raise
            raise NotThatPlatform("not-ckan", url=shown(self._url)) from error
        self.heavy = len(answer.content) > records.RECORD_BYTES
        results = self._results(answer)
        self._answered = True
        return results

    def _results(self, answer: "Response") -> list[object]:
        from acopio.http.answers import as_json

        try:
            envelope = values.mapping(as_json(answer))
        except BadAnswer as error:
            if not self._answered and answer.content.lstrip()[:1] != b"{":
                raise NotThatPlatform("not-ckan", url=shown(self._url)) from error
            raise
        results = values.mapping(envelope.get("result")).get("results")
        if isinstance(results, list) and envelope.get("success") is not False:
            return results
        if not self._answered and "success" not in envelope:
            raise NotThatPlatform("not-ckan", url=shown(self._url))
        raise BadAnswer("ckan-unreadable", url=shown(self._url))


def _key(record: object) -> str:
    return records.key(record, ckan_record.identity(record))


def _mapped(record: Any, base: str, *, measure: bool) -> Iterator[Dataset | BadRecord]:
    refusal = records.refusal(record, ckan_record.identity(record), measure=measure)
    if refusal is not None:
        yield refusal
    elif not ckan_record.left_out(record):
        yield ckan_record.dataset(record, base)


def _denied(envelope: object) -> bool:
    error = values.mapping(values.mapping(envelope).get("error"))
    return error.get("__type") == "Authorization Error"
