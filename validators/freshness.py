"""Ask whether a dataset is as new as it says it is: its record, the days inside, its bytes."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import ClassVar

from acopio import frequency
from acopio.model import Dataset, Examined, Finding, Role
from acopio.validators.country import column_words
from acopio.validators.finding import finding
from acopio.validators.lexicon import name_words

# Data are gathered before they are published: the newest day inside may be two periods old, and
# a month, before anybody is reminded.
_PERIODS, _MONTH = 2, timedelta(days=30)
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
# What holds no rows, so that nothing newer hides in it.
_PROSE = frozenset({"pdf", "doc", "docx", "odt", "rtf", "html", "md", "txt", "ppt", "pptx"})
# A day, the resource and the column it stands in.
Newest = tuple[date, str, str]


class FreshnessValidator:
    """Compares the declared frequency with the record's date, the data's days and the bytes.

    Without a frequency or a date nothing is promised, so nothing is broken.
    """

    scope: ClassVar[str] = "dataset"
    version: ClassVar[str] = "1"

    def validate(self, examined: Examined) -> Iterator[Finding]:
        """Yield ``stale``, or ``stale-content`` for each thing that a fresh record is belied by."""
        dataset = examined.snapshot.dataset
        modified = _modified(dataset)
        promised = frequency.freshness(dataset.frequency, modified, examined.today)
        if modified is None or promised is None:
            return
        if promised.is_fresh:
            yield from _inside(examined, modified)
            yield from _bytes(examined, modified)
            return
        yield finding(
            "stale",
            evidence=str(modified),
            modified=str(modified),
            frequency=frequency.code(dataset.frequency),
            due=str(promised.due),
        )


def _modified(dataset: Dataset) -> date | None:
    """Return the last day on which anything of a dataset changed, as its source claims."""
    claims = [dataset.modified, *(one.modified for one in dataset.resources)]
    return max((_day(claim) for claim in claims if claim is not None), default=None)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _inside(examined: Examined, modified: date) -> Iterator[Finding]:
    """Say that the newest day inside the data is older than the frequency allows."""
    newest = _newest(examined)
    period = frequency.days(examined.snapshot.dataset.frequency)
    if newest is None or period is None or _closed(examined.snapshot.dataset, newest[0]):
        return
    last, resource, column = newest
    if last < examined.today - _PERIODS * timedelta(days=period) - _MONTH:
        yield _stale_content(examined, modified, "inside", last, resource=resource, field=column)


def _newest(examined: Examined) -> Newest | None:
    """Return the newest day inside; None where there is none, or a newer one may be elsewhere.

    A plan's day to come says nothing; any other proves that the data reach today.
    """
    if _unread(examined):
        return None
    newest: Newest | None = None
    for table in examined.tables:
        for column, (_, last) in table.dates.items():
            if last > examined.today and name_words(column) & column_words("dates")["planned"]:
                continue
            if newest is None or last > newest[0]:
                newest = (last, table.resource, column)
    return newest


def _unread(examined: Examined) -> bool:
    """Tell whether a resource may hold days that nobody looked for, as in a spreadsheet."""
    read = {one.resource for one in examined.tables if one.dates or one.format == "csv"}
    return any(
        one.role is Role.DATA and one.id not in read and one.format not in _PROSE
        for one in examined.snapshot.dataset.resources
    )


def _closed(dataset: Dataset, last: date) -> bool:
    """Tell whether a dataset is of a past period, and says so: ``Presupuesto 2015``."""
    spoken = (dataset.title, dataset.temporal)
    return any(max(map(int, _YEAR.findall(text)), default=0) == last.year for text in spoken)


def _bytes(examined: Examined, modified: date) -> Iterator[Finding]:
    """Say that the bytes are the same for longer than the frequency allows, whatever is claimed.

    Only of files seen through all that time: a file that came later is a change.
    """
    dataset = examined.snapshot.dataset
    data = [one.id for one in dataset.resources if one.role is Role.DATA]
    if not data or not all(number in examined.changed for number in data):
        return
    since = max(_day(examined.changed[number]) for number in data)
    held = frequency.freshness(dataset.frequency, since, examined.today)
    if held is not None and not held.is_fresh and since < modified:
        yield _stale_content(examined, modified, "bytes", since)


def _stale_content(
    examined: Examined,
    modified: date,
    proof: str,
    since: date,
    *,
    resource: str | None = None,
    field: str | None = None,
) -> Finding:
    return finding(
        "stale-content",
        resource=resource,
        field=field,
        evidence=str(since),
        modified=str(modified),
        frequency=frequency.code(examined.snapshot.dataset.frequency),
        proof=proof,
        since=str(since),
    )
