"""Read JSON piece by piece with ijson: the one place that opens it.

Its C code makes Python integers of numbers, and takes the process down at one of more than 4300
digits. So numbers are read as C reads them: an integer beyond 64 bits becomes a float.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol


class Readable(Protocol):
    """What gives bytes."""

    def read(self, length: int = -1, /) -> bytes:
        """Return at most ``length`` bytes, none at the end."""
        ...


def events(file: Readable) -> Iterator[tuple[str, Any]]:
    """Yield ijson's events (``start_map``, ``map_key``, ``string`` ...). Raises ijson.JSONError."""
    import ijson

    found: Iterator[tuple[str, Any]] = ijson.basic_parse(file, use_float=True)
    return found


def items(file: BinaryIO, prefix: str) -> Iterator[Any]:
    """Yield the values under ``prefix``, as ijson names places. Raises ijson.JSONError."""
    import ijson

    found: Iterator[Any] = ijson.items(file, prefix, use_float=True)
    return found


def fed_events(found: Any, *, several: bool = False) -> Any:
    """Return what is sent blocks of bytes and puts their events into ``found``.

    ``found`` is an ``ijson.sendable_list``; ``several`` where the text may hold several values.
    """
    import ijson

    return ijson.basic_parse_coro(found, use_float=True, multiple_values=several)


def fed_items(found: Any, prefix: str, *, several: bool = False) -> Any:
    """Return, as ``fed_events``, what puts the values under ``prefix`` into ``found``."""
    import ijson

    return ijson.items_coro(found, prefix, use_float=True, multiple_values=several)
