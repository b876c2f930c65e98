"""The records of a JSON catalogue on disk, one at a time, in bounded memory.

A catalogue is an object with an array named ``dataset``, or that array alone. Files of the wild
are cut, encoded in Latin-1, or hold NaN: a small one that the strict reader refuses is read once
more, whole and leniently.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from acopio.tables import json_events

RECORD_BYTES = 2 * 2**20
_DEPTH = 64
_LENIENT_BYTES = 32 * 2**20
_DIGITS = 100
_CHUNK = 64 * 2**10
_BOM = b"\xef\xbb\xbf"
_OPENERS = frozenset(["start_map", "start_array"])
_CLOSERS = frozenset(["end_map", "end_array"])


class NotACatalogueError(ValueError):
    """The file is no JSON, or JSON without an array of datasets."""


class CutError(ValueError):
    """The file cannot be read to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversized:
    """A record too large or too deep to be kept; ``id`` if it was met before that."""

    id: str | None


def records(path: Path) -> Iterator[object]:
    """Yield each record as Python values, ``Oversized`` for one above 2 MiB or 64 levels.

    Raises NotACatalogueError before the first record, CutError after those that could be read.
    """
    count = 0
    try:
        for record in _strict(path):
            count += 1
            yield record
    except CutError as error:
        yield from _rest(path, count, error)


def _strict(path: Path) -> Iterator[object]:
    import ijson

    with path.open("rb") as file:
        if not _looks_like_json(file):
            raise NotACatalogueError(path.name)
        events = json_events.events(_Bounded(file))
        try:
            yield from _records(events)
        except (ijson.JSONError, _EndlessStringError, UnicodeDecodeError) as error:
            raise CutError(str(error)) from error


def _looks_like_json(file: BinaryIO) -> bool:
    """Look at the first byte that says something, and leave the file where JSON starts."""
    start = file.read(512)
    offset = len(_BOM) if start.startswith(_BOM) else 0
    file.seek(offset)
    return start[offset:].lstrip()[:1] in {b"{", b"["} or start[:2] in {b"\xff\xfe", b"\xfe\xff"}


class _EndlessStringError(ValueError):
    pass


class _Bounded:
    """A file whose strings end: the parser keeps a string whole, however long it is."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._run = 0

    def read(self, length: int = _CHUNK) -> bytes:
        chunk = self._file.read(min(length, _CHUNK) if length > 0 else length)
        last = chunk.rfind(b'"')
        while last > 0 and chunk[last - 1 : last] == b"\\":
            last = chunk.rfind(b'"', 0, last)
        self._run = self._run + len(chunk) if last < 0 else len(chunk) - last
        if self._run > 4 * RECORD_BYTES:
            raise _EndlessStringError("a string without an end")
        return chunk


def _records(events: Iterator[tuple[str, Any]]) -> Iterator[object]:
    """Find the array and yield its members; a single object under ``dataset`` counts as one."""
    event, _ = _following(events)
    if event == "start_array":
        yield from _members(events)
        _exhaust(events)
        return
    if event != "start_map" or not _find_datasets(events):
        raise NotACatalogueError("no array of datasets")
    event, value = _following(events)
    if event == "start_array":
        yield from _members(events)
    elif event == "start_map":
        yield _record(event, value, events)
    else:
        raise NotACatalogueError("dataset is not an array")
    _exhaust(events)


def _find_datasets(events: Iterator[tuple[str, Any]]) -> bool:
    depth = 1
    for event, value in events:
        if depth == 1 and event == "map_key" and value == "dataset":
            return True
        depth += (event in _OPENERS) - (event in _CLOSERS)
    return False


def _members(events: Iterator[tuple[str, Any]]) -> Iterator[object]:
    for event, value in events:
        if event == "end_array":
            return
        yield _record(event, value, events)


def _exhaust(events: Iterator[tuple[str, Any]]) -> None:
    """Read on to the end: only then is it known that the file was not cut."""
    for _ in events:
        pass


def _record(event: str, value: Any, events: Iterator[tuple[str, Any]]) -> object:
    """Build one record from parser events; or give it up, and skip to its end."""
    from ijson import ObjectBuilder

    builder = ObjectBuilder()
    noted = _Identifier()
    depth = weight = 0
    fits = True
    for event, value in chain(((event, value),), events):  # noqa: B020
        depth += event in _OPENERS
        weight += 4 + (len(value) if isinstance(value, str) else 0)
        fits = fits and depth <= _DEPTH and weight <= RECORD_BYTES
        if fits:
            builder.event(event, value)
        if depth == 1:
            noted.see(event, value)
        depth -= event in _CLOSERS
        if depth == 0:
            return builder.value if fits else Oversized(id=noted.id)
    raise CutError("ends inside a record")


class _Identifier:
    """Remembers a record's identifier, should the record itself be given up."""

    def __init__(self) -> None:
        self.id: str | None = None
        self._key = ""

    def see(self, event: str, value: Any) -> None:
        if event == "map_key":
            self._key = value
        elif event == "string" and self._key == "identifier":
            self.id = value[:200]


def _following(events: Iterator[tuple[str, Any]]) -> tuple[str, Any]:
    try:
        return next(events)
    except StopIteration:
        raise CutError("ends too early") from None


def _whole(path: Path) -> list[object] | None:
    """Read a small catalogue at once and leniently; None when even that fails."""
    if path.stat().st_size > _LENIENT_BYTES:
        return None
    try:
        found = json.loads(_decoded(path.read_bytes()), strict=False, parse_int=_number)
    except (ValueError, RecursionError):
        return None
    members = found.get("dataset") if isinstance(found, dict) else found
    return members if isinstance(members, list) else None


def _number(digits: str) -> int | float:
    """Return a whole number; one beyond measure as a float: Python makes no such int."""
    return int(digits) if len(digits) <= _DIGITS else float(digits)


def _decoded(body: bytes) -> str:
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return body.decode("utf-16")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _rest(path: Path, count: int, error: CutError) -> Iterator[object]:
    members = _whole(path)
    if members is None:
        raise error
    for member in members[count:]:
        yield member if _fits(member) else Oversized(id=None)


def _fits(member: object) -> bool:
    try:
        return len(json.dumps(member)) <= RECORD_BYTES
    except (ValueError, RecursionError):
        return False
