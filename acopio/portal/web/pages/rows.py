"""Every finding of a dataset's report as a row of a CSV, made as it is read."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from acopio.messages import speaking
from acopio.model import Finding
from acopio.reporting.rows import COLUMNS, ENCODING, row

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
_BATCH = 500


def rows(findings: Iterable[Finding], names: Mapping[str, str], language: str) -> Iterator[bytes]:
    """Yield the CSV, some rows at a time. ``names`` says what resources are called."""
    yield _lines([COLUMNS]).encode(ENCODING)
    left = iter(findings)
    while batch := list(islice(left, _BATCH)):
        # Around each batch: whoever reads takes them from one thread and another.
        with speaking(language):
            lines = [row(names.get(one.resource or "", ""), one) for one in batch]
        yield _lines(lines).encode("utf-8", "replace")


def _lines(lines: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue()
