"""The source kind ``dkan7``: DKAN 7.x-1.x on Drupal 7, as the national portal of Peru is."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from acopio.errors import (
    AcopioError,
    BadAnswer,
    NotFound,
    NotThatPlatform,
    SourceError,
    Unreachable,
)
from acopio.harvester import ckan_record, dkan7_record, records, values
from acopio.harvester.datajson import DataJsonHarvester
from acopio.harvester.dkan7_api import Api
from acopio.harvester.paging import Pager
from acopio.http.addresses import shown
from acopio.messages import said, stored
from acopio.model import BadRecord, Dataset, Incomplete, Source
from acopio.ports import Context

if TYPE_CHECKING:
    from requests import Response

_PAGES = 1_000
_SHOWN = 10

Listing = Iterator[Dataset | BadRecord | Incomplete]


class Dkan7Options(BaseModel):
    """The kind has no options."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dkan7Harvester:
    """Lists a DKAN 7's datasets by the first of three ways that answers; the id is the UUID.

    Datasets with their resources, in pages; else all names, and each dataset by its name; else
    ``data.json``. The last is never complete: a setting of DKAN cuts it without a word.
    """

    Options: ClassVar[type[BaseModel]] = Dkan7Options

    def __init__(self, context: Context) -> None:
        self._http = context.http
        self._datajson = DataJsonHarvester(context)

    def harvest(self, source: Source) -> Listing:
        """Yield the datasets that readers may see and that are not acopio's own.

        Raises NotThatPlatform when there is neither an API nor a data.json; else SourceError, of
        the first way that was refused. A host that refuses us is not asked in another way.
        """
        failed: list[SourceError] = []
        for listing in (self._listed, self._shown, self._catalogued):
            try:
                yield from listing(source)
            except (BadAnswer, NotThatPlatform, Unreachable) as error:
                if isinstance(error, Unreachable) and "status" not in error.params:
                    raise  # nobody is there, whatever is asked
                failed.append(error)
            else:
                return
        raise _verdict(failed, source)

    def _listed(self, source: Source) -> Listing:
        api = Api(self._http, _base(source))
        for found in Pager(api.page, _key):
            yield from _mapped(found, source, measure=api.heavy)

    def _shown(self, source: Source) -> Listing:
        """List all names, then ask for each dataset: slow, but whole."""
        api = Api(self._http, _base(source))
        names = api.names()
        if not names:
            raise NotThatPlatform("not-dkan7", url=shown(source.url))
        # What a pager asks for twice, the overlap of its pages, is not asked for again.
        show = lru_cache(maxsize=2 * _SHOWN)(api.show)

        def ask(start: int, rows: int) -> list[object]:
            return [show(name) for name in names[start : start + rows]]

        for found in Pager(ask, _key, _SHOWN):
            yield from _mapped(found, source, measure=True)

    def _catalogued(self, source: Source) -> Listing:
        """Read data.json page by page, until a page says nothing new; then say it is a fallback."""
        met: set[str] = set()
        reason = said("dkan7-by-datajson", {"url": shown(source.url)})
        for page in range(_PAGES):
            before = len(met)
            listing = self._datajson.harvest(_page(source, page))
            for found in _unless_refused(listing) if page else listing:
                if isinstance(found, Incomplete):
                    reason = found.reason
                elif _news(found, met):
                    yield found
            if len(met) == before:
                break
        yield Incomplete(reason=reason)

    def is_gone(self, source: Source, dataset: Dataset) -> bool:
        """Tell whether the dataset's own page is gone (410) or alone asks for a login: private.

        Where the portal's front asks for one too, that says nothing of the dataset. Nor does a
        redirect to the search, where a deleted dataset's page leads as any mistaken address does,
        nor a 403, which comes from firewalls.
        """
        import requests

        try:
            page = self._http.session.get(dataset.landing_page)
            if page.status_code == 410:
                return True
            return _asks_for_login(page) and not _asks_for_login(self._http.get(source.url))
        except (AcopioError, requests.RequestException, ValueError):
            return False


def _asks_for_login(answer: "Response") -> bool:
    path = urlsplit(answer.url).path.rstrip("/")
    return bool(answer.history) and path.endswith("/user/login")


def _base(source: Source) -> str:
    return source.url.rstrip("/")


def _page(source: Source, number: int) -> Source:
    return replace(source, url=f"{_base(source)}/data.json?page={number}")


def _key(record: object) -> str:
    return records.key(record, ckan_record.identity(record))


def _mapped(found: Any, source: Source, *, measure: bool) -> Listing:
    if isinstance(found, BadRecord | Incomplete):
        yield found
        return
    refusal = records.refusal(found, ckan_record.identity(found), measure=measure)
    if refusal is not None:
        yield refusal
    elif not dkan7_record.left_out(found):
        yield dkan7_record.dataset(found, _base(source), values.zone(source.timezone))


def _unless_refused(listing: Listing) -> Listing:
    try:
        yield from listing
    except SourceError as error:
        yield Incomplete(reason=stored(error))


def _news(found: Dataset | BadRecord, met: set[str]) -> bool:
    """Note a record, and tell whether no page before had it."""
    before = len(met)
    met.add(found.id if isinstance(found, Dataset) else f"{found.id}\n{found.raw}")
    return len(met) > before


def _verdict(failed: list[SourceError], source: Source) -> SourceError:
    """Tell a portal in trouble, which answered with a status, from what is no DKAN 7."""
    for error in failed:
        if "status" in error.params and not isinstance(error, NotFound):
            return error
    return NotThatPlatform("not-dkan7", url=shown(source.url))
