"""Read JSON piece by piece with ijson: the one place that opens it.

Its C code makes Python integers of numbers, and takes the process down at one of more than 4300
digits. So numbers are read as C reads them: an integer beyond 64 bits becomes a float. Where values
are built, its memory grows with the square of their depth: that is measured first.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate
from operator import itemgetter
from typing import Any, BinaryIO, Protocol

from acopio.tables.sheet import Unreadable

# PHP's limit, the lowest of the common readers'.
DEPTH = 512
# What is in the message of an ijson.JSONError for a text with half of a surrogate pair.
LONE_SURROGATE = "lone surrogate"
# The bytes read at once; the most of a long value.
BLOCK, _LARGEST = 64 << 10, 1 << 20
# How far each of ijson's events goes in or out.
_STEPS = defaultdict(int, start_map=1, start_array=1, end_map=-1, end_array=-1)


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


class Reader:
    """Takes blocks of a JSON text and puts what is in them into a list; no deeper than ``DEPTH``.

    ``silent`` counts the bytes since a value last ended or began, by whole blocks.
    """

    def __init__(self, built: Any = None, *, several: bool = False) -> None:
        import ijson

        self.silent = 0
        self._error = ijson.JSONError
        self._found = ijson.sendable_list()
        self._parser = ijson.basic_parse_coro(self._found, use_float=True, multiple_values=several)
        self._built = built
        self._depth = 0

    @property
    def appetite(self) -> int:
        """How many bytes to give next.

        A value is read anew from its start with each piece of it: pieces must grow with it, or
        the time grows with the square of its length.
        """
        return max(BLOCK, min(self.silent, _LARGEST))

    def send(self, block: bytes) -> None:
        """Read on.

        Raises ijson.JSONError; StopIteration behind the end; Unreadable for what is too deep.
        """
        try:
            self._parser.send(block)
        except UnicodeDecodeError:
            raise self._error(LONE_SURROGATE) from None
        finally:
            self.silent = 0 if self._found else self.silent + len(block)
            self._measure()
        if self._built is not None:
            self._built.send(block)

    def close(self) -> None:
        """End the text. Raises ijson.JSONError where it is cut."""
        self._parser.close()
        if self._built is not None:
            self._built.close()

    def _measure(self) -> None:
        steps = map(_STEPS.__getitem__, map(itemgetter(0), self._found))
        depths = list(accumulate(steps, initial=self._depth))
        del self._found[:]
        self._depth = depths[-1]
        if max(depths) > DEPTH:
            raise Unreadable("depth", DEPTH)


def items(file: BinaryIO, prefix: str) -> Iterator[Any]:
    """Yield the values under ``prefix``, as ijson names places.

    Raises ijson.JSONError, and Unreadable for what is too deep.
    """
    import ijson

    found = ijson.sendable_list()
    reader = fed_items(found, prefix)
    while block := file.read(reader.appetite):
        reader.send(block)
        yield from found
        del found[:]
    reader.close()
    yield from found


def fed_items(found: Any, prefix: str, *, several: bool = False) -> Reader:
    """Return what is sent blocks of bytes and puts the values under ``prefix`` into ``found``.

    ``found`` is an ``ijson.sendable_list``; ``several`` where the text may hold several values.
    """
    import ijson

    built = ijson.items_coro(found, prefix, use_float=True, multiple_values=several)
    return Reader(built, several=several)
