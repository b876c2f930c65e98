"""Read tables written as JSON: one record a line, or the properties of GeoJSON features."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from acopio.tables import json_events
from acopio.tables.sheet import Row, Sheet, Unreadable

# A longer line is no row of a table.
LONGEST_LINE = 16 << 20
# The columns are the keys of so many records, in the order in which they are met.
_SAMPLE = 1000


def json_lines(path: Path) -> Iterator[Sheet]:
    """Yield the one table of a JSON Lines file, of objects or of lists, in UTF-8."""
    yield Sheet(name="", rows=partial(_rows, partial(_lines, path)))


def features(path: Path) -> Iterator[Sheet]:
    """Yield the one table of a GeoJSON file: the properties of its features, without geometry."""
    yield Sheet(name="", rows=partial(_rows, partial(_properties, path)))


def _lines(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise Unreadable("line", LONGEST_LINE)
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if text.strip():
                yield _parsed(text, number)


def _parsed(line: bytes, number: int) -> Any:
    try:
        return json.loads(line)
    except RecursionError:
        raise Unreadable("depth", json_events.DEPTH) from None
    except ValueError as error:
        raise Unreadable("damaged", f"{number}: {error}"[:200]) from None


def _properties(path: Path) -> Iterator[Any]:
    import ijson

    with path.open("rb") as file:
        try:
            yield from json_events.items(file, "features.item.properties")
        except (ijson.JSONError, ValueError) as error:
            raise Unreadable("damaged", str(error)[:200]) from None


def _rows(read: Callable[[], Iterator[Any]]) -> Iterator[Row]:
    """Yield a header and a row per record; records that are lists are rows already.

    A null is a row of blanks. Keys that first occur beyond the sample are not read.
    """
    records = read()
    sample = list(islice(records, _SAMPLE))
    if not any(isinstance(record, Mapping) for record in sample):
        yield from map(_listed, chain(sample, records))
        return
    keys = _keys(sample)
    yield list(keys)
    for record in chain(sample, records):
        given = record if isinstance(record, Mapping) else {}
        yield [given.get(key) for key in keys]


def _listed(record: Any) -> Row:
    return list(record) if isinstance(record, list) else [record]


def _keys(records: Iterable[Any]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(key for record in records if isinstance(record, Mapping) for key in record)
    )
