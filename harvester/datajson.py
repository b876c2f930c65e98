"""The source kind ``datajson``: one data.json document, Project Open Data 1.1 or DCAT-US 3."""

import hashlib
import tempfile
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from acopio.errors import AcopioError, BadAnswer, NotFound, NotThatPlatform
from acopio.harvester import json_stream, pod_record, records, values
from acopio.http.addresses import shown
from acopio.messages import said
from acopio.model import BadRecord, Dataset, Incomplete, Source
from acopio.ports import Context


class DataJsonOptions(BaseModel):
    """The kind has no options."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DataJsonHarvester:
    """Lists the public datasets of a data.json catalogue, downloaded first, then streamed."""

    Options: ClassVar[type[BaseModel]] = DataJsonOptions

    def __init__(self, context: Context) -> None:
        self._http = context.http

    def harvest(self, source: Source) -> Iterator[Dataset | BadRecord | Incomplete]:
        """Yield the catalogue's datasets, those not public and acopio's own left out.

        Raises NotThatPlatform when there is no such catalogue, BadAnswer when not one record can
        be read, else SourceError as the client.
        """
        url = catalogue_address(source.url)
        with tempfile.TemporaryDirectory(prefix="acopio-") as folder:
            yield from self._read(
                self._download(url, Path(folder)), url, values.zone(source.timezone)
            )

    def _download(self, url: str, folder: Path) -> Path:
        try:
            fetched = self._http.fetch(url, folder)
        except NotFound as error:
            raise NotThatPlatform("not-datajson", url=shown(url)) from error
        if fetched is None:  # not asked conditionally, so nothing can be unchanged
            raise BadAnswer("not-datajson", url=shown(url))
        return fetched.path

    def _read(
        self, path: Path, url: str, zone: tzinfo
    ) -> Iterator[Dataset | BadRecord | Incomplete]:
        known: set[bytes] = set()
        base = url.partition("?")[0].rpartition("/")[0]
        count = 0
        try:
            for record in json_stream.records(path):
                count += 1
                yield from _mapped(record, base, zone, known)
        except json_stream.NotACatalogueError as error:
            raise NotThatPlatform("not-datajson", url=shown(url)) from error
        except json_stream.CutError as error:
            if not count:
                raise BadAnswer("datajson-cut", url=shown(url), records=0) from error
            reason = said("datajson-cut", {"url": shown(url), "records": count})
            yield Incomplete(reason=reason)

    def is_gone(self, source: Source, dataset: Dataset) -> bool:
        """Tell whether the dataset's landing page answers 410 (gone)."""
        del source
        if not dataset.landing_page:
            return False
        try:
            self._http.get(dataset.landing_page)
        except NotFound as error:
            return error.params.get("status") == 410
        except (AcopioError, ValueError):
            return False
        return False


def catalogue_address(url: str) -> str:
    """Return the catalogue's address: ``/data.json`` is added to a portal's root."""
    parts = urlsplit(url)
    if parts.query or parts.path.endswith(".json"):
        return url
    return url.rstrip("/") + "/data.json"


def _mapped(
    record: object, base: str, zone: tzinfo, known: set[bytes]
) -> Iterator[Dataset | BadRecord]:
    if isinstance(record, json_stream.Oversized):
        reason = said("record-too-large", {"megabytes": json_stream.RECORD_BYTES // 2**20})
        yield BadRecord(id=record.id, raw="…", reason=reason)
        return
    own = pod_record.identity(record)
    if own is None or not isinstance(record, dict):
        yield records.bad(None, record, said("record-without-id"))
    elif _met(own, known):
        yield records.bad(own, record, said("record-twice", {"id": own}))
    elif not pod_record.left_out(record):
        yield pod_record.dataset(record, base, zone)


def _met(own: str, known: set[bytes]) -> bool:
    """Note an identifier, and tell whether it was there already; sixteen bytes each are kept."""
    digest = hashlib.sha256(own.encode("utf-8", "surrogatepass")).digest()[:16]
    before = len(known)
    known.add(digest)
    return len(known) == before
