"""The source kind ``html``: links to files, in a page or in a web server's folder listing."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import BaseModel

from acopio.errors import AcopioError
from acopio.harvester.html_options import HtmlOptions
from acopio.harvester.html_reading import Reading
from acopio.model import BadRecord, Dataset, Incomplete, Source
from acopio.ports import Context

_ASKED_WHETHER_GONE = 5


class HtmlHarvester:
    """Lists the files that a page or a folder links to, grouped into datasets."""

    Options: ClassVar[type[BaseModel]] = HtmlOptions

    def __init__(self, context: Context) -> None:
        self._http = context.http

    def harvest(self, source: Source) -> Iterator[Dataset | BadRecord | Incomplete]:
        """Yield the datasets page by page, those of sub-folders after their folder's.

        Raises NotThatPlatform when the page has no link to a file, else SourceError as the client.
        """
        options = HtmlOptions.model_validate(dict(source.options))
        yield from Reading(self._http, source, options)

    def is_gone(self, source: Source, dataset: Dataset) -> bool:
        """Tell whether the dataset's files, or without any its page, all answer 410 (gone)."""
        del source
        own = [resource.url for resource in dataset.resources] or [dataset.landing_page]
        return len(own) <= _ASKED_WHETHER_GONE and all(map(self._answers_gone, own))

    def _answers_gone(self, url: str) -> bool:
        try:
            return self._http.session.head(url, allow_redirects=True).status_code == 410
        except (AcopioError, ValueError):
            return False
